"""What is kept as long as it is used and there is room for it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def nothing(_value: object) -> None:
    """Nothing more."""


class Bounded(Generic[K, V]):
    """Values with what each of them costs, which comes to no more than `most` in all: what was not used for longest makes room."""

    def __init__(self, most: int, dropped: Callable[[V], object] = nothing) -> None:
        self.most, self.dropped, self.cost = most, dropped, 0
        self.kept: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """The value, which is thereby used."""
        found = self.kept.get(key)
        if found is None:
            return None
        self.kept.move_to_end(key)
        return found[0]

    def put(self, key: K, value: V, cost: int) -> None:
        """Keep a value."""
        self.drop(key)
        self.kept[key] = value, cost
        self.cost += cost
        while self.cost > self.most:
            self.drop(next(iter(self.kept)))

    def drop(self, key: K) -> None:
        """Keep it no more."""
        found = self.kept.pop(key, None)
        if found is not None:
            self.cost -= found[1]
            self.dropped(found[0])
