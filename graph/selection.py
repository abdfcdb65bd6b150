"""What an operation asks for, looked at once: its fields as a tree, equal ones merged, fragments and variables resolved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    value_from_ast_untyped,
)

MOST = 5_000
"""How many fields are looked at; an operation with more is taken as it is up to there."""


@dataclass
class Asked:
    """One field of a type with its arguments as the client wrote them, and what is asked of its value."""

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
        yield self
        for one in self.fields:
            yield from one.everything()


def asked(schema: GraphQLSchema, document: DocumentNode, operation_name: str | None, variables: Mapping[str, Any] | None) -> Asked:
    """The operation as a tree, under a root without a name."""
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    named = [one for one in operations if operation_name is None or (one.name and one.name.value == operation_name)]
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    root = Asked("", "")
    if named and schema.query_type is not None:
        defaults = {
            one.variable.name.value: value_from_ast_untyped(one.default_value)
            for one in named[0].variable_definitions or ()
            if one.default_value
        }
        Look(schema, fragments, {**defaults, **(variables or {})}).into(root, schema.query_type.name, [named[0].selection_set])
    return root


@dataclass
class Look:
    """One look at an operation; `left` is how many fields may still be added."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    left: int = MOST

    def into(self, parent: Asked, type_name: str, selections: Iterable[SelectionSetNode]) -> None:
        """Add the fields of these selections of one value, each fragment once: what fragments repeat is the same field."""
        merged: dict[tuple[str, str, str], tuple[Asked, list[SelectionSetNode]]] = {}
        for owner, node in self.flat(type_name, selections, set()):
            arguments = {one.name.value: value_from_ast_untyped(one.value, dict(self.variables)) for one in node.arguments or ()}
            key = (owner, node.name.value, repr(arguments))
            if key not in merged and self.left:
                self.left -= 1
                merged[key] = (Asked(owner, node.name.value, arguments), [])
            if key in merged and node.selection_set is not None:
                merged[key][1].append(node.selection_set)
        for found, below in merged.values():
            parent.fields.append(found)
            if below and (inner := self.type_of(found)) is not None:
                self.into(found, inner, below)

    def flat(self, type_name: str, selections: Iterable[SelectionSetNode], seen: set[str]) -> Iterator[tuple[str, FieldNode]]:
        """The fields of one value with the type that each is asked of."""
        for node in (node for selection in selections for node in selection.selections):
            if isinstance(node, FieldNode):
                yield type_name, node
            elif isinstance(node, InlineFragmentNode):
                narrowed = node.type_condition.name.value if node.type_condition else type_name
                yield from self.flat(narrowed, [node.selection_set], seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen and (spread := self.fragments.get(node.name.value)):
                seen.add(node.name.value)
                yield from self.flat(spread.type_condition.name.value, [spread.selection_set], seen)

    def type_of(self, asked: Asked) -> str | None:
        """The name of the type of a field's value, if it has fields."""
        owner = self.schema.type_map.get(asked.type)
        if not isinstance(owner, GraphQLObjectType | GraphQLInterfaceType) or asked.name not in owner.fields:
            return None
        return str(get_named_type(owner.fields[asked.name].type).name)
