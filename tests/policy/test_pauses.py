"""What an upstream asks for is kept to, by everybody, as far as it can be believed; all of it in virtual time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from tests.policies import NEVER_OPEN
from tests.policy.swift import Desk, about, bad, call, clock, desk, fine, raw, swiftly
from upstreams.deadline import Deadline, within
from upstreams.errors import RateLimited, Unavailable, UpstreamError
from upstreams.pauses import wanted
from upstreams.policy import Policy

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
ABSURD = ["0", "-5", "soon", "", "99999999", "Wed, 21 Oct 2015 07:28:00 GMT", "1.5"]


def soon(seconds: float) -> Deadline:
    """A deadline on the running loop."""
    return within(seconds, clock)


async def failing(one: Desk, row: int, deadline: Deadline) -> UpstreamError:
    """How a call fails."""
    with pytest.raises(UpstreamError) as caught:
        await one.http.get(call(row), raw, deadline)
    return caught.value


@pytest.mark.parametrize("status", [429, 503])
def test_a_pause_stops_everybody_and_one_retry_succeeds_after_it(status: int) -> None:
    """(faults.md F1)."""

    async def run() -> None:
        one = desk(lambda: bad(status, Retry_After="7"), fine)
        began = clock()
        first = asyncio.create_task(one.ask(1))
        await asyncio.sleep(1)
        await asyncio.gather(*(one.ask(row) for row in range(2, 30)), first)
        assert len(one.script.times) == 30
        assert all(at >= began + 7 for at in one.script.times[1:])
        assert one.watch.events[:2] == ["checkins paused", "checkins retry"]

    swiftly(run())


def test_whoever_has_no_time_for_a_pause_is_told_at_once_how_long_it_lasts() -> None:
    """(faults.md F1)."""

    async def run() -> None:
        one = desk(lambda: bad(429, Retry_After="7"), fine)
        first = await failing(one, 1, soon(5))
        assert (type(first), first.retry_after, first.tries) == (RateLimited, 7, 1)
        began = clock()
        second = await failing(one, 2, soon(5))
        assert (type(second), second.retry_after, second.tries) == (RateLimited, about(7), 0)
        assert clock() == began
        assert len(one.script.times) == 1

    swiftly(run())


def test_nobody_waits_for_a_pause_that_outlasts_the_longest_operation() -> None:
    async def run() -> None:
        one = desk(lambda: bad(503, Retry_After="60"), fine)
        began = clock()
        assert isinstance(await failing(one, 1, Deadline()), Unavailable)
        assert isinstance(await failing(one, 2, Deadline()), RateLimited)
        assert clock() == began
        await asyncio.sleep(60)
        assert await one.ask() == []

    swiftly(run())


def test_a_very_long_pause_is_cut_to_the_longest_that_the_settings_allow() -> None:
    """(faults.md F2)."""

    async def run() -> None:
        one = desk(lambda: bad(429, Retry_After="999999"), fine)
        await failing(one, 1, soon(15))
        assert one.http.health.paused_for == 300
        await asyncio.sleep(300)
        assert await one.ask() == []

    swiftly(run())


@pytest.mark.parametrize("header", ABSURD)
def test_a_429_without_a_pause_that_can_be_believed_backs_off_for_a_while(header: str) -> None:
    """Absurd, negative, past and unreadable ones (faults.md F2)."""

    async def run() -> None:
        one = desk(lambda: bad(429, Retry_After=header), fine)
        assert await one.ask() == []
        (wait,) = one.script.waits
        assert 0.25 <= wait <= 0.5

    swiftly(run())


def test_429s_in_a_row_back_off_longer_each_time_up_to_a_limit_and_never_trip_the_breaker() -> None:
    """(faults.md F1, F2)."""

    async def run() -> None:
        one = desk(lambda: bad(429), policy=Policy(tries=1))
        pauses = []
        for row in range(40):
            assert isinstance(await failing(one, row, soon(15)), RateLimited)
            pauses.append(one.http.health.paused_for)
            await asyncio.sleep(pauses[-1])
        assert max(pauses[:1]) <= 0.5
        assert all(1.0 <= pause <= 2.0 for pause in pauses[6:])
        assert one.http.health.breaker == "closed"

    swiftly(run())


def test_a_503_without_a_pause_stops_nobody_else() -> None:
    """(faults.md F2)."""

    async def run() -> None:
        one = desk(lambda: bad(503), fine)
        first = asyncio.create_task(one.ask(1))
        await asyncio.sleep(0.01)
        began = clock()
        assert await one.ask(2) == []
        assert clock() == began
        assert await first == []

    swiftly(run())


@pytest.mark.parametrize("clocks_differ_by", [timedelta(), timedelta(hours=3), timedelta(hours=-3)])
def test_a_date_is_read_against_the_clock_of_who_wrote_it(clocks_differ_by: timedelta) -> None:
    """(faults.md F1, F20)."""
    now = NOW + clocks_differ_by
    headers = httpx.Headers(
        {"Date": format_datetime(now, usegmt=True), "Retry-After": format_datetime(now + timedelta(seconds=9), usegmt=True)}
    )
    assert wanted(headers, limited=True) == 9


def test_a_date_is_read_against_the_clock_of_this_server_where_nobody_tells_another() -> None:
    headers = httpx.Headers({"Retry-After": format_datetime(NOW + timedelta(seconds=9), usegmt=True)})
    assert wanted(headers, limited=True, clock=lambda: NOW) == 9


RESETS = [
    ("30", 30.0),
    (str(int(NOW.timestamp()) + 40), 40.0),
    ("-1", None),
    ("soon", None),
    (str(int(NOW.timestamp()) - 1), None),
    ("9" * 30, None),
]


@pytest.mark.parametrize(("header", "seconds"), RESETS)
@pytest.mark.parametrize("name", ["X-Rate-Limit-Reset", "X-RateLimit-Reset"])
def test_the_end_of_a_rate_limit_is_a_pause_in_seconds_or_until_a_time(name: str, header: str, seconds: float | None) -> None:
    """(faults.md F1, F2)."""
    headers = httpx.Headers({"Date": format_datetime(NOW, usegmt=True), name: header})
    assert wanted(headers, limited=True) == seconds


def test_retry_after_outranks_the_end_of_the_rate_limit_which_counts_only_where_one_was_hit() -> None:
    headers = httpx.Headers({"Retry-After": "3", "X-Rate-Limit-Reset": "3600"})
    assert wanted(headers, limited=True) == 3
    assert wanted(httpx.Headers({"X-Rate-Limit-Reset": "3600"}), limited=False) is None


def test_calls_begin_no_faster_than_the_rate_after_a_burst() -> None:
    async def run() -> None:
        one = desk(fine, policy=Policy(rate=10, burst=5, concurrency=100, breaker=NEVER_OPEN))
        began = clock()
        await asyncio.gather(*(one.ask(row) for row in range(45)))
        assert sum(at == began for at in one.script.times) == 5
        assert clock() - began == pytest.approx(4, abs=0.01)

    swiftly(run())


def test_a_pause_under_a_rate_is_followed_by_calls_at_that_rate() -> None:
    """Whoever waited through the pause did not save up turns meanwhile (faults.md F1)."""

    async def run() -> None:
        one = desk(lambda: bad(429, Retry_After="9"), fine, policy=Policy(rate=1, burst=1, tries=1, concurrency=16, breaker=NEVER_OPEN))
        found = await asyncio.gather(*(one.ask(row) for row in range(16)), return_exceptions=True)
        assert sum(isinstance(answer, RateLimited) for answer in found) == 1
        assert one.script.waits[0] == about(9)
        assert all(wait == about(1) for wait in one.script.waits[1:])

    swiftly(run())


def test_429s_that_want_no_pause_at_all_back_off_longer_each_time_too() -> None:
    """(faults.md F2)."""

    async def run() -> None:
        one = desk(lambda: bad(429, Retry_After="0"), policy=Policy(tries=1))
        for row in range(10):
            await failing(one, row, soon(15))
            await asyncio.sleep(paused := one.http.health.paused_for)
        assert 1.0 <= paused <= 2.0

    swiftly(run())


def test_whoever_waits_for_a_turn_waits_no_longer_than_they_have_time() -> None:
    """Behind a full gate, and behind a rate."""

    async def run() -> None:
        for policy in (Policy(concurrency=1), Policy(rate=0.1, burst=1)):
            one = desk(lambda: 4.0, policy=replace(policy, breaker=NEVER_OPEN))
            first = asyncio.create_task(one.ask(1))
            await asyncio.sleep(0)
            began = clock()
            late = await failing(one, 2, soon(1))
            assert (late.reason, late.tries, clock() - began) == ("deadline", 0, about(1))
            assert await first == []
            assert one.http.guard.gate._value == policy.concurrency

    swiftly(run())
