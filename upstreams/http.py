"""One GET to one upstream: gate, timeout, status, JSON. Everything else about an answer is parsed elsewhere, without I/O."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import msgspec

from upstreams.dialect import Dialect
from upstreams.errors import BadResponse, Missing, RateLimited, Refused, TimedOut, Unavailable, UpstreamError
from upstreams.values import pause

PROTOCOL = (httpx.DecodingError, httpx.RemoteProtocolError, httpx.TooManyRedirects, httpx.InvalidURL, UnicodeError)
"""What httpx raises over an answer; the last two over a Location that is no URL, which it parses even with redirects off."""

log = logging.getLogger("crewgraph.upstreams")
PAUSE = 10.0
"""Seconds between two log lines of one kind."""

LARGEST = 10_000_000
"""The most bytes of one unpacked body (faults.md F9)."""


@dataclass(frozen=True)
class Answer:
    """What came back: a status, headers and the whole body, unpacked."""

    status: int
    headers: httpx.Headers
    body: bytes


class Http:
    """The thin transport of one upstream; lives as long as the process.

    The pool is unbounded because the gate in front of it is not: a request never queues inside httpcore, whose queue loses a
    slot for good when a queued request is cancelled. Redirects stay off: credentials go to no other address (upstreams.md 33).
    """

    def __init__(self, dialect: Dialect, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.dialect = dialect
        self.gate = asyncio.Semaphore(dialect.concurrency)
        self.failures: Counter[str] = Counter()
        self.told: dict[str, float] = {}
        self.client = httpx.AsyncClient(
            transport=transport,
            headers={"Accept": "application/json", **dialect.extra_headers, **dialect.credentials.headers()},
            timeout=httpx.Timeout(dialect.timeout),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=dialect.concurrency),
            follow_redirects=False,
            trust_env=False,
        )

    async def get(self, path: str, query: Iterable[tuple[str, str]] = ()) -> Any:
        """The decoded JSON of one GET; `path` is already encoded. Raises UpstreamError."""
        try:
            answer = await self.send(self.address(path, query))
            check(self.dialect.name, answer)
            return decode(self.dialect.name, answer)
        except Missing:
            raise
        except UpstreamError as error:
            self.tell(error)
            raise

    def tell(self, error: UpstreamError) -> None:
        """Log a failure for the operators, of each kind one line in ten seconds; no address, because addresses hold names."""
        kind, now = f"{error.code} status={error.status} reason={error.reason or '-'}", time.monotonic()
        self.failures[kind] += 1
        if now - self.told.get(kind, -PAUSE) >= PAUSE:
            self.told[kind] = now
            log.warning("%s: %s, %d so far", self.dialect.name, kind, self.failures[kind])

    def address(self, path: str, query: Iterable[tuple[str, str]]) -> str:
        """The whole URL; parameters get this dialect's names, and `+` travels as `%2B` (upstreams.md 18, 34)."""
        pairs = [(self.dialect.parameter(name), value) for name, value in query]
        encoded = f"?{urlencode(pairs, quote_via=quote, safe='')}" if pairs else ""
        return f"{self.dialect.base_url.rstrip('/')}{path}{encoded}"

    async def send(self, url: str) -> Answer:
        """The upstream's answer, whatever its status, within the timeout and the gate."""
        name = self.dialect.name
        async with self.gate:
            try:
                async with asyncio.timeout(self.dialect.timeout):
                    return await self.fetch(url)
            except (TimeoutError, httpx.TimeoutException) as cause:
                raise TimedOut(name) from cause
            except PROTOCOL as cause:
                raise BadResponse(name, reason="protocol") from cause
            except httpx.RequestError as cause:
                raise Unavailable(name, reason="transport") from cause

    async def fetch(self, url: str) -> Answer:
        """The answer, read no further than `LARGEST` bytes: a small body may unpack into a huge one."""
        async with self.client.stream("GET", url) as response:
            body = bytearray()
            async for part in response.aiter_bytes():
                body += part
                if len(body) > LARGEST:
                    raise BadResponse(self.dialect.name, status=response.status_code, reason="too-large")
            return Answer(response.status_code, response.headers, bytes(body))

    async def aclose(self) -> None:
        """Close the pool."""
        await self.client.aclose()


def check(name: str, answer: Answer) -> None:
    """Raise what this status means; 200 passes."""
    if answer.status == 200:
        return
    raise failure(name, answer.status, pause(answer.headers.get("retry-after"), now=datetime.now(UTC)))


def failure(name: str, status: int, retry_after: float | None) -> UpstreamError:
    """The error that a status stands for (upstreams.md 38)."""
    if status in {401, 403}:
        return Refused(name, status=status)
    if status == 404:
        return Missing(name, status=status)
    if status == 429:
        return RateLimited(name, status=status, retry_after=retry_after)
    if status >= 500:
        return Unavailable(name, status=status, retry_after=retry_after)
    return BadResponse(name, status=status, reason="status")


def decode(name: str, answer: Answer) -> Any:
    """The JSON of a 200; an HTML login page or a broken body is a BadResponse (upstreams.md 38)."""
    if "json" not in answer.headers.get("content-type", "").lower():
        raise BadResponse(name, status=answer.status, reason="content-type")
    try:
        return msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        raise BadResponse(name, status=answer.status, reason="json") from cause
