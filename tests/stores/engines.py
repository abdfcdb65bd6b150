"""The engine under test, and what its tests look at."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.stores.servers import PASSWORD
from upstreams.engine import Redis
from upstreams.lane import Bounds, Patience

QUICK = Patience(limit=0.25, pause=0.3)
"""The default limit, and a pause that a test can wait for."""


@asynccontextmanager
async def engine(url: str, patience: Patience = QUICK, writes: Bounds | None = None) -> AsyncIterator[Redis]:
    """An engine, closed at the end."""
    one = Redis(url, patience=patience, writes=writes) if writes else Redis(url, patience=patience)
    try:
        yield one
    finally:
        await one.aclose()


async def stored(one: Redis, number: int) -> None:
    """Wait until so many values were stored."""
    async with asyncio.timeout(10):
        while one.counts.stored < number:
            await asyncio.sleep(0.005)


async def timed(one: Redis, key: str = "k") -> float:
    """How long it takes to be told nothing."""
    began = time.monotonic()
    assert await one.get(key) is None
    return time.monotonic() - began


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged by us, once it is certain that nobody logged a secret or an address."""
    for record in caplog.records:
        assert PASSWORD not in record.getMessage() + str(record.exc_info)
        assert "127.0.0.1" not in record.getMessage() or record.name.startswith("asyncio")
    return [record.getMessage() for record in caplog.records if record.name.startswith("crewgraph")]
