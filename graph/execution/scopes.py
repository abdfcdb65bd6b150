"""What is known of an operation from one request to the next: the fields that were collected of it, and the plans of these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLAbstractType,
    GraphQLError,
    GraphQLNamedOutputType,
    GraphQLObjectType,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)
from graphql.execution.collect_fields import CollectedFields, GroupedFieldSet

from graph.execution.bounded import Bounded
from graph.execution.counts import COUNTS
from graph.execution.emitting import Collect
from graph.execution.plans import Kinds, Plan, kinds, planned
from graph.execution.shapes import CONDITIONS, Apart, Details

LEAST = 500
"""What any document costs besides its characters."""
CHARACTERS = 200_000
"""How long the documents of all kept scopes may be in all; the plans of a document take up to some 700 bytes for each character of it."""


class Scope:
    """One operation under one choice of its conditions; one that is `kept` is met again, others live as long as their request."""

    def __init__(self, schema: GraphQLSchema, *, kept: bool = False) -> None:
        self.schema, self.kept = schema, kept
        self.roots: GroupedFieldSet | None = None
        self.collected: dict[tuple[GraphQLObjectType, int], tuple[Details, CollectedFields]] = {}
        self.plans: dict[tuple[GraphQLNamedOutputType, int], tuple[Details, Plan | Kinds | None]] = {}

    def plan(self, of: GraphQLNamedOutputType, details: Details, collect: Collect) -> Plan | Kinds | None:
        """The plan of what is asked of a type, made once; None where graphql-core executes it."""
        found = self.plans.get((of, id(details)))
        if found is None:  # the places are kept with it, so that their identity is nobody else's
            found = self.plans[of, id(details)] = details, self.made(of, details, collect)
        return found[1]

    def made(self, of: GraphQLNamedOutputType, details: Details, collect: Collect) -> Plan | Kinds | None:
        """A new plan."""
        try:
            if isinstance(of, GraphQLObjectType):
                COUNTS["compiled"] += 1
                return planned(of, details, collect)
            return kinds(of, self.schema, lambda one: self.plan(one, details, collect)) if isinstance(of, GraphQLAbstractType) else None  # type: ignore[arg-type,return-value]
        except (Apart, GraphQLError):  # a condition that is refused is refused again where graphql-core executes this
            return None
        except Exception:  # a fault of the compiler is no reason to fail: graphql-core executes this, too
            COUNTS["fault"] += 1
            return None


@dataclass(frozen=True)
class Operation:
    """An operation of a kept document: the variables in its conditions, and how long the document is."""

    node: OperationDefinitionNode
    conditions: tuple[str, ...]
    length: int


class Kept:
    """The operations of all documents that are kept, by the identity of their nodes, with a scope for each choice of their conditions."""

    def __init__(self) -> None:
        self.operations: dict[int, Operation] = {}
        self.scopes: Bounded[tuple[int | None, ...], Scope] = Bounded(CHARACTERS)

    def keep(self, document: DocumentNode) -> None:
        """Remember what is found out about a document's operations, until it is dropped."""
        names = tuple(sorted(set(conditions(document))))
        length = document.loc.end if document.loc is not None else CHARACTERS // 10
        for node in operations(document):
            self.operations[id(node)] = Operation(node, names, length)

    def drop(self, document: DocumentNode) -> None:
        """Forget it."""
        for node in operations(document):
            self.operations.pop(id(node), None)
            for key in [key for key in self.scopes.kept if key[0] == id(node)]:
                self.scopes.drop(key)

    def scope(self, schema: GraphQLSchema, node: OperationDefinitionNode, variables: Mapping[str, Any]) -> Scope:
        """The scope of a request with these variables."""
        found = self.operations.get(id(node))
        if found is None:
            return Scope(schema)
        key = (id(node), id(schema), *(variables.get(name) for name in found.conditions))  # a null is refused, which no false is
        scope = self.scopes.get(key)
        if scope is None or scope.schema is not schema:
            self.scopes.put(key, scope := Scope(schema, kept=True), found.length + LEAST)
        return scope


KEPT = Kept()


def operations(document: DocumentNode) -> list[OperationDefinitionNode]:
    """The operations of a document."""
    return [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]


def conditions(document: DocumentNode) -> Iterable[str]:
    """The variables in a document's `@skip` and `@include`."""
    waiting: list[Node] = [one for one in document.definitions if isinstance(one, OperationDefinitionNode | FragmentDefinitionNode)]
    while waiting:
        node = waiting.pop()
        for directive in getattr(node, "directives", None) or ():
            if directive.name.value in CONDITIONS:
                yield from (one.value.name.value for one in directive.arguments or () if isinstance(one.value, VariableNode))
        inner = getattr(node, "selection_set", None)
        waiting.extend(inner.selections if isinstance(inner, SelectionSetNode) else ())
