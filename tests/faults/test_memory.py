"""What the process remembers is bounded, and changes no answer."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph.execution.executor import Compiled
from graph.limits import Limits
from graph.operating.visits import Visit
from loaders import booked, names
from loaders.known import Known
from loaders.memory import Remembered
from loaders.request import Loaders
from tests.faults.bent import Bent, bent
from tests.graphs import codes, forgetful, timeless
from upstreams import check_ins, values, workforce
from upstreams.cache import LIVES, Cache
from upstreams.ledger import Ledger
from upstreams.within import Within

SMALL = 40
"""How many answers the cache of these tests may hold."""
SPELT = (check_ins.detail, check_ins.rows, workforce.listing, booked.spans, values.stripped, values.written_moment, names.remembered)
"""What was spelt once: bounded too, but by more than a test can fill, so these are emptied before memory is read."""
MOST_LEFT = 2_000
"""Bytes that a query may leave behind: an answer that nothing bounds would leave more."""


def unique(start: int, number: int) -> Iterator[str]:
    """Queries of which no two are alike, neither in their text nor in what they ask of the upstreams."""
    for one in range(start, start + number):
        yield f"""query Q{one} {{
          a{one}: checkIn(id: "none-{one}") {{ id }}
          b: person(id: "nobody-{one}") {{ id identity {{ status }} }}
          c: checkIns(first: {one % 100 + 1}, filter: {{department: "D{one}"}}) {{ totalCount }}
          d: checkIn(id: "a{one % 8}-{one % 3}") {{ id responses {{ id }} people {{ id }} }}
        }}"""


async def asked(one: Bent, start: int, number: int) -> int:
    """Ask so many unique queries, ten at a time; how many bytes are in use then."""
    queries = list(unique(start, number))
    for begin in range(0, number, 10):
        await asyncio.gather(*(one.ask(query) for query in queries[begin : begin + 10]))
        one.wire.calls.clear()
    for memory in SPELT:
        memory.cache_clear()
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def remembered(known: Known) -> list[Remembered[Any, Any]]:
    """Every memory of the process."""
    return [one for one in vars(known).values() if isinstance(one, Remembered)]


def flights(known: Known) -> int:
    """How many upstream calls are on their way."""
    callers = [one.calls.caller for one in (known.workforce, known.check_ins) if isinstance(one.calls, Within)]
    assert len(callers) == 2
    return sum(len(one.flights) + len(one.flying) for one in callers)


async def test_unique_queries_leave_nothing_behind_but_bounded_memories(company: Path) -> None:
    """Once the caches are full, memory is flat; the sandbox in this process remembers a little too (faults.md F39)."""
    cache = Cache(LIVES, entries=SMALL)
    async with bent(company, limits=Limits(cache=lambda: cache)) as one:
        tracemalloc.start()
        try:
            before = await asked(one, 0, 30)
            after = await asked(one, 1_000, 80)
        finally:
            tracemalloc.stop()
        assert after - before < 80 * MOST_LEFT, f"{(after - before) / 80:.0f} bytes a query"
        assert all(memory.cache_info().maxsize for memory in SPELT)
        assert len(cache.kept) == SMALL
        assert cache.bytes == sum(kept.size for kept in cache.kept.values())
        assert all(len(memory.kept) <= memory.size for memory in remembered(one.known))
        assert flights(one.known) == 0


@pytest.mark.parametrize("cache", [forgetful, timeless], ids=["asked", "remembered"])
async def test_an_operation_leaves_nothing_that_the_garbage_collector_must_come_for(company: Path, cache: Callable[[], Cache]) -> None:
    """What is part of no circle goes at once; the collector stopped a busy server for many times as long as an operation takes."""
    async with bent(company, limits=Limits(cache=cache)) as one:
        for query in (*QUERIES, *QUERIES):
            await one.ask(query)
        gc.collect()
        gc.set_debug(gc.DEBUG_SAVEALL)
        try:
            for query in QUERIES:
                await one.ask(query)
            gc.collect()
            left = [type(each).__name__ for each in gc.garbage if isinstance(each, Loaders | Compiled | Ledger | Visit)]
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
        assert left == []


@pytest.mark.parametrize("size", [0, 1, 5])
async def test_a_memory_never_holds_more_than_it_may(size: int) -> None:
    """(faults.md F39)"""
    memory: Remembered[int, int] = Remembered(seconds=1e9, size=size)
    for number in range(50):
        memory.keep(number, number)
        assert len(memory.kept) <= size
    assert list(memory.kept) == list(range(50 - size, 50))


QUERIES = [
    '{ project(id: "bridge") { name people { name checkIns(first: 2) { totalCount nodes { id submittedAt responses { personName } } } } } }',
    "{ currentAssignments(first: 20) { totalCount nodes { id person { name } project { name } } completeness { complete } } }",
    '{ person(id: "w1") { timeOff { startDay } assignments { id } lastCheckIn { id } identity { status method } } }',
    "{ people(first: 20) { totalCount nodes { name employeeNumber } } checkIns(first: 3) { totalCount nodes { id } } }",
]


async def test_with_and_without_the_cache_the_answers_are_the_same(company: Path) -> None:
    """Each asked twice, so that the second answer of the one is all from memory (faults.md F40)."""
    async with bent(company) as off, bent(company, limits=Limits()) as on:
        for query in QUERIES:
            plain = await off.ask(query)
            for _ in range(2):
                answer = await on.ask(query)
                assert (answer["data"], sorted(codes(answer))) == (plain["data"], sorted(codes(plain)))
        on.wire.calls.clear()
        for query in QUERIES:
            await on.ask(query)
        assert on.wire.calls == []


FAILURES = {
    "refused": lambda: httpx.Response(403),
    "a login page": lambda: httpx.Response(200, html="<form>"),
    "an empty object": dict,
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
async def test_an_error_is_never_remembered_as_data(company: Path, failure: Any) -> None:
    """With every cache on, what failed is answered as soon as the upstream is well again (faults.md F40)."""
    async with bent(company) as sound, bent(company, limits=Limits()) as one:
        failed = 0
        for query in QUERIES:
            one.bending.bend = lambda request, content: failure()
            failed += bool(codes(await one.ask(query)))
            one.bending.bend = lambda request, content: content
            answer = await one.ask(query)
            plain = await sound.ask(query)
            assert (answer["data"], sorted(codes(answer))) == (plain["data"], sorted(codes(plain)))
        assert failed >= 3
