"""However a call fails on the network, it is an error of httpx, for which the clients have a place in their own tree."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.policies import ONCE
from tests.upstreams.test_upstream_errors import RAISED
from tests.upstreams.wire import listening
from tests.wire.servers import GOOD, Answering, Hangup, reaching, says, serving
from upstreams.answers import why
from upstreams.calls import Call, Kind
from upstreams.dialect import Dialect
from upstreams.errors import BadResponse, Unavailable
from upstreams.http import Http
from upstreams.network import Network

ROOT = Path(__file__).parents[2]
OURS = [ROOT / "upstreams" / f"{name}.py" for name in ("network", "connection", "incoming")]


def test_every_error_of_the_network_is_one_that_calls_have_a_place_for() -> None:
    named = {name for file in OURS for name in re.findall(r"httpx\.([A-Z]\w+)\(", file.read_text())}
    errors = {getattr(httpx, name) for name in named} - {httpx.Headers, httpx.URL}
    assert errors >= {httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadError, httpx.ReadTimeout, httpx.RemoteProtocolError}
    assert errors <= set(RAISED)


UNREACHABLE = {
    "nobody listens": "http://127.0.0.1:1",
    "nobody listens, IPv6": "http://[::1]:1",
    "no such name": "http://upstream.invalid",
    "no such port": "http://127.0.0.1:99999",
    "a label that is too long": f"http://{'a' * 64}.test",
    "a name that is too long": f"http://{'.'.join(['a' * 60] * 5)}",
}


@pytest.mark.parametrize("address", UNREACHABLE.values(), ids=UNREACHABLE)
async def test_whom_nobody_can_reach_is_a_connect_error(address: str) -> None:
    # fault F7
    async with reaching(address) as network:
        with pytest.raises((httpx.ConnectError, httpx.InvalidURL)):
            await network.get("/", {})


@pytest.mark.parametrize("address", ["ftp://127.0.0.1", "127.0.0.1", "", "http://", "http://a:b", "//a"])
async def test_what_is_no_address_is_our_own_mistake(address: str) -> None:
    # fault F7
    async with reaching(address) as network:
        with pytest.raises((httpx.UnsupportedProtocol, httpx.InvalidURL)) as caught:
            await network.get("/", {})
    assert isinstance(caught.value, (httpx.RequestError, httpx.InvalidURL))
    assert why(caught.value) == "configuration"


@pytest.mark.parametrize("headers", [{"X": "a\r\nY: b"}, {"X": "a\n"}, {"X\r\nY": "b"}, {"X Y": "b"}, {"": "b"}, {"X": "\0"}])
async def test_a_header_that_would_be_two_is_never_sent(headers: dict[str, str]) -> None:
    # fault F29
    async with serving(says(GOOD)) as server, reaching(server.address) as network:
        with pytest.raises(httpx.LocalProtocolError):
            await network.get("/", headers)
        with pytest.raises(httpx.LocalProtocolError):
            await Network("checkins", server.address, httpx.Headers(headers), ONCE).get("/", {})
    assert server.requests == []


async def test_headers_of_one_call_go_out_with_that_call_alone() -> None:
    async with serving(says(GOOD, GOOD)) as server, reaching(server.address) as network:
        await network.get("/1?a=%2B", {"traceparent": "00-1"})
        await network.get("/2", {})
    host = server.address.removeprefix("http://").encode()
    assert server.requests == [
        [
            b"GET /1?a=%2B HTTP/1.1\r\nHost: " + host + b"\r\nAccept: application/json\r\ntraceparent: 00-1\r\n\r\n",
            b"GET /2 HTTP/1.1\r\nHost: " + host + b"\r\nAccept: application/json\r\n\r\n",
        ]
    ]


def dripping(message: bytes) -> Answering:
    """A byte at a time."""

    async def answering(_head: bytes, writer: asyncio.StreamWriter, _number: int) -> None:
        for place in range(len(message)):
            writer.write(message[place : place + 1])
            await writer.drain()
            await asyncio.sleep(0.05)

    return answering


@pytest.mark.parametrize("message", [GOOD, b""], ids=["drips", "is silent"])
async def test_an_answer_that_is_not_whole_in_time_is_a_read_timeout_and_its_connection_is_gone(message: bytes) -> None:
    # fault F5
    async with serving(dripping(message)) as server, reaching(server.address, replace(ONCE, total=0.2)) as network:
        with pytest.raises(httpx.ReadTimeout):
            await network.get("/", {})
        assert not network.open


async def test_a_reset_is_a_read_error() -> None:
    async def answering(_head: bytes, writer: asyncio.StreamWriter, _number: int) -> None:
        writer.transport.abort()
        raise Hangup

    async with serving(answering) as server, reaching(server.address) as network:
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            await network.get("/", {})


@pytest.mark.parametrize("through_proxy", [False, True], ids=["directly", "through a proxy"])
async def test_a_connection_closed_without_a_word_is_an_upstream_that_cannot_be_reached(through_proxy: bool) -> None:
    """Not an answer that cannot be read; it is tried again like any failure to connect (faults.md F3, F6)."""
    async with listening(*[b""] * 9) as silent:
        policy = replace(ONCE, tries=3, floor=10, wait=0.001, jitter=0)
        dialect = Dialect("checkins", "http://checkins.test" if through_proxy else silent.url, policy=policy)
        http = Http(replace(dialect, proxy=silent.url) if through_proxy else dialect)
        with pytest.raises(Unavailable) as caught:
            await http.ask(Call(Kind.ROWS, "/", "/"), lambda raw, _reading: raw)
        await http.aclose()
    assert (caught.value.reason, caught.value.tries, len(silent.heads)) == ("transport", 3, 3)


ENDINGS = {
    "has no end": b"Content-Length: 9\r\n\r\n",
    "is no chunk": b"Transfer-Encoding: chunked\r\n\r\nzzz\r\n",
    "is huge": b"Content-Length: 900000000\r\n\r\n" + b" " * 200_000,
    "has no length": b"\r\n{",
    "is not packed as it says": b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
}


@pytest.mark.parametrize("hangs_up", [False, True], ids=["", "hangs up"])
@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
async def test_a_failure_is_told_by_its_status_whatever_its_body_is(ending: bytes, hangs_up: bool) -> None:
    # faults F1 and F19: and nobody waits long for the rest of it
    async def answering(_head: bytes, writer: asyncio.StreamWriter, _number: int) -> None:
        writer.write(b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\n" + ending)
        await writer.drain()
        if hangs_up:
            raise Hangup

    async with serving(answering) as server, reaching(server.address) as network:
        answer = await network.get("/", {})
        assert (answer.status, answer.headers["retry-after"]) == (503, "7")


async def test_a_body_that_is_too_large_closes_its_connection() -> None:
    # fault F9
    message = b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n" + b" " * 300_000
    async with serving(says(message)) as server, reaching(server.address, replace(ONCE, largest=100_000)) as network:
        with pytest.raises(BadResponse) as caught:
            await network.get("/", {})
        assert (caught.value.reason, network.open) == ("too-large", set())


async def test_a_name_that_may_mean_several_addresses_is_reached_at_the_one_that_answers() -> None:
    # the server listens on 127.0.0.1 alone, and the name may mean ::1 too
    async with serving(says(GOOD)) as server, reaching(server.address.replace("127.0.0.1", "localhost")) as network:
        assert (await network.get("/", {})).body == b"[]"
