"""What is read of an answer: never more than there may be, packed in one way only; of a failure its status, whatever its body."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from tests.upstreams.doubles import Double, http, plain
from upstreams.errors import BadResponse, RateLimited, Refused, Unavailable, UpstreamError
from upstreams.unpacking import Body


async def failed(transport: httpx.AsyncBaseTransport) -> UpstreamError:
    """How one call over this transport fails."""
    with pytest.raises(UpstreamError) as caught:
        await plain(http(transport))
    return caught.value


def taken(encoding: str, *parts: bytes, largest: int = 1_000) -> bytes:
    """What a body of these parts comes to."""
    body = Body("checkins", encoding, largest)
    for part in parts:
        body.add(part)
    return body.whole()


def test_a_bomb_costs_no_more_memory_than_the_largest_body_may_have() -> None:
    """Fifty megabytes in fifty kilobytes, of which one byte too many is unpacked (faults.md F9)."""
    bomb = gzip.compress(b" " * 50_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(BadResponse) as caught:
            taken("gzip", bomb)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
    assert caught.value.reason == "too-large"


@pytest.mark.parametrize("size", [0, 1, 7, 1_000])
def test_a_packed_body_is_the_same_however_it_is_cut(size: int) -> None:
    whole = b"x" * size
    packed = gzip.compress(whole)
    for step in (1, 3, len(packed)):
        assert taken("gzip", *(packed[at : at + step] for at in range(0, len(packed), step))) == whole
    assert taken(" X-GZip ", packed) == taken("", whole) == taken("identity", whole) == whole


BROKEN = {
    "cut off": gzip.compress(b"[]")[:-1],
    "without its sum": gzip.compress(b"[]")[:-8],
    "with another sum": gzip.compress(b"[]")[:-8] + b"\0" * 8,
    "with something behind it": gzip.compress(b"[]") + b"[]",
    "twice": gzip.compress(b"[") + gzip.compress(b"]"),
    "not packed at all": b"[]",
    "packed otherwise": zlib.compress(b"[]"),
    "empty": b"",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_packed_body_that_is_broken_is_never_used_in_part(content: bytes) -> None:
    """(faults.md F8)"""
    with pytest.raises(BadResponse) as caught:
        taken("gzip", content)
    assert caught.value.reason == "protocol"


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "deflate", "nonsense", "identity, gzip"])
def test_a_body_that_is_packed_in_a_way_that_nobody_offered_is_not_read(encoding: str) -> None:
    """Packed twice, ten kilobytes may hold ten gigabytes (faults.md F9)."""
    with pytest.raises(BadResponse) as caught:
        taken(encoding, b"x")
    assert caught.value.reason == "encoding"


async def test_an_upstream_is_told_what_may_be_packed_and_who_asks_and_gets_no_cookie_back() -> None:
    """Calls know nothing of each other; a cookie would also be kept for ever."""
    double = Double(lambda request: httpx.Response(200, json=[], headers={"Set-Cookie": "session=1; Path=/"}))
    one = http(double, extra_headers={"user-agent": "acme", "accept-encoding": "br"})
    assert [await plain(one) for _ in range(2)] == [[], []]
    assert double.requests[1].headers.multi_items() == [
        ("host", "upstream.test"),
        ("accept", "application/json"),
        ("user-agent", "acme"),
        ("accept-encoding", "gzip"),
    ]


async def endless() -> AsyncIterator[bytes]:
    """A body that never comes to an end."""
    yield b"{"
    await asyncio.Event().wait()


async def breaking() -> AsyncIterator[bytes]:
    """A body that breaks off."""
    yield b"{"
    raise httpx.ReadError("reset")


async def huge() -> AsyncIterator[bytes]:
    """A body of a terabyte."""
    for _ in range(1_000_000):
        yield b" " * 1_000_000


BODIES: dict[str, tuple[Callable[[], AsyncIterator[bytes]], dict[str, str]]] = {
    "endless": (endless, {}),
    "breaking": (breaking, {}),
    "huge": (huge, {}),
    "not packed as it says": (breaking, {"Content-Encoding": "gzip"}),
    "packed as nobody offered": (breaking, {"Content-Encoding": "br"}),
}
FAILURES: list[tuple[int, type[UpstreamError]]] = [(401, Refused), (429, RateLimited), (503, Unavailable)]


@pytest.mark.parametrize(("status", "kind"), FAILURES)
@pytest.mark.parametrize(("body", "headers"), BODIES.values(), ids=BODIES)
async def test_what_a_status_says_holds_whatever_its_body_is(
    body: Any, headers: dict[str, str], status: int, kind: type[UpstreamError]
) -> None:
    """A pause that was asked for is kept to, and a refusal is none of the wire's (faults.md F1, F19)."""
    error = await failed(Double(lambda request: httpx.Response(status, content=body(), headers={**headers, "Retry-After": "7"})))
    assert (type(error), error.status, error.retry_after) == (kind, status, None if status == 401 else 7)
