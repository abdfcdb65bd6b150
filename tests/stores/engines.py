"""The engine under test, and what its tests look at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.stores.servers import PASSWORD
from tests.waiting import LONG, stopwatch, until
from upstreams.engine import Redis
from upstreams.lane import Bounds, Patience

PATIENT = Patience(limit=LONG, pause=LONG)
"""No server is too slow, and a failure is the last."""
LIMIT = 0.25
"""The default limit, for servers that do not answer at all."""


@asynccontextmanager
async def engine(url: str, patience: Patience = PATIENT, writes: Bounds | None = None) -> AsyncIterator[Redis]:
    """An engine, closed at the end."""
    one = Redis(url, patience=patience, writes=writes) if writes else Redis(url, patience=patience)
    try:
        yield one
    finally:
        await one.aclose()


async def stored(one: Redis, number: int) -> None:
    """Wait until so many values were stored."""
    await until(lambda: one.counts.stored >= number)


async def failed(one: Redis) -> None:
    """Wait until something failed."""
    await until(lambda: one.counts.failures)


async def waited(one: Redis) -> float:
    """How long it takes to be told nothing, in seconds in which this process was not standing still; the server is given up by then."""
    async with stopwatch() as watch:
        assert await one.get("k") is None
        seconds = watch.seconds
    await until(lambda: one.reads.task is None)
    return seconds


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged by us, once it is certain that nobody logged a secret or an address."""
    for record in caplog.records:
        assert PASSWORD not in record.getMessage() + str(record.exc_info)
        assert "127.0.0.1" not in record.getMessage() or record.name.startswith("asyncio")
    return [record.getMessage() for record in caplog.records if record.name.startswith("crewgraph")]
