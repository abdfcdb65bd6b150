"""One request's view of an upstream's calls: what it may see, who pays, and where they are written down."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from msgspec import Struct

from upstreams.cache import Kept
from upstreams.caller import Caller, Landed
from upstreams.calls import Call, Kind, Mode
from upstreams.deadline import NEVER, Deadline, late
from upstreams.dialect import Dialect
from upstreams.errors import Fault, TooExpensive, UpstreamError
from upstreams.ledger import Ledger, Record
from upstreams.reading import Reading
from upstreams.records import Page

T = TypeVar("T")
AGAIN = object()
"""In the place of an answer that is still to be got."""


class Trip(Struct, Generic[T], frozen=True):
    """One call of a request: what its answer is remembered under, how it is parsed, and where it is written down."""

    key: str
    call: Call
    parse: Callable[[Any, Reading], T]
    record: Record


class Flight(Struct, frozen=True):
    """A flight that a request has `joined` or begun."""

    task: asyncio.Future[Landed]
    joined: bool

    def another(self, error: Fault) -> bool:
        """Whether it was another request's calls or time that ended it."""
        return self.joined and error.own and self.task.done()


@dataclass(frozen=True)
class Within:
    """The calls of one request to one upstream: what it may see, who pays, and where they are written down."""

    caller: Caller
    ledger: Ledger
    mode: Mode = Mode.USUAL
    charged: bool = True
    pages: dict[str, float] = field(default_factory=dict)

    @cached_property
    def dialect(self) -> Dialect:
        """How the upstream is spoken to."""
        return self.caller.http.dialect

    @property
    def deadline(self) -> Deadline:
        """When these calls must have been answered: what the process needs for itself has no time of the operation's."""
        return self.ledger.deadline if self.charged else NEVER

    @property
    def unreadable(self) -> Counter[str]:
        """By field, how many values could not be read since the process began."""
        return self.caller.http.unreadable

    def within(self, ledger: Ledger, mode: Mode = Mode.USUAL, *, charged: bool = True) -> Within:
        """The calls of another request."""
        return Within(self.caller, ledger, mode, charged)

    def remembers(self, call: Call) -> bool:
        """Whether the call would be answered without the upstream."""
        return self.caller.cache.peek(self.caller.key(call), call.kind, self.mode) is not None

    def fresh(self, call: Call) -> bool:
        """The same, and nothing would be read anew for it either."""
        found = self.caller.cache.peek(self.caller.key(call), call.kind, self.mode)
        return found is not None and self.caller.cache.fresh(call.kind, found[1])

    def remembered(self, calls: Sequence[Call]) -> list[bool]:
        """Which of these calls of one kind would usually be answered without the upstream."""
        return self.caller.cache.holds(map(self.caller.key, calls), calls[0].kind) if calls else []

    def at_hand(self, calls: Sequence[Call]) -> list[Any] | None:
        """The fresh answers to these calls of one kind, written down as one would be; a trace lists calls as they are asked one by one."""
        if not calls or self.mode is Mode.NONE or self.ledger.traced or calls[0].kind is Kind.PAGE:
            return None
        cache, kind = self.caller.cache, calls[0].kind
        found = cache.fresh_all([self.caller.key(call) for call in calls], kind)
        if found is None:
            return None
        values, age = found
        self.ledger.given(self.dialect.name, len(values), age, cache.lives[kind].fresh)
        return values

    def lasting(self, call: Call) -> tuple[float, float] | None:
        """When the remembered answer to a call was read, and until when it is fresh."""
        found = self.caller.cache.kept.get(self.caller.key(call))
        return (found.read, found.read + self.caller.cache.lives[call.kind].fresh) if found is not None else None

    @property
    def renewed(self) -> int:
        """How often anything was read for a request that wanted nothing remembered."""
        return self.caller.renewed

    def now(self) -> float:
        """The time on the cache's clock."""
        return self.caller.cache.clock()

    async def ask(self, call: Call, parse: Callable[[Any, Reading], T]) -> T:
        """The remembered answer, else that of the one flight; one past its time is shown once more while it is renewed."""
        trip = self.trip(call, parse)
        if (kept := self.recalled(trip)) is None:
            return await self.landing(trip)
        value: T = kept.value
        return value

    async def asks(self, asked: Iterable[tuple[Call, Callable[[Any, Reading], T]]]) -> list[T | BaseException]:
        """The same of many calls side by side, and the errors of those that fail: one waits for all of them, not one for each."""
        trips: list[Trip[Any]] = [self.trip(call, parse) for call, parse in asked]
        kept = [self.recalled(trip) for trip in trips]
        landed = iter(await self.landings([trip for trip, one in zip(trips, kept, strict=True) if one is None]))
        return [one.value if one is not None else next(landed) for one in kept]

    def trip(self, call: Call, parse: Callable[[Any, Reading], T]) -> Trip[T]:
        """A call that begins now."""
        return Trip(self.caller.key(call), call, parse, self.ledger.asked(self.dialect.name, call.route))

    def recalled(self, trip: Trip[Any]) -> Kept | None:
        """The remembered answer; where it is past its time, it is renewed."""
        call, cache = trip.call, self.caller.cache
        found = cache.peek(trip.key, call.kind, self.mode)
        if found is None:
            return None
        kept, age = found
        fresh = cache.fresh(call.kind, age)
        if not fresh and trip.key not in self.caller.flights:
            self.caller.flight(trip.key, call, trip.parse, Within(self.caller, Ledger(), Mode.FRESH))
        self.answered(trip, "cache" if fresh else "stale", kept.value, age)
        return kept

    def answered(self, trip: Trip[Any], source: str, value: Any, age: float) -> None:
        """Write down that a call gave something of this age; of pages also for how many people they answer, and when they were read."""
        call, record = trip.call, trip.record
        self.ledger.answered(record, source, age=age, life=self.caller.cache.lives[call.kind].fresh)
        record.keys = len(value.bookings) if isinstance(value, Page) else 1
        if call.kind is Kind.PAGE:
            self.pages[call.key] = time.monotonic() - age

    def read_at(self, call: Call) -> float | None:
        """When the page that this request was given was read, on the monotonic clock."""
        return self.pages.get(call.key)

    async def landing(self, trip: Trip[T]) -> T:
        """What a flight brings, begun here or by another request; one that another's calls or time ended is begun again."""
        while True:
            flight = self.boarded(trip)
            if isinstance(flight, Fault):
                raise flight
            try:
                landed = await self.deadline.wait(flight.task, self.dialect.name)
            except Fault as error:
                if flight.another(error):
                    continue
                self.failed(trip, error, flight.joined)
                raise
            value: T = self.arrived(trip, flight, landed)
            return value

    async def landings(self, trips: Sequence[Trip[Any]]) -> list[Any]:
        """What these flights bring, or why they do not."""
        fleet = self.caller.fleet(self)
        boarded = [self.boarded(trip, fleet.add) for trip in trips]
        fleet.begin()
        joined = [one.task for one in boarded if isinstance(one, Flight) and one.joined]
        await self.deadline.ended([fleet.landed, *joined] if fleet.aloft else joined)
        found = [self.ended(trip, one) for trip, one in zip(trips, boarded, strict=True)]
        again = [at for at, one in enumerate(found) if one is AGAIN]
        late = await asyncio.gather(*(self.landing(trips[at]) for at in again), return_exceptions=True)
        for at, one in zip(again, late, strict=True):
            found[at] = one
        return found

    def boarded(self, trip: Trip[Any], new: Callable[..., asyncio.Future[Landed]] | None = None) -> Flight | Fault:
        """The flight of a call, which another request may have begun, or a `new` one; or why there is none."""
        try:
            self.caller.http.guard.hurry(self.deadline)
            if (task := self.flying(trip.key)) is not None:
                return Flight(task, joined=True)
            return Flight((new or self.flown)(trip.key, trip.call, trip.parse), joined=False)
        except Fault as error:
            self.failed(trip, error, joined=False)
            return error

    def flown(self, key: str, call: Call, parse: Callable[[Any, Reading], Any]) -> asyncio.Future[Landed]:
        """A flight of its own."""
        return self.caller.flight(key, call, parse, self)

    def ended(self, trip: Trip[T], flight: Flight | Fault) -> Any:
        """What a flight has brought by now, or its error; AGAIN for one that must be begun again."""
        if isinstance(flight, Fault):
            return flight
        if not flight.task.done():
            error: BaseException | None = late(self.dialect.name)
        else:
            error = asyncio.CancelledError() if flight.task.cancelled() else flight.task.exception()
        if error is None:
            return self.arrived(trip, flight, flight.task.result())
        if isinstance(error, Fault):
            if flight.another(error):
                return AGAIN
            self.failed(trip, error, flight.joined)
        return error

    def arrived(self, trip: Trip[T], flight: Flight, landed: Landed) -> T:
        """What a flight has brought, written down."""
        trip.record.waited, trip.record.attempt = landed.waited, landed.tries
        self.answered(trip, "joined" if flight.joined else landed.source, landed.value, landed.age)
        value: T = landed.value
        return value

    def flying(self, key: str) -> asyncio.Future[Landed] | None:
        """The flight that this request may join."""
        task = self.caller.flights.get(key) if self.mode is not Mode.NONE else None
        return task if task is not None and not task.done() else None

    def failed(self, trip: Trip[Any], error: Fault, joined: bool) -> None:
        """Write down that a call gave an error; one that was refused before its first try went nowhere."""
        if isinstance(error, UpstreamError):
            trip.record.attempt = error.tries
        refused = isinstance(error, TooExpensive)
        self.ledger.answered(trip.record, "none" if refused else "joined" if joined else "network", error.code)
