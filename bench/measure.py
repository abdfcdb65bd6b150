"""How one question is measured: all sides answer it the same before any of them is timed, and then they take turns."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial

from bench.arena import Arena, Server
from bench.connection import connected
from bench.machine import resident, used
from bench.questions import Question
from bench.results import Row
from bench.sides import Side, State

REST, AFTER = 0.03, 0.25
"""Seconds before and after a run: the CPU that is counted is that of its operations, and of what a server puts off until nobody asks."""
WARMING, FEWEST = 0.5, 3
"""Seconds and operations for which a server is asked before it counts as warm: what is compiled on its way is compiled then."""
ATTEMPTS = 5
WARM: Sequence[State] = ("data", "answer")
"""The states without upstream calls."""


class Unsettled(Exception):
    """A side asks its upstreams something new every time."""


@dataclass(frozen=True)
class Pace:
    """How much is measured: `runs` of at least so many `seconds`, over upstreams of these `latencies` in milliseconds.

    Where anything is remembered a run lasts `longer`, and has at least `many` operations that are small, for the slowest of a hundred
    to be known.
    """

    runs: int = 5
    seconds: float = 0.25
    longer: float = 0.5
    many: int = 60
    latencies: tuple[int, ...] = (0, 50)

    def least(self, question: Question, state: State) -> int:
        """The fewest operations of one run."""
        return self.many if state in WARM and question.people <= 50 else 1

    def least_seconds(self, state: State) -> float:
        """The fewest seconds of one run."""
        return self.longer if state in WARM else self.seconds

    def slow(self, state: State) -> tuple[int, ...]:
        """The latencies that matter in a state: where there are no upstream calls, none does."""
        return self.latencies[:1] if state in WARM else self.latencies


QUICK = Pace(1, 0.0, 0.0, 3, (0,))


@dataclass(frozen=True)
class Sample:
    """One run: milliseconds of CPU and upstream calls an operation, the milliseconds on the clock of each, and what else was seen."""

    cpu: float
    wall: list[float]
    calls: float
    learnt: int
    size: int
    digest: str
    megabytes: float


Take = Callable[[int], Awaitable[Sample]]
"""One run at a latency."""


async def bout(arena: Arena, sides: Sequence[Side], question: Question, state: State, pace: Pace) -> list[Row]:
    """A row for each latency and each of the sides that know the state."""
    able, slow = [one for one in sides if state in one.states], pace.slow(state)
    found: dict[tuple[str, int], list[Sample]] = {(side.name, latency): [] for side in able for latency in slow}
    async with AsyncExitStack() as stack:
        takes = [(side, await prepared(stack, arena, side, question, state, pace)) for side in able]
        for _ in range(pace.runs):
            arena.ground.noise.listen(arena.ground.cores.servers)
            for side, take in takes:
                for latency in slow:
                    found[side.name, latency].append(await settled(take, latency))
    return [row(arena, side, question, state, latency, found[side.name, latency]) for latency in slow for side in able]


async def prepared(stack: AsyncExitStack, arena: Arena, side: Side, question: Question, state: State, pace: Pace) -> Take:
    """How a run of a side is made, once it has answered as the others did."""
    if state == "cold":
        take = partial(cold, arena, side, question)
        await take(0)
        return take
    server = await stack.enter_async_context(arena.server(side, state, question))
    await warm(arena, server, question)
    return partial(sampled, arena, server, question, pace.least(question, state), pace.least_seconds(state))


async def cold(arena: Arena, side: Side, question: Question, latency: int) -> Sample:
    """One operation by a server of its own."""
    async with arena.server(side, "cold", question) as server:
        return await sampled(arena, server, question, 1, 0, latency)


async def warm(arena: Arena, server: Server, question: Question) -> None:
    """Ask a server until it knows all that it will remember."""
    await arena.taken()
    until = time.perf_counter() + WARMING
    async with connected(server.port) as connection:
        arena.check(server.side, question, await connection.post(question.body))
        asked = 1
        while asked < FEWEST or time.perf_counter() < until:
            await connection.post(question.body)
            asked += 1


async def settled(take: Take, latency: int) -> Sample:
    """A run for which the stub had nothing to learn. Raises Unsettled."""
    for _ in range(ATTEMPTS):
        found = await take(latency)
        if not found.learnt:
            return found
    raise Unsettled(f"{found.learnt} of its upstream calls are new, {ATTEMPTS} times in a row")


async def sampled(arena: Arena, server: Server, question: Question, least: int, seconds: float, latency: int) -> Sample:
    """A run of at least so many operations and seconds, one after another."""
    async with connected(server.port) as connection:
        await arena.taken(latency)
        await asyncio.sleep(REST)
        before, wall = used(server.process), list[float]()
        until = time.perf_counter() + seconds
        while len(wall) < least or time.perf_counter() < until:
            began = time.perf_counter()
            answer = await connection.post(question.body)
            wall.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(AFTER)
        cpu = (used(server.process) - before) * 1000
    calls, learnt = await arena.taken()
    meant = arena.check(server.side, question, answer)
    return Sample(cpu / len(wall), wall, calls / len(wall), learnt, len(answer), meant, resident(server.process))


def row(arena: Arena, side: Side, question: Question, state: State, latency: int, samples: Sequence[Sample]) -> Row:
    """All runs of one side."""
    return Row(
        side=side.name,
        title=side.title,
        question=question.name,
        people=question.people,
        state=state,
        latency=latency,
        company=arena.company.people,
        check_ins=arena.company.check_ins,
        cpu=[round(one.cpu, 4) for one in samples],
        wall=[round(each, 3) for one in samples for each in one.wall],
        calls=samples[-1].calls,
        megabytes=round(samples[-1].megabytes, 1),
        size=samples[-1].size,
        digest=samples[-1].digest,
    )
