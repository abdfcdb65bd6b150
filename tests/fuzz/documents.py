"""Documents at random, out of the schema: hypothesis-graphql gives every argument, of which many exclude each other here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    GraphQLObjectType,
    InlineFragmentNode,
    NameNode,
    NullValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    SelectionSetNode,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    ValueNode,
    Visitor,
    get_named_type,
    is_leaf_type,
    print_ast,
    visit,
)
from hypothesis import strategies as st
from hypothesis_graphql import Mode, from_schema

from tests.fuzz.answers import SCHEMA
from tests.fuzz.words import ACCOUNTS, CHECK_INS, NAMES, PEOPLE, PROJECTS, SCALARS, literal

N = TypeVar("N")
Given = TypeVar("Given", ArgumentNode, ObjectFieldNode)
TYPENAME = FieldNode(name=NameNode(value="__typename"))
RIVALS = (
    ("activeOn", "activeBetween", "startingBetween", "endingBetween"),
    ("id", "number", "email", "employeeNumber"),
    ("days", "from"),
    ("days", "to"),
)
"""Arguments, or fields of an input, of which only one may be given."""


KEYS: Mapping[str, Sequence[str]] = {"Person": (*PEOPLE, *ACCOUNTS), "Project": PROJECTS, "CheckIn": CHECK_INS}
FITTING: Mapping[str, Mapping[str, Sequence[str]]] = {
    "project": {"id": PROJECTS, "number": ("B-1", "T-1")},
    "person": {"id": KEYS["Person"], "email": ("0@example.com", "only@example.com"), "employeeNumber": ("E-0", "7")},
    "people": {"name": NAMES},
    "group": {"id": ("everybody",)},
    "checkIn": {"id": CHECK_INS},
    "reports": {"managerEmail": ("0@example.com", "1@example.com")},
}
"""Values that find something, by field and argument."""


class Typed(Visitor):
    """Has every selection ask for its type, and for all that can be had without arguments and is no object; in fragments by a name of its
    own, because fields of two types may differ in what they may be."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.types = types

    def leave_selection_set(self, node: SelectionSetNode, _key: Any, parent: Any, *_: Any) -> SelectionSetNode:
        """The selection with more."""
        fragment, of = isinstance(parent, InlineFragmentNode), self.types.get_parent_type()
        asked = {one.name.value for one in node.selections if isinstance(one, FieldNode)}
        names = [name for name in plain(of) if name not in asked]
        more = [FieldNode(name=NameNode(value=name), alias=NameNode(value=f"{of}_{name}") if fragment else None) for name in names]
        return SelectionSetNode(selections=(TYPENAME, *node.selections, *more))


def plain(of: object) -> list[str]:
    """The fields of a type that need no arguments and no selection."""
    fields = of.fields if isinstance(of, GraphQLObjectType) and of is not SCHEMA.query_type else {}
    return [name for name, field in fields.items() if is_leaf_type(get_named_type(field.type)) and not field.args]


class Tamed(Visitor):
    """Leaves out what is null, cursors, and all but one of each set of rivals, and asks for what there is; the number picks."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def leave_field(self, node: FieldNode, *_: Any) -> FieldNode:
        """The field with arguments that go together."""
        fitting = FITTING.get(node.name.value, {})
        given = [self.fitted(one, fitting.get(one.name.value, ())) for one in self.agreed(node.arguments or ())]
        return FieldNode(name=node.name, alias=node.alias, arguments=tuple(given), selection_set=node.selection_set)

    def leave_object_value(self, node: ObjectValueNode, *_: Any) -> ValueNode:
        """The object with fields that go together; one that names a type has one of that type's keys."""
        kind = next((one.value.value for one in node.fields if isinstance(one.value, StringValueNode) and one.value.value in KEYS), None)
        if kind is not None:
            return literal({"__typename": kind, "id": self.picked(KEYS[kind])})
        return ObjectValueNode(fields=self.agreed(node.fields))

    def fitted(self, node: ArgumentNode, values: Sequence[str]) -> ArgumentNode:
        """The argument, with one of these values if there are any."""
        return ArgumentNode(name=node.name, value=literal(self.picked(values)) if values else node.value)

    def picked(self, among: Sequence[N]) -> N:
        """One of these."""
        return among[self.number % len(among)]

    def agreed(self, given: Sequence[Given]) -> tuple[Given, ...]:
        """Those that go together."""
        left = [one for one in given if not isinstance(one.value, NullValueNode) and one.name.value != "after"]
        for rivals in RIVALS:
            among = [one for one in left if one.name.value in rivals]
            left = [one for one in left if one not in among or one is self.picked(among)]
        return tuple(left)


def typed(document: DocumentNode) -> str:
    """A document whose selections all ask for their types and for everything plain."""
    types = TypeInfo(SCHEMA)
    return print_ast(visit(document, TypeInfoVisitor(types, Typed(types))))


def tamed(document: DocumentNode, number: int) -> str:
    """The same, and its arguments go together."""
    return typed(visit(document, Tamed(number)))


def same(document: DocumentNode) -> DocumentNode:
    """As it is."""
    return document


wild = from_schema(SCHEMA, custom_scalars=SCALARS, print_ast=typed)
tame = st.builds(tamed, from_schema(SCHEMA, custom_scalars=SCALARS, print_ast=same), st.integers(0, 99))
wrong = from_schema(SCHEMA, custom_scalars=SCALARS, print_ast=typed, mode=Mode.NEGATIVE)
"""Documents with something in them that the schema does not have."""
