"""Calls that are asked for together: each comes to what it would alone, at most so many at a time, and one waits for all of them."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policies import ONCE
from tests.sharing.held import Desk, desk, parsed
from tests.waiting import LONG, settled, until
from upstreams.calls import Call, Kind
from upstreams.deadline import Deadline
from upstreams.errors import TimedOut, TooExpensive
from upstreams.ledger import Ledger
from upstreams.within import Within

OUTCOMES = ("answered", "missing", "failed", "cancelled", "broken", "remembered")


def call(name: str) -> Call:
    """A call to a path that says what comes of it."""
    return Call(Kind.ROWS, "/{name}", f"/{name}")


class Various(httpx.AsyncBaseTransport):
    """Does with a call what its path says, and counts how many there are at a time."""

    def __init__(self) -> None:
        self.now = self.most = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        self.now -= 1
        if "cancelled" in path:
            raise asyncio.CancelledError
        status = 404 if "missing" in path else 503 if "failed" in path else 200
        body = b"<" if "broken" in path else msgspec.json.encode(path)
        return httpx.Response(status, content=body, headers={"Content-Type": "application/json"})


def described(found: Any) -> Any:
    """A value, or the type of an error."""
    return type(found) if isinstance(found, BaseException) else found


async def alone(one: Desk, name: str) -> Any:
    """What a call comes to that is asked for by itself."""
    return described((await asyncio.gather(Within(one.caller, Ledger()).ask(call(name), parsed), return_exceptions=True))[0])


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.sampled_from(OUTCOMES), st.integers(0, 3)), max_size=20))
async def test_each_comes_to_what_it_would_alone(asked: list[tuple[str, int]]) -> None:
    names = [f"{outcome}-{number}" for outcome, number in asked]
    async with desk(transport=Various()) as one, desk(transport=Various()) as other:
        for name in names:
            if "remembered" in name:
                assert await alone(one, name) == await alone(other, name)
        together = await Within(one.caller, ledger := Ledger()).asks([(call(name), parsed) for name in names])
        assert [described(found) for found in together] == [await alone(other, name) for name in names]
        assert ledger.spent == len({name for name in names if "remembered" not in name})
        assert not one.caller.flights


async def test_there_are_never_more_of_them_at_a_time_than_the_gate_lets_through() -> None:
    transport = Various()
    async with desk(transport=transport, policy=ONCE) as one:
        found = await Within(one.caller, Ledger()).asks([(call(f"{number}"), parsed) for number in range(200)])
    assert found == [f"/{number}" for number in range(200)]
    assert transport.most == ONCE.concurrency


async def test_anybody_may_join_one_that_has_not_begun_yet_and_leaving_ends_none() -> None:
    async with desk() as one:
        one.upstream.held = True
        first = asyncio.create_task(Within(one.caller, Ledger()).asks([(call(f"{number}"), parsed) for number in range(60)]))
        await one.upstream.arrived(ONCE.concurrency)
        joined = asyncio.create_task(Within(one.caller, ledger := Ledger()).ask(call("59"), parsed))
        await settled()
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        one.upstream.held = False
        for event in one.upstream.waiting:
            event.set()
        assert await asyncio.wait_for(joined, LONG) in range(1, 61)
        await until(lambda: not one.caller.flying)
        assert (ledger.spent, len(one.upstream.calls)) == (0, 60)


async def test_closing_ends_those_that_have_not_begun() -> None:
    async with desk() as one:
        one.upstream.held = True
        asked = asyncio.create_task(Within(one.caller, Ledger()).asks([(call(f"{number}"), parsed) for number in range(60)]))
        await one.upstream.arrived(ONCE.concurrency)
        await one.caller.aclose()
        found = await asyncio.wait_for(asked, LONG)
        assert {type(error) for error in found} == {asyncio.CancelledError}
        assert (one.caller.flights, one.caller.flying) == ({}, set())
        assert len(one.upstream.calls) == ONCE.concurrency


async def test_what_cannot_be_paid_is_refused_before_anything_is_waited_for() -> None:
    async with desk() as one:
        found = await Within(one.caller, Ledger(limit=3)).asks([(call(f"{number}"), parsed) for number in range(5)])
        assert [described(each) for each in found[3:]] == [TooExpensive, TooExpensive]
        assert len(one.upstream.calls) == 3


async def test_at_the_deadline_those_that_are_there_are_given_and_the_others_are_late() -> None:
    async with desk() as one:
        one.upstream.held = True
        inside = Within(one.caller, Ledger(deadline=Deadline(asyncio.get_running_loop().time() + 0.2)))
        asked = asyncio.create_task(inside.asks([(call("0"), parsed), (call("1"), parsed)]))
        await one.upstream.arrived(2)
        one.upstream.waiting[0].set()
        found = await asyncio.wait_for(asked, LONG)
        assert described(found[1]) is TimedOut
        assert described(found[0]) in (1, 2, TimedOut), "on a machine that is busy enough nothing may be there in time"
        one.upstream.waiting[1].set()


async def test_one_that_another_request_has_no_more_time_for_is_begun_again() -> None:
    gone = False
    async with desk() as one:
        one.upstream.held = True
        leaving = Within(one.caller, Ledger(deadline=Deadline(gone=lambda: gone)))
        other = asyncio.create_task(leaving.asks([(call(f"{number}"), parsed) for number in range(60)]))
        await one.upstream.arrived(ONCE.concurrency)
        joined = asyncio.create_task(Within(one.caller, Ledger()).asks([(call("58"), parsed), (call("59"), parsed)]))
        await settled()
        gone, one.upstream.held = True, False
        for event in one.upstream.waiting:
            event.set()
        found = await asyncio.wait_for(joined, LONG)
        assert all(isinstance(each, int) for each in found)
        assert {described(each) for each in await other} - set(range(60)) == {TimedOut}
        assert len(one.upstream.calls) == ONCE.concurrency + 2
