"""Work on a server that may be slow or gone: bounded, in batches, never waited for longer than a limit, left alone after a failure."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

LATE = 0.05
"""An alarm that rings this many seconds late tells of a busy process, not of a slow server."""

T = TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """Seconds that a batch may take, and seconds that its server is left alone for after a failure."""

    limit: float = 0.25
    pause: float = 5.0


@dataclass(frozen=True)
class Bounds:
    """The sizes that may wait together, and that are done at once; a single job may be larger than the latter."""

    waiting: int
    at_once: int


class Notices:
    """At most one warning in `seconds`; callers say the kind of a failure, never its text, which may hold addresses and more."""

    def __init__(self, log: logging.Logger, what: str, seconds: float = 10.0) -> None:
        self.log, self.what, self.seconds = log, what, seconds
        self.count = 0
        self.silent_until = -1.0

    def tell(self, kind: str) -> None:
        """Count a failure, and log it unless one was logged lately."""
        self.count += 1
        if (now := time.monotonic()) >= self.silent_until:
            self.silent_until = now + self.seconds
            self.log.warning("%s failed: %s, %d so far; going on without", self.what, kind, self.count)


class Lane(Generic[T]):
    """Jobs that one task does in batches for as long as there are any.

    When a batch fails, all who wait are let go, and nobody is let in during the pause; then a single batch is tried.
    """

    def __init__(
        self,
        work: Callable[[list[T]], Awaitable[None]],
        bounds: Bounds,
        patience: Patience,
        *,
        failures: tuple[type[Exception], ...],
        failed: Callable[[Exception], None],
        lost: Callable[[list[T]], None],
    ) -> None:
        self.work, self.bounds, self.patience = work, bounds, patience
        self.failures, self.failed, self.lost = failures, failed, lost
        self.jobs: deque[tuple[T, int]] = deque()
        self.size = 0
        self.task: asyncio.Task[None] | None = None
        self.rests_until: float | None = None
        self.closed = False

    @property
    def resting(self) -> bool:
        """Whether a batch failed, and the pause is not over or the first batch after it is still on its way."""
        return self.rests_until is not None and (self.task is not None or time.monotonic() < self.rests_until)

    def take(self, job: T, size: int = 1) -> bool:
        """Whether this job will be tried; if not, it is lost at once."""
        if self.closed or self.resting or self.size + size > self.bounds.waiting:
            self.lost([job])
            return False
        self.jobs.append((job, size))
        self.size += size
        if self.task is None:
            self.task = asyncio.create_task(self.run())
        return True

    async def run(self) -> None:
        """Do batch after batch, until there is no job left or one batch fails."""
        batch: list[T] = []
        alarm = asyncio.timeout(None)
        try:
            while self.jobs:
                batch = self.batch(self.bounds.at_once)
                async with (alarm := asyncio.timeout(self.patience.limit)):
                    await self.work(batch)
                self.rests_until, batch = None, []
        except self.failures as failure:
            if not late(alarm):
                self.rests_until = time.monotonic() + self.patience.pause
                self.failed(failure)
        finally:
            self.task = None
            self.lost(batch + self.batch(self.bounds.waiting))

    def batch(self, room: int) -> list[T]:
        """The next jobs that fit, and one at least."""
        taken: list[T] = []
        while self.jobs and (not taken or self.jobs[0][1] <= room):
            job, size = self.jobs.popleft()
            taken.append(job)
            room -= size
            self.size -= size
        return taken

    async def aclose(self) -> None:
        """Stop, in the middle of a batch if there is one."""
        self.closed = True
        while self.task is not None and not self.task.done():
            self.task.cancel()  # again and again: `wait_for` of Python 3.11, in redis-py, may swallow it
            await asyncio.wait([self.task], timeout=0.05)
        self.lost(self.batch(self.bounds.waiting))


def late(alarm: asyncio.Timeout) -> bool:
    """Whether an alarm rang, but so late that an answer may have been there in time."""
    due = alarm.when()
    return alarm.expired() and due is not None and asyncio.get_running_loop().time() > due + LATE
