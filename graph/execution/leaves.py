"""Scalars and enums: what is usual is checked in place, what is not is coerced as graphql-core does."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from types import MethodDescriptorType
from typing import Any

from graphql import GraphQLBoolean, GraphQLEnumType, GraphQLFloat, GraphQLID, GraphQLInt, GraphQLScalarType, GraphQLString, Undefined
from strawberry.execution import optimized_is_awaitable as awaitable
from strawberry.schema.schema_converter import CustomGraphQLEnumType
from strawberry.types.scalar import ScalarDefinition

from graph.execution.shapes import DECLARED
from graph.execution.writing import Odd, Writer

Leaf = GraphQLScalarType | GraphQLEnumType
UNUSUAL = {
    GraphQLString: "type({v}) is not str",
    GraphQLID: "type({v}) is not str",
    GraphQLInt: "(type({v}) is not int or not -2147483648 <= {v} <= 2147483647)",
    GraphQLFloat: "(type({v}) is not float or {v} - {v} != 0.0)",
    GraphQLBoolean: "{v} is not True and {v} is not False",
}
"""When a value of a standard scalar is not already what the answer shows."""


def leaf(write: Writer, of: Leaf, v: str, *, nullable: bool) -> None:
    """Statements that coerce a variable."""
    given = f"{v} is not None and " if nullable else ""
    careful = write.bind(coerced(of))
    if (unusual := text(of)) is not None:
        write.put(f"if {given}{unusual.format(v=v)}: {v} = {careful}({v})")
        return
    if not nullable:
        write.put(converted(write, of, v, careful))
        return
    with write.block(f"if {v} is not None"):
        write.put(converted(write, of, v, careful))


def text(of: Leaf) -> str | None:
    """The test of a scalar that shows its values as they are."""
    if of in UNUSUAL:
        return UNUSUAL[of]
    return UNUSUAL[GraphQLString] if serializer(of) is str else None


def converted(write: Writer, of: Leaf, v: str, careful: str) -> str:
    """The statement that converts a value that is not null."""
    serialize = serializer(of)
    if isinstance(of, CustomGraphQLEnumType):
        kind, table = write.bind(of.wrapped_cls), write.bind(table_of(of))
        return f"{v} = {table}[id({v})] if type({v}) is {kind} else {careful}({v})"
    if isinstance(serialize, MethodDescriptorType):
        return f"{v} = {v}.{serialize.__name__}() if type({v}) is {write.bind(serialize.__objclass__)} else {careful}({v})"
    return f"{v} = {careful}({v})"


def serializer(of: Leaf) -> object:
    """What a scalar of ours was declared to be shown by."""
    found = of.extensions.get(DECLARED)
    return found.serialize if isinstance(found, ScalarDefinition) and of.coerce_output_value is found.serialize else None


def table_of(of: CustomGraphQLEnumType) -> dict[int, str]:
    """What each member of an enum is shown as, by the identity of the member, which lives as long as its class."""
    shown: dict[int, str] = {}
    one: Enum
    for one in of.wrapped_cls:
        try:
            shown[id(one)] = of.coerce_output_value(one)
        except ValueError:  # it is not in the schema
            continue
    return shown


def coerced(of: Leaf) -> Callable[[Any], Any]:
    """Coerces a value as graphql-core does. Raises Odd where that would be no value to show, or not at once."""
    coerce = of.coerce_output_value

    def careful(value: Any) -> Any:
        if value is None or value is Undefined or isinstance(value, Exception) or awaitable(value):
            raise Odd
        found = coerce(value)
        if found is None or found is Undefined or awaitable(found):
            raise Odd
        return found

    return careful
