"""How long an answer is fresh, stale, gone; how old it says it is; what makes room for it; and who may see it."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.memory import Remembered
from tests.clocks import Clock
from tests.sharing.held import ONE, Desk, Kept, desk, parsed
from tests.waiting import settled
from upstreams.cache import FORGETFUL, LIVES, Cache, Life
from upstreams.calls import Call, Kind, Mode
from upstreams.dialect import Credentials
from upstreams.ledger import Ledger
from upstreams.within import Within

BRIEF = {kind: Life(30, 60) for kind in Kind}


def brief(clock: Clock) -> Cache:
    """A cache whose answers are fresh for 30 seconds and may be shown for 60 more."""
    return Cache(BRIEF, clock=clock)


async def told(one: Desk, mode: Mode = Mode.USUAL, call: Call = ONE) -> tuple[int, str, float]:
    """What one request is answered, where from, and how old it says that this is."""
    ledger = Ledger(traced=True)
    value: int = await Within(one.caller, ledger, mode).ask(call, parsed)
    await settled()
    return value, ledger.calls[0].source, ledger.oldest["checkins"]


async def test_an_answer_is_fresh_then_shown_once_more_while_one_call_renews_it_then_gone() -> None:
    async with desk(cache=brief) as one:
        assert await told(one) == (1, "network", 0)
        one.clock.now += 29
        assert await told(one) == (1, "cache", 29)
        one.clock.now += 1
        assert await told(one) == (1, "stale", 30)
        assert await told(one) == (2, "cache", 0)
        one.clock.now += 90
        assert await told(one) == (3, "network", 0)


async def test_many_who_are_shown_a_stale_answer_cost_the_one_call_that_renews_it_and_pay_nothing() -> None:
    async with desk(cache=brief) as one:
        await told(one)
        one.clock.now += 40
        one.upstream.held = True
        ledgers = [Ledger(limit=0) for _ in range(20)]
        assert [await Within(one.caller, ledger).ask(ONE, parsed) for ledger in ledgers] == [1] * 20
        await one.upstream.arrived(2)
        one.upstream.waiting[0].set()
        await settled()
        assert len(one.upstream.calls) == 2
        assert await told(one) == (2, "cache", 0)


async def test_a_renewal_that_fails_leaves_the_stale_answer_until_its_time_is_over() -> None:
    async with desk(cache=brief) as one:
        await told(one)
        one.upstream.fails = True
        one.clock.now += 89
        assert await told(one) == (1, "stale", 89)
        one.upstream.fails = False
        assert await told(one) == (1, "stale", 89)
        assert await told(one) == (3, "cache", 0)


async def test_who_needs_a_fresh_answer_is_shown_no_stale_one() -> None:
    async with desk(cache=brief) as one:
        await told(one)
        one.clock.now += 30
        assert await told(one, Mode.FRESH) == (2, "network", 0)


@pytest.mark.parametrize("kind", list(Kind))
async def test_each_kind_has_its_own_time(kind: Kind) -> None:
    call = Call(kind, "/x", "/x")
    async with desk() as one:
        await told(one, call=call)
        one.clock.now += LIVES[kind].fresh - 1
        assert (await told(one, call=call))[1] == "cache"
        one.clock.now += LIVES[kind].stale
        assert (await told(one, call=call))[1] == "stale"
        one.clock.now += LIVES[kind].fresh + LIVES[kind].stale
        assert (await told(one, call=call))[1] == "network"


async def test_what_another_server_read_is_as_old_here_as_it_is_there_and_never_shown_stale() -> None:
    engine = Kept()
    async with desk(cache=brief, engine=engine) as one, desk(cache=brief, engine=engine) as other:
        await told(one)
        other.wall.now += 20
        assert await told(other) == (1, "shared", 20)
        other.clock.now += 9
        assert await told(other) == (1, "cache", 29)
        assert not other.upstream.calls
    async with desk(cache=brief, engine=engine) as late:
        late.wall.now += 30
        assert await told(late) == (1, "network", 0)
    assert set(engine.seconds.values()) <= {30}


@pytest.mark.parametrize("jump", [-86_400.0, 86_400.0])
async def test_a_clock_of_the_machine_that_is_set_changes_nothing_that_is_remembered(jump: float) -> None:
    """Times to live are of a clock that nobody sets (faults.md F20)."""
    async with desk(cache=brief) as one:
        await told(one)
        one.wall.now += jump
        assert await told(one) == (1, "cache", 0)
        one.clock.now += 90
        assert await told(one) == (2, "network", 0)
    assert Cache().clock is Remembered[int, int](seconds=1, size=1).clock is time.monotonic


@pytest.mark.parametrize(("ahead", "value", "source"), [(86_400.0, 1, "shared"), (-86_400.0, 1, "network")])
async def test_what_a_server_wrote_whose_clock_is_wrong_lives_no_longer_here_than_anything_else(
    ahead: float, value: int, source: str
) -> None:
    """(faults.md F20)"""
    engine = Kept()
    async with desk(cache=brief, engine=engine) as wrong, desk(cache=brief, engine=engine) as other:
        wrong.wall.now += ahead
        await told(wrong)
        assert await told(other) == (value, source, 0)
        other.clock.now += 90
        other.wall.now += 90
        assert (await told(other))[2] == 0


async def test_who_wants_nothing_remembered_asks_no_other_server_either_but_renews_for_it() -> None:
    engine = Kept()
    async with desk(cache=brief, engine=engine) as one, desk(cache=brief, engine=engine) as other:
        one.upstream.calls.append("so that the two differ")
        assert await told(one) == (2, "network", 0)
        assert await told(other, Mode.NONE) == (1, "network", 0)
        async with desk(cache=brief, engine=engine) as third:
            assert await told(third) == (1, "shared", 0)


@pytest.mark.parametrize("spoilt", [b"", b"1234567", b"12345678", b"12345678{", b"\x00" * 8 + b"1"])
async def test_what_cannot_be_read_in_the_shared_store_is_asked_of_the_upstream(spoilt: bytes) -> None:
    engine = Kept()
    async with desk(cache=brief, engine=engine) as one:
        engine.values[one.caller.hidden(ONE)] = spoilt
        assert await told(one) == (1, "network", 0)


async def test_a_cache_that_keeps_nothing_shares_nothing_either() -> None:
    engine = Kept()
    async with desk(cache=lambda clock: Cache(FORGETFUL, clock=clock), engine=engine) as one:
        assert [(await told(one))[0], (await told(one))[0]] == [1, 2]
        assert not engine.values


async def test_the_lists_of_everybody_are_never_shared_since_their_bodies_hold_what_nobody_asked_for() -> None:
    engine = Kept()
    async with desk(engine=engine) as one:
        await told(one, call=Call(Kind.LISTED, "/people", "/people"))
        assert not engine.values


@pytest.mark.parametrize(
    "other",
    [
        {"credentials": Credentials("ann", "one")},
        {"credentials": Credentials(token="ann")},
        {"base_url": "https://upstream"},
        {"base_url": "http://upstream/other"},
        {"extra_headers": {"Procore-Company-Id": "2"}},
        {"parameters": {"startDay": "start_day"}},
        {"name": "workforce"},
    ],
    ids=repr,
)
async def test_callers_of_other_addresses_credentials_headers_or_spellings_share_nothing(other: dict[str, Any]) -> None:
    engine = Kept()
    async with desk(engine=engine) as one, desk(engine=engine, **other) as two, desk(engine=engine, **other) as same:
        for each in (one, two, same):
            await Within(each.caller, Ledger()).ask(ONE, parsed)
        assert [len(each.upstream.calls) for each in (one, two, same)] == [1, 1, 0]
        assert len(engine.values) == 2
        assert not any("ann" in key or "upstream" in key for key in engine.values)


KEPT = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 12), st.integers(0, 40)), max_size=60)


@settings(max_examples=300)
@given(KEPT, st.integers(1, 4), st.integers(1, 20))
def test_a_cache_never_holds_more_than_it_may_nor_an_older_answer_after_a_newer_one(
    answers: list[tuple[str, int, int]], entries: int, size: int
) -> None:
    """(faults.md F39)"""
    clock = Clock(0)
    cache = Cache({kind: Life(20, 20) for kind in Kind}, entries, size, clock)
    for number, (key, length, late) in enumerate(answers):
        clock.now += 3
        before, read = cache.kept.get(key), clock.now - late
        cache.keep(key, Kind.ROWS, number, length, read)
        assert len(cache.kept) <= entries
        assert cache.bytes == sum(one.size for one in cache.kept.values()) <= size
        if before is not None and before.read > read:
            assert cache.kept[key] is before
        elif length <= size and late < 40:
            assert cache.kept[key].value == number
        else:
            assert key not in cache.kept
    clock.now += 20
    keys = [key for key, *_ in answers]
    assert cache.holds(keys, Kind.ROWS) == [cache.peek(key, Kind.ROWS, Mode.USUAL) is not None for key in keys]


async def test_the_answer_unused_for_longest_makes_room() -> None:
    async with desk(cache=lambda clock: Cache(entries=2, clock=clock)) as one:
        a, b, c = (Call(Kind.ROWS, "/x", f"/{name}") for name in "abc")
        for call in (a, b, a, c):
            await told(one, call=call)
        within = Within(one.caller, Ledger())
        assert [within.remembers(call) for call in (a, b, c)] == within.remembered([a, b, c]) == [True, False, True]
