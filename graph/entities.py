"""`_entities`: what a federation gateway asks, answered in order, each item by itself (faults.md F28)."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from graph.access.rights import Rights
from graph.access.scopes import Needs, met
from graph.execution.strands import side_by_side
from loaders.request import Loaders
from upstreams.errors import BadInput, Fault

MOST = 1000
"""The most representations in one operation."""

Resolve = Callable[..., Coroutine[Any, Any, Any]]
AtHand = Callable[[Loaders, Sequence[str]], Mapping[str, Any]]


@dataclass(frozen=True)
class Entity:
    """An entity type: its keys, in the order in which they are preferred, what finds it by one of them, and who may.

    `at_hand` gives those of some ids that need not be waited for: what `resolve` would, errors among them.
    """

    keys: tuple[str, ...]
    resolve: Resolve
    needs: Needs = ()
    at_hand: AtHand | None = None


class Asked(NamedTuple):
    """One entity, by one key; two that are equal are looked up once."""

    name: str
    key: str
    value: str


def entities(types: Iterable[type]) -> dict[str, Entity]:
    """The entity types among some types of the graph, by name."""
    keyed: list[Any] = [one for one in types if getattr(one, "keys", ())]
    return {one.__name__: Entity(one.keys, one.resolve_reference, one.needs, getattr(one, "references_at_hand", None)) for one in keyed}


def bounded(given: Iterable[object], variables: Iterable[object] = ()) -> None:
    """Raises BadInput when the lists of representations that an operation gives hold too many in all, or one of its variables does.

    All variables are read before the first field is, those of fields that are left out among them.
    """
    if sum(map(many, given)) > MOST or max(map(many, variables), default=0) > MOST:
        raise BadInput("representations", f"must be at most {MOST}")


def many(given: object) -> int:
    """How many representations these are; what is no list is one."""
    return len(given) if isinstance(given, list) else 1


async def resolve(known: Mapping[str, Entity], loaders: Loaders, representations: list[object], rights: Rights | None = None) -> list[Any]:
    """A record, a null or an error for each representation, in their order; equal ones are asked once, the others side by side."""
    rights = rights or Rights()
    asked = [understood(known, index, one) for index, one in enumerate(representations)]
    distinct = dict.fromkeys(one for one in asked if isinstance(one, Asked))
    found = at_hand(known, loaders, distinct, rights)
    late = [one for one in distinct if one not in found]
    found.update(zip(late, await side_by_side(find(known, loaders, one, rights) for one in late), strict=True))
    return [found[one] if isinstance(one, Asked) else one for one in asked]


def at_hand(known: Mapping[str, Entity], loaders: Loaders, asked: Iterable[Asked], rights: Rights) -> dict[Asked, Any]:
    """What need not be waited for of what is asked by id, a type at a time; nothing of what the caller may not see."""
    by_name: dict[str, dict[str, Asked]] = {}
    for one in asked:
        if one.key == "id":
            by_name.setdefault(one.name, {})[one.value] = one
    found: dict[Asked, Any] = {}
    for name, ids in by_name.items():
        entity = known[name]
        if entity.at_hand is None or (entity.needs and met(entity.needs, rights.caller.scopes) is None):
            continue
        if entity.needs:
            rights.need(entity.needs)
        found.update((ids[own], shown) for own, shown in entity.at_hand(loaders, list(ids)).items())
    return found


async def find(known: Mapping[str, Entity], loaders: Loaders, asked: Asked, rights: Rights) -> Any:
    """The record behind one key. Raises Forbidden where the caller may see none of its type, or may not ask by that key."""
    if known[asked.name].needs:
        rights.need(known[asked.name].needs)
    if asked.key == "email":
        rights.address(asked.value)
    return await known[asked.name].resolve(loaders, **{snake(asked.key): asked.value})


def understood(known: Mapping[str, Entity], index: int, representation: object) -> Asked | Fault:
    """What a representation asks for, or why that cannot be known; fields that are no key are ignored."""
    if not isinstance(representation, dict):
        return BadInput(placed(index), "must be an object")
    name = representation.get("__typename")
    if not isinstance(name, str) or name not in known:
        return BadInput(placed(index), "__typename must name an entity of this graph")
    for key in known[name].keys:
        value = representation.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str) and value.strip():
            return Asked(name, key, value)
    return BadInput(placed(index), f"must have one of the keys of {name}: {', '.join(known[name].keys)}")


def placed(index: int) -> str:
    """Where a representation stands."""
    return f"representations[{index}]"


@cache
def snake(name: str) -> str:
    """The Python spelling of a GraphQL name."""
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower()
