"""One GET to one upstream: gate, timeout, status, body. Everything else about an answer is parsed elsewhere, without I/O."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import httpx
import msgspec

from upstreams.calls import Call, Mode
from upstreams.dialect import Dialect
from upstreams.errors import BadResponse, Missing, RateLimited, Refused, TimedOut, Unavailable, UpstreamError
from upstreams.ledger import Ledger
from upstreams.pool import network
from upstreams.reading import Reading
from upstreams.values import pause

T = TypeVar("T")
PROTOCOL = (httpx.DecodingError, httpx.RemoteProtocolError, httpx.TooManyRedirects, httpx.InvalidURL, UnicodeError)
"""What httpx raises over an answer; the last two over a Location that is no URL, which it parses even with redirects off."""

log = logging.getLogger("crewgraph.upstreams")
security = logging.getLogger("crewgraph.security")
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


@dataclass(frozen=True)
class Body:
    """The body of a good answer, and the milliseconds that its call waited before it was sent."""

    content: bytes = field(repr=False)
    waited: float = 0.0


class Http:
    """The thin transport of one upstream; lives as long as the process. Asked directly, it remembers nothing.

    `unreadable` counts what could not be read since the process began, as a `Reading` does.

    The pool is unbounded because the gate in front of it is not. Redirects stay off: credentials go to no other address (upstreams.md 33).
    """

    def __init__(self, dialect: Dialect, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.dialect = dialect
        self.gate = asyncio.Semaphore(dialect.concurrency)
        self.failures: Counter[str] = Counter()
        self.unreadable: Counter[str] = Counter()
        self.told: dict[str, float] = {}
        self.client = httpx.AsyncClient(
            transport=transport or network(),
            headers={"Accept": "application/json", **dialect.extra_headers, **dialect.credentials.headers()},
            timeout=httpx.Timeout(dialect.timeout),
            follow_redirects=False,
            trust_env=False,
        )

    async def body(self, path: str, query: Iterable[tuple[str, str]] = ()) -> Body:
        """The body of one GET that was answered well; `path` is already encoded. Raises UpstreamError."""
        began = time.perf_counter()
        try:
            async with self.gate:
                waited = (time.perf_counter() - began) * 1000
                answer = await self.send(self.address(path, query))
            check(self.dialect.name, answer)
            return Body(answer.body, waited)
        except Missing:
            raise
        except UpstreamError as error:
            self.tell(error)
            raise

    async def ask(self, call: Call, parse: Callable[[Any, Reading], T]) -> T:
        """What `parse` makes of a call's answer; what could not be read is counted."""
        found = await self.body(call.path, call.query)
        return self.parsed(found.content, parse)

    def parsed(self, body: bytes, parse: Callable[[Any, Reading], T]) -> T:
        """A body as a record. Raises BadResponse, for the operators too, when it is not what the documents describe."""
        reading = Reading()
        try:
            found = parse(decode(self.dialect.name, body), reading)
        except BadResponse as error:
            self.tell(error)
            raise
        self.unreadable.update(+reading.tally)
        if reading.tally["next"]:
            self.say(security, "a link to the next page leads elsewhere and is not followed")
        return found

    def within(self, _ledger: Ledger, _mode: Mode = Mode.USUAL, *, charged: bool = True) -> Http:
        """Itself: it keeps no books."""
        return self

    def read_at(self, _call: Call) -> float | None:
        """Not written down."""
        return None

    def remembers(self, _call: Call) -> bool:
        """Never."""
        return False

    def tell(self, error: UpstreamError) -> None:
        """Log a failure for the operators, of each kind one line in ten seconds; no address, because addresses hold names."""
        self.say(log, f"{error.code} status={error.status} reason={error.reason or '-'}")

    def say(self, to: logging.Logger, kind: str) -> None:
        """Log something that happens again and again, one line in ten seconds."""
        now = time.monotonic()
        self.failures[kind] += 1
        if now - self.told.get(kind, -PAUSE) >= PAUSE:
            self.told[kind] = now
            to.warning("%s: %s, %d so far", self.dialect.name, kind, self.failures[kind])

    def address(self, path: str, query: Iterable[tuple[str, str]]) -> str:
        """The whole URL; parameters get this dialect's names, and `+` travels as `%2B` (upstreams.md 18, 34)."""
        pairs = [(self.dialect.parameter(name), value) for name, value in query]
        encoded = f"?{urlencode(pairs, quote_via=quote, safe='')}" if pairs else ""
        return f"{self.dialect.base_url.rstrip('/')}{path}{encoded}"

    async def send(self, url: str) -> Answer:
        """The upstream's answer, whatever its status, within the timeout."""
        name = self.dialect.name
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
    """Raise what this status or media type means; JSON with 200 passes, an HTML login page does not (upstreams.md 38)."""
    if answer.status != 200:
        raise failure(name, answer.status, pause(answer.headers.get("retry-after"), now=datetime.now(UTC)))
    if "json" not in answer.headers.get("content-type", "").lower():
        raise BadResponse(name, status=answer.status, reason="content-type")


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


def decode(name: str, body: bytes) -> Any:
    """The JSON of a body; a broken one is a BadResponse."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        raise BadResponse(name, status=200, reason="json") from cause
