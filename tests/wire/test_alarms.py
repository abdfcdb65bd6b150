"""One alarm serves all questions of a connection: it ends none that has time left, and is gone with its connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest

from tests.policies import ONCE
from tests.waiting import LONG, until
from tests.wire.servers import GOOD, Answering, reaching, serving
from upstreams.answers import Answer
from upstreams.connection import Connection
from upstreams.network import Network

PATIENT = replace(ONCE, total=LONG)


def holding(held: asyncio.Event) -> Answering:
    """The first request of a connection is answered at once, each further one when it may be."""

    async def answering(_head: bytes, writer: asyncio.StreamWriter, number: int) -> None:
        if number:
            await held.wait()
        writer.write(GOOD)

    return answering


@asynccontextmanager
async def waiting(held: asyncio.Event) -> AsyncIterator[tuple[Network, Connection, asyncio.Task[Answer]]]:
    """A connection whose second question waits to be answered, as long as anything is held."""
    async with serving(holding(held)) as server, reaching(server.address, PATIENT) as network:
        await network.get("/", {})
        asking = asyncio.create_task(network.get("/", {}))
        await until(lambda: len(server.requests[0]) == 2)
        [connection] = network.open
        yield network, connection, asking
        held.set()


async def test_an_alarm_that_an_earlier_question_set_does_not_end_a_later_one() -> None:
    async with waiting(held := asyncio.Event()) as (_, connection, asking):
        connection.rung()
        assert connection.alarm is not None
        assert connection.alarm.when() == pytest.approx(connection.until, abs=0.01)
        held.set()
        assert (await asking).body == b"[]"


async def test_an_alarm_that_rings_while_nobody_asks_is_set_again_by_the_next_question() -> None:
    held = asyncio.Event()
    held.set()
    async with serving(holding(held)) as server, reaching(server.address, PATIENT) as network:
        await network.get("/", {})
        [connection] = network.open
        connection.rung()
        assert connection.alarm is None
        await network.get("/", {})
        assert network.open == {connection}
        assert connection.alarm is not None


async def test_a_question_whose_time_is_up_when_the_alarm_rings_is_late() -> None:
    async with waiting(asyncio.Event()) as (network, connection, asking):
        connection.until = 0.0
        connection.rung()
        with pytest.raises(httpx.ReadTimeout):
            await asking
        assert not network.open


async def test_no_alarm_is_left_of_a_connection_that_has_gone() -> None:
    held = asyncio.Event()
    async with serving(holding(held)) as server, reaching(server.address, PATIENT) as network:
        await network.get("/", {})
        [connection] = network.open
        assert connection.alarm is not None
        connection.close()
        assert connection.alarm is None


async def test_a_question_with_less_time_than_the_one_before_it_is_late_in_its_own() -> None:
    held = asyncio.Event()
    async with serving(holding(held)) as server, reaching(server.address, PATIENT) as network:
        await network.get("/", {})
        connection = network.free.pop()
        async with asyncio.timeout(LONG / 2):
            with pytest.raises(httpx.ReadTimeout):
                await connection.ask(network.request("/", {}), asyncio.get_running_loop().time() + 0.05)
        held.set()
