"""Over real sockets: connections that died, certificates that nobody trusts, names that nobody knows."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.certificates import self_signed
from tests.policies import ONCE, QUICK
from tests.policy.swift import ONE, raw
from tests.upstreams.wire import calling, listening
from upstreams.errors import TimedOut, Unavailable

GOOD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"


@dataclass
class Dying:
    """A server whose connections answer so many requests, then take one more and die without a word; `requests` counts by connection."""

    answers: int
    requests: list[int] = field(default_factory=list)
    open: int = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        own, self.open = len(self.requests), self.open + 1
        self.requests.append(0)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while await reader.readuntil(b"\r\n\r\n"):
                self.requests[own] += 1
                if self.requests[own] > self.answers:
                    break
                writer.write(GOOD)
                await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        self.open -= 1


@asynccontextmanager
async def serving(dying: Dying, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """The address of a server on a socket."""
    server = await asyncio.start_server(dying.handle, "127.0.0.1", 0, ssl=tls)
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        async with asyncio.timeout(60):
            while dying.open:
                await asyncio.sleep(0.01)
        server.close()
        await server.wait_closed()


async def test_a_kept_connection_that_has_died_is_replaced_at_once_and_nobody_sees_it() -> None:
    """Not even the policy: it is one try (faults.md F6)."""
    dying = Dying(answers=1)
    async with serving(dying) as url, calling(url, policy=ONCE) as http:
        done = [await http.get(ONE, raw) for _ in range(5)]
        assert [(one.value.value, one.tries) for one in done] == [([], 1)] * 5
        assert dying.requests == [2, 2, 2, 2, 1]
        assert (http.health.retries, http.health.failed_code) == (0, None)


async def test_a_fresh_connection_that_dies_is_a_failure_and_not_replaced_in_silence() -> None:
    """Else an upstream that is down would get two connections for each call (faults.md F6)."""
    dying = Dying(answers=0)
    async with serving(dying) as url, calling(url, policy=ONCE) as http:
        with pytest.raises(Unavailable):
            await http.get(ONE, raw)
        assert dying.requests == [1]


async def test_a_certificate_that_nobody_trusts_is_unavailable_and_not_tried_again(tmp_path: Path) -> None:
    """(faults.md F7)."""
    dying = Dying(answers=9)
    async with serving(dying, self_signed(tmp_path)) as url, calling(url, policy=QUICK) as http:
        with pytest.raises(Unavailable) as caught:
            await http.get(ONE, raw)
        assert (caught.value.reason, caught.value.tries, dying.requests) == ("tls", 1, [])


async def test_a_server_that_speaks_no_tls_is_not_tried_again() -> None:
    """(faults.md F7)."""
    async with listening(GOOD, GOOD, GOOD) as server, calling(server.url.replace("http:", "https:"), policy=QUICK) as http:
        with pytest.raises(Unavailable) as caught:
            await http.get(ONE, raw)
        assert (caught.value.reason, caught.value.tries) == ("tls", 1)


async def test_an_address_that_is_none_of_http_is_our_own_mistake_and_not_tried_again() -> None:
    """(faults.md F7)."""
    async with calling("ftp://127.0.0.1", policy=QUICK) as http:
        with pytest.raises(Unavailable) as caught:
            await http.get(ONE, raw)
        assert (caught.value.reason, caught.value.tries) == ("configuration", 1)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://upstream.invalid"])
async def test_a_refused_connection_and_an_unknown_name_are_tried_again(url: str) -> None:
    """(faults.md F7)."""
    async with calling(url, policy=QUICK) as http:
        with pytest.raises((Unavailable, TimedOut)) as caught:
            await http.get(ONE, raw)
        assert caught.value.tries == 3
