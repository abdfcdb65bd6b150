"""What the process remembers for a while: bounded, on a monotonic clock, one maker a key at a time."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """At most `size` values, each for `seconds`; errors are never remembered (faults.md F20, F39, F40)."""

    def __init__(self, *, seconds: float, size: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds, self.size, self.clock = seconds, size, clock
        self.kept: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self.making: dict[K, asyncio.Task[V]] = {}

    def peek(self, key: K) -> V | None:
        """The value, when it is remembered and fresh."""
        found = self.kept.get(key)
        if found is None:
            return None
        if found[0] <= self.clock():
            del self.kept[key]
            return None
        self.kept.move_to_end(key)
        return found[1]

    def keep(self, key: K, value: V) -> None:
        """Remember the value from now on; the one unused for longest makes room."""
        self.kept[key] = (self.clock() + self.seconds, value)
        self.kept.move_to_end(key)
        while len(self.kept) > self.size:
            self.kept.popitem(last=False)

    def forget(self, key: K) -> None:
        """Drop the value."""
        self.kept.pop(key, None)

    async def get(self, key: K, make: Callable[[], Coroutine[Any, Any, V]]) -> V:
        """The remembered value, or the one that `make` gives: it runs once, whoever waits, and outlives waiters that leave."""
        if (value := self.peek(key)) is not None:
            return value
        task = self.making.get(key)
        if task is None:
            task = self.making[key] = asyncio.get_running_loop().create_task(make())
            task.add_done_callback(lambda done: self.made(key, done))
        return await asyncio.shield(task)

    def made(self, key: K, task: asyncio.Task[V]) -> None:
        """Keep what was made, unless it failed."""
        self.making.pop(key, None)
        if not task.cancelled() and task.exception() is None:
            self.keep(key, task.result())
