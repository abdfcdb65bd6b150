"""Plans: for the fields asked of an object type, the code that reads its attributes, and the sites of all other fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from graphql import GraphQLAbstractType, GraphQLField, GraphQLObjectType, GraphQLOutputType, GraphQLSchema

from graph.declare import Link, Shown
from graph.execution.emitting import Collect, Emitter, Sites
from graph.execution.shapes import Apart, Details, Shape, attribute, linked, shape
from graph.execution.spelling import Spelling, spelling
from graph.execution.writing import Many

Read = Callable[[Any], Any]


@dataclass(frozen=True, eq=False)
class Site:
    """A field whose values are not read within the code of its object: they are called or waited for, or have sites themselves.

    `read` gives an attribute, `link` what is fetched; without either, graphql-core resolves the field. `finish` completes values
    that are leaves, or objects without sites. `spelling` says of a link what is asked of it, if that may be remembered.
    """

    key: str
    details: Details
    type: GraphQLOutputType
    field: GraphQLField | None = None
    shape: Shape | None = None
    read: Read | None = None
    link: Link | None = None
    finish: Many | None = None
    spelling: Spelling | None = None

    @property
    def entity(self) -> str | None:
        """The entity type that it shows."""
        shown = self.shape.named.is_type_of if self.shape is not None and isinstance(self.shape.named, GraphQLObjectType) else None
        return shown.entity if isinstance(shown, Shown) else None


@dataclass(frozen=True, eq=False)
class Plan:
    """How objects of one type are completed; `many` leaves nulls where the sites' values belong."""

    of: GraphQLObjectType
    many: Many
    sites: tuple[Site, ...]

    def parts(self, values: Sequence[Any]) -> Iterator[tuple[Plan, list[int] | None]]:
        """The plans of some values, each with their places among them; None for all of them."""
        yield self, None


@dataclass(frozen=True, eq=False)
class Kinds:
    """How objects of an interface or a union are completed, by the class of their records."""

    plans: dict[type, Plan]

    def many(self, values: Sequence[Any], context: Any) -> list[Any]:
        """All of them, in order. Raises KeyError for a value that is no such record."""
        made: list[Any] = [None] * len(values)
        for plan, at in self.parts(values):
            for place, one in zip(at, plan.many([values[place] for place in at], context), strict=True):
                made[place] = one
        return made

    def parts(self, values: Sequence[Any]) -> Iterator[tuple[Plan, list[int]]]:
        """The plans of some values, each with their places among them."""
        found: dict[type, list[int]] = {}
        for place, value in enumerate(values):
            found.setdefault(type(value), []).append(place)
        for kind, places in found.items():
            yield self.plans[kind], places


def planned(of: GraphQLObjectType, details: Details, collect: Collect) -> Plan:
    """The plan of what is asked of an object type. Raises Apart where graphql-core must execute it."""
    emitter, sites = Emitter(collect), Sites()
    result = emitter.object(of, details, "value", sites)
    return Plan(of, emitter.write.function("value", result), tuple(site(of, *one, collect) for one in sites))


def site(parent: GraphQLObjectType, key: str, details: Details, field: GraphQLField, collect: Collect) -> Site:
    """One site of an object type, with the code for its values if they are plain."""
    name = attribute(field)
    read = attrgetter(name) if name is not None else None
    finish = finisher(field.type, details, collect)
    return Site(key, details, field.type, field, shape(field.type), read, linked(field), finish, spelling(parent, field, details, collect))


def finisher(of: GraphQLOutputType, details: Details, collect: Collect) -> Many | None:
    """The code for values of a type, unless they have sites or are of several types."""
    emitter = Emitter(collect)
    try:
        emitter.value(of, details, "value")
    except Apart:
        return None
    return emitter.write.function("value", "value")


def kinds(of: GraphQLAbstractType, schema: GraphQLSchema, plan: Callable[[GraphQLObjectType], Plan | None]) -> Kinds | None:
    """The plans of all types that an abstract one may be; None unless the class of a record tells which it is."""
    found: dict[type, Plan] = {}
    for one in schema.get_possible_types(of):
        shown, made = one.is_type_of, plan(one)
        if not isinstance(shown, Shown) or made is None or any(issubclass(shown.record, other) for other in found):
            return None
        found[shown.record] = made
    return Kinds(found)
