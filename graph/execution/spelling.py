"""What is asked of a link's value, spelt out: two fields that are spelt alike, in whichever documents, show the same of the same parent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import GraphQLField, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLOutputType, is_leaf_type

from graph.access.scopes import Needs
from graph.declare import Link, Shown
from graph.execution.emitting import Collect
from graph.execution.shapes import Apart, Details, attribute, linked, plain
from loaders.resting import nothing


@dataclass(frozen=True)
class Spelling:
    """The `text` of what is asked, and what the links in it need of a caller."""

    text: tuple[object, ...]
    needs: tuple[Needs, ...]


def spelling(parent: GraphQLObjectType, field: GraphQLField, details: Details, collect: Collect) -> Spelling | None:
    """How an entity's link is spelt; None where it rests on the entity's record alone, and so costs next to nothing, and where something
    below it takes arguments, is never at hand, or is an entity within a record.
    """
    link = linked(field)
    if link is None or link.rests in (None, nothing) or own(parent):
        return None
    try:
        text = tuple(below(field.type, details, collect, fetched=True))
    except Apart:
        return None
    links = [link, *(one for one in leaves(text) if isinstance(one, Link))]
    return Spelling((link, text), tuple(one.needs for one in links if one.needs))


def below(of: GraphQLOutputType, details: Details, collect: Collect, *, fetched: bool) -> Iterator[object]:
    """The fields asked of a value, each with its key, its name and its own fields. Raises Apart."""
    while isinstance(of, GraphQLNonNull | GraphQLList):
        of = of.of_type
    if is_leaf_type(of):
        return
    if not isinstance(of, GraphQLObjectType) or not (fetched or own(of)):
        raise Apart
    found = collect(of, details)
    if found.new_defer_usages:
        raise Apart
    yield of.name
    for key, each in found.grouped_field_set.items():
        yield key, each[0].node.name.value, *one(of, each, collect)


def one(of: GraphQLObjectType, details: Details, collect: Collect) -> Iterator[object]:
    """One field: its link, if it is one, and what is asked of its value. Raises Apart."""
    name = details[0].node.name.value
    if name == "__typename":
        return
    field = of.fields.get(name)
    if field is None or not plain(details) or details[0].node.arguments:
        raise Apart
    link = linked(field)
    if (link is None and attribute(field) is None) or (link is not None and link.rests is None):
        raise Apart
    if link is not None:
        yield link
    yield tuple(below(field.type, details, collect, fetched=link is not None))


def own(of: GraphQLObjectType) -> bool:
    """Whether values of a type are part of what holds them, and no entities."""
    return not isinstance(of.is_type_of, Shown) or of.is_type_of.entity is None


def leaves(text: tuple[object, ...]) -> Iterator[object]:
    """All that is in a text, however deep."""
    for each in text:
        if isinstance(each, tuple):
            yield from leaves(each)
        else:
            yield each
