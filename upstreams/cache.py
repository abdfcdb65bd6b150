"""Answers that the process remembers: parsed, bounded by number and by bytes, each kind for its own time (faults.md F39, F40)."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct

from upstreams.calls import Kind, Mode


@dataclass(frozen=True)
class Life:
    """How many seconds an answer is fresh, and for how many more it may still be shown while it is renewed."""

    fresh: float
    stale: float = 0.0


FORGETFUL: Mapping[Kind, Life] = {kind: Life(0.0) for kind in Kind}
"""Nothing is remembered."""

LIVES: Mapping[Kind, Life] = {
    Kind.BOOKINGS: Life(60, 60),
    Kind.PAGE: Life(300, 300),
    Kind.ROWS: Life(30, 60),
    Kind.DETAIL: Life(300, 600),
    Kind.LISTED: Life(300, 300),
}


class Kept(Struct, frozen=True, gc=False):
    """One parsed answer, the bytes that its body had, and when it was read on the monotonic clock."""

    value: Any
    size: int
    read: float


@dataclass
class Cache:
    """The least recently used answers make room when there are more than `entries`, or more than `size` bytes of bodies in all."""

    lives: Mapping[Kind, Life] = field(default_factory=lambda: LIVES)
    entries: int = 100_000
    size: int = 256_000_000
    clock: Callable[[], float] = time.monotonic
    kept: OrderedDict[str, Kept] = field(default_factory=OrderedDict)
    bytes: int = 0

    def keep(self, key: str, kind: Kind, value: Any, size: int, read: float) -> None:
        """Remember an answer that was read at this time, unless a newer one is kept, it is too large, or its kind is not kept."""
        if (found := self.kept.get(key)) is not None and found.read > read:
            return
        self.drop(key)
        life = self.lives[kind]
        if size > self.size or self.clock() - read >= life.fresh + life.stale:
            return
        self.kept[key] = Kept(value, size, read)
        self.bytes += size
        while len(self.kept) > self.entries or self.bytes > self.size:
            self.drop(next(iter(self.kept)))

    def drop(self, key: str) -> None:
        """Forget an answer."""
        if (found := self.kept.pop(key, None)) is not None:
            self.bytes -= found.size

    def peek(self, key: str, kind: Kind, mode: Mode) -> tuple[Kept, float] | None:
        """The answer and its age in seconds, if the mode takes it."""
        found = self.kept.get(key) if mode is not Mode.NONE else None
        if found is None:
            return None
        life, age = self.lives[kind], self.clock() - found.read
        if age >= life.fresh + life.stale:
            self.drop(key)
            return None
        if mode is Mode.FRESH and age >= life.fresh:
            return None
        self.kept.move_to_end(key)
        return found, age

    def holds(self, keys: Iterable[str], kind: Kind) -> list[bool]:
        """Which of these answers are kept and may be shown, if only while they are renewed."""
        life = self.lives[kind]
        since = self.clock() - (life.fresh + life.stale)
        return [one is not None and one.read > since for one in map(self.kept.get, keys)]

    def fresh_all(self, keys: Sequence[str], kind: Kind) -> tuple[list[Any], float] | None:
        """These answers and the age of the oldest in seconds, if all of them are kept and fresh."""
        found = list(map(self.kept.get, keys))
        read = [one.read for one in found if one is not None]
        if len(read) < len(keys):
            return None
        age = self.clock() - min(read, default=math.inf)
        if age >= self.lives[kind].fresh:
            return None
        for key in keys:
            self.kept.move_to_end(key)
        return [one.value for one in found if one is not None], age

    def fresh(self, kind: Kind, age: float) -> bool:
        """Whether an answer of this age need not be renewed."""
        return age < self.lives[kind].fresh
