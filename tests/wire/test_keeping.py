"""Connections are used again, never more than calls are in flight, and none is lost to a call that is given up."""

from __future__ import annotations

import asyncio
import random

import httpx
import pytest

from tests.waiting import settled, until
from tests.wire.servers import GOOD, Answering, Hangup, reaching, says, serving
from upstreams.network import Network


def slowly(seconds: float) -> Answering:
    """Every request is answered after a while."""

    async def answering(_head: bytes, writer: asyncio.StreamWriter, _number: int) -> None:
        await asyncio.sleep(seconds)
        writer.write(GOOD)

    return answering


async def body(network: Network, target: str = "/") -> bytes:
    """The body of an answer."""
    return (await network.get(target, {})).body


async def test_calls_one_after_another_use_one_connection() -> None:
    async with serving(slowly(0)) as server, reaching(server.address) as network:
        assert [await body(network) for _ in range(20)] == [b"[]"] * 20
        assert [len(heads) for heads in server.requests] == [20]


async def test_there_are_no_more_connections_than_calls_were_in_flight_at_once() -> None:
    async with serving(slowly(0.005)) as server, reaching(server.address) as network:
        for _ in range(10):
            assert await asyncio.gather(*(body(network) for _ in range(8))) == [b"[]"] * 8
        assert len(server.requests) == len(network.open) == len(network.free) == 8


async def test_the_connection_that_was_used_last_is_used_first_so_that_the_others_can_grow_old() -> None:
    async with serving(slowly(0.005)) as server, reaching(server.address) as network:
        await asyncio.gather(*(body(network) for _ in range(4)))
        for _ in range(5):
            await body(network)
        assert sorted(len(heads) for heads in server.requests) == [1, 1, 1, 6]


async def test_connections_that_nobody_uses_are_closed_after_a_while() -> None:
    async with serving(slowly(0.005)) as server, reaching(server.address) as network:
        network.idle = 0.05
        await asyncio.gather(*(body(network) for _ in range(4)))
        await until(lambda: not (network.open or server.open))
        assert await body(network) == b"[]"
        assert len(server.requests) == 5


async def test_a_connection_that_the_upstream_closes_while_nobody_uses_it_is_forgotten() -> None:
    # fault F6
    async def answering(_head: bytes, writer: asyncio.StreamWriter, _number: int) -> None:
        writer.write(GOOD)
        await writer.drain()
        raise Hangup

    async with serving(answering) as server, reaching(server.address) as network:
        for _ in range(3):
            assert await body(network) == b"[]"
            await until(lambda: not network.open)
        assert [len(heads) for heads in server.requests] == [1, 1, 1]


@pytest.mark.parametrize("abruptly", [False, True], ids=["in order", "by a reset"])
async def test_a_connection_that_dies_over_a_further_request_is_replaced_at_once(abruptly: bool) -> None:
    # fault F6
    async def answering(_head: bytes, writer: asyncio.StreamWriter, number: int) -> None:
        if number:
            if abruptly:
                writer.transport.abort()
            raise Hangup
        writer.write(GOOD)

    async with serving(answering) as server, reaching(server.address) as network:
        assert [await body(network) for _ in range(5)] == [b"[]"] * 5
        assert [len(heads) for heads in server.requests] == [2, 2, 2, 2, 1]


async def test_a_kept_connection_that_dies_in_the_middle_of_an_answer_is_an_error() -> None:
    # fault F8: what has begun to answer may be asked again by the policy alone
    async def answering(_head: bytes, writer: asyncio.StreamWriter, number: int) -> None:
        writer.write(GOOD if not number else GOOD[:20])
        if number:
            await writer.drain()
            raise Hangup

    async with serving(answering) as server, reaching(server.address) as network:
        assert await body(network) == b"[]"
        with pytest.raises(httpx.RemoteProtocolError):
            await body(network)
        assert [len(heads) for heads in server.requests] == [2]


async def test_a_connection_outlives_the_failures_that_come_over_it() -> None:
    # fault F19: that somebody is unknown is an answer like any other
    gone = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\ngone"
    async with serving(says(*[gone] * 5)) as server, reaching(server.address) as network:
        assert [(await network.get("/", {})).status for _ in range(5)] == [404] * 5
        assert [len(heads) for heads in server.requests] == [5]


LAST = {
    "it says so": GOOD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"),
    "it speaks HTTP/1.0": GOOD.replace(b"HTTP/1.1", b"HTTP/1.0"),
    "something follows": GOOD + b"HTTP/1.1 200 OK\r\nContent-Le",
    "garbage follows": GOOD + b"garbage\r\n\r\n",
    "another answer follows": GOOD + GOOD.replace(b"[]", b"{}"),
    "nothing and no length": b"HTTP/1.1 204 No Content\r\n\r\n",
    "it is not modified, and has a length": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n",
}


@pytest.mark.parametrize("message", LAST.values(), ids=LAST)
async def test_an_answer_after_which_the_connection_is_not_used_again(message: bytes) -> None:
    # what nobody asked for must not be taken for the answer to the next question
    async with serving(says(message, GOOD)) as server, reaching(server.address) as network:
        first = await network.get("/1", {})
        assert first.body in (b"[]", b"")
        assert await body(network, "/2") == b"[]"
        assert [len(heads) for heads in server.requests] == [1, 1]


async def test_bytes_that_come_while_nobody_asks_close_the_connection() -> None:
    sent = asyncio.Event()

    async def answering(_head: bytes, writer: asyncio.StreamWriter, _number: int) -> None:
        writer.write(GOOD)
        await writer.drain()
        await sent.wait()
        writer.write(GOOD.replace(b"[]", b"{}"))

    async with serving(answering) as server, reaching(server.address) as network:
        assert await body(network) == b"[]"
        sent.set()
        await until(lambda: not network.open)
        assert await body(network) == b"[]"
        assert len(server.requests) == 2


async def test_no_connection_is_lost_to_calls_that_are_given_up_and_no_answer_goes_astray() -> None:
    # fault F22: 5,000 calls, on the wire, in the body, or just done
    async def answering(head: bytes, writer: asyncio.StreamWriter, _number: int) -> None:
        own = head.split(b" ")[1]
        await asyncio.sleep(0.002)
        message = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(own), own)
        writer.write(message[:-3])
        await writer.drain()
        await asyncio.sleep(0.002)
        writer.write(message[-3:])

    chance = random.Random(3)
    async with serving(answering) as server, reaching(server.address) as network:
        for turn in range(100):
            calls = [asyncio.create_task(body(network, f"/{turn}-{number}")) for number in range(50)]
            await asyncio.sleep(chance.uniform(0, 0.02))
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)
            for number, call in enumerate(calls):
                assert call.cancelled() or call.result() == f"/{turn}-{number}".encode()
        await settled()
        assert len(network.open) == len(network.free) <= 50
        assert await body(network, "/last") == b"/last"


async def test_a_call_that_is_given_up_while_it_connects_leaves_nothing() -> None:
    async with serving(slowly(0)) as server, reaching(server.address) as network:
        for turns in range(12):
            call = asyncio.create_task(body(network))
            for _ in range(turns):
                await asyncio.sleep(0)
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
        await until(lambda: server.open == len(network.open) == len(network.free))


async def test_whoever_waits_when_the_network_is_closed_gets_an_error() -> None:
    async with serving(slowly(60)) as server:
        async with reaching(server.address) as network:
            call = asyncio.create_task(body(network))
            await until(lambda: any(server.requests))
        with pytest.raises(httpx.ReadError):
            await call
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
