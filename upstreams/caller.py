"""The flights of one upstream's calls, shared by all requests: one a call, remembered answers, and a store that several servers share."""

from __future__ import annotations

import asyncio
import struct
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from upstreams.cache import Cache
from upstreams.calls import Call, Kind, Mode
from upstreams.deadline import Deadline
from upstreams.dialect import fingerprint
from upstreams.engine import Engine
from upstreams.errors import BadResponse
from upstreams.http import Http
from upstreams.ledger import Ledger
from upstreams.reading import Reading

T = TypeVar("T")
STAMP = struct.Struct("!d")
"""What precedes a body in the shared store: the time of its reading, in seconds since 1970."""


class Landed(Struct, frozen=True):
    """What a flight brought in so many tries: the value, its source, its age in seconds, the milliseconds that it waited."""

    value: Any
    source: str
    age: float = 0.0
    waited: float = 0.0
    tries: int = 1


class Passenger(Protocol):
    """A request by which a flight begins: it may see so much, and pays, unless the process needs the answer for itself."""

    @property
    def ledger(self) -> Ledger:
        """What it pays from."""

    @property
    def mode(self) -> Mode:
        """Which remembered answers will do."""

    @property
    def charged(self) -> bool:
        """Whether it pays."""

    @property
    def deadline(self) -> Deadline:
        """Until when."""


@dataclass
class Caller:
    """One for each upstream and process. Answers are never shared across addresses, credentials, headers or spellings: they are in the key.

    A flight is the process's own: requests that leave do not end it, and it fails for all who wait (faults.md F22, F25). `flying` are
    the tasks in which flights are under way.
    """

    http: Http
    cache: Cache
    engine: Engine | None = None
    wall: Callable[[], float] = time.time
    flights: dict[str, asyncio.Future[Landed]] = field(default_factory=dict)
    flying: set[asyncio.Task[Any]] = field(default_factory=set)
    prefix: str = field(init=False)
    renewed: int = 0

    def __post_init__(self) -> None:
        self.prefix = fingerprint(self.http.dialect)

    def key(self, call: Call) -> str:
        """What an answer is remembered under."""
        return f"{self.prefix}:{call.key}"

    def hidden(self, call: Call) -> str:
        """The same where others can see it, without the names and emails in it."""
        return f"{self.prefix}:{sha256(call.key.encode()).hexdigest()}"

    def flight(self, key: str, call: Call, parse: Callable[[Any, Reading], Any], asked: Passenger) -> asyncio.Task[Landed]:
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

    def fleet(self, asked: Passenger) -> Fleet:
        """New flights of one request, of which none has begun."""
        return Fleet(self, asked)

    async def fly(self, key: str, call: Call, parse: Callable[[Any, Reading], Any], asked: Passenger, *, paid: bool = False) -> Landed:
        """The answer from the shared store, else from the upstream; remembered, unless it fails."""
        if self.engine is not None and asked.mode is not Mode.NONE and (found := await self.shared(key, call, parse)) is not None:
            return found
        if not paid:
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


class Fleet:
    """Flights that begin together, as many of them at a time as the gate lets through: those that wait cost next to nothing.

    `aloft` are those that have not ended, `landed` is done when none of them is left.
    """

    def __init__(self, caller: Caller, asked: Passenger) -> None:
        self.caller, self.asked = caller, asked
        self.loop = asyncio.get_running_loop()
        self.waiting: deque[tuple[asyncio.Future[Landed], str, Call, Callable[[Any, Reading], Any]]] = deque()
        self.aloft = 0
        self.landed: asyncio.Future[None] = self.loop.create_future()

    def add(self, key: str, call: Call, parse: Callable[[Any, Reading], Any]) -> asyncio.Future[Landed]:
        """One more, which anybody may join from now on; it is paid for unless another server may have its answer. Raises TooExpensive."""
        if self.caller.engine is None:
            self.asked.ledger.spend(charged=self.asked.charged)
        future = self.caller.flights[key] = self.loop.create_future()
        self.waiting.append((future, key, call, parse))
        self.aloft += 1
        return future

    def begin(self) -> None:
        """Let them go."""
        for _ in range(min(len(self.waiting), self.caller.http.guard.policy.concurrency)):
            task = self.loop.create_task(self.lane())
            self.caller.flying.add(task)
            task.add_done_callback(self.caller.flying.discard)

    async def lane(self) -> None:
        """One after another."""
        while self.waiting:
            future, key, call, parse = self.waiting.popleft()
            try:
                future.set_result(await self.caller.fly(key, call, parse, self.asked, paid=self.caller.engine is None))
            except asyncio.CancelledError:
                future.cancel()
                if (task := asyncio.current_task()) is not None and task.cancelling():  # the app ends, not this one call
                    self.cancel()
                    raise
            except Exception as error:  # any of them is for those who wait, and counts as seen, since all may have left
                future.set_exception(error)
                future.exception()
            finally:
                self.over(key, future)

    def cancel(self) -> None:
        """None of those that wait will begin."""
        while self.waiting:
            future, key, *_ = self.waiting.popleft()
            future.cancel()
            self.over(key, future)

    def over(self, key: str, future: asyncio.Future[Landed]) -> None:
        """Nobody can join this one any more; the fleet has landed with its last."""
        if self.caller.flights.get(key) is future:
            del self.caller.flights[key]
        self.aloft -= 1
        if not self.aloft and not self.landed.done():
            self.landed.set_result(None)
