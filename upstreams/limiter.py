"""When calls to one upstream may go: not while it wants a pause, and at most so many a second (faults.md F1, F2)."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable

from aiolimiter import AsyncLimiter

from upstreams.deadline import Deadline
from upstreams.errors import RateLimited
from upstreams.policy import Policy


class Limiter:
    """One for each upstream: a pause that one call is told of holds for all. `clock` is the event loop's."""

    def __init__(self, name: str, policy: Policy, clock: Callable[[], float]) -> None:
        self.name, self.policy, self.clock = name, policy, clock
        self.rate = AsyncLimiter(policy.burst, policy.burst / policy.rate) if policy.rate else None
        self.until = -math.inf
        self.unexplained = 0

    @property
    def paused(self) -> float:
        """How many seconds of a pause are left."""
        left = self.until - self.clock()
        return left if left > 0.0 else 0.0

    def pause(self, seconds: float) -> None:
        """Stop everybody for so long, unless a longer pause is in force."""
        self.until = max(self.until, self.clock() + min(seconds, self.policy.longest_pause))

    def back_off(self) -> None:
        """Stop everybody for a while: the upstream is asked too much, and did not say until when. Each such pause in a row is longer."""
        if not self.paused:
            self.unexplained += 1
            self.pause(random.uniform(0.5, 1.0) * self.policy.backoff(self.unexplained))  # noqa: S311 -- it spreads load and hides nothing

    def answered(self) -> None:
        """The upstream answers again."""
        self.unexplained = 0

    def refuse(self, deadline: Deadline) -> None:
        """Raise RateLimited where the pause outlasts the deadline or anybody's patience."""
        if (left := self.paused) and left > min(deadline.left, self.policy.patience):
            raise RateLimited(self.name, retry_after=left, reason="paused", own=left <= self.policy.patience)

    @property
    def idle(self) -> bool:
        """Whether a call may go at once."""
        return self.rate is None and not self.paused

    async def turn(self, deadline: Deadline) -> None:
        """Wait until a call may go. Raises RateLimited as soon as that cannot be in time."""
        await self.resumed(deadline)
        if self.rate is not None:
            await self.rate.acquire()
            while self.paused:  # whose turn came during a pause has lost it: else all who had one would begin together after it
                await self.resumed(deadline)
                await self.rate.acquire()

    async def resumed(self, deadline: Deadline) -> None:
        """Wait until there is no pause."""
        while self.paused:
            self.refuse(deadline)
            await asyncio.sleep(self.paused)
