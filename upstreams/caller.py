"""Calls to one upstream, shared by all requests: one flight a call, remembered answers, and a store that several servers share."""

from __future__ import annotations

import asyncio
import struct
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeVar

from upstreams.cache import Cache
from upstreams.calls import Call, Kind, Mode
from upstreams.deadline import NEVER, Deadline
from upstreams.dialect import Dialect, fingerprint
from upstreams.engine import Engine
from upstreams.errors import BadResponse, Fault, TooExpensive, UpstreamError
from upstreams.http import Http
from upstreams.ledger import Ledger, Record
from upstreams.reading import Reading
from upstreams.records import Page

T = TypeVar("T")
STAMP = struct.Struct("!d")
"""What precedes a body in the shared store: the time of its reading, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Landed:
    """What a flight brought in so many tries: the value, its source, its age in seconds, the milliseconds that it waited."""

    value: Any
    source: str
    age: float = 0.0
    waited: float = 0.0
    tries: int = 1


@dataclass
class Caller:
    """One for each upstream and process. Answers are never shared across addresses, credentials, headers or spellings: they are in the key.

    A flight is the process's own task: requests that leave do not end it, and it fails for all who wait (faults.md F22, F25).
    """

    http: Http
    cache: Cache
    engine: Engine | None = None
    wall: Callable[[], float] = time.time
    flights: dict[str, asyncio.Task[Landed]] = field(default_factory=dict)
    flying: set[asyncio.Task[Landed]] = field(default_factory=set)
    prefix: str = field(init=False)
    renewed: int = 0

    def __post_init__(self) -> None:
        self.prefix = fingerprint(self.http.dialect)

    def within(self, ledger: Ledger, mode: Mode = Mode.USUAL, *, charged: bool = True) -> Within:
        """The calls of one request."""
        return Within(self, ledger, mode, charged)

    def key(self, call: Call) -> str:
        """What an answer is remembered under."""
        return f"{self.prefix}:{call.key}"

    def hidden(self, call: Call) -> str:
        """The same where others can see it, without the names and emails in it."""
        return f"{self.prefix}:{sha256(call.key.encode()).hexdigest()}"

    def flight(self, key: str, call: Call, parse: Callable[[Any, Reading], Any], asked: Within) -> asyncio.Task[Landed]:
        """A new flight, which anybody may join until it lands, or until a request that wants nothing remembered begins another."""
        task = asyncio.get_running_loop().create_task(self.fly(key, call, parse, asked))
        self.flights[key] = task
        self.flying.add(task)
        task.add_done_callback(lambda done: self.landed(key, done))
        return task

    def landed(self, key: str, task: asyncio.Task[Landed]) -> None:
        """Nobody can join any more; a failure counts as seen, since all who waited may have left."""
        self.flying.discard(task)
        if self.flights.get(key) is task:
            del self.flights[key]
        if not task.cancelled():
            task.exception()

    async def fly(self, key: str, call: Call, parse: Callable[[Any, Reading], Any], asked: Within) -> Landed:
        """The answer from the shared store, else from the upstream; remembered, unless it fails."""
        if self.engine is not None and asked.mode is not Mode.NONE and (found := await self.shared(key, call, parse)) is not None:
            return found
        asked.ledger.spend(charged=asked.charged)
        began, stamp = self.cache.clock(), self.wall()
        done = await self.http.get(call, parse, asked.deadline)
        value, body = done.value.value, done.value.body
        self.cache.keep(key, call.kind, value, len(body), began)
        self.renewed += asked.mode is Mode.NONE
        if self.engine is not None and self.sharable(call):
            await self.engine.put(self.hidden(call), STAMP.pack(stamp) + body, self.cache.lives[call.kind].fresh)
        return Landed(value, "network", self.cache.clock() - began, done.waited, done.tries)

    def sharable(self, call: Call) -> bool:
        """Whether servers share such answers: not the directories' bodies, which hold birth dates and wages beside what is read."""
        return call.kind is not Kind.LISTED and self.cache.lives[call.kind].fresh > 0

    async def shared(self, key: str, call: Call, parse: Callable[[Any, Reading], Any]) -> Landed | None:
        """The answer that another server has read, if it is young enough and can be read."""
        if self.engine is None or not self.sharable(call):
            return None
        found = await self.engine.get(self.hidden(call))
        if found is None or len(found) <= STAMP.size:
            return None
        age = max(self.wall() - STAMP.unpack_from(found)[0], 0.0)
        if not self.cache.fresh(call.kind, age):
            return None
        try:
            value = self.http.parsed(found[STAMP.size :], parse)
        except BadResponse as error:
            self.http.tell(error)
            return None
        self.cache.keep(key, call.kind, value, len(found), self.cache.clock() - age)
        return Landed(value, "shared", age)

    async def aclose(self) -> None:
        """End all flights and close the pool."""
        flying = list(self.flying)
        for task in flying:
            task.cancel()
        await asyncio.gather(*flying, return_exceptions=True)
        await self.http.aclose()


