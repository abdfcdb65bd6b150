"""What an operation asks for, looked at once: its fields as a tree, equal ones merged, fragments, variables and conditions resolved."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    Undefined,
    ValueNode,
    get_named_type,
    print_ast,
    value_from_ast_untyped,
)

MOST = 10_000
"""How many places of an operation are looked at; one with more is taken as it is up to there, level by level."""


@dataclass
class Asked:
    """One field of a type with its arguments as the client wrote them, nulls left out, and what is asked of its value."""

    type: str
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    fields: list[Asked] = field(default_factory=list)

    @property
    def coordinate(self) -> str:
        """The field's name in the schema, such as `Project.people`."""
        return f"{self.type}.{self.name}"

    def everything(self) -> Iterator[Asked]:
        """This field and all below it."""
        waiting = [self]
        while waiting:
            yield (one := waiting.pop())
            waiting.extend(one.fields)


def asked(schema: GraphQLSchema, document: DocumentNode, operation_name: str | None, variables: Mapping[str, Any] | None) -> Asked:
    """The operation as a tree, under a root without a name."""
    found = looked(schema, document, operation_name, variables)
    return found[0].at(*found[1:]) if found is not None else Asked("", "")


def arguments_of(
    root: str, schema: GraphQLSchema, document: DocumentNode, operation_name: str | None, variables: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    """What each field of this name that the operation asks of the query type is given, aliases counted one by one."""
    if (found := looked(schema, document, operation_name, variables)) is None:
        return []
    look, query, selections = found
    fields = {(node.alias or node.name).value: node for _, node in look.flat(query, [selections]) if node.name.value == root}
    return [look.arguments(node) for node in fields.values()]


def looked(
    schema: GraphQLSchema, document: DocumentNode, operation_name: str | None, variables: Mapping[str, Any] | None
) -> tuple[Look, str, SelectionSetNode] | None:
    """A look at the operation, and what it asks of which type; nothing where the document has no such operation."""
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    meant = next((one for one in operations if operation_name is None or (one.name and one.name.value == operation_name)), None)
    if meant is None or schema.query_type is None:
        return None
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    return Look(schema, fragments, {**defaults(meant), **(variables or {})}), schema.query_type.name, meant.selection_set


def defaults(operation: OperationDefinitionNode) -> dict[str, Any]:
    """The variables' own defaults."""
    declared = [one for one in operation.variable_definitions or () if one.default_value is not None]
    return {one.variable.name.value: value_from_ast_untyped(one.default_value) for one in declared if one.default_value is not None}


@dataclass
class Look:
    """One look at an operation; `left` is how many places may still be looked at, whatever fragments repeat."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: dict[str, Any]
    left: int = MOST

    def at(self, type_name: str, selections: SelectionSetNode) -> Asked:
        """The tree of these selections of one type, found level by level."""
        root = Asked("", "")
        waiting = deque([(root, type_name, [selections])])
        while waiting and self.left:
            parent, owner, sets = waiting.popleft()
            for found, below in self.merged(owner, sets):
                parent.fields.append(found)
                if below and (inner := self.type_of(found)) is not None:
                    waiting.append((found, inner, below))
        return root

    def merged(self, type_name: str, sets: Iterable[SelectionSetNode]) -> list[tuple[Asked, list[SelectionSetNode]]]:
        """The fields of one value, each with its selections: what aliases and fragments repeat is the same field."""
        fields: dict[tuple[str, str, str], tuple[Asked, list[SelectionSetNode]]] = {}
        for owner, node in self.flat(type_name, sets):
            key = (owner, node.name.value, written(node))
            if key not in fields:
                fields[key] = (Asked(owner, node.name.value, self.arguments(node)), [])
            if node.selection_set is not None:
                fields[key][1].append(node.selection_set)
        return list(fields.values())

    def flat(self, type_name: str, sets: Iterable[SelectionSetNode]) -> Iterator[tuple[str, FieldNode]]:
        """The fields of one value with the type that each is asked of, every fragment once."""
        seen: set[str] = set()
        waiting: list[tuple[str, SelectionNode]] = [(type_name, node) for one in sets for node in one.selections][::-1]
        while waiting and self.left:
            self.left -= 1
            owner, node = waiting.pop()
            if self.left_out(node.directives or ()):
                continue
            if isinstance(node, FieldNode):
                yield owner, node
                continue
            spread = self.fragments.get(node.name.value) if isinstance(node, FragmentSpreadNode) else node
            if isinstance(spread, FragmentDefinitionNode):
                if spread.name.value in seen:
                    continue
                seen.add(spread.name.value)
            condition, inner = getattr(spread, "type_condition", None), getattr(spread, "selection_set", None)
            narrowed = condition.name.value if condition is not None else owner
            waiting.extend((narrowed, one) for one in reversed(inner.selections if inner is not None else ()))

    def left_out(self, directives: Iterable[DirectiveNode]) -> bool:
        """Whether `@skip` or `@include` leave a place out."""
        for one in directives:
            condition = next((self.value(given.value) for given in one.arguments or () if given.name.value == "if"), None)
            if (one.name.value, condition) in (("skip", True), ("include", False)):
                return True
        return False

    def arguments(self, node: FieldNode) -> dict[str, Any]:
        """The arguments that are given, and are not null."""
        found = {one.name.value: self.value(one.value) for one in node.arguments or ()}
        return {name: value for name, value in found.items() if value is not None and value is not Undefined}

    def value(self, node: ValueNode) -> Any:
        """A value with the operation's variables in it."""
        return value_from_ast_untyped(node, self.variables)

    def type_of(self, asked: Asked) -> str | None:
        """The name of the type of a field's value, if it has fields."""
        owner = self.schema.type_map.get(asked.type)
        if not isinstance(owner, GraphQLObjectType | GraphQLInterfaceType) or asked.name not in owner.fields:
            return None
        return str(get_named_type(owner.fields[asked.name].type).name)


def written(node: FieldNode) -> str:
    """The arguments of a field as the client wrote them, by name: however large the variables, no longer than the document."""
    return ",".join(sorted(f"{one.name.value}:{source(one.value)}" for one in node.arguments or ()))


def source(node: ValueNode) -> str:
    """The text of a value."""
    return node.loc.source.body[node.loc.start : node.loc.end] if node.loc is not None else print_ast(node)
