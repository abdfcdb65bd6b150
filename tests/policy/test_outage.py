"""One upstream is down: the other's data is served, the breaker answers at once, and the way back is found (faults.md F3, F4)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.graphs import graph, is_check_ins
from tests.policy.swift import about, bad, clock, desk, fine, raw, swiftly
from upstreams.breaker import Rules
from upstreams.calls import Call, Kind
from upstreams.deadline import within
from upstreams.errors import Missing, Unavailable
from upstreams.policy import Policy

RULES = Rules(window=30, share=0.5, least=20, rest=5, probes=2)
FRAGILE = Policy(tries=1, breaker=RULES)


def test_an_open_breaker_refuses_at_once_sends_nothing_and_says_when_to_come_back() -> None:
    """(faults.md F4)."""

    async def run() -> None:
        one = desk(lambda: bad(500), policy=FRAGILE)
        await asyncio.gather(*(one.ask(row) for row in range(20)), return_exceptions=True)
        sent, began = len(one.script.times), clock()
        await asyncio.sleep(2)
        for row in range(100):
            with pytest.raises(Unavailable) as caught:
                await one.ask(row)
            assert (caught.value.reason, caught.value.tries, caught.value.retry_after) == ("open", 0, about(3))
        assert (len(one.script.times), clock()) == (sent, about(began + 2))
        assert one.watch.events == ["checkins breaker-open", *["checkins breaker-refused"] * 100]

    swiftly(run())


def test_those_who_queue_at_the_gate_are_refused_as_soon_as_it_opens() -> None:
    """(faults.md F4)."""

    async def run() -> None:
        one = desk(lambda: 60.0, policy=Policy(tries=1, concurrency=16, breaker=Rules(least=16)))
        began = clock()
        failed = await asyncio.gather(*(one.ask(row) for row in range(500)), return_exceptions=True)
        assert clock() - began == about(5)
        assert len(one.script.times) == 16
        assert sum(getattr(error, "reason", "") == "open" for error in failed) == 484

    swiftly(run())


def test_probes_find_out_that_it_is_back_and_no_more_of_them_go_than_are_allowed() -> None:
    """(faults.md F4)."""

    async def run() -> None:
        one = desk(*[lambda: bad(502)] * 20, lambda: 1.0, lambda: 1.0, fine, policy=FRAGILE)
        await asyncio.gather(*(one.ask(row) for row in range(20)), return_exceptions=True)
        await asyncio.sleep(5)
        found = await asyncio.gather(*(one.ask(row) for row in range(50)), return_exceptions=True)
        assert sum(not isinstance(answer, Exception) for answer in found) == 2
        assert await asyncio.gather(*(one.ask(row) for row in range(50))) == [[]] * 50
        assert [event for event in one.watch.events if "refused" not in event] == [
            "checkins breaker-open",
            "checkins breaker-half-open",
            "checkins breaker-closed",
        ]

    swiftly(run())


def test_a_probe_that_fails_opens_it_for_another_rest_and_one_that_tells_nothing_makes_room_for_the_next() -> None:
    """(faults.md F4)."""

    async def run() -> None:
        one = desk(*[lambda: bad(500)] * 21, lambda: bad(404), fine, policy=FRAGILE)
        await asyncio.gather(*(one.ask(row) for row in range(20)), return_exceptions=True)
        await asyncio.sleep(5)
        with pytest.raises(Unavailable):
            await one.ask()
        assert one.http.health.breaker == "open"
        await asyncio.sleep(5)
        with pytest.raises(Missing):
            await one.ask()
        assert one.http.health.breaker == "half-open"
        assert [await one.ask() for _ in range(3)] == [[]] * 3
        assert one.http.health.breaker == "closed"

    swiftly(run())


def test_a_probe_that_is_cancelled_makes_room_for_the_next() -> None:
    async def run() -> None:
        one = desk(*[lambda: bad(500)] * 20, lambda: 3.0, lambda: 3.0, fine, policy=FRAGILE)
        await asyncio.gather(*(one.ask(row) for row in range(20)), return_exceptions=True)
        await asyncio.sleep(5)
        probes = [asyncio.create_task(one.ask(row)) for row in range(2)]
        await asyncio.sleep(1)
        for probe in probes:
            probe.cancel()
        await asyncio.gather(*probes, return_exceptions=True)
        assert [await one.ask() for _ in range(3)] == [[]] * 3

    swiftly(run())


def test_health_says_how_an_upstream_does() -> None:
    async def run() -> None:
        one = desk(fine, lambda: bad(401), lambda: 4.0, lambda: bad(429, Retry_After="9"), fine, policy=Policy(concurrency=1, tries=1))
        assert one.http.health.succeeded_ago is None
        await one.ask()
        await asyncio.sleep(3)
        await asyncio.gather(one.ask(), return_exceptions=True)
        await asyncio.sleep(2)
        calls = [asyncio.create_task(one.ask(row)) for row in range(3)]
        await asyncio.sleep(1)
        told = one.http.health
        assert (told.breaker, told.in_flight, told.waiting, told.paused_for) == ("closed", 1, 2, 0)
        assert (told.succeeded_ago, told.failed_ago, told.failed_code) == (about(6), about(3), "UPSTREAM_AUTH")
        await asyncio.gather(*calls, return_exceptions=True)
        told = one.http.health
        assert (told.in_flight, told.waiting, told.failed_code) == (0, 0, "UPSTREAM_RATE_LIMITED")

    swiftly(run())


def test_a_deadline_is_not_spent_in_front_of_an_open_breaker() -> None:
    async def run() -> None:
        one = desk(lambda: bad(500), policy=FRAGILE)
        await asyncio.gather(*(one.ask(row) for row in range(20)), return_exceptions=True)
        began = clock()
        with pytest.raises(Unavailable):
            await one.http.get(Call(Kind.ROWS, "/", "/"), raw, within(15, clock))
        assert clock() == began

    swiftly(run())


WALK = '{ project(number: "HB-1000") { name people { name checkIns(first: 2) { totalCount } } } }'


async def test_check_ins_is_down_and_every_answer_has_its_workforce_data(company: Path) -> None:
    """The service stays live and ready, and sends check-ins nothing while the breaker is open (faults.md F4)."""
    async with graph(company, policy=Policy(wait=0.001, jitter=0.001, breaker=Rules(least=20, rest=600))) as one:
        whole = await one.data(WALK)
        one.wire.cut = is_check_ins
        for turn in range(20):
            sent = one.wire.kinds().get("check-ins", 0)
            answer = await one.ask(WALK)
            people = answer["data"]["project"]["people"]
            assert [person["name"] for person in people] == [person["name"] for person in whole["project"]["people"]]
            assert all(person["checkIns"] == {"totalCount": None} for person in people)
            told = [error["extensions"] for error in answer["errors"]]
            assert {(one["code"], one["upstream"], one["retryable"]) for one in told} == {("UPSTREAM_UNAVAILABLE", "checkins", True)}
            if turn > 9:
                assert one.wire.kinds()["check-ins"] == sent
                assert all(isinstance(one["retryAfter"], int) and 0 < one["retryAfter"] <= 600 for one in told)
        for path in ("/health/live", "/health/ready"):
            assert (await one.client.get(path)).status_code == 200
