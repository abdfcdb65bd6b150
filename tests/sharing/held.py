"""A caller over an upstream that a test drives by hand: what it answers, when it answers, and what time it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec

from tests.clocks import Clock
from tests.policies import ONCE
from tests.waiting import until
from upstreams.cache import Cache
from upstreams.caller import Caller
from upstreams.calls import Call, Kind
from upstreams.dialect import Dialect
from upstreams.engine import Engine
from upstreams.http import Http
from upstreams.reading import Reading

ONE = Call(Kind.ROWS, "/rows", "/rows")


def parsed(raw: Any, _reading: Reading) -> Any:
    """The answer as it came."""
    return raw


class Upstream(httpx.AsyncBaseTransport):
    """Answers with how many calls there have been, in the order in which a test lets calls go; all at once unless it is `held`."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.fails = False
        self.held = False
        self.waiting: list[asyncio.Event] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request.url.raw_path.decode())
        status, body = (503 if self.fails else 200), msgspec.json.encode(len(self.calls))
        if self.held:
            self.waiting.append(asyncio.Event())
            await self.waiting[-1].wait()
        return httpx.Response(status, content=body, headers={"Content-Type": "application/json"})

    async def arrived(self, number: int) -> None:
        """Wait until so many calls have come."""
        await until(lambda: len(self.calls) >= number)


class Kept(Engine):
    """An engine in memory, which shows what it was given; several callers may share it."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}
        self.seconds: dict[str, float] = {}

    async def get(self, key: str) -> bytes | None:
        return self.values.get(key)

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        self.values[key], self.seconds[key] = value, seconds

    async def aclose(self) -> None:
        self.values.clear()


@dataclass
class Desk:
    """A caller, the upstream behind it, and both its clocks."""

    caller: Caller
    upstream: Upstream
    clock: Clock
    wall: Clock


@asynccontextmanager
async def desk(
    *,
    cache: Callable[[Clock], Cache] = lambda clock: Cache(clock=clock),
    engine: Engine | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    **dialect: Any,
) -> AsyncIterator[Desk]:
    """A caller, closed at the end; what a `transport` is given instead, the desk's own upstream does not see."""
    clock, wall, upstream = Clock(1_000.0), Clock(1_000.0), Upstream()  # not 0.0, which a broken time of a stored value may be
    given = {"name": "checkins", "base_url": "http://upstream", "policy": ONCE, **dialect}
    caller = Caller(Http(Dialect(**given), transport or upstream), cache(clock), engine, wall)
    try:
        yield Desk(caller, upstream, clock, wall)
    finally:
        await caller.aclose()
