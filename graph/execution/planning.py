"""What an executor knows of its operation's plans."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar, Literal

from graphql import GraphQLNamedOutputType, GraphQLOutputType
from graphql.pyutils import Path
from graphql.type import GraphQLResolveInfoHelpers
from strawberry.schema.schema import Schema, StrawberryGraphQLCoreExecutionContext

from graph.context import Context
from graph.declare import Bound
from graph.execution.calls import call
from graph.execution.errors import Errors, bared
from graph.execution.plans import Kinds, Plan, Site
from graph.execution.scopes import KEPT, Scope
from graph.execution.shapes import Details
from graph.portions import Shelf
from loaders.lazy import weakly

LONG = 16
"""From this length on a list is worth a plan, even of an operation that may never come again."""


class Planning(StrawberryGraphQLCoreExecutionContext):
    """One execution; without a `scope` it is graphql-core's alone. `when` says for all of a process when plans are made."""

    when: ClassVar[Literal["never", "worth", "always"]] = "worth"

    def __init__(self, *args: Any, compiled: bool = True, errors: Errors | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # those that it was made with keep it alive until the garbage collector comes, with all that the operation has met
        self.async_helpers = GraphQLResolveInfoHelpers(weakly(self.gather_async_work), weakly(self.track_async_work))
        self.collected_errors = errors or self.collected_errors
        self.calls: dict[Site, Bound | None] = {}
        self.shelves: dict[Site, Shelf | None] = {}
        self.scope: Scope | None = None
        if compiled and self.when != "never" and self.usual():
            self.scope = KEPT.scope(self.schema, self.operation, self.variable_values.coerced)
            self._relevant_sub_fields = self.scope.collected

    def handle_field_error(self, raw_error: Exception, return_type: GraphQLOutputType, field_details_list: Details, path: Path) -> None:
        """Locate an error, at the first of the places that ask for its field, and keep it or raise it further."""
        bared(raw_error)
        super().handle_field_error(raw_error, return_type, field_details_list[:1], path)

    def usual(self) -> bool:
        """Whether nothing wants to see each field, errors are what they usually are, and there is a loop to wait in."""
        middleware = self.middleware_manager
        watched = middleware is not None and bool(middleware.middlewares)
        return not watched and self.error_propagation and self.abort_signal is None and running()

    def worth(self, of: GraphQLNamedOutputType, details: Details, count: int) -> Plan | Kinds | None:
        """The plan for so many values, if it is worth making one."""
        if self.scope is None or not (self.scope.kept or count >= LONG or self.when == "always"):
            return None
        return self.plan(of, details)

    def plan(self, of: GraphQLNamedOutputType, details: Details) -> Plan | Kinds | None:
        """The plan of what is asked of a type."""
        return self.scope.plan(of, details, self.collect_subfields) if self.scope is not None else None

    def call(self, site: Site) -> Bound | None:
        """What to call for a site's values; None where graphql-core resolves them."""
        if site not in self.calls:
            declared: Schema = self.schema._strawberry_schema  # type: ignore[attr-defined]
            self.calls[site] = call(site, declared.schema_converter, self.variable_values, self.context_value)
        return self.calls[site]

    def shelf(self, site: Site) -> Shelf | None:
        """Where values of a site are remembered; None where they are not."""
        if site not in self.shelves:
            self.shelves[site] = self.shelved(site)
        return self.shelves[site]

    def shelved(self, site: Site) -> Shelf | None:
        """The same, looked for."""
        bound = self.call(site) if site.spelling is not None else None
        if bound is None or bound.rests is None or site.spelling is None:
            return None
        context: Context = self.context_value
        question = site.spelling.text, tuple(sorted(bound.values.items()))
        return context.portions.shelf(question, site.spelling.needs, context.loaders, context.rights)


def running() -> bool:
    """Whether there is an event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
