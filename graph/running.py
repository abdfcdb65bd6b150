"""One operation from its text to its result: read, found valid, weighed, and executed.

This is what Strawberry does around graphql-core, without its extensions, which are made and entered anew for each operation.
"""

from __future__ import annotations

from typing import Any

from graphql import DocumentNode, ExecutionResult, GraphQLError, OperationDefinitionNode, OperationType, execute
from strawberry.execution import optimized_is_awaitable

from graph.context import Context
from graph.execution.errors import Errors
from graph.execution.executor import Compiled
from graph.http import Call, Refusal
from graph.schema import schema
from graph.weighed import weigh
from graph.weights.checked import MOST_ERRORS, read, wrong

AWAITABLE: Any = optimized_is_awaitable
"""Strawberry's question whether a value must be waited for, which is as good as graphql-core's and sooner answered."""


async def run(call: Call, context: Context, errors: Errors, *, reads: bool = False, compiled: bool = True) -> ExecutionResult:
    """What a call comes to, its field errors among `errors`; where it only `reads`, queries alone are executed. Raises Refusal."""
    try:
        document, known = read(call.query, context.documents)
        operation = chosen(document, call.operation)
        if reads and operation.operation is not OperationType.QUERY:
            raise Refusal(405, "METHOD_NOT_ALLOWED", "A GET runs queries only.", {"Allow": "POST"})
        if faults := unnamed(document, call) or ([] if known else wrong(document, call.query, context.documents)):
            return ExecutionResult(None, faults)
        name = operation.name.value if operation.name is not None else None
        looked = weigh(document, name, call.variables, context)
        found: Any = execute(
            schema._schema,
            document,
            None,
            context,
            call.variables,
            name,
            max_coercion_errors=MOST_ERRORS,
            executor_class=Compiled,
            is_awaitable=AWAITABLE,
            hide_suggestions=context.documents.mute,
            compiled=compiled,
            errors=errors,
        )
        result: ExecutionResult = found if isinstance(found, ExecutionResult) else await found
        context.free.note(looked, context.loaders.ledger)
        return result
    except Refusal:
        raise
    except GraphQLError as error:
        return ExecutionResult(None, [error])
    except Exception as cause:  # whatever it is, the operation has failed by it, and its client is told so
        return ExecutionResult(None, [GraphQLError(str(cause), original_error=cause)])


def chosen(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """The operation of this name, the first without one. Raises Refusal."""
    for one in document.definitions:
        if isinstance(one, OperationDefinitionNode) and (name is None or (one.name is not None and one.name.value == name)):
            return one
    raise Refusal(400, "BAD_REQUEST", "`operationName` must name one of the document's operations.")


def unnamed(document: DocumentNode, call: Call) -> list[GraphQLError]:
    """Of several operations only the one that the client names is run: what is wrong where it names none."""
    if call.operation is not None or sum(isinstance(one, OperationDefinitionNode) for one in document.definitions) < 2:
        return []
    return [GraphQLError("Name one of the document's operations as `operationName`.")]
