"""The whole app over a sandbox that misbehaves, and what holds of each of its answers in any weather."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
from hypothesis import note
from starlette.applications import Starlette

from graph.app import Upstreams, create_app
from graph.embedded import unbroken
from graph.limits import Limits
from graph.operating.options import Operating
from loaders.known import Rules
from sandbox import Options, Plan
from sandbox import create_app as create_sandbox
from tests.fuzz.answers import SECRET, silent
from tests.graphs import Wire, dialects, forgetful, is_check_ins, is_workforce, noon
from tests.policies import QUICK
from tests.waiting import LONG, until
from upstreams.dialect import Credentials

POLICY = replace(QUICK, total=0.2, largest=500_000)
CUTS = {"checkins": is_check_ins, "workforce": is_workforce}
DEADLINE = 0.6
"""Seconds of an operation."""


@dataclass
class Weather:
    """The app, a client of it, and what it wrote to its logs."""

    app: Starlette
    client: httpx.AsyncClient
    logged: list[logging.LogRecord] = field(default_factory=list)

    async def send(self, request: httpx.Request) -> httpx.Response:
        """The answer, which comes however long a busy machine takes."""
        async with asyncio.timeout(LONG):
            return await self.client.send(request)

    def idle(self) -> bool:
        """Whether nothing is asked of the upstreams any more, or waits to be."""
        health = [one.health for one in self.app.state.service.watch.connections.upstreams]
        return not any(one.in_flight or one.waiting for one in health)


@asynccontextmanager
async def weather(company: Path, plan: Plan | None, unreachable: str | None = None) -> AsyncIterator[Weather]:
    """The app in it; what it lost of its slots, or told its logs of somebody, fails the test when it ends."""
    note(f"unreachable: {unreachable}, faults:\n{plan}")
    transport = Wire(httpx.ASGITransport(unbroken(create_sandbox(company, Options(clock=noon, wall=noon, faults=plan)))))
    transport.cut = CUTS.get(unreachable or "", transport.cut)
    check_ins, workforce = (replace(one, credentials=Credentials(user="crew", key=SECRET)) for one in dialects(POLICY))
    limits = Limits(calls=150, deadline=DEADLINE, cache=forgetful)
    ways = Upstreams(check_ins, workforce, "sandbox", transport, transport, wall=noon)
    app = create_app(ways, Rules(clock=noon), limits=limits, operating=Operating(patience=LONG))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://graph")
    with logs() as logged:
        async with app.router.lifespan_context(app), client:
            yield Weather(app, client, logged)
            await until(Weather(app, client).idle)
    silent(logged)


@contextmanager
def logs() -> Iterator[list[logging.LogRecord]]:
    """Everything that is logged meanwhile."""
    handler = Keeper()
    logging.getLogger().addHandler(handler)
    try:
        yield handler.kept
    finally:
        logging.getLogger().removeHandler(handler)


class Keeper(logging.Handler):
    """Keeps what it is handed."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        self.kept.append(record)
