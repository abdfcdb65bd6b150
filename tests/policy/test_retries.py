"""Which calls are tried again, how often, after which wait, and at whose cost; all of it in virtual time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from tests.policies import NEVER_OPEN
from tests.policy.swift import ONE, Step, about, bad, call, desk, fine, raw, swiftly
from upstreams.deadline import within
from upstreams.errors import BadResponse, Fault, RateLimited, Refused, TimedOut, Unavailable, UpstreamError
from upstreams.ledger import Ledger
from upstreams.policy import Policy
from upstreams.within import Within

PATIENT = Policy(breaker=NEVER_OPEN)


def refused() -> Exception:
    """Nobody listens."""
    return httpx.ConnectError("refused")


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failure_that_passes_is_not_seen(status: int) -> None:
    """Two failures, then an answer (faults.md F3)."""

    async def run() -> None:
        one = desk(lambda: bad(status), lambda: bad(status), fine)
        assert await one.ask() == []
        assert len(one.script.times) == 3
        first, second = one.script.waits
        assert 0.1 <= first <= 0.5
        assert 0.2 <= second <= 0.6
        assert one.watch.events == ["checkins retry", "checkins retry"]

    swiftly(run())


@pytest.mark.parametrize("step", [lambda: bad(500), refused, lambda: httpx.ReadError("reset"), lambda: 60.0])
def test_a_failure_that_stays_is_an_error_after_three_tries(step: Callable[[], Step]) -> None:
    """5xx, a refused connection, a broken wire and a silent upstream (faults.md F3, F5, F7)."""

    async def run() -> None:
        one = desk(step, policy=PATIENT)
        with pytest.raises((Unavailable, TimedOut)) as caught:
            await one.ask()
        assert caught.value.tries == len(one.script.times) == 3
        assert [number for _, _, number, _ in one.watch.attempts] == [1, 2, 3]

    swiftly(run())


FINAL: list[tuple[Callable[[], Step], type[UpstreamError]]] = [
    (lambda: bad(400), BadResponse),
    (lambda: bad(401), Refused),
    (lambda: bad(403), Refused),
    (lambda: bad(302, Location="/elsewhere"), BadResponse),
    (lambda: httpx.UnsupportedProtocol("no such scheme"), Unavailable),
    (lambda: httpx.LocalProtocolError("a header of ours that cannot be sent"), Unavailable),
]


@pytest.mark.parametrize(("step", "kind"), FINAL)
def test_what_another_try_cannot_mend_is_not_tried_again(step: Callable[[], Step], kind: type[UpstreamError]) -> None:
    """Refusals, redirects, other documents and our own settings (faults.md F7, F9, F17, F19)."""

    async def run() -> None:
        one = desk(step, fine)
        with pytest.raises(kind):
            await one.ask()
        assert len(one.script.times) == 1

    swiftly(run())


def body(content: bytes) -> Callable[[], Step]:
    """A 200 of JSON with this body."""
    return lambda: httpx.Response(200, content=content, headers={"Content-Type": "application/json"})


def listed(value: object, reading: object) -> object:
    """A parser that takes lists only."""
    if not isinstance(value, list):
        raise BadResponse("checkins", reason="shape")
    return value


@pytest.mark.parametrize("content", [b"", b'[{"api_id": "5', b"null", b"{}"])
def test_a_garbled_answer_is_asked_for_once_more_and_never_used_in_part(content: bytes) -> None:
    """Truncated, empty, `null`, an object for a list (faults.md F8, F10)."""

    async def run() -> None:
        one = desk(body(content), fine)
        assert await one.http.ask(ONE, listed) == []
        again = desk(body(content), policy=PATIENT)
        with pytest.raises(BadResponse):
            await again.http.ask(ONE, listed)
        assert (len(one.script.times), len(again.script.times)) == (2, 2)

    swiftly(run())


def test_a_page_of_a_load_balancer_is_asked_past_once() -> None:
    """HTML with status 200 (faults.md F9)."""

    def page() -> Step:
        return httpx.Response(200, content=b"<html>", headers={"Content-Type": "text/html"})

    async def run() -> None:
        once, always = desk(page, fine), desk(page, policy=PATIENT)
        assert await once.ask() == []
        with pytest.raises(BadResponse):
            await always.ask()
        assert (len(once.script.times), len(always.script.times)) == (2, 2)

    swiftly(run())


def test_a_wire_that_breaks_off_in_the_body_is_asked_once_more() -> None:
    """(faults.md F8)."""

    async def run() -> None:
        one = desk(lambda: httpx.RemoteProtocolError("peer closed connection without sending complete message body"), fine)
        assert await one.ask() == []
        assert len(one.script.times) == 2

    swiftly(run())


def test_retries_are_a_tenth_of_the_calls_and_a_small_floor() -> None:
    """A thousand calls to an upstream that is down make 1,110 tries at most (faults.md F3)."""

    async def run() -> None:
        one = desk(lambda: bad(500), policy=replace(PATIENT, concurrency=1_000))
        failed = await asyncio.gather(*(one.ask(row) for row in range(1_000)), return_exceptions=True)
        assert {type(error) for error in failed} == {Unavailable}
        assert len(one.script.times) == 1_000 + 10 + 100
        told = Counter(one.watch.events)
        assert told["checkins retry"] == one.http.health.retries == 110
        assert told["checkins retry-suppressed"] == one.http.health.suppressed >= 890

    swiftly(run())


def test_the_budget_fills_again_with_time() -> None:
    async def run() -> None:
        one = desk(lambda: bad(500), policy=replace(PATIENT, floor=1, share=0))
        for expected in (2, 1):
            before = len(one.script.times)
            with pytest.raises(Unavailable):
                await one.ask()
            assert len(one.script.times) - before == expected
        await asyncio.sleep(66)
        with pytest.raises(Unavailable):
            await one.ask()
        assert len(one.script.times) == 5

    swiftly(run())


@pytest.mark.parametrize("seconds", [0.05, 0.7, 6.0])
def test_no_try_begins_after_the_deadline(seconds: float) -> None:
    """(faults.md F2, F3)."""

    async def run() -> None:
        one = desk(lambda: bad(503), lambda: 5.0, policy=PATIENT)
        deadline = within(seconds, asyncio.get_running_loop().time)
        with pytest.raises(UpstreamError):
            await one.http.get(ONE, raw, deadline)
        assert max(one.script.times) < deadline.at

    swiftly(run())


def test_a_trace_says_how_many_tries_a_call_took() -> None:
    async def run() -> None:
        one = desk(lambda: bad(500), fine, lambda: bad(500), policy=PATIENT)
        ledger = Ledger(traced=True)
        asking = Within(one.caller, ledger)
        await asking.ask(call(1), raw)
        with pytest.raises(Fault):
            await asking.ask(call(2), raw)
        assert [(record.attempt, record.outcome) for record in ledger.calls] == [(2, "ok"), (3, "UPSTREAM_UNAVAILABLE")]
        assert ledger.spent == 2

    swiftly(run())


def test_a_429_is_tried_once_more_and_then_is_the_answer() -> None:
    """(faults.md F1)."""

    async def run() -> None:
        one = desk(lambda: bad(429, Retry_After="2"), policy=PATIENT)
        with pytest.raises(RateLimited) as caught:
            await one.ask()
        assert caught.value.retry_after == 2
        assert one.script.waits == [about(2)]

    swiftly(run())


def test_the_observer_is_around_every_try_and_gives_its_headers() -> None:
    async def run() -> None:
        one = desk(lambda: bad(500), fine)
        await one.http.ask(ONE, raw)
        assert one.watch.attempts == [("checkins", "/rows/{row}", 1, "Unavailable"), ("checkins", "/rows/{row}", 2, "ok")]
        assert [headers["traceparent"] for headers in one.script.headers] == ["try-1", "try-2"]

    swiftly(run())
