"""One flight a call: who joins it, who pays for it, who it fails for, and what ends it."""

from __future__ import annotations

import asyncio

import pytest

from tests.graphs import forgetful
from tests.sharing.held import ONE, Desk, desk, parsed
from tests.waiting import LONG, settled
from upstreams.calls import Mode
from upstreams.errors import TooExpensive, Unavailable
from upstreams.ledger import Ledger
from upstreams.within import Within


def asking(one: Desk, ledger: Ledger | None = None, mode: Mode = Mode.USUAL) -> asyncio.Task[int]:
    """A request that asks the call."""
    within: Within = Within(one.caller, ledger or Ledger(), mode)
    return asyncio.create_task(within.ask(ONE, parsed))


@pytest.mark.parametrize("remembering", [True, False])
async def test_500_who_ask_at_once_share_one_flight_which_one_of_them_pays_for(remembering: bool) -> None:
    """(faults.md F25)"""
    async with desk(cache=lambda _: forgetful()) if not remembering else desk() as one:
        ledgers = [Ledger(traced=True) for _ in range(500)]
        assert await asyncio.gather(*(asking(one, ledger) for ledger in ledgers)) == [1] * 500
        assert len(one.upstream.calls) == 1
        assert sum(ledger.spent for ledger in ledgers) == 1
        assert sorted({record.source for ledger in ledgers for record in ledger.calls}) == ["joined", "network"]


async def test_a_flight_that_fails_fails_for_all_who_joined_it_once_and_is_not_remembered() -> None:
    """(faults.md F25, F40)"""
    async with desk() as one:
        one.upstream.fails = True
        failed = await asyncio.gather(*(asking(one) for _ in range(50)), return_exceptions=True)
        assert {type(error) for error in failed} == {Unavailable}
        assert len(one.upstream.calls) == 1
        one.upstream.fails = False
        assert await asking(one) == 2
        assert await asking(one) == 2


async def test_who_leaves_does_not_end_the_flight_of_the_others() -> None:
    async with desk() as one:
        one.upstream.held = True
        first, second = asking(one), asking(one)
        await one.upstream.arrived(1)
        first.cancel()
        await settled()
        one.upstream.waiting[0].set()
        assert await second == 1
        assert first.cancelled()
        assert len(one.upstream.calls) == 1


async def test_a_flight_that_everybody_left_lands_and_is_remembered_and_its_failure_warns_nobody() -> None:
    for fails in (False, True):
        async with desk() as one:
            one.upstream.held, one.upstream.fails = True, fails
            first = asking(one)
            await one.upstream.arrived(1)
            first.cancel()
            one.upstream.waiting[0].set()
            await settled()
            one.upstream.held = one.upstream.fails = False
            assert await asking(one) == (2 if fails else 1)


async def test_the_budget_that_ended_a_flight_is_not_the_error_of_those_who_joined_it() -> None:
    async with desk() as one:
        poor, rich = [Ledger(limit=0) for _ in range(3)], [Ledger(limit=1) for _ in range(3)]
        found = await asyncio.gather(*(asking(one, ledger) for ledger in (*poor, *rich)), return_exceptions=True)
        assert [type(error) for error in found[:3]] == [TooExpensive] * 3
        assert found[3:] == [1, 1, 1]
        assert len(one.upstream.calls) == 1
        assert [ledger.spent for ledger in poor] == [0, 0, 0]


async def test_who_wants_nothing_remembered_joins_nobody_and_renews_for_everybody() -> None:
    async with desk() as one:
        assert await asking(one) == 1
        assert await asking(one, mode=Mode.NONE) == 2
        assert await asking(one) == 2
        one.upstream.held = True
        usual, anew = asking(one, mode=Mode.NONE), asking(one, mode=Mode.NONE)
        await one.upstream.arrived(4)
        for event in one.upstream.waiting:
            event.set()
        assert {await usual, await anew} == {3, 4}


async def test_an_older_flight_that_lands_late_does_not_replace_what_a_newer_one_brought() -> None:
    async with desk() as one:
        one.upstream.held = True
        older = asking(one)
        await one.upstream.arrived(1)
        one.clock.now += 5
        newer = asking(one, mode=Mode.NONE)
        await one.upstream.arrived(2)
        one.upstream.waiting[1].set()
        assert await newer == 2
        one.upstream.waiting[0].set()
        assert await older == 1
        assert await asking(one) == 2


async def test_closing_ends_every_flight_also_those_that_nobody_can_join_any_more() -> None:
    async with desk() as one:
        one.upstream.held = True
        older = asking(one)
        await one.upstream.arrived(1)
        newer = asking(one, mode=Mode.NONE)
        await one.upstream.arrived(2)
        await one.caller.aclose()
        ended = await asyncio.wait_for(asyncio.gather(older, newer, return_exceptions=True), LONG)
        assert [type(error) for error in ended] == [asyncio.CancelledError] * 2
        assert not one.caller.flights
        assert not one.caller.flying
