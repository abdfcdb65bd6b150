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
    """At most `size` values, each for `seconds`; errors are never remembered (faults.md F20, F39, F40).

    For `stale` more seconds `get` gives a value that is past its time, while it is made anew.
    """

    def __init__(self, *, seconds: float, size: int, stale: float = 0.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds, self.size, self.stale, self.clock = seconds, size, stale, clock
        self.kept: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self.making: dict[K, asyncio.Task[V]] = {}

    def peek(self, key: K) -> V | None:
        """The value, when it is remembered and fresh."""
        found = self.kept.get(key)
        if found is None:
            return None
        if found[0] <= self.clock():
            if found[0] + self.stale <= self.clock():
                del self.kept[key]
            return None
        self.kept.move_to_end(key)
        return found[1]

    def fresh(self) -> dict[K, V]:
        """Everything that is remembered and fresh."""
        now = self.clock()
        return {key: value for key, (until, value) in self.kept.items() if until > now}

    def keep(self, key: K, value: V, *, age: float = 0.0) -> None:
        """Remember the value, as one that is so many seconds old; the one unused for longest makes room."""
        self.kept[key] = (self.clock() + self.seconds - age, value)
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
        if (stale := self.kept.get(key)) is not None:
            return stale[1]
        return await asyncio.shield(task)

    def made(self, key: K, task: asyncio.Task[V]) -> None:
        """Keep what was made, unless it failed."""
        self.making.pop(key, None)
        if not task.cancelled() and task.exception() is None:
            self.keep(key, task.result())
