"""How large a document is with its fragments spread out, found in time that is linear in its text: each fragment is measured once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionNode,
)

from graph.weights.bounds import Bounds

UNTOLD = 1_000_000_000
"""Beyond this nothing is counted: fragments that double one another would need numbers of as many digits as there are of them."""
TOLD = {
    "depth": ("MAX_DEPTH_LIMIT", "levels of fields"),
    "fields": ("MAX_FIELDS_LIMIT", "fields"),
    "aliases": ("MAX_ALIASES_LIMIT", "aliases"),
    "roots": ("MAX_ROOT_FIELDS_LIMIT", "root fields"),
    "directives": ("MAX_DIRECTIVES_LIMIT", "directives"),
    "letters": ("MAX_ALIAS_LENGTH_LIMIT", "letters in an alias"),
}
"""The code of each limit, named as Apollo Router names its own, and what it counts."""


@dataclass(frozen=True)
class Measure:
    """How much there is of each."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    roots: int = 0
    directives: int = 0
    letters: int = 0

    def plus(self, other: Measure, at: int) -> Measure:
        """With another one spread at this depth."""
        return Measure(
            max(self.depth, min(at + other.depth, UNTOLD)),
            min(self.fields + other.fields, UNTOLD),
            min(self.aliases + other.aliases, UNTOLD),
            min(self.roots + (0 if at else other.roots), UNTOLD),
            min(self.directives + other.directives, UNTOLD),
            max(self.letters, other.letters),
        )


Spreads = list[tuple[str, int]]
"""The names of fragments, each with the depth at which it is spread."""
Definition = OperationDefinitionNode | FragmentDefinitionNode


def refusals(document: DocumentNode, limits: Bounds) -> list[GraphQLError]:
    """What the document has too much of."""
    found = measured(document)
    most = {name: getattr(limits, name) for name in TOLD}
    return [refusal(name, getattr(found, name), limit) for name, limit in most.items() if getattr(found, name) > limit]


def refusal(name: str, found: int, limit: int) -> GraphQLError:
    """One of them, with its numbers as data."""
    code, what = TOLD[name]
    return GraphQLError(f"The document has {found} {what}; {limit} are allowed.", extensions={"code": code, "found": found, "limit": limit})


def measured(document: DocumentNode) -> Measure:
    """The most that any operation of the document has of each; of one whose fragments go in circles, which validation refuses, nothing."""
    fragments = {one.name.value: alone(one) for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    whole: dict[str, Measure] = {}
    try:
        for name in TopologicalSorter({name: {spread for spread, _ in own[1]} for name, own in fragments.items()}).static_order():
            whole[name] = spread_out(*fragments.get(name, (Measure(), [])), whole)
    except CycleError:
        return Measure()
    return most(spread_out(*alone(one), whole) for one in document.definitions if isinstance(one, OperationDefinitionNode))


def most(measures: Iterable[Measure]) -> Measure:
    """The largest of each."""
    found = Measure()
    for one in measures:
        found = Measure(**{name: max(getattr(found, name), getattr(one, name)) for name in TOLD})
    return found


def spread_out(own: Measure, spreads: Spreads, whole: Mapping[str, Measure]) -> Measure:
    """A definition with its fragments in it."""
    for name, at in spreads:
        own = own.plus(whole.get(name, Measure()), at)
    return own


def alone(definition: Definition) -> tuple[Measure, Spreads]:
    """A definition without its fragments, and what it spreads."""
    spreads: Spreads = []
    depth = fields = aliases = roots = letters = 0
    directives = len(definition.directives or ()) + variables(definition)
    for node, at in nodes(definition):
        directives += len(node.directives or ())
        if isinstance(node, FragmentSpreadNode):
            spreads.append((node.name.value, at))
        elif isinstance(node, FieldNode):
            depth, fields = max(depth, at + 1), fields + 1
            aliases += node.alias is not None
            letters = max(letters, len(node.alias.value) if node.alias is not None else 0)
            roots += at == 0
    return Measure(depth, fields, aliases, roots, directives, letters), spreads


def variables(definition: Definition) -> int:
    """How many directives its variables have."""
    return sum(len(one.directives or ()) for one in definition.variable_definitions or ())


def nodes(definition: Definition) -> Iterator[tuple[SelectionNode, int]]:
    """All that a definition selects, each with how many fields it lies in."""
    waiting: list[tuple[SelectionNode, int]] = [(one, 0) for one in definition.selection_set.selections]
    while waiting:
        node, at = waiting.pop()
        yield node, at
        inner = getattr(node, "selection_set", None)
        if inner is not None:
            waiting.extend((one, at + isinstance(node, FieldNode)) for one in inner.selections)
