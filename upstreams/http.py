"""One GET to one upstream: address, wire, status, body. What guards it is in `guard`; an answer is parsed elsewhere, without I/O."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

import httpx

from upstreams.answers import Answer, check, decode, why
from upstreams.calls import Call, Mode
from upstreams.deadline import NEVER, Deadline
from upstreams.dialect import Dialect
from upstreams.errors import BadResponse, Missing, TimedOut, Unavailable, UpstreamError
from upstreams.guard import Done, Guard
from upstreams.ledger import Ledger
from upstreams.observer import SILENT, Health, Observer
from upstreams.pool import network
from upstreams.reading import Reading

T = TypeVar("T")
GARBLED = (httpx.DecodingError, httpx.RemoteProtocolError)
LOCATION = (httpx.TooManyRedirects, httpx.InvalidURL, UnicodeError)
"""What httpx raises over a Location that is no URL, which it parses even with redirects off."""

log = logging.getLogger("crewgraph.upstreams")
security = logging.getLogger("crewgraph.security")
PAUSE = 10.0
"""Seconds between two log lines of one kind."""


@dataclass(frozen=True)
class Read(Generic[T]):
    """What a body was parsed into, and the body."""

    value: T
    body: bytes = field(repr=False)


class Http:
    """The transport of one upstream; lives as long as the process. Asked directly, it remembers nothing, and has no deadline.

    `unreadable` counts what could not be read since the process began, as a `Reading` does.

    The pool is unbounded because the gate in front of it is not. Redirects stay off: credentials go to no other address (upstreams.md 33).
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
        self.client = httpx.AsyncClient(
            transport=transport or network(),
            headers={"Accept": "application/json", **dialect.extra_headers, **dialect.credentials.headers()},
            timeout=httpx.Timeout(dialect.policy.total, connect=dialect.policy.connect),
            follow_redirects=False,
            trust_env=False,
        )

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
            answer = await self.send(url, headers)
            check(self.dialect.name, answer)
            return Read(self.parsed(answer.body, parse), answer.body)

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

    async def send(self, url: str, headers: Mapping[str, str]) -> Answer:
        """The upstream's answer, whatever its status, within the time of one try (faults.md F5)."""
        name = self.dialect.name
        try:
            async with asyncio.timeout(self.dialect.policy.total):
                return await self.fetch(url, headers)
        except (TimeoutError, httpx.TimeoutException) as cause:
            raise TimedOut(name) from cause
        except GARBLED as cause:
            raise BadResponse(name, reason="protocol") from cause
        except LOCATION as cause:
            raise BadResponse(name, reason="redirect") from cause
        except httpx.RequestError as cause:
            raise Unavailable(name, reason=why(cause)) from cause

    async def fetch(self, url: str, headers: Mapping[str, str]) -> Answer:
        """The answer, read no further than the policy's largest body: a small one may unpack into a huge one (faults.md F9)."""
        async with self.client.stream("GET", url, headers=headers) as response:
            body = bytearray()
            async for part in response.aiter_bytes():
                body += part
                if len(body) > self.dialect.policy.largest:
                    raise BadResponse(self.dialect.name, status=response.status_code, reason="too-large")
            return Answer(response.status_code, response.headers, bytes(body))

    async def aclose(self) -> None:
        """Close the pool."""
        await self.client.aclose()
