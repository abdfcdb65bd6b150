"""Clients that go away lose nothing: their calls end or are shared, and every connection is accounted for (faults.md F22)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import httpx
import msgspec
from starlette.applications import Starlette

from graph.app import Upstreams, create_app
from graph.limits import Limits
from loaders.known import Rules
from tests.graphs import CALM, forgetful, noon
from tests.policies import ONCE
from tests.servers import served
from upstreams.caller import Caller
from upstreams.calls import Call, Kind
from upstreams.dialect import Dialect
from upstreams.http import Http
from upstreams.network import Network

ABORTS = 5_000
CLIENTS = 500
"""How many go away from the served graph, each of which costs a whole operation; the rest of 5,000 would take minutes."""
AT_ONCE = 50


class Slow:
    """A check-ins upstream on a socket that knows every check-in, and takes a moment for each."""

    def __init__(self) -> None:
        self.calls = self.open = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.calls += 1
                own = head.split(b" ", 2)[1].rstrip(b"/").rpartition(b"/")[2].decode()
                await asyncio.sleep(0.005)
                body = msgspec.json.encode({"api_id": own, "responses": []})
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
                await writer.drain()
        writer.close()
        self.open -= 1


@asynccontextmanager
async def listening(slow: Slow) -> AsyncIterator[str]:
    """Where it listens."""
    server = await asyncio.start_server(slow.handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        async with asyncio.timeout(60):
            while slow.open:
                await asyncio.sleep(0.01)
        server.close()
        await server.wait_closed()


def request(own: int) -> bytes:
    """A whole HTTP request for one check-in that nobody else asks for."""
    body = msgspec.json.encode({"query": f'{{ checkIn(id: "{own}") {{ id }} }}'})
    return b"POST /graphql HTTP/1.1\r\nHost: graph\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


@dataclass
class Clients:
    """Clients of the graph that ask, wait for a moment by chance, and are gone; as many as it keeps up with."""

    port: int
    http: Http
    numbers: Iterator[int]
    chance: random.Random

    async def one(self) -> None:
        """One client after another, until there are no more numbers."""
        for own in self.numbers:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(request(own))
            await writer.drain()
            await asyncio.sleep(self.chance.uniform(0, 0.02))
            writer.transport.abort()
            while self.http.health.waiting > AT_ONCE:
                await asyncio.sleep(0.01)


def http_of(app: Starlette) -> Http:
    """The app's way to check-ins."""
    within = app.state.service.known.check_ins.calls
    assert isinstance(within.caller, Caller)
    http: Http = within.caller.http
    return http


async def idle(http: Http) -> None:
    """Wait until nothing is on its way any more."""
    async with asyncio.timeout(60):
        while http.health.in_flight or http.health.waiting:
            await asyncio.sleep(0.01)


async def test_no_slot_is_lost_to_clients_that_go_away_in_the_middle() -> None:
    """Over real sockets on both sides (faults.md F22)."""
    slow = Slow()
    async with listening(slow) as url:
        nowhere = Dialect("workforce", "http://127.0.0.1:1", policy=ONCE)
        app = create_app(
            Upstreams(Dialect("checkins", url, policy=ONCE), nowhere, "c"),
            Rules(clock=noon),
            limits=Limits(cache=forgetful, deadline=600),
            operating=CALM,
        )
        async with served(app) as address:
            http = http_of(app)
            clients = Clients(int(address.rpartition(":")[2]), http, iter(range(CLIENTS)), random.Random(1))
            await asyncio.gather(*(clients.one() for _ in range(AT_ONCE)))
            await idle(http)
            async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
                answers = [await client.post(f"{address}/graphql", json={"query": '{ checkIn(id: "x") { id } }'}) for _ in range(20)]
            assert [answer.json()["data"] for answer in answers] == [{"checkIn": {"id": "x"}}] * 20
            assert not any("errors" in answer.json() for answer in answers)
            accounted(http)
    assert slow.calls > CLIENTS / 10


async def test_no_slot_is_lost_to_5_000_calls_that_are_cancelled_wherever_they_are() -> None:
    """In the queue, on the wire, in the body; the flights that nobody waits for land (faults.md F22)."""
    slow, chance = Slow(), random.Random(2)
    async with listening(slow) as url:
        http = Http(Dialect("checkins", url, policy=ONCE))
        for _ in range(ABORTS // AT_ONCE):
            calls = [asyncio.create_task(http.ask(Call(Kind.DETAIL, "/x/{x}", f"/x/{own}/"), lambda raw, _: raw)) for own in range(AT_ONCE)]
            await asyncio.sleep(chance.uniform(0, 0.02))
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)
        assert (http.health.in_flight, http.health.waiting) == (0, 0)
        assert await http.ask(Call(Kind.DETAIL, "/x/{x}", "/x/1/"), lambda raw, _: raw["api_id"]) == "1"
        accounted(http)
        await http.aclose()


def accounted(http: Http) -> None:
    """Every connection is free, there are no more than places at the gate, and all places are free."""
    pool = http.wire
    assert isinstance(pool, Network)
    assert len(pool.open) == len(pool.free)
    assert 0 < len(pool.free) <= ONCE.concurrency
    assert http.guard.gate._value == ONCE.concurrency
