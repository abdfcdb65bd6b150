"""What the process remembers for a while: bounded, on a monotonic clock, one maker a key at a time."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

from upstreams.errors import Fault

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
        until, value = found
        if until <= (now := self.clock()):
            if until + self.stale <= now:
                del self.kept[key]
            return None
        self.kept.move_to_end(key)
        return value

    def left(self, key: K) -> float:
        """For how many seconds the value stays fresh; 0 when there is none."""
        found = self.kept.get(key)
        return max(found[0] - self.clock(), 0.0) if found is not None else 0.0

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

    async def get(
        self,
        key: K,
        make: Callable[[], Coroutine[Any, Any, V]],
        wait: Callable[[asyncio.Future[V]], Awaitable[V]] = asyncio.shield,
    ) -> V:
        """The remembered value, or the one that `make` gives: it runs once, whoever waits, and outlives waiters that leave.

        `wait` is how this one waits. What ended because another operation had no more calls or time is made anew for who joined it.
        """
        while True:
            if (value := self.peek(key)) is not None:
                return value
            task = self.making.get(key)
            joined = task is not None and not task.done()
            task = task if task is not None and joined else self.begun(key, make)
            if (stale := self.kept.get(key)) is not None:
                return stale[1]
            try:
                return await wait(task)
            except Fault as fault:
                if not (joined and fault.own and task.done()):
                    raise

    def begun(self, key: K, make: Callable[[], Coroutine[Any, Any, V]]) -> asyncio.Task[V]:
        """A task of the process, not of who asked first."""
        task = self.making[key] = asyncio.get_running_loop().create_task(make())
        task.add_done_callback(lambda done: self.made(key, done))
        return task

    def made(self, key: K, task: asyncio.Task[V]) -> None:
        """Keep what was made, unless it failed."""
        if self.making.get(key) is task:
            del self.making[key]
        if not task.cancelled() and task.exception() is None:
            self.keep(key, task.result())
