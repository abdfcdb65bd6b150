"""Operations written in other ways: with aliases, fragments, conditions and variables, and fields that are asked for in several places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

from graphql import (
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    NamedTypeNode,
    NameNode,
    Node,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    parse_const_value,
    parse_type,
    print_ast,
    value_from_ast_untyped,
    visit,
)

from tests.execution.world import SCHEMA

N = TypeVar("N", bound=Node)
Given = tuple[Mapping[str, Any], ...]
CONDITIONS = {"yes": ("Boolean", "true"), "no": ("Boolean", "false"), "sure": ("Boolean!", None)}
"""The variables that conditions use: their types and defaults."""
TYPENAME = FieldNode(name=NameNode(value="__typename"))
ROUNDS = 3


@dataclass(frozen=True)
class Written:
    """An operation, and the variables that it comes with, one time after another."""

    text: str
    given: Given


def changed(node: N, **changes: Any) -> N:
    """A node with something else in it."""
    return type(node)(**{key: getattr(node, key) for key in node.keys if key != "loc"} | changes)


def called(name: str) -> VariableNode:
    """A variable."""
    return VariableNode(name=NameNode(value=name))


class Varying(Visitor):
    """Writes selections in other ways, which are drawn at random; all of them ask for the same, and some of it on a condition."""

    def __init__(self, types: TypeInfo, random: Random) -> None:
        super().__init__()
        self.types, self.random = types, random
        self.fragments: list[FragmentDefinitionNode] = []
        self.used: set[str] = set()
        self.arguments: dict[str, tuple[str, Any]] = {}
        self.aliases = 0

    def leave_argument(self, node: ArgumentNode, *_: Any) -> ArgumentNode:
        """The argument, by a variable or as it is."""
        argument = self.types.get_argument()
        if argument is None or self.random.random() < 0.5:
            return node
        name = f"n{len(self.arguments)}"
        self.arguments[name] = str(argument.type), value_from_ast_untyped(node.value)
        return changed(node, value=called(name))

    def leave_selection_set(self, node: SelectionSetNode, *_: Any) -> SelectionSetNode:
        """The selection, in another way."""
        of = self.types.get_parent_type()
        assert of is not None
        shown = [self.conditioned(each) for one in node.selections for each in self.ways(one, of.name)]
        known = [one.name for one in self.fragments if one.type_condition.name.value == of.name]
        if known and self.random.random() < 0.2:
            shown.append(FragmentSpreadNode(name=self.random.choice(known), directives=()))
        return changed(node, selections=tuple(shown))

    def ways(self, one: SelectionNode, of: str) -> Iterator[SelectionNode]:
        """What may be written for one selection."""
        on = NamedTypeNode(name=NameNode(value=of))
        match self.random.randrange(9):
            case 0 if isinstance(one, FieldNode):
                self.aliases += 1
                yield one
                yield changed(one, alias=NameNode(value=f"a{self.aliases}"))
            case 1 if isinstance(one, FieldNode) and one.selection_set is not None:
                for part in (one.selection_set.selections[::2], (TYPENAME, *one.selection_set.selections[1::2])):
                    yield changed(one, selection_set=SelectionSetNode(selections=part))
            case 2:
                inner = SelectionSetNode(selections=(one, TYPENAME))
                yield InlineFragmentNode(type_condition=self.random.choice([None, on]), directives=(), selection_set=inner)
            case 3 | 4:
                name = NameNode(value=f"F{len(self.fragments)}")
                inner = SelectionSetNode(selections=(one,))
                self.fragments.append(FragmentDefinitionNode(name=name, type_condition=on, directives=(), selection_set=inner))
                yield FragmentSpreadNode(name=name, directives=())
            case 5:
                yield from (one, one)
            case _:
                yield one

    def conditioned(self, one: SelectionNode) -> SelectionNode:
        """The selection, at times on one or two conditions."""
        names = self.random.sample(["skip", "include"], self.random.choice([0, 0, 0, 1, 1, 2]))
        return changed(one, directives=tuple(self.condition(name, likely=name == "include") for name in names))

    def condition(self, name: str, *, likely: bool) -> DirectiveNode:
        """A condition, which is mostly met."""
        chosen = self.random.choice(["yes" if likely else "no"] * 3 + ["sure", "true" if likely else "false"])
        if chosen in CONDITIONS:
            self.used.add(chosen)
        value = called(chosen) if chosen in CONDITIONS else parse_const_value(chosen)
        return DirectiveNode(name=NameNode(value=name), arguments=(ArgumentNode(name=NameNode(value="if"), value=value),))

    def definitions(self) -> Iterator[VariableDefinitionNode]:
        """The variables that are used."""
        for name, (of, default) in [(name, CONDITIONS[name]) for name in sorted(self.used)]:
            given = parse_const_value(default) if default is not None else None
            yield VariableDefinitionNode(variable=called(name), type=parse_type(of), default_value=given, directives=())
        for name, (of, _) in self.arguments.items():
            yield VariableDefinitionNode(variable=called(name), type=parse_type(of), default_value=None, directives=())

    def given(self) -> dict[str, Any]:
        """Values of the variables: some are left to their defaults, and now and then one is null, which a condition may not be."""
        conditions: dict[str, Any] = {
            name: self.random.choice([True, False]) for name in sorted(self.used) if name == "sure" or self.random.random() < 0.4
        }
        if "yes" in self.used and self.random.random() < 0.2:
            conditions["yes"] = None
        arguments = {
            name: self.random.choice([value, value, 2, *([] if of.endswith("!") else [None])])
            for name, (of, value) in self.arguments.items()
        }
        return conditions | arguments


def varied(document: DocumentNode, random: Random) -> Written:
    """A document of one operation, written in another way."""
    types = TypeInfo(SCHEMA._schema)
    varying = Varying(types, random)
    (operation,) = visit(document, TypeInfoVisitor(types, varying)).definitions
    assert isinstance(operation, OperationDefinitionNode)
    whole = changed(operation, variable_definitions=tuple(varying.definitions()))
    text = print_ast(DocumentNode(definitions=(whole, *varying.fragments)))
    return Written(text, tuple(varying.given() for _ in range(ROUNDS)))
