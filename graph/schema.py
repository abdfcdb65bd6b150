"""The executable schema and its printed form."""

from __future__ import annotations

from typing import Any

import strawberry.federation
from graphql import GraphQLError
from strawberry.federation.schema import FederationAny
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

import graph.types
from graph import entities
from graph.context import Context
from graph.query import Query
from graph.scalars import scalar_map

ENTITIES = entities.entities(value for value in vars(graph.types).values() if isinstance(value, type))


class Schema(strawberry.federation.Schema):
    """Strawberry's schema with `_entities` of our own, and without its logging of errors, which would hold personal data."""

    async def entities_resolver(  # type: ignore[override]
        self, info: strawberry.Info[Context, Any], representations: list[FederationAny]
    ) -> list[FederationAny]:
        """The entities that a gateway asks for."""
        return await entities.resolve(ENTITIES, info.context.loaders, list(representations))

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing: errors are reported when they are formatted."""


schema = Schema(query=Query, federation_version="2.9", config=StrawberryConfig(scalar_map=scalar_map()))


def sdl() -> str:
    """The schema as SDL, ending in a newline: the text of `schema.graphql`."""
    return schema.as_str().rstrip() + "\n"
