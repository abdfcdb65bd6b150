"""What the types and fields of a schema are to a compiler: their shape, and where their values come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graphql import GraphQLField, GraphQLList, GraphQLNamedOutputType, GraphQLNonNull, GraphQLOutputType
from graphql.execution.collect_fields import FieldDetails
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from graph.declare import Link

DECLARED = GraphQLCoreConverter.DEFINITION_BACKREF
CONDITIONS = frozenset({"skip", "include"})
Details = list[FieldDetails]
"""The places of an operation that ask for one field of one value, as graphql-core collects them."""


class Apart(Exception):
    """A value that cannot be completed within the code that is being written."""


@dataclass(frozen=True)
class Shape:
    """A type without what wraps it: whether a value may be null, whether it is a list, and whether the list may have holes."""

    named: GraphQLNamedOutputType
    nullable: bool
    listed: bool = False
    holes: bool = False


def unwrapped(of: GraphQLOutputType) -> tuple[bool, GraphQLOutputType]:
    """Whether a type is nullable, and what it is otherwise."""
    return (False, of.of_type) if isinstance(of, GraphQLNonNull) else (True, of)


def shape(of: GraphQLOutputType) -> Shape | None:
    """The shape of a type; None for a list of lists."""
    nullable, inner = unwrapped(of)
    if not isinstance(inner, GraphQLList):
        return Shape(inner, nullable)  # type: ignore[arg-type]
    holes, item = unwrapped(inner.of_type)
    return None if isinstance(item, GraphQLList) else Shape(item, nullable, True, holes)  # type: ignore[arg-type]


def plain(details: Sequence[FieldDetails]) -> bool:
    """Whether nothing but conditions was said of a field where it was asked for: nothing is deferred, streamed or a fragment's own."""
    return all(
        one.defer_usage is None
        and one.fragment_variable_values is None
        and all(directive.name.value in CONDITIONS for directive in one.node.directives or ())
        for one in details
    )


def declared(field: GraphQLField) -> StrawberryField | None:
    """How a field was declared, if its values come about in Strawberry's own way."""
    found = field.extensions.get(DECLARED)
    usual = isinstance(found, StrawberryField) and type(found).get_result is StrawberryField.get_result and not found.extensions
    return found if usual else None


def attribute(field: GraphQLField) -> str | None:
    """The attribute that a field shows, if it does nothing else."""
    found = declared(field)
    if found is None or not getattr(field.resolve, "_is_default", False) or found.default_resolver is not getattr:
        return None
    return found.python_name


def linked(field: GraphQLField) -> Link | None:
    """The link that a field was declared as."""
    found = declared(field)
    link = found.metadata.get("link") if found is not None else None
    return link if isinstance(link, Link) else None