@dataclass(frozen=True)
class Within:
    """The calls of one request to one upstream: what it may see, who pays, and where they are written down."""

    caller: Caller
    ledger: Ledger
    mode: Mode
    charged: bool = True
    pages: dict[str, float] = field(default_factory=dict)

    @property
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
        record, key = self.ledger.asked(self.dialect.name, call.route), self.caller.key(call)
        found = self.caller.cache.peek(key, call.kind, self.mode)
        if found is None:
            return await self.landing(key, call, parse, record)
        kept, age = found
        fresh = self.caller.cache.fresh(call.kind, age)
        if not fresh and key not in self.caller.flights:
            self.caller.flight(key, call, parse, Within(self.caller, Ledger(), Mode.FRESH))
        self.answered(call, record, "cache" if fresh else "stale", kept.value, age)
        value: T = kept.value
        return value

    def answered(self, call: Call, record: Record, source: str, value: Any, age: float) -> None:
        """Write down that a call gave something of this age; of pages also for how many people they answer, and when they were read."""
        self.ledger.answered(record, source, age=age, life=self.caller.cache.lives[call.kind].fresh)
        record.keys = len(value.bookings) if isinstance(value, Page) else 1
        if call.kind is Kind.PAGE:
            self.pages[call.key] = time.monotonic() - age

    def read_at(self, call: Call) -> float | None:
        """When the page that this request was given was read, on the monotonic clock."""
        return self.pages.get(call.key)

    async def landing(self, key: str, call: Call, parse: Callable[[Any, Reading], T], record: Record) -> T:
        """What a flight brings, begun here or by another request; one that another's calls or time ended is begun again."""
        joined = False
        try:
            while True:
                self.caller.http.guard.hurry(self.deadline)
                task = self.flying(key)
                joined = task is not None
                task = task or self.caller.flight(key, call, parse, self)
                try:
                    landed = await self.deadline.wait(task, self.dialect.name)
                    break
                except Fault as error:
                    if not (joined and error.own and task.done()):
                        raise
        except Fault as error:
            self.failed(record, error, joined)
            raise
        record.waited, record.attempt = landed.waited, landed.tries
        self.answered(call, record, "joined" if joined else landed.source, landed.value, landed.age)
        value: T = landed.value
        return value

    def flying(self, key: str) -> asyncio.Task[Landed] | None:
        """The flight that this request may join."""
        task = self.caller.flights.get(key) if self.mode is not Mode.NONE else None
        return task if task is not None and not task.done() else None

    def failed(self, record: Record, error: Fault, joined: bool) -> None:
        """Write down that a call gave an error; one that was refused before its first try went nowhere."""
        if isinstance(error, UpstreamError):
            record.attempt = error.tries
        refused = isinstance(error, TooExpensive)
        self.ledger.answered(record, "none" if refused else "joined" if joined else "network", error.code)
