"""One GET to one upstream: address, wire, status, body. What guards it is in `guard`; an answer is parsed elsewhere, without I/O."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast
from urllib.parse import quote, urlencode

import httpx

from upstreams.answers import check, decode, why
from upstreams.calls import Call, Mode
from upstreams.deadline import NEVER, Deadline
from upstreams.dialect import Dialect
from upstreams.errors import BadResponse, Missing, TimedOut, Unavailable, UpstreamError
from upstreams.guard import Done, Guard
from upstreams.ledger import Ledger
from upstreams.observer import SILENT, Health, Observer
from upstreams.pool import network
from upstreams.reading import Reading
from upstreams.unpacking import OFFERED, Body

T = TypeVar("T")
GARBLED = (httpx.DecodingError, httpx.RemoteProtocolError)

log = logging.getLogger("crewgraph.upstreams")
security = logging.getLogger("crewgraph.security")
PAUSE = 10.0
"""Seconds between two log lines of one kind."""
NOTHING = httpx.ByteStream(b"")
"""The body of every request."""
SHORT, MOMENT = 65_536, 0.5
"""How many bytes of a failure are read, and for how many seconds, lest its connection be lost: its status says all that it says."""


@dataclass(frozen=True)
class Read(Generic[T]):
    """What a body was parsed into, and the body."""

    value: T
    body: bytes = field(repr=False)


class Http:
    """The transport of one upstream; lives as long as the process. Asked directly, it remembers nothing, and has no deadline.

    `unreadable` counts what could not be read since the process began, as a `Reading` does.

    The pool is unbounded because the gate in front of it is not. It is used without a client of httpx, which would parse redirects, keep
    cookies and log addresses: credentials go to no other address (upstreams.md 33), and calls know nothing of each other.
    """

    def __init__(
        self,
        dialect: Dialect,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        observer: Observer = SILENT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.dialect = dialect
        self.guard = Guard(dialect.name, dialect.policy, observer, clock)
        self.failures: Counter[str] = Counter()
        self.unreadable: Counter[str] = Counter()
        self.told: dict[str, float] = {}
        self.transport = transport or network()
        host = httpx.URL(dialect.base_url).netloc.decode()
        own = merged(httpx.Headers({"Host": host, "Accept": "application/json", "User-Agent": "crewgraph"}), dialect.extra_headers)
        self.headers = merged(own, {**dialect.credentials.headers(), "Accept-Encoding": OFFERED})
        self.extensions = {"timeout": {"connect": dialect.policy.connect}}

    @property
    def health(self) -> Health:
        """How the upstream does, as its calls show."""
        return self.guard.health()

    async def ask(self, call: Call, parse: Callable[[Any, Reading], T]) -> T:
        """What `parse` makes of a call's answer; what could not be read is counted."""
        return (await self.get(call, parse)).value.value

    async def get(self, call: Call, parse: Callable[[Any, Reading], T], deadline: Deadline = NEVER) -> Done[Read[T]]:
        """The same with its body, tried within the deadline. Raises UpstreamError, of which the operators are told."""
        url = self.address(call.path, call.query)

        async def work(headers: Mapping[str, str]) -> Read[T]:
            body = await self.send(url, headers)
            return Read(self.parsed(body, parse), body)

        try:
            return await self.guard.call(call.route, work, deadline)
        except Missing:
            raise
        except UpstreamError as error:
            self.tell(error)
            raise

    def parsed(self, body: bytes, parse: Callable[[Any, Reading], T]) -> T:
        """A body as a record. Raises BadResponse when it is not what the documents describe."""
        reading = Reading()
        found = parse(decode(self.dialect.name, body), reading)
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

    async def send(self, url: str, headers: Mapping[str, str]) -> bytes:
        """The body of a good answer, within the time of one try (faults.md F5). Raises UpstreamError for any other, or for none."""
        name = self.dialect.name
        try:
            async with asyncio.timeout(self.dialect.policy.total):
                return await self.fetch(url, headers)
        except (TimeoutError, httpx.TimeoutException) as cause:
            raise TimedOut(name) from cause
        except GARBLED as cause:
            raise BadResponse(name, reason="protocol") from cause
        except (httpx.RequestError, httpx.InvalidURL) as cause:
            raise Unavailable(name, reason=why(cause)) from cause

    async def fetch(self, url: str, headers: Mapping[str, str]) -> bytes:
        """The same without its limit of time. Transports follow no redirects and keep no cookies."""
        known = merged(self.headers, headers) if headers else self.headers
        request = httpx.Request("GET", url, headers=known, stream=NOTHING, extensions=self.extensions)
        response = await self.transport.handle_async_request(request)
        stream = cast(httpx.AsyncByteStream, response.stream)
        try:
            if response.status_code != 200:
                await drained(stream)
            check(self.dialect.name, response.status_code, response.headers)
            return await self.body(response.headers, stream)
        finally:
            await stream.aclose()

    async def body(self, headers: httpx.Headers, stream: httpx.AsyncByteStream) -> bytes:
        """The body, read no further than the policy's largest: a small one may unpack into a huge one (faults.md F9)."""
        body = Body(self.dialect.name, headers.get("content-encoding", ""), self.dialect.policy.largest)
        async for part in stream:
            body.add(part)
        return body.whole()

    async def aclose(self) -> None:
        """Close the pool."""
        await self.transport.aclose()


def merged(headers: httpx.Headers, more: Mapping[str, str]) -> httpx.Headers:
    """These headers, of which the latter outrank the former whatever their case."""
    found = httpx.Headers(headers)
    found.update(more)
    return found


async def drained(stream: httpx.AsyncByteStream) -> None:
    """Read the body of a failure, if it is there and short, so that its connection can be used again; what it is changes nothing."""
    length = 0
    with suppress(httpx.RequestError, TimeoutError):
        async with asyncio.timeout(MOMENT):
            async for part in stream:
                if (length := length + len(part)) > SHORT:
                    break
