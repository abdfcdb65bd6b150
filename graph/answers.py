"""Finished answers, remembered for a moment: whoever asks the very same, and may see the same, is given the same bytes."""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from graph.access.rights import Caller, View
from graph.door.asking import Heard
from graph.execution.bounded import Bounded
from graph.http import Call
from loaders.memory import Remembered
from upstreams.deadline import Deadline

Question = tuple[str, str | None, bytes, bool]
"""What is asked: document, operation, variables, and whether the document is listed."""
Key = tuple[Question, View]
"""All that an answer follows from but the upstreams: the question, and what its caller may see."""
Basis = tuple[int, date]
"""What an answer rests on and may outlive in no case: how often a link was dropped, and which day is today."""
OVERHEAD = 2_000
"""Bytes that an answer takes beside its own and its question's."""
SPELLINGS, LONGEST = 4_000_000, 100_000
"""How many bytes the requests take that are known by their very bytes, with the questions in them, and how long such a one may be."""
SPELT = 500
"""Bytes that such a one takes beside these."""


def key(call: Call, caller: Caller) -> Key:
    """What a caller's call is remembered under; the order of the fields of an object among its variables is of no account."""
    return (call.query, call.operation, msgspec.json.encode(call.variables or {}, order="sorted"), call.trusted), caller.view


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer without errors, `began` and `made` on the monotonic clock.

    `data` is its JSON but for what it says of itself: that is `told`, with the `ages` in seconds that its oldest parts had, by upstream.
    It may be kept for `keeps` seconds, by its client alone where it is `personal`; it cost `cost` points. Of what `kind` it is goes to the
    metrics, and `record` to the audit, which would say of callers who have one of these `emails` that they asked by their own.
    """

    data: bytes
    told: Mapping[str, Any]
    ages: Mapping[str, float]
    keeps: int
    personal: bool
    cost: int
    kind: str
    basis: Basis
    record: Mapping[str, Any]
    emails: frozenset[str]
    began: float
    made: float

    def rest(self, age: float) -> bytes:
        """What follows its data in the JSON of an answer that was made so many seconds ago."""
        told = {**freshness(self.ages, age), **self.told}
        return b',"extensions":%b}' % msgspec.json.encode(told) if told else b"}"


@dataclass
class Flight:
    """One run, and the answer that whoever waits until it has `landed` may have: None where it is nobody else's."""

    basis: Basis
    began: float
    answer: Answer | None = None
    landed: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Answers:
    """One for each process: answers that live for `seconds` at the most, 0 for none, and take no more than `size` bytes in all.

    The oldest one makes room, and goes when the next one comes after its time. Equal operations that come while one runs wait for it,
    unless one was asked lately whose answer could not be kept: it will not be kept this time either, and nobody waits `in vain`.
    """

    seconds: float = 0.0
    size: int = 64_000_000
    clock: Callable[[], float] = time.monotonic
    kept: OrderedDict[Key, Answer] = field(default_factory=OrderedDict)
    bytes: int = 0
    questions: Bounded[Heard, Question] = field(default_factory=lambda: Bounded(SPELLINGS))
    flights: dict[Key, Flight] = field(default_factory=dict)
    vain: Remembered[int, bool] = field(init=False)

    def __post_init__(self) -> None:
        self.vain = Remembered(seconds=self.seconds, size=1_000, clock=self.clock)

    def age(self, answer: Answer) -> float:
        """How many seconds ago an answer was made."""
        return self.clock() - answer.made

    def peek(self, key: Key, basis: Basis, oldest: float = math.inf) -> Answer | None:
        """The answer, if it is remembered, rests on what is still so, and is not older than this many seconds."""
        found = self.kept.get(key)
        if found is None:
            return None
        age = self.age(found)
        if found.basis != basis or age >= min(self.seconds, found.keeps):
            self.drop(key)
            return None
        return found if age <= oldest else None

    def keep(self, key: Key, answer: Answer, heard: Heard | None = None) -> None:
        """Remember an answer, unless one is kept that began later, or there is no room for it; and that it was asked in these bytes."""
        before, size = self.kept.get(key), weight(key, answer)
        if not self.seconds or size > self.size or (before is not None and before.began > answer.began):
            return
        self.drop(key)
        self.kept[key] = answer
        self.bytes += size
        while self.kept and (self.bytes > self.size or self.age(next(iter(self.kept.values()))) >= self.seconds):
            self.drop(next(iter(self.kept)))
        if heard is not None:
            self.spelt(key[0], heard)

    def spelt(self, question: Question, heard: Heard) -> None:
        """Remember that a question was asked in these bytes."""
        if len(heard.text) <= LONGEST:
            query, _, variables, _ = question
            self.questions.put(heard, question, len(heard.text) + len(query) + len(variables) + SPELT)

    def drop(self, key: Key) -> None:
        """Forget an answer."""
        if (found := self.kept.pop(key, None)) is not None:
            self.bytes -= weight(key, found)

    def hopeless(self, key: Key) -> None:
        """Nobody need wait for the answers to equal operations: they may not be kept."""
        if self.seconds:
            self.vain.keep(hash(key), True)

    async def joined(self, key: Key, basis: Basis, until: Deadline) -> Answer | None:
        """What an equal operation comes to that runs now; None where there is none, it fails, or takes longer than there is time."""
        flight = self.flights.get(key)
        if flight is None or flight.basis != basis or self.vain.peek(hash(key)):
            return None
        with suppress(TimeoutError):
            async with asyncio.timeout(until.limit):
                await flight.landed.wait()
        return flight.answer

    @contextmanager
    def flight(self, key: Key, basis: Basis) -> Iterator[Flight]:
        """Around a run: meanwhile others may wait for the answer that it finds."""
        flight = Flight(basis, self.clock())
        first = self.flights.setdefault(key, flight) is flight
        try:
            yield flight
        finally:
            if first:
                del self.flights[key]
            flight.landed.set()


def freshness(ages: Mapping[str, float], age: float = 0.0) -> dict[str, Any]:
    """How old what went into an answer is by now, as a part of its `extensions`, if anything went into it."""
    told = {upstream: {"oldestSeconds": round(oldest + age, 1)} for upstream, oldest in sorted(ages.items())}
    return {"freshness": told} if told else {}


def weight(key: Key, answer: Answer) -> int:
    """About how many bytes an answer takes."""
    query, _, variables, _ = key[0]
    return OVERHEAD + len(query) + len(variables) + len(answer.data)
