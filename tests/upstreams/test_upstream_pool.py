"""Connections are used again, never more than calls are in flight, and none is lost to a call that is given up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import httpx
import pytest

from tests.policies import ONCE
from tests.upstreams.doubles import plain
from upstreams.dialect import Dialect
from upstreams.errors import Missing, Unavailable
from upstreams.http import Http
from upstreams.pool import Pool

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"


class Patient:
    """A server that keeps connections; `opened` counts them, and it answers each request after `pause` seconds."""

    def __init__(self) -> None:
        self.opened = self.open = 0
        self.pause = 0.0
        self.answer = ANSWER

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened, self.open = self.opened + 1, self.open + 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(self.pause)
                writer.write(self.answer)
                await writer.drain()
        with suppress(ConnectionError):
            writer.close()
            await writer.wait_closed()
        self.open -= 1


@asynccontextmanager
async def calling(concurrency: int = 8) -> AsyncIterator[tuple[Patient, Http]]:
    """A patient server and our way to it."""
    patient = Patient()
    server = await asyncio.start_server(patient.handle, "127.0.0.1", 0)
    http = Http(
        Dialect("checkins", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", policy=replace(ONCE, concurrency=concurrency))
    )
    try:
        yield patient, http
    finally:
        await http.aclose()
        while patient.open:
            await asyncio.sleep(0.01)
        server.close()
        await server.wait_closed()


async def test_calls_one_after_another_use_one_connection() -> None:
    async with calling() as (patient, http):
        for _ in range(20):
            assert await plain(http) == []
        assert patient.opened == 1


async def test_a_connection_outlives_the_failures_that_come_over_it() -> None:
    """That somebody is unknown is an answer like any other (faults.md F19)."""
    async with calling() as (patient, http):
        patient.answer = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\ngone"
        for _ in range(5):
            with pytest.raises(Missing):
                await plain(http)
        assert patient.opened == 1


async def test_there_are_no_more_connections_than_calls_in_flight() -> None:
    async with calling(concurrency=8) as (patient, http):
        patient.pause = 0.005
        assert await asyncio.gather(*(plain(http) for _ in range(100))) == [[]] * 100
        assert patient.opened <= 8


async def test_no_connection_is_lost_to_calls_that_are_given_up() -> None:
    # fault F22
    async with calling(concurrency=4) as (patient, http):
        patient.pause = 0.01
        for turn in range(60):
            calls = [asyncio.create_task(plain(http)) for _ in range(8)]
            await asyncio.sleep(0.0007 * (turn % 20))
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)
        patient.pause = 0
        assert await asyncio.gather(*(plain(http) for _ in range(50))) == [[]] * 50
        assert isinstance(http.transport, Pool)
        assert len(http.transport.free) <= 4


async def test_a_transport_whose_request_fails_is_not_used_again() -> None:
    # fault F6
    made: list[httpx.MockTransport] = []

    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    def make() -> httpx.MockTransport:
        made.append(httpx.MockTransport(answer))
        return made[-1]

    pool = Pool(make)
    http = Http(Dialect("checkins", "http://nowhere.test", policy=ONCE), pool)
    for _ in range(3):
        with pytest.raises(Unavailable):
            await plain(http)
    assert (len(made), pool.free) == (3, [])
    await http.aclose()
