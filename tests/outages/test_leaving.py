"""Clients that leave before their answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from graph.operating.visits import left
from sandbox.faults.kinds import Hang
from tests.outages.halves import HALVES, Halves, halves, struck
from tests.outages.wire import Exchange, healthy, wired
from tests.policies import QUICK
from tests.waiting import settled, until

LEAVERS = 40


@dataclass
class Held:
    """An upstream that answers when it is let."""

    let: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, exchange: Exchange) -> bool:
        await self.let.wait()
        return await healthy(exchange)


def question(number: int) -> str:
    """A question that nobody else asks."""
    return f'{{ checkIns(first: 1, filter: {{ department: "D{number}" }}) {{ totalCount }} }}'


async def ask(graph: Halves, query: str) -> None:
    """Ask on a connection of one's own, which is closed when this is cancelled."""
    async with httpx.AsyncClient(base_url=graph.client.base_url, verify=False, timeout=None) as client:
        await client.post("/graphql", json={"query": query})


async def leave(*asking: asyncio.Task[Any]) -> None:
    """Close the connections of those who ask."""
    for task in asking:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    assert all(task.cancelled() for task in asking)


async def test_clients_that_leave_a_slow_upstream_leave_nothing_behind(company: Path) -> None:
    """F22: forty leave while their calls are on the wire; the calls end by themselves, and whoever comes next finds every place free."""
    held, policy = Held(), replace(QUICK, concurrency=LEAVERS, total=600)
    async with wired(company, held) as wire, halves(company, wire.url, policy=policy, on_socket=True) as graph:
        asking = [asyncio.create_task(ask(graph, question(number))) for number in range(LEAVERS)]
        await until(lambda: wire.calls == LEAVERS)
        await leave(*asking)
        assert graph.caller("check_ins").http.health.in_flight == LEAVERS
        held.let.set()
        await until(lambda: not graph.caller("check_ins").flying)
        health = graph.caller("check_ins").http.health
        assert (health.in_flight, health.waiting) == (0, 0)
        await graph.whole()
    assert wire.calls == LEAVERS + 1
    assert wire.connections <= LEAVERS


async def test_who_stays_gets_the_answer_that_who_left_had_asked_for(company: Path) -> None:
    """F22: work that is shared goes on; two asked the same, one call was made."""
    held = Held()
    async with wired(company, held) as wire, halves(company, wire.url, policy=replace(QUICK, total=600), on_socket=True) as graph:
        leaving = asyncio.create_task(ask(graph, HALVES))
        await until(lambda: wire.calls == 1 and len(graph.wire.calls) == 1 and not graph.caller("workforce").flying)
        staying = asyncio.create_task(graph.whole())
        await until(lambda: len(graph.wire.calls) == 2)  # its other half is under way, so this one has been joined
        await settled()
        await leave(leaving)
        held.let.set()
        await staying
    assert wire.calls == 1


async def test_an_app_that_stops_does_not_wait_for_an_upstream_that_hangs(company: Path) -> None:
    """F22: the flights of those who left end with the app."""
    async with struck(company, Hang()) as upstream:
        async with halves(company, upstream.url, policy=replace(QUICK, total=600)) as graph:
            asking = asyncio.create_task(graph.ask())
            await until(lambda: upstream.calls == 1)
            await leave(asking)
            flights = set(graph.caller("check_ins").flying)
            assert [flight.done() for flight in flights] == [False]
        assert all(flight.cancelled() for flight in flights)


async def test_nothing_more_is_asked_for_whoever_has_left(company: Path) -> None:
    """F22: of a question that takes two calls the second is never made, its place is free, and it is counted as lost."""
    held = Held()
    async with wired(company, held) as wire, halves(company, wire.url, policy=replace(QUICK, total=600), on_socket=True) as graph:
        watch = graph.app.state.service.watch
        asking = asyncio.create_task(ask(graph, "{ checkIns(first: 1) { nodes { responses { id } } } }"))
        await until(lambda: wire.calls == 1)
        await leave(asking)
        await until(lambda: not listening())
        held.let.set()
        await until(lambda: not watch.line.running)
        lost = watch.metrics.registry.get_sample_value("crewgraph_operations_total", {"kind": "none", "outcome": "lost"})
    assert (wire.calls, lost) == (1, 1)


def listening() -> bool:
    """Whether the server thinks that somebody waits for an answer."""
    return any(getattr(task.get_coro(), "__qualname__", "") == left.__qualname__ for task in asyncio.all_tasks())
