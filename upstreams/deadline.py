"""When an operation must have ended, on the monotonic clock, which no change of the wall clock moves (faults.md F20)."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar

from upstreams.errors import TimedOut

T = TypeVar("T")


@dataclass(frozen=True)
class Deadline:
    """The time on `clock` at which everybody who waits for this operation's sake gives up; at once when its client has `gone`."""

    at: float = math.inf
    clock: Callable[[], float] = time.monotonic
    gone: Callable[[], bool] = lambda: False

    @property
    def left(self) -> float:
        """The seconds until then, never less than 0."""
        return 0.0 if self.gone() else max(self.at - self.clock(), 0.0)

    @property
    def over(self) -> bool:
        """Whether no time is left."""
        return self.gone() or self.clock() >= self.at

    @property
    def limit(self) -> float | None:
        """The same as asyncio takes it: None without a deadline."""
        return None if math.isinf(left := self.left) else left

    async def wait(self, work: asyncio.Future[T], upstream: str) -> T:
        """What work that others may share gives, which goes on when this waiter leaves. Raises TimedOut at the deadline."""
        try:
            async with asyncio.timeout(self.limit):
                return await asyncio.shield(work)
        except TimeoutError as cause:
            raise late(upstream) from cause

    async def ended(self, work: Collection[asyncio.Future[Any]]) -> None:
        """Wait until all of these have ended, or it is time; they go on when this waiter leaves."""
        if work:
            await asyncio.wait(work, timeout=self.limit)


NEVER = Deadline()


def within(seconds: float, clock: Callable[[], float] = time.monotonic) -> Deadline:
    """So many seconds from now."""
    return Deadline(clock() + seconds, clock)


def late(upstream: str) -> TimedOut:
    """The operation's own time was up before this upstream had answered."""
    return TimedOut(upstream, reason="deadline", own=True)
