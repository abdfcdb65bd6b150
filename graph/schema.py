"""The executable schema and its printed form."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import strawberry.federation
from graphql import GraphQLError, GraphQLSchema, specified_directives
from strawberry.federation.schema import FederationAny
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

import graph.overviews
import graph.types
import graph.values
from graph import entities
from graph.access.permitted import needs
from graph.context import Context
from graph.execution.executor import Compiled
from graph.query import Query
from graph.scalars import scalar_map
from graph.weights.declared import weigh
from graph.weights.scale import ones, weights

ENTITIES = entities.entities(value for value in vars(graph.types).values() if isinstance(value, type))
SHOWN = dict.fromkeys(one for of in (graph.values, graph.types, graph.overviews) for one in vars(of).values() if hasattr(one, "record")) | {
    Query: None
}
"""The types of the graph, each once."""


USABLE = {*(one.name for one in specified_directives), "cost", "listSize"}
"""The directives that introspection shows: GraphQL's own, and those that say what an operation costs."""
FEDERATED = ("_FieldSet", "link__Import", "link__Purpose")
"""Types of the arguments of federation's directives."""


class Schema(strawberry.federation.Schema):
    """Strawberry's schema with `_entities` of our own, and without its logging of errors, which would hold personal data."""

    async def entities_resolver(  # type: ignore[override]
        self, info: strawberry.Info[Context, Any], representations: list[FederationAny]
    ) -> list[FederationAny]:
        """The entities that a gateway asks for."""
        return await entities.resolve(ENTITIES, info.context.loaders, list(representations), info.context.rights)

    def _extend_introspection(self) -> None:
        """Strawberry's own answer to `isOneOf` fails where a type is asked that only wraps another."""
        super()._extend_introspection()
        show_usable(self._schema)
        introspected: Any = self._schema.type_map["__Type"]
        introspected.fields["isOneOf"].resolve = lambda shown, _info: getattr(shown, "is_one_of", None)

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing: errors are reported when they are formatted."""


def show_usable(schema: GraphQLSchema) -> None:
    """Keep from introspection what no operation can use: federation's directives, which the SDL shows, and the types that only they have.

    Code generators want to be told what each scalar is that introspection shows.
    """
    schema.directives = tuple(one for one in schema.directives if one.name in USABLE)
    for directive in schema.directives:
        directive.locations = tuple(dict.fromkeys(directive.locations))  # Strawberry lists some twice
    for name in FEDERATED:
        schema.type_map.pop(name, None)


weigh(SHOWN)
schema = Schema(
    query=Query,
    federation_version="2.9",
    config=StrawberryConfig(scalar_map=scalar_map()),
    execution_context_class=Compiled,
)
WEIGHTS = weights(schema._schema)
VALUES = ones(WEIGHTS)
NEEDS = needs(schema)


printed = cache(schema.as_str)

SCOPED = re.compile(r' @requiresScopes\(scopes: \[\[[^()]*\]\]\)| @authenticated\b|\s*"@(?:authenticated|requiresScopes)",?')
"""How the SDL says what this server asks of callers."""


@cache
def sdl(*, scopes: bool = True) -> str:
    """The schema as SDL, ending in a newline: the text of `schema.graphql`.

    Without `scopes` it is that of a server that tells nobody apart, or for gateways that do not know them.
    """
    text = printed().rstrip() + "\n"
    return text if scopes else SCOPED.sub("", text)


serving: Any = schema._schema.type_map["_Service"]
serving.fields["sdl"].resolve = lambda _service, info: sdl(scopes=info.context.scoped)  # gateways enforce, or refuse, what it says
