"""The executable schema and its printed form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import strawberry.federation
from graphql import DocumentNode, GraphQLError, OperationDefinitionNode
from strawberry.extensions import SchemaExtension
from strawberry.federation.schema import FederationAny
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

import graph.overviews
import graph.types
import graph.values
from graph import entities
from graph.access.permitted import estimable, needs, permitted
from graph.context import Context
from graph.estimate import estimate, wants
from graph.execution.executor import Compiled
from graph.query import Query
from graph.scalars import scalar_map
from graph.selection import arguments_of, asked
from graph.weights import keeping, prices
from graph.weights.checked import MOST_ERRORS, Checked
from graph.weights.declared import weigh
from graph.weights.looked import LOOKS, Looked
from graph.weights.scale import ones, weights

ENTITIES = entities.entities(value for value in vars(graph.types).values() if isinstance(value, type))
MUTE, COMPILED, ERRORS = "mute", "compiled", "errors"
"""What a request says with its operation: if errors in its variables suggest no names, if plans are made for it, what keeps its errors."""
SHOWN = dict.fromkeys(one for of in (graph.values, graph.types, graph.overviews) for one in vars(of).values() if hasattr(one, "record")) | {
    Query: None
}
"""The types of the graph, each once."""


class Named(SchemaExtension):
    """Of several operations only the one that the client named is run; Strawberry would run the first."""

    def on_validate(self) -> Iterator[None]:
        """Refuse a choice that the client has not made."""
        running = self.execution_context
        document = running.graphql_document
        operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)] if document else []
        if len(operations) > 1 and running.context.operation is None:
            running.pre_execution_errors = [GraphQLError("Name one of the document's operations as `operationName`.")]
        yield


class Weighed(SchemaExtension):
    """The operation's selection is looked at once, for what the loaders should know; what costs too much is not begun.

    What made no call a moment ago, and was given nothing that is not fresh still, is not estimated.
    """

    def on_execute(self) -> Iterator[None]:
        """Note what it weighs, tell the loaders, and refuse. Raises TooExpensive."""
        running, context = self.execution_context, self.execution_context.context
        loaders, weighing, document = context.loaders, context.weighing, running.graphql_document
        context.rights.operation = running.operation_name
        if document is not None:
            asking = document, running.operation_name, running.variables
            looked = LOOKS.at(*asking, context.rights.caller, lambda: look(*asking, context))
            prices.fit(context.documents, looked.values)
            if context.documents.mode != "off":
                weighing.cost = looked.cost
                prices.afford(context.documents, weighing)
                context.pay(weighing.cost)
            weighing.seconds, weighing.personal = looked.seconds, looked.personal
            tree = looked.permitted
            loaders.wants = wants(tree)
            if not context.free.holds(looked, loaders.ledger, loaders.mode):
                found = estimate(estimable(tree, NEEDS, loaders.reach), loaders.known, loaders.mode)
                loaders.ledger.foresee(found.least, found.likely)
            yield
            context.free.note(looked, loaders.ledger)
        else:
            yield


def look(document: DocumentNode, name: str | None, variables: dict[str, Any] | None, context: Context) -> Looked:
    """What there is to know of an operation, whatever is remembered of the upstreams. Raises where it is too much to look further."""
    asking = schema._schema, document, name, variables
    entities.bounded([one.get("representations", ()) for one in arguments_of("_entities", *asking)], (variables or {}).values())
    prices.fit(context.documents, values := prices.price(VALUES, *asking))
    cost = prices.price(WEIGHTS, *asking)
    if context.documents.mode != "off":
        context.weighing.cost = cost
        prices.afford(context.documents, context.weighing)
    tree = asked(*asking)
    return Looked(values, cost, permitted(tree, NEEDS, context.rights.caller), keeping.seconds(tree), keeping.personal(tree))


class Schema(strawberry.federation.Schema):
    """Strawberry's schema with `_entities` of our own, and without its logging of errors, which would hold personal data."""

    async def entities_resolver(  # type: ignore[override]
        self, info: strawberry.Info[Context, Any], representations: list[FederationAny]
    ) -> list[FederationAny]:
        """The entities that a gateway asks for."""
        return await entities.resolve(ENTITIES, info.context.loaders, list(representations), info.context.rights)

    def _get_custom_context_kwargs(self, operation_extensions: dict[str, Any] | None = None, *, sync: bool = False) -> dict[str, Any]:
        """What graphql-core executes with: besides the usual, what is told of wrong variables, if with names, and what the request says."""
        usual = super()._get_custom_context_kwargs(operation_extensions, sync=sync)
        said = operation_extensions or {}
        told = {"hide_suggestions": bool(said.get(MUTE)), "max_coercion_errors": MOST_ERRORS}
        return {**usual, **told, "compiled": said.get(COMPILED, True), "errors": said.get(ERRORS)}

    def _extend_introspection(self) -> None:
        """Strawberry's own answer to `isOneOf` fails where a type is asked that only wraps another."""
        super()._extend_introspection()
        introspected: Any = self._schema.type_map["__Type"]
        introspected.fields["isOneOf"].resolve = lambda shown, _info: getattr(shown, "is_one_of", None)

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing: errors are reported when they are formatted."""


weigh(SHOWN)
schema = Schema(
    query=Query,
    federation_version="2.9",
    extensions=[Named, Checked, Weighed],
    config=StrawberryConfig(scalar_map=scalar_map()),
    execution_context_class=Compiled,
)
WEIGHTS = weights(schema._schema)
VALUES = ones(WEIGHTS)
NEEDS = needs(schema)


printed = cache(schema.as_str)
serving: Any = schema._schema.type_map["_Service"]
serving.fields["sdl"].resolve = lambda *_: printed()  # Strawberry would print it anew for whoever asks

SCOPED = re.compile(r' @requiresScopes\(scopes: \[\[[^()]*\]\]\)| @authenticated\b|"@authenticated", |"@requiresScopes", ')
"""How the SDL says what this server asks of callers."""


def sdl(*, scopes: bool = True) -> str:
    """The schema as SDL, ending in a newline: the text of `schema.graphql`; without `scopes`, for gateways that do not know them."""
    text = printed().rstrip() + "\n"
    return text if scopes else SCOPED.sub("", text)
