"""What each field of the schema weighs, read off its `@cost` and `@listSize`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from graphql import GraphQLField, GraphQLList, GraphQLObjectType, GraphQLSchema, get_named_type, get_nullable_type
from strawberry.federation.schema_directives import Cost, ListSize

from resolvers.paging import MOST


@dataclass(frozen=True)
class Weight:
    """One field: the type of its value, the points of one value, how many it has without and with a `slicing` argument.

    `sized` is a field that has as many values as its parent was asked for.
    """

    type: str
    points: int = 1
    size: int = 1
    slicing: str | None = None
    listed: bool = False
    sized: bool = False

    def many(self, arguments: Mapping[str, Any]) -> int:
        """How many values are asked for; a number that the field will refuse is taken for the nearest that it takes."""
        given = arguments.get(self.slicing) if self.slicing is not None else None
        if isinstance(given, bool) or not isinstance(given, int):
            return self.size
        return min(max(given, 0), MOST)


def weights(schema: GraphQLSchema) -> dict[str, Weight]:
    """The weight of every field of the schema by its coordinate, such as `Project.people`."""
    types = [one for one in schema.type_map.values() if isinstance(one, GraphQLObjectType) and not one.name.startswith("__")]
    sized = {f"{get_named_type(one.type).name}.{name}" for of in types for one in of.fields.values() for name in sized_fields(one)}
    return {f"{of.name}.{name}": weight(one, sized=f"{of.name}.{name}" in sized) for of in types for name, one in of.fields.items()}


def weight(shown: GraphQLField, *, sized: bool) -> Weight:
    """The weight of one field."""
    declared = directives(shown)
    type_ = get_named_type(shown.type)
    points = next((one.weight for one in declared if isinstance(one, Cost)), int(isinstance(type_, GraphQLObjectType)))
    size = next((one for one in declared if isinstance(one, ListSize)), None)
    assumed = getattr(size, "assumed_size", None) or 1
    slicing = next(iter(getattr(size, "slicing_arguments", None) or ()), None)
    return Weight(type_.name, points, assumed, slicing, isinstance(get_nullable_type(shown.type), GraphQLList), sized)


def sized_fields(shown: GraphQLField) -> list[str]:
    """The fields of a field's value that have as many values as the field is asked for."""
    return [name for one in directives(shown) if isinstance(one, ListSize) for name in one.sized_fields or ()]


def directives(shown: GraphQLField) -> list[object]:
    """What a field of ours was declared with; federation's own fields have nothing."""
    return list(getattr(shown.extensions.get("strawberry-definition"), "directives", ()))


def ones(weights: Mapping[str, Weight]) -> dict[str, Weight]:
    """The same sizes with a point for each value, so that an operation costs as much as its answer has values; `__typename` is one."""
    typenames = {f"{coordinate.partition('.')[0]}.__typename": Weight("String") for coordinate in weights}
    return {**typenames, **{coordinate: replace(one, points=1) for coordinate, one in weights.items()}}
