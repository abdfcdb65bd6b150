"""Selections as code: attributes are read, checked and put in place; what cannot be done so becomes a site of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import GraphQLEnumType, GraphQLField, GraphQLList, GraphQLObjectType, GraphQLOutputType, GraphQLScalarType, Undefined
from graphql.execution.collect_fields import CollectedFields
from strawberry.execution import optimized_is_awaitable as awaitable

from graph.declare import Shown
from graph.execution.leaves import leaf
from graph.execution.shapes import Apart, Details, attribute, plain, unwrapped
from graph.execution.writing import Odd, Writer

Collect = Callable[[GraphQLObjectType, Details], CollectedFields]
Sites = list[tuple[str, Details, GraphQLField]]
"""The fields of an object that are completed apart, by the keys of the answer."""


class Emitter:
    """Writes the code for values of one operation."""

    def __init__(self, collect: Collect) -> None:
        self.collect = collect
        self.write = Writer()

    def value(self, of: GraphQLOutputType, details: Details, v: str) -> None:
        """Statements that complete a variable in place. Raises Apart where a part of it cannot be."""
        nullable, inner = unwrapped(of)
        if isinstance(inner, GraphQLScalarType | GraphQLEnumType):
            leaf(self.write, inner, v, nullable=nullable)
        elif not isinstance(inner, GraphQLList | GraphQLObjectType):
            raise Apart
        elif nullable:
            with self.write.block(f"if {v} is not None"):
                self.whole(inner, details, v)
        else:
            self.whole(inner, details, v)

    def whole(self, of: GraphQLList[Any] | GraphQLObjectType, details: Details, v: str) -> None:
        """The same for an object or a list that is not null."""
        if isinstance(of, GraphQLObjectType):
            self.write.put(f"{v} = {self.object(of, details, v)}")
            return
        self.write.put(f"if type({v}) is not list and type({v}) is not tuple: raise Odd")
        made = self.write.local()
        self.write.put(f"{made} = []")
        item = self.write.local()
        with self.write.block(f"for {item} in {v}"):
            self.value(of.of_type, details, item)
            self.write.put(f"{made}.append({item})")
        self.write.put(f"{v} = {made}")

    def object(self, of: GraphQLObjectType, details: Details, v: str, sites: Sites | None = None) -> str:
        """Statements that read an object's attributes, and the expression of what it is shown as, with nulls in the place of `sites`."""
        self.told(of, v)
        shown = []
        for key, each in self.fields(of, details).items():
            name = each[0].node.name.value
            if name == "__typename":
                shown.append(f"{key!r}: {of.name!r}")
                continue
            field = of.fields.get(name)
            if field is None or not plain(each):
                raise Apart
            shown.append(f"{key!r}: {self.field(key, each, field, v, sites)}")
        return "{" + ", ".join(shown) + "}"

    def fields(self, of: GraphQLObjectType, details: Details) -> dict[str, Details]:
        """The fields that are asked of an object, by their keys. Raises Apart when some are deferred."""
        found = self.collect(of, details)
        if found.new_defer_usages:
            raise Apart
        return found.grouped_field_set

    def field(self, key: str, details: Details, field: GraphQLField, v: str, sites: Sites | None) -> str:
        """One field: the variable that holds its value, or a null that its site fills."""
        name = attribute(field)
        try:
            if name is None:
                raise Apart
            with self.write.attempt():
                local = self.write.local()
                self.write.put(f"{local} = {v}.{name}" if name.isidentifier() else f"{local} = getattr({v}, {name!r})")
                self.value(field.type, details, local)
                return local
        except Apart:
            if sites is None:
                raise
            sites.append((key, details, field))
            return "None"

    def told(self, of: GraphQLObjectType, v: str) -> None:
        """Statements that make sure that a variable is of its type, and note entities."""
        write, test = self.write, of.is_type_of
        if isinstance(test, Shown):
            write.put(f"if type({v}) is not {write.bind(test.record)}: raise Odd")
            if test.entity is not None:
                write.put(f"{write.noted(test)}.append({v}.id)")
            return
        kinds: set[type] = set()
        write.put(f"if type({v}) not in {write.bind(kinds)}: {write.bind(usual(kinds))}({v})")
        if test is not None:
            if not test.__qualname__.startswith("GraphQLCoreConverter."):
                raise Apart
            write.put(f"if not {write.bind(test)}({v}, None): raise Odd")  # Strawberry's own tests do not look at the info


def usual(kinds: set[type]) -> Callable[[Any], None]:
    """Learns which types of values are neither nulls, nor errors, nor still to come. Raises Odd for the others."""

    def learn(value: Any) -> None:
        if value is None or value is Undefined or isinstance(value, Exception) or awaitable(value):
            raise Odd
        kinds.add(type(value))

    return learn
