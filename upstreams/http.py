"""One GET to one upstream: target, wire, status, body. What guards it is in `guard`; an answer is parsed elsewhere, without I/O."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx
from msgspec import Struct

from upstreams.answers import check, decode, why
from upstreams.calls import Call, Mode
from upstreams.clocks import utc_now
from upstreams.deadline import NEVER, Deadline
from upstreams.dialect import Dialect
from upstreams.errors import BadResponse, Missing, TimedOut, Unavailable, UpstreamError
from upstreams.guard import Done, Guard
from upstreams.ledger import Ledger
from upstreams.observer import SILENT, Health, Observer
from upstreams.reading import Reading
from upstreams.wire import wire

T = TypeVar("T")
GARBLED = (httpx.DecodingError, httpx.RemoteProtocolError)

log = logging.getLogger("crewgraph.upstreams")
security = logging.getLogger("crewgraph.security")
PAUSE = 10.0
"""Seconds between two log lines of one kind."""


class Read(Struct, Generic[T], frozen=True):
    """What a body was parsed into, and the body."""

    value: T
    body: bytes

    def __repr__(self) -> str:
        return f"Read({len(self.body)} bytes)"  # what a body holds is for nobody's log


class Http:
    """The calls to one upstream; lives as long as the process. Asked directly, it remembers nothing, and has no deadline.

    `unreadable` counts what could not be read since the process began, as a `Reading` does. Two-digit years are near the year that
    `calendar` shows; dates in headers are compared with `wall`, the real time also where the calendar is pinned to a day.

    What `transport` is given instead of the network gets requests of httpx, and follows no redirects: credentials go to no other
    address (upstreams.md 33).
    """

    def __init__(
        self,
        dialect: Dialect,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        observer: Observer = SILENT,
        clock: Callable[[], float] = time.monotonic,
        calendar: Callable[[], datetime] = utc_now,
        wall: Callable[[], datetime] = utc_now,
    ) -> None:
        self.dialect, self.calendar, self.wall = dialect, calendar, wall
        self.guard = Guard(dialect.name, dialect.policy, observer, clock)
        self.failures: Counter[str] = Counter()
        self.unreadable: Counter[str] = Counter()
        self.told: dict[str, float] = {}
        self.spelling = {name: quote(own, safe="") for name, own in dialect.parameters.items()}
        self.wire = wire(dialect, transport)

    @property
    def health(self) -> Health:
        """How the upstream does, as its calls show."""
        return self.guard.health()

    async def ask(self, call: Call, parse: Callable[[Any, Reading], T]) -> T:
        """What `parse` makes of a call's answer; what could not be read is counted."""
        return (await self.get(call, parse)).value.value

    async def asks(self, asked: Iterable[tuple[Call, Callable[[Any, Reading], T]]]) -> list[T | BaseException]:
        """The same of many calls, side by side, with the errors of those that fail."""
        return await asyncio.gather(*(self.ask(*one) for one in asked), return_exceptions=True)

    async def get(self, call: Call, parse: Callable[[Any, Reading], T], deadline: Deadline = NEVER) -> Done[Read[T]]:
        """The same with its body, tried within the deadline. Raises UpstreamError, of which the operators are told."""
        work = partial(self.read, self.target(call.path, call.query), parse)
        try:
            return await self.guard.call(call.route, work, deadline)
        except Missing:
            raise
        except UpstreamError as error:
            self.tell(error)
            raise

    async def read(self, target: str, parse: Callable[[Any, Reading], T], headers: Mapping[str, str]) -> Read[T]:
        """One try on the wire, within its time (faults.md F5). Raises UpstreamError."""
        name = self.dialect.name
        try:
            answer = await self.wire.get(target, headers)
        except (TimeoutError, httpx.TimeoutException) as cause:
            raise TimedOut(name) from cause
        except GARBLED as cause:
            raise BadResponse(name, reason="protocol") from cause
        except (httpx.RequestError, httpx.InvalidURL) as cause:
            raise Unavailable(name, reason=why(cause)) from cause
        check(name, answer.status, answer.headers, self.wall)
        return Read(self.parsed(answer.body, parse), answer.body)

    def parsed(self, body: bytes, parse: Callable[[Any, Reading], T]) -> T:
        """A body as a record. Raises BadResponse when it is not what the documents describe."""
        reading = Reading(calendar=self.calendar)
        found = parse(decode(self.dialect.name, body), reading)
        if reading.counts:
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

    def at_hand(self, _calls: Sequence[Call]) -> list[Any] | None:
        """It remembers nothing."""
        return None

    def lasting(self, _call: Call) -> None:
        """Nothing does."""

    @property
    def renewed(self) -> int:
        """Never."""
        return 0

    def now(self) -> float:
        """The monotonic clock."""
        return time.monotonic()

    def remembers(self, _call: Call) -> bool:
        """Never."""
        return False

    fresh = remembers

    def remembered(self, calls: Sequence[Call]) -> list[bool]:
        """None."""
        return [False] * len(calls)

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

    def target(self, path: str, query: Iterable[tuple[str, str]]) -> str:
        """What follows the base address; parameters get this dialect's names, and `+` travels as `%2B` (upstreams.md 18, 34)."""
        pairs = [f"{self.spelling.get(name, name)}={quote(value, safe='')}" for name, value in query]
        return f"{path}?{'&'.join(pairs)}" if pairs else path

    async def aclose(self) -> None:
        """Close all connections."""
        await self.wire.aclose()
