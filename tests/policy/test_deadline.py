"""No operation lasts longer than its deadline; what it waited for goes on for the others."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph.app import Upstreams, create_app
from graph.deadline import HEADER, asked
from graph.http import Refusal
from graph.limits import Limits
from loaders.known import Rules
from loaders.memory import Remembered
from sandbox import Options
from sandbox import create_app as create_sandbox
from tests.graphs import CALM, dialects, forgetful, noon
from tests.policies import NEVER_OPEN
from tests.policy.swift import ONE, about, bad, call, clock, desk, fine, raw, swiftly
from tests.waiting import LONG
from upstreams.calls import Mode
from upstreams.deadline import NEVER, Deadline, within
from upstreams.errors import RateLimited, TimedOut, TooExpensive
from upstreams.ledger import Ledger
from upstreams.policy import Policy
from upstreams.within import Within

PATIENT = Policy(breaker=NEVER_OPEN)


def until(seconds: float) -> Ledger:
    """The books of an operation with so much time, on the running loop."""
    return Ledger(deadline=within(seconds, clock))


def test_each_waiter_leaves_at_its_own_deadline_and_the_call_goes_on() -> None:
    async def run() -> None:
        one = desk(lambda: 4.0, policy=PATIENT)
        began = clock()

        async def left(seconds: float) -> float:
            with pytest.raises(TimedOut):
                await Within(one.caller, until(seconds)).ask(ONE, raw)
            return clock() - began

        waiting = asyncio.gather(left(1), left(3), left(2), Within(one.caller, until(9)).ask(ONE, raw))
        assert list(await waiting) == [about(1), about(3), about(2), []]
        assert len(one.script.times) == 1

    swiftly(run())


def test_who_joined_a_call_that_ended_for_want_of_another_s_time_begins_it_again() -> None:
    async def run() -> None:
        one = desk(lambda: bad(503, Retry_After="5"), fine, policy=PATIENT)
        hasty = asyncio.create_task(Within(one.caller, until(2)).ask(ONE, raw))
        await asyncio.sleep(0)
        patient = [asyncio.create_task(Within(one.caller, until(10)).ask(ONE, raw)) for _ in range(20)]
        failed, *found = await asyncio.gather(hasty, *patient, return_exceptions=True)
        assert getattr(failed, "status", None) == 503
        assert found == [[]] * 20
        assert len(one.script.times) == 2

    swiftly(run())


def test_a_pause_that_outlasts_a_joiner_is_told_to_it_at_once() -> None:
    """(faults.md F1)."""

    async def run() -> None:
        one = desk(lambda: bad(429, Retry_After="9"), fine, policy=PATIENT)
        patient = asyncio.create_task(Within(one.caller, until(12)).ask(ONE, raw))
        await asyncio.sleep(1)
        began = clock()
        with pytest.raises(RateLimited) as caught:
            await Within(one.caller, until(2)).ask(ONE, raw)
        assert (clock(), caught.value.retry_after) == (began, about(8))
        assert await patient == []

    swiftly(run())


def test_an_operation_whose_time_is_up_begins_no_call_and_pays_for_none() -> None:
    async def run() -> None:
        one = desk(fine)
        late = until(0)
        with pytest.raises(TimedOut):
            await Within(one.caller, late).ask(ONE, raw)
        assert (late.spent, one.script.times) == (0, [])

    swiftly(run())


def test_what_the_server_needs_for_itself_has_no_time_of_the_operation_s() -> None:
    async def run() -> None:
        one = desk(lambda: 4.0)
        assert await Within(one.caller, until(1), Mode.FRESH, charged=False).ask(call(2), raw) == []

    swiftly(run())


@pytest.mark.parametrize("error", [TimedOut("workforce", reason="deadline", own=True), TooExpensive("less")])
def test_what_all_share_is_made_again_for_who_joined_one_that_had_no_more_calls_or_time(error: Exception) -> None:
    async def run() -> None:
        memory: Remembered[str, int] = Remembered(seconds=10, size=1, clock=clock)
        made = []

        async def make() -> int:
            made.append(clock())
            await asyncio.sleep(1)
            if len(made) == 1:
                raise error
            return len(made)

        found = await asyncio.gather(*(memory.get("one", make) for _ in range(5)), return_exceptions=True)
        assert found == [error, 2, 2, 2, 2]

    swiftly(run())


def test_who_cannot_wait_for_what_all_share_leaves_and_it_is_made_all_the_same() -> None:
    async def run() -> None:
        memory: Remembered[str, int] = Remembered(seconds=100, size=1, clock=clock)

        async def make() -> int:
            await asyncio.sleep(40)
            return 7

        began = clock()
        for seconds in (15, 5):
            with pytest.raises(TimedOut):
                await memory.get("one", make, until(seconds).waits("workforce"))
        assert clock() - began == about(20)
        assert await memory.get("one", make, until(30).waits("workforce")) == 7
        assert clock() - began == about(40)

    swiftly(run())


def test_deadlines_are_kept_by_a_clock_that_nobody_sets() -> None:
    """(faults.md F20)."""
    assert NEVER.clock is within(1).clock is Ledger().deadline.clock is time.monotonic
    assert (NEVER.left, NEVER.limit) == (math.inf, None)
    assert Deadline(5, lambda: 7).left == 0


@pytest.mark.parametrize(("header", "seconds"), [(None, 15), ("15000", 15), ("60000", 15), ("1", 0.001), ("2500", 2.5), ("0002500", 2.5)])
def test_a_client_may_shorten_its_deadline_and_not_lengthen_it(header: str | None, seconds: float) -> None:
    assert asked(header, 15).left == pytest.approx(seconds, abs=0.5 if seconds > 1 else 0.001)


@pytest.mark.parametrize("header", ["", "0", "-5", "1.5", "5s", "soon", "\u0667", "1e3", "inf", "9" * 5_000])
def test_a_deadline_that_is_no_number_is_refused(header: str) -> None:
    with pytest.raises(Refusal) as caught:
        asked(header, 15)
    assert (caught.value.status, caught.value.code) == (400, "BAD_REQUEST")


@dataclass
class Hanging(httpx.AsyncBaseTransport):
    """A wire that hangs from some call on, until it is let go."""

    inner: httpx.AsyncBaseTransport
    hangs: Callable[[str, int], bool]
    go: asyncio.Event
    calls: int = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        if self.hangs(request.url.path, self.calls):
            await self.go.wait()
        return await self.inner.handle_async_request(request)


@asynccontextmanager
async def hanging(company: Path, hangs: Callable[[str, int], bool]) -> AsyncIterator[tuple[httpx.AsyncClient, Hanging]]:
    """A client of a graph over a sandbox that hangs; a try may take a minute, so that only deadlines end anything."""
    wire = Hanging(httpx.ASGITransport(create_sandbox(company, Options(clock=noon))), hangs, asyncio.Event())
    upstreams = Upstreams(*dialects(Policy(total=60, breaker=NEVER_OPEN)), "sandbox", wire, wire)
    app = create_app(upstreams, Rules(clock=noon), limits=Limits(cache=forgetful, deadline=600), operating=CALM)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://graph", headers={HEADER: "300"}, timeout=60)
    async with app.router.lifespan_context(app), client:
        yield client, wire


QUERIES = [
    '{ project(number: "HB-1000") { name people { name checkIns(first: 2) { totalCount nodes { responses { personName } } } } } }',
    "{ people(first: 20, onLeave: true) { nodes { name timeOff { startDay } overdueCheckIns(first: 3) { deadline } } } }",
    '{ reports(managerEmail: "sonia.fraser@example.com", first: 20) { nodes { name projects { name } } } }',
    '{ project(number: "HB-1000") { checkInSummary(between: { days: -28 }) { due } people { checkIns(first: 5, submittedBetween: { days: -28 }) { totalCount } } } }',
    "{ changes { assignments(first: 100) { nodes { id } } checkIns(first: 100) { nodes { id } } } }",
    "{ checkIns(first: 50) { totalCount nodes { responses { person { id assignments { id } } } } } }",
    "{ currentAssignments(first: 10) { nodes { person { lastCheckIn { deadline } } } } }",
    '{ _entities(representations: [{__typename: "Person", employeeNumber: "C-001"}, {__typename: "CheckIn", id: "x"}]) { ... on Person { name identity { status } } } }',
    "{ identityReport { people matched } }",
]


@pytest.mark.parametrize("after", [0, 2, 7, 20])
@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query[2:20])
async def test_an_operation_over_upstreams_that_hang_ends_at_its_deadline(company: Path, query: str, after: int) -> None:
    """From its first call on, or in the middle: each field that waits gets a coded error (faults.md F5)."""
    async with hanging(company, lambda _, number: number > after) as (client, wire):
        began = time.monotonic()
        answer = (await client.post("/graphql", json={"query": query})).json()
        assert time.monotonic() - began < 20  # far below the minute that a try may take
        found = {error["extensions"]["code"] for error in answer.get("errors", ())}
        assert found == {"UPSTREAM_TIMEOUT"} or (not found and wire.calls <= after)


async def test_the_directory_that_nobody_could_wait_for_is_read_on_and_serves_the_next(company: Path) -> None:
    async with hanging(company, lambda path, _: path.endswith("/assignments")) as (client, wire):
        query = {"query": "{ people(first: 5) { nodes { name } } }"}
        late = [(await client.post("/graphql", json=query)).json() for _ in range(3)]
        assert [error["extensions"]["code"] for answer in late for error in answer["errors"]] == ["UPSTREAM_TIMEOUT"] * 3
        wire.go.set()
        async with asyncio.timeout(LONG):
            while "errors" in (answer := (await client.post("/graphql", json=query)).json()):
                await asyncio.sleep(0.05)
        assert len(answer["data"]["people"]["nodes"]) == 5
        scanned = wire.calls
        assert "errors" not in (await client.post("/graphql", json=query)).json()
        assert wire.calls == scanned


async def test_check_ins_hangs_and_workforce_data_is_served_at_the_deadline(company: Path) -> None:
    """(faults.md F4, F5)."""
    async with hanging(company, lambda path, _: path.startswith("/api/")) as (client, _):
        query: dict[str, Any] = {"query": '{ project(number: "HB-1000") { people { name checkIns(first: 1) { totalCount } } } }'}
        headers = {HEADER: "5000"}
        answer = (await client.post("/graphql", json=query, headers=headers)).json()
        people = answer["data"]["project"]["people"]
        assert all(person["name"] for person in people)
        assert {error["extensions"]["upstream"] for error in answer["errors"]} == {"checkins"}


async def test_a_bad_deadline_is_a_coded_400(company: Path) -> None:
    async with hanging(company, lambda *_: False) as (client, _):
        answer = await client.post("/graphql", json={"query": "{ __typename }"}, headers={HEADER: "soon"})
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")
