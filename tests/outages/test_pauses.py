"""An upstream that wants a pause."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.faults.kinds import Status
from tests.outages.halves import FIRST, halves, limited, struck, unavailable
from tests.policies import QUICK


async def test_a_pause_in_seconds_is_waited_out_and_nobody_notices(company: Path) -> None:
    """F1: one retry after Retry-After, and a whole answer."""
    await wait_out(company, retry_after=1)


@pytest.mark.parametrize("asked", [{"retry_after": 2, "as_date": True}, {"reset": 2}], ids=["date", "reset"])
async def test_a_pause_until_a_date_is_waited_out_by_the_machines_clock(company: Path, asked: dict[str, Any]) -> None:
    """F1: the same until a date, or the reset of the rate limit, by the date of the server; dates count whole seconds only."""
    await wait_out(company, **asked)


async def wait_out(company: Path, **asked: Any) -> None:
    """A first 429 asks for such a pause: the graph waits, and its second call is the answer."""
    async with struck(company, Status(code=429, ends=FIRST, **asked)) as upstream, halves(company, upstream.url) as graph:
        await graph.whole()
        assert graph.took >= 0.9
    assert upstream.calls == 2


async def test_a_pause_that_does_not_fit_is_an_error_at_once_that_says_how_long(company: Path) -> None:
    """F1: nobody waits for what is too long, and the pause holds for all who come: they make no call."""
    async with struck(company, Status(code=429, retry_after=120)) as upstream, halves(company, upstream.url) as graph:
        first = await graph.lost()
        assert first == limited(retryAfter=120)
        for _ in range(3):
            assert 100 <= (await graph.lost())["retryAfter"] <= 120
        assert graph.took < 10
    assert upstream.calls == 1


async def test_a_pause_holds_for_calls_that_wait_already(company: Path) -> None:
    """F1: 30 different questions, of which one at a time goes out: the first answer stops all the others."""
    fields = " ".join(f'f{number}: checkIns(first: 1, filter: {{department: "D{number}"}}) {{ totalCount }}' for number in range(30))
    policy = replace(QUICK, concurrency=1)
    async with struck(company, Status(code=429, retry_after=120)) as upstream, halves(company, upstream.url, policy=policy) as graph:
        answer = await graph.ask("{ " + fields + " }")
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"UPSTREAM_RATE_LIMITED"}
    assert len(answer["errors"]) == 30
    assert upstream.calls == 1


async def test_a_pause_of_one_upstream_is_not_one_of_the_other(company: Path) -> None:
    """F1: workforce answers all the while."""
    async with struck(company, Status(code=429, retry_after=120)) as upstream, halves(company, upstream.url) as graph:
        answers = await asyncio.gather(*[graph.lost() for _ in range(10)])
    assert {answer["code"] for answer in answers} == {"UPSTREAM_RATE_LIMITED"}


async def test_many_429s_do_not_trip_the_breaker(company: Path) -> None:
    """F1: a breaker that opens at the second failure stays closed, so that the upstream is asked again as soon as its pause is over."""
    policy = replace(QUICK, tries=1, longest_pause=0.001, breaker=replace(QUICK.breaker, least=2, share=0.1, rest=600))
    async with struck(company, Status(code=429, ends=11.0)) as upstream, halves(company, upstream.url, policy=policy) as graph:
        for _ in range(10):
            assert (await graph.lost())["code"] == "UPSTREAM_RATE_LIMITED"
            await asyncio.sleep(0.01)
        await graph.whole()
    assert upstream.calls == 11


@pytest.mark.parametrize("code", [429, 503])
@pytest.mark.parametrize("value", [None, -5, 10**15, "soon", "", "Wed, 21 Oct 2015 07:28:00 GMT", "1e3"], ids=str)
async def test_a_pause_that_cannot_be_meant_is_a_short_one(company: Path, code: int, value: int | str | None) -> None:
    """F2: without the header, or with an absurd, negative, past or unreadable one, a short backoff and one more call."""
    async with struck(company, Status(code=code, retry_after=value, ends=FIRST)) as upstream, halves(company, upstream.url) as graph:
        await graph.whole()
        assert graph.took < 10
    assert upstream.calls == 2


@pytest.mark.parametrize(("code", "told"), [(429, limited()), (503, unavailable())])
async def test_a_backoff_never_outlasts_the_deadline(company: Path, code: int, told: dict[str, Any]) -> None:
    """F2: backoffs of minutes, and one minute in all: the error is the upstream's own, and it comes before the time is up."""
    policy = replace(QUICK, wait=100, jitter=0, longest_wait=100)
    async with struck(company, Status(code=code)) as upstream, halves(company, upstream.url, policy=policy) as graph:
        answer = await graph.ask(**{"x-crewgraph-deadline-ms": "60000"})
        assert graph.took < 30
    (error,) = answer["errors"]
    assert {name: error["extensions"][name] for name in ("code", "upstream", "retryable")} == told
    assert upstream.calls == 1
