"""What an operation costs in points, by the `@cost` and `@listSize` of the schema, found in time that is linear in its document.

A value costs the weight of its field and what is asked of it; a list that many times its size, by the sum that Apollo Router makes.
What is asked of a connection costs so much once and so much for each item of its page: so a fragment is priced once for each type that it
is spread on, whatever the pages that it is spread in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    NamedTypeNode,
    SelectionSetNode,
    is_abstract_type,
)

from graph.selection import Look, looked
from graph.weights.bounds import Bounds, Weighing
from graph.weights.scale import Weight
from upstreams.errors import TooExpensive
from upstreams.ledger import HINT

LARGEST = 2**31 - 1
"""The highest cost that is told; JSON readers may take no more."""


@dataclass(frozen=True)
class Price:
    """So many points `once`, and so many for `each` item of the page that they are asked of."""

    once: int = 0
    each: int = 0

    def __add__(self, other: Price) -> Price:
        return Price(self.once + other.once, self.each + other.each)


FREE = Price()


def price(
    weights: Mapping[str, Weight], schema: GraphQLSchema, document: DocumentNode, name: str | None, variables: Mapping[str, Any] | None
) -> int:
    """The cost of a valid document's operation, before anything is asked."""
    found = looked(schema, document, name, variables)
    return min(Pricing(found[0], weights).of(*found[1:]).once, LARGEST) if found is not None else 0


def afford(limits: Bounds, weighing: Weighing) -> None:
    """Raises a GraphQLError with both numbers when the operation costs more than the most, and that is enforced."""
    if limits.mode != "enforce" or weighing.cost <= limits.cost:
        return
    numbers = shown(limits, weighing)
    sentence = f"This costs {weighing.cost} points, and one operation may cost {limits.cost}. {HINT}"
    raise GraphQLError(sentence, extensions={"code": TooExpensive.code, **numbers})


def fit(limits: Bounds, values: int) -> None:
    """Raises a GraphQLError with both numbers when an answer would have more values than it may."""
    if values > limits.values:
        sentence = f"This asks for about {values} values, and an answer may have {limits.values}. {HINT}"
        raise GraphQLError(sentence, extensions={"code": TooExpensive.code, "estimatedValues": values, "mostValues": limits.values})


def costs(limits: Bounds, weighing: Weighing) -> dict[str, Any]:
    """The cost as a part of an answer's `extensions`, in Shopify's words; nothing where nothing is measured, or it is free."""
    return {"cost": shown(limits, weighing)} if weighing.cost else {}


def shown(limits: Bounds, weighing: Weighing) -> dict[str, Any]:
    """The cost of the operation, and the most that one may cost."""
    return {"requestedQueryCost": weighing.cost, "maximumAvailable": limits.cost}


@dataclass
class Pricing:
    """The pricing of one operation; `known` are its fragments, by name and by the type that each is spread on."""

    look: Look
    weights: Mapping[str, Weight]
    known: dict[tuple[str, str], Price] = field(default_factory=dict)

    def of(self, owner: str, selections: SelectionSetNode) -> Price:
        """What is asked of one value of an object type."""
        found, waiting = FREE, list(selections.selections)
        while waiting:
            node = waiting.pop()
            if self.look.left_out(node.directives or ()):
                continue
            if isinstance(node, FieldNode):
                found += self.field(owner, node)
            elif isinstance(node, FragmentSpreadNode):
                found += self.fragment(owner, node.name.value)
            elif self.applies(getattr(node, "type_condition", None), owner):
                waiting.extend(node.selection_set.selections)  # type: ignore[attr-defined]
        return found

    def fragment(self, owner: str, name: str) -> Price:
        """What a fragment asks of one value of this type."""
        one = self.look.fragments.get(name)
        if one is None or not self.applies(one.type_condition, owner):
            return FREE
        if (owner, name) not in self.known:
            self.known[owner, name] = self.of(owner, one.selection_set)
        return self.known[owner, name]

    def applies(self, condition: NamedTypeNode | None, owner: str) -> bool:
        """Whether a fragment on this type is about values of the owner's."""
        if condition is None or condition.name.value == owner:
            return True
        types = self.look.schema.type_map
        named, own = types.get(condition.name.value), types.get(owner)
        return is_abstract_type(named) and isinstance(own, GraphQLObjectType) and self.look.schema.is_sub_type(named, own)

    def field(self, owner: str, node: FieldNode) -> Price:
        """One field of one value; what the schema says of itself is free."""
        coordinate = f"{owner}.{node.name.value}"
        known = self.weights.get(coordinate)
        if known is None:
            return FREE
        if coordinate == "Query._entities":
            return Price(self.entities(node))
        below = self.of(known.type, node.selection_set) if node.selection_set is not None else FREE
        size = known.many(self.look.arguments(node)) if known.listed or below.each else 1
        points = known.points + below.once + below.each * size
        if known.sized:
            return Price(0, points)
        return Price(points * size if known.listed else points)

    def entities(self, node: FieldNode) -> int:
        """What a gateway asks for, each entity as its own type."""
        given = self.look.arguments(node).get("representations", [])
        found = Counter(str(one.get("__typename")) for one in (given if isinstance(given, list) else [given]) if isinstance(one, dict))
        types = {name for name in found if isinstance(self.look.schema.type_map.get(name), GraphQLObjectType)}
        return sum(found[name] * (1 + self.of(name, node.selection_set).once) for name in types) if node.selection_set is not None else 0
