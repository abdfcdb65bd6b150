"""One operation executed by graphql-core alone and with plans, and what has to be the same of both."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from graphql import DocumentNode, GraphQLError, execute, parse
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext as Stock
from strawberry.utils.await_maybe import await_maybe

from graph.access.rights import ANYBODY, Caller, Rights
from graph.execution.executor import Compiled
from graph.execution.scopes import KEPT
from tests.execution.things import Context, Loaders
from tests.execution.world import SCHEMA

NOBODY = Caller("nobody", "test", frozenset())


@dataclass(frozen=True)
class Came:
    """What one execution came to."""

    data: Any
    errors: list[GraphQLError]
    context: Context

    @property
    def holes(self) -> dict[tuple[Any, ...], Any]:
        """The nulls that errors have made: with what the error says where it is the field itself that failed."""
        return {hole(self.data, one): said(one) if hole(self.data, one) == tuple(one.path or ()) else None for one in self.errors}

    @property
    def places(self) -> list[tuple[Any, ...]]:
        """Where those of its errors are that are somewhere."""
        return [tuple(one.path) for one in self.errors if one.path]

    @property
    def shown(self) -> dict[str, set[str]]:
        """The entities that were noted."""
        return dict(self.context.rights.shown)


def said(error: GraphQLError) -> dict[str, Any]:
    """All that an error says, of several places in the document only the first."""
    return {**error.formatted, "locations": error.formatted.get("locations", [])[:1]}


def hole(data: Any, error: GraphQLError) -> tuple[Any, ...]:
    """Where the null of an error is."""
    found: list[Any] = []
    for key in error.path or ():
        if data is None:
            break
        data = data[key]
        found.append(key)
    assert data is None, (error, data)
    return tuple(found)


async def came(
    document: DocumentNode, executor: type, value: Any, variables: dict[str, Any] | None = None, caller: Caller = ANYBODY
) -> Came:
    """What one executor makes of a document."""
    context = Context(Loaders(), Rights(caller))
    context.loaders.values[0] = value
    given: Any = {
        "context_value": context,
        "executor_class": executor,
        "is_awaitable": optimized_is_awaitable,
        "variable_values": variables,
    }
    result: Any = await await_maybe(execute(SCHEMA._schema, document, **given))
    return Came(result.data, result.errors or [], context)


def alike(stock: Came, compiled: Came) -> None:
    """The data is the same, in the same order and of the same types; each of its nulls has the errors that may be, once for each place."""
    assert compiled.data == stock.data
    assert str(compiled.data) == str(stock.data)
    assert compiled.holes == stock.holes
    assert len(set(compiled.places)) == len(compiled.places)
    assert stock.errors or compiled.shown == stock.shown


Same = Callable[..., Awaitable[Came]]


@asynccontextmanager
async def both(text: str) -> AsyncIterator[Same]:
    """What both make of a document: of one that is kept, and of one that may never come again."""
    document = parse(text)
    KEPT.keep(document)

    async def same(value: Any, variables: dict[str, Any] | None = None, caller: Caller = ANYBODY) -> Came:
        stock = await came(document, Stock, value, variables, caller)
        alike(stock, await came(parse(text), Compiled, value, variables, caller))
        compiled = await came(document, Compiled, value, variables, caller)
        alike(stock, compiled)
        return compiled

    try:
        yield same
    finally:
        KEPT.drop(document)


async def same(text: str, value: Any, variables: dict[str, Any] | None = None, caller: Caller = ANYBODY) -> Came:
    """What both make of it, when plans are made and when they are used again."""
    async with both(text) as check:
        await check(value, variables, caller)
        return await check(value, variables, caller)
