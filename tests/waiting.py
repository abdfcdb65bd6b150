"""Waiting as a busy machine needs it: for conditions rather than for times, and by a stopwatch that stands still when the process does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

T = TypeVar("T")
LONG = 120.0
"""Seconds after which something will never happen, however busy the machine is."""
TICK = 0.01


async def until(happened: Callable[[], object]) -> None:
    """Wait until this is so."""
    async with asyncio.timeout(LONG):
        while not happened():
            await asyncio.sleep(TICK)


async def settled() -> None:
    """Let everything run that waits for nothing."""
    for _ in range(50):
        await asyncio.sleep(0)


class Stopwatch:
    """Seconds by ticks of the event loop, so that a stall of the whole process counts for one tick only; never more than really passed."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.stall = 0.0

    async def run(self) -> None:
        """Tick for ever; `stall` is the longest that a tick has really taken."""
        while True:
            began = time.monotonic()
            await asyncio.sleep(TICK)
            self.seconds += TICK
            self.stall = max(self.stall, time.monotonic() - began)


@asynccontextmanager
async def stopwatch() -> AsyncIterator[Stopwatch]:
    """A running stopwatch."""
    watch = Stopwatch()
    running = asyncio.create_task(watch.run())
    try:
        yield watch
    finally:
        running.cancel()


async def undisturbed(attempt: Callable[[], Coroutine[Any, Any, T]], seconds: float) -> T:
    """What an attempt comes to in which this process never stood still for so long; another counts for nothing, and is made again.

    For what promises somebody a time, which it cannot keep to who uses it up by standing still.
    """
    async with asyncio.timeout(LONG), stopwatch() as watch:
        while True:
            watch.stall = 0.0
            found: T | BaseException = (await asyncio.gather(attempt(), return_exceptions=True))[0]
            await asyncio.sleep(2 * TICK)  # the last tick is measured by then
            if watch.stall >= seconds:
                continue
            if isinstance(found, BaseException):
                raise found
            return found


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """What this gives without waiting for anything: not even for a turn of the event loop."""
    try:
        work.send(None)
    except StopIteration as end:
        found: T = end.value
        return found
    work.close()
    raise AssertionError("it waits")
