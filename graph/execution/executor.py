"""The executor: graphql-core's, except that lists and objects with a plan are completed by it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from graphql import GraphQLList, GraphQLObjectType, GraphQLResolveInfo, Undefined
from graphql.execution.collect_fields import DeferUsage, GroupedFieldSet
from graphql.pyutils import Path

from graph.execution.counts import COUNTS
from graph.execution.planning import Planning
from graph.execution.shapes import Details, shape
from graph.execution.waves import Waves


class Compiled(Planning):
    """What is overridden here is not public in graphql-core, whose version is pinned for it."""

    def execute_collected_root_fields(
        self,
        root_type: GraphQLObjectType,
        root_value: Any,
        grouped_field_set: GroupedFieldSet,
        serially: bool,
        new_defer_usages: Sequence[DeferUsage],
    ) -> Any:
        """The root fields, collected once for a kept operation, so that all below them is, too."""
        if self.scope is not None and not new_defer_usages:
            if self.scope.roots is None:
                self.scope.roots = grouped_field_set
            grouped_field_set = self.scope.roots
        return super().execute_collected_root_fields(root_type, root_value, grouped_field_set, serially, new_defer_usages)

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        grouped_field_set: GroupedFieldSet,
        position_context: Any,
    ) -> Any:
        """The fields of an object, of which none is cancelled when another fails: it may be shared."""
        if self.scope is None:
            return super().execute_fields(parent_type, source_value, path, grouped_field_set, position_context)
        results: dict[str, Any] = {}
        late: list[str] = []
        try:
            for key, details in grouped_field_set.items():
                value = self.execute_field(parent_type, source_value, details, Path(path, key, parent_type.name), position_context)
                if value is not Undefined:
                    results[key] = value
                    if self.is_awaitable(value):
                        late.append(key)
        except Exception:  # what one field raises ends them all, but what the others wait for may be shared
            self.track_async_work([results[key] for key in late])
            raise
        return self.all_of(results, late) if late else results

    async def all_of(self, results: dict[str, Any], late: Sequence[str]) -> dict[str, Any]:
        """The results when they have come. Raises the first error among them."""
        if len(late) == 1:
            results[late[0]] = await results[late[0]]
            return results
        tasks = [asyncio.ensure_future(results[key]) for key in late]
        try:
            results.update(zip(late, await asyncio.gather(*tasks), strict=True))
        except Exception:  # the same, later
            self.track_async_work([task for task in tasks if not task.done()])
            raise
        return results

    def complete_object_value(
        self,
        return_type: GraphQLObjectType,
        field_details_list: Details,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """An object, by its plan if that is worth it and nothing is unusual."""
        plan = self.worth(return_type, field_details_list, 1)
        if plan is not None:
            try:
                made = plan.many([result], self.context_value)
            except Exception:  # whatever an unusual value raises, graphql-core says it in its place
                COUNTS["odd"] += 1
            else:
                return Waves(self, return_type, field_details_list, info, path).one(plan, result, made)
        return super().complete_object_value(return_type, field_details_list, info, path, result, position_context)

    def complete_list_value(
        self,
        return_type: GraphQLList[Any],
        field_details_list: Details,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """A list of objects, by the plan of these if that is worth it."""
        of = shape(return_type)
        if of is not None and (type(result) is list or type(result) is tuple):
            plan = self.worth(of.named, field_details_list, len(result))
            if plan is not None:
                return Waves(self, return_type, field_details_list, info, path).many(plan, result)
        return super().complete_list_value(return_type, field_details_list, info, path, result, position_context)
