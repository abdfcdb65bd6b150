"""Call plans against brute force: never more calls than the fewest, each key answered, order kept."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import cache
from itertools import product
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders import plans
from loaders.plans import Asked, Choice, Head, Plan, bookings, check_ins, heads, pages
from loaders.window import Days

START = date(2026, 3, 1)
Price = tuple[int, int]


def days(first: int, last: int) -> Days:
    """Days numbered from the start of the month."""
    return START + timedelta(first), START + timedelta(last)


def holds(outer: Days, inner: Days) -> bool:
    return outer[0] <= inner[0] <= inner[1] <= outer[1]


def cheapest(calls: Iterable[tuple[frozenset[object], Price]], keys: Iterable[object]) -> Price:
    """The least price of all sets of these calls that answer all keys: each call is tried with and without."""
    best: dict[frozenset[object], Price] = {frozenset(): (0, 0)}
    for answered, price in calls:
        for done, cost in list(best.items()):
            total = cost[0] + price[0], cost[1] + price[1]
            best[done | answered] = min(best.get(done | answered, total), total)
    return best[frozenset(keys)]


LINE = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda ends: days(min(ends), max(ends)))
ASKED = st.lists(st.builds(Asked, st.sampled_from("abcd"), LINE), max_size=8)
SCANS = st.dictionaries(LINE, st.integers(0, 4), max_size=6)


@settings(max_examples=500)
@given(ASKED, SCANS)
def test_a_plan_costs_what_the_cheapest_of_all_call_sets_does_and_scans_the_fewest_pages_of_these(
    keys: list[Asked], scans: dict[Days, int]
) -> None:
    lists = [(frozenset(key for key in keys if key.id == one.id and holds(one.days, key.days)), (1, 0)) for one in set(keys)]
    shared = [(frozenset(key for key in keys if holds(scan, key.days)), (price, price)) for scan, price in scans.items()]
    plan = bookings(keys, scans)
    scanned = sum(scans[scan] for scan in plan.scans)
    assert plan.cost == scanned + len(plan.singles)
    assert (plan.cost, scanned) == cheapest([*lists, *shared], keys)


@settings(max_examples=300)
@given(ASKED, SCANS)
def test_each_key_is_answered_in_order_by_a_free_scan_where_one_does_and_no_call_is_made_in_vain(
    keys: list[Asked], scans: dict[Days, int]
) -> None:
    plan = bookings(keys, scans)
    sources = {key: plan.source(key) for key in keys}
    assert list(plan.single) == [key for key, source in sources.items() if source is None]
    assert all(key.id == own.id and holds(own.days, key.days) for key, own in plan.single.items())
    assert all(source is None or holds(source, key.days) for key, source in sources.items())
    assert set(plan.scans) == {source for source in sources.values() if source is not None}
    free = [scan for scan, price in scans.items() if not price]
    assert all((source in free) is any(holds(scan, key.days) for scan in free) for key, source in sources.items())
    assert list(plan.singles) == list(dict.fromkeys(plan.single[key] for key in keys if key in plan.single))


def test_one_scan_of_three_pages_replaces_four_lists_and_not_three() -> None:
    march = days(0, 30)
    four = [Asked(name, march) for name in "abcd"]
    assert bookings(four, {march: 3}) == Plan((march,), {}, 3)
    assert bookings(four[:3], {march: 3}).singles == tuple(four[:3])


def test_two_scans_may_be_cheaper_than_the_wide_one_or_a_scan_and_lists() -> None:
    keys = [Asked(f"{half}{number}", days(half * 5, half * 5 + 3)) for half in (0, 1) for number in range(6)]
    halves = {days(0, 4): 2, days(5, 9): 2}
    assert bookings(keys, halves | {days(0, 9): 5}).scans == (days(0, 4), days(5, 9))
    assert bookings(keys, halves | {days(0, 9): 3}).scans == (days(0, 9),)
    assert bookings(keys[3:], halves | {days(0, 9): 5}).cost == 4
    assert bookings(keys[5:], halves).singles == (keys[5],)


def test_a_wider_list_of_the_same_project_answers_the_narrower_one() -> None:
    narrow, wide, other = Asked("a", days(2, 3)), Asked("a", days(0, 9)), Asked("b", days(2, 3))
    assert bookings([narrow, other, wide], {}) == Plan((), {narrow: wide, other: other, wide: wide}, 2)


def test_of_equally_cheap_plans_the_one_of_fewer_pages_is_made_then_that_of_fewer_days() -> None:
    keys = [Asked("e", days(4, 5)), *(Asked(name, days(5, 5)) for name in "abcd")]
    assert bookings(keys, {days(4, 5): 3, days(5, 9): 2}) == Plan((days(5, 9),), {keys[0]: keys[0]}, 3)
    assert bookings(keys, {days(0, 9): 2, days(3, 6): 2}).scans == (days(3, 6),)
    assert bookings(keys, {days(0, 9): 0, days(3, 6): 0}).scans == (days(3, 6),)


def test_a_free_scan_is_used_even_for_what_a_scan_that_must_be_made_answers_too() -> None:
    keys = [Asked("e", days(4, 5)), *(Asked(name, days(0, 9)) for name in "abcd")]
    plan = bookings(keys, {days(0, 9): 2, days(3, 6): 0})
    assert ([plan.source(key) for key in keys[:2]], plan.cost) == ([days(3, 6), days(0, 9)], 2)


def work(task: Callable[[], object]) -> int:
    """How many bytecode instructions of the module under test the task takes."""
    done = Counter[str]()

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        done[event] += 1
        return trace if frame.f_code.co_filename == plans.__file__ else None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        task()
    finally:
        sys.settrace(before)
    return done["opcode"]


def staircase(keys: int, scans: int) -> int:
    """The work of planning lists that begin a day apart, with scans that each overlap half of the others and could all be of use."""
    asked = [Asked(str(at), days(at, at + 3)) for at in range(keys)]
    return work(lambda: bookings(asked, {days(at, at + keys // 2): 3 for at in range(0, keys, keys // scans)}))


def test_twice_the_keys_take_twice_the_work_and_twice_the_scans_at_most_four_times() -> None:
    assert staircase(800, 10) < 2.1 * staircase(400, 10)
    assert staircase(400, 40) < 4 * staircase(400, 20)


HEADS = st.lists(st.builds(Head, st.sampled_from("ab"), st.integers(1, 4), st.integers(0, 3)), max_size=6)


def lies(inner: Head[Any], outer: Head[Any]) -> bool:
    begins = inner.where == outer.where and outer.offset <= inner.offset
    return begins and inner.offset + inner.limit <= outer.offset + outer.limit


@settings(max_examples=300)
@given(HEADS)
def test_heads_take_the_fewest_calls_and_of_these_the_fewest_rows_and_keep_the_order(keys: list[Head[Any]]) -> None:
    every = [Head(where, limit, offset) for where in "ab" for limit in range(1, 5) for offset in range(7)]
    useful = [page for page in every if any(lies(page, key) for key in keys)]
    calls = [(frozenset(key for key in keys if lies(key, page)), (1, page.limit)) for page in useful]
    found = heads(keys)
    assert (len(found.calls), sum(page.limit for page in found.calls)) == cheapest(calls, keys)
    assert list(found.answers) == list(dict.fromkeys(keys))
    assert list(found.calls) == list(dict.fromkeys(found.answers[key] for key in keys))
    assert all(lies(key, call) for key, call in found.answers.items())


def test_a_total_comes_with_the_first_page_of_the_same_list() -> None:
    total, page, other = Head("a", 1), Head("a", 20), Head("b", 1)
    assert heads([total, other, page]).answers == {total: page, other: other, page: page}


@pytest.mark.parametrize("key", [Head("a", 101), Head("a", 0), Head("a", -1), Head("a", 10, offset=-1)])
def test_a_page_that_no_upstream_gives_is_refused(key: Head[Any]) -> None:
    assert heads([Head("a", 100)]).calls == (Head("a", 100),)
    with pytest.raises(ValueError, match="a page has 1 to 100 rows"):
        heads([Head("a", 1), key])


Layout = tuple[tuple[bool, ...], ...]
"""The pages of a window, each of some rows: whether a row's owner is remembered."""
World = tuple[int, ...]
"""The owner of each row: an asked person's number, or the number after the last for somebody not asked."""


def fewest(asked: int, layout: Layout) -> int:
    """The calls that prove whose each row is against the worst of all owners, whichever way the next call depends on the answers so far.

    Whoever is not asked for cannot be listed, as their name is not known. How many rows there are is known before they are
    seen, so that these calls are no more than a real asker would need.
    """
    rows = [(page, remembered) for page, these in enumerate(layout) for remembered in these]
    every = [*product(["list"], range(asked)), *product(["page"], range(len(layout))), *product(["detail"], range(len(rows)))]

    def answer(call: tuple[str, int], world: World) -> object:
        if call[0] == "list":
            return tuple(owner == call[1] for owner in world)
        if call[0] == "detail":
            return world[call[1]]
        return tuple(owner for owner, row in zip(world, rows, strict=True) if row == (call[1], True))

    @cache
    def least(worlds: frozenset[World], read: frozenset[int]) -> int:
        if len(worlds) == 1:
            return 0
        costs = []
        for call in (call for call in every if call[0] != "detail" or rows[call[1]][0] in read):  # before, its id is not known
            parts: defaultdict[object, set[World]] = defaultdict(set)
            for world in worlds:
                parts[answer(call, world)].add(world)
            then = read | {call[1]} if call[0] == "page" else read
            if len(parts) > 1 or then != read:
                costs.append(1 + max(least(frozenset(part), then) for part in parts.values()))
        return min(costs)

    return least(frozenset(product(range(asked + 1), repeat=len(rows))), frozenset())


LAYOUTS = st.lists(st.lists(st.booleans(), min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple)


@settings(deadline=None)
@given(st.integers(0, 3), LAYOUTS.filter(lambda layout: sum(map(len, layout)) <= 3))
def test_no_mix_of_lists_pages_and_details_is_sure_to_cost_less_than_the_choice(asked: int, layout: Layout) -> None:
    unknown = sum(not remembered for these in layout for remembered in these)
    assert check_ins(asked, len(layout), unknown).cost == fewest(asked, layout)


def test_the_scan_is_made_only_when_it_costs_less_than_the_lists() -> None:
    assert (check_ins(500, 5, 0).by, check_ins(500, 5, 0).cost) == ("scan", 5)
    assert (check_ins(500, 5, 496).by, check_ins(500, 5, 496)) == ("lists", Choice(lists=500, scan=501))
    assert [check_ins(asked, 3, 2).by for asked in (0, 4, 5, 6)] == ["lists", "lists", "lists", "scan"]


RANGES = [days(first, last) for first in range(3) for last in range(first, 3)]
TOP = 4
GROWING = [
    counts
    for counts in (dict(zip(RANGES, numbers, strict=True)) for numbers in product(range(1, TOP + 1), repeat=len(RANGES)))
    if all(counts[inner] <= counts[outer] for inner in RANGES for outer in RANGES if holds(outer, inner))
]
"""Every number of pages that the ranges of three days can have, as more days never have fewer."""


@given(st.sampled_from(GROWING), st.sets(st.sampled_from(RANGES), min_size=1), st.sampled_from(RANGES))
def test_the_expected_pages_could_be_true_after_all_that_was_seen(truth: dict[Days, int], known: set[Days], asked: Days) -> None:
    seen = {one: truth[one] for one in known}
    possible = {counts[asked] for counts in GROWING if all(counts[one] == count for one, count in seen.items())}
    found = pages(asked, seen, unknown=9)
    assert min(found, TOP) in possible
    assert asked not in seen or found == truth[asked]


def test_expected_pages_grow_with_the_days_from_the_nearest_seen_between_those_within_and_those_around() -> None:
    seen = {days(0, 6): 2, days(20, 29): 7}
    assert [pages(days(*one), seen, unknown=1) for one in ((0, 13), (0, 7), (1, 4), (1, 3), (19, 28))] == [4, 3, 2, 1, 7]
    assert pages(days(0, 25), {days(0, 6): 2, days(3, 27): 5}, unknown=1) == 6
    assert pages(days(0, 13), {days(0, 6): 2, days(0, 30): 3}, unknown=1) == 3
    assert pages(days(0, 13), {days(0, 2): 5, days(0, 14): 5}, unknown=1) == 5


def test_what_was_seen_of_the_days_themselves_goes_first_then_what_was_seen_within_and_what_is_assumed_goes_last() -> None:
    seen = {days(0, 2): 5, days(0, 14): 3}
    assert [pages(days(0, last), seen, unknown=1) for last in (14, 13)] == [3, 5]
    assert pages(days(0, 13), {}, unknown=1) == 1


PEOPLE = st.lists(st.lists(st.booleans(), max_size=6), min_size=1, max_size=12)
"""The rows of each person in a window, by whether their owner is remembered."""


@given(st.lists(st.lists(st.booleans(), max_size=6), max_size=12), PEOPLE, st.integers(1, 4), st.integers(1, 1_000))
def test_no_choice_costs_more_than_a_list_each_and_a_detail_for_each_row_shown(
    others: list[list[bool]], people: list[list[bool]], size: int, first: int
) -> None:
    """However long a page may be: of the rows that a scan must read in detail, those of others are read for nothing."""
    rows = [(number, place, known) for number, own in enumerate([*people, *others]) for place, known in enumerate(own)]
    shown = {(number, place) for number, place, _ in rows if number < len(people) and place < first}
    unknown = {(number, place) for number, place, known in rows if not known}
    cost = {"lists": len(people) + len(shown), "scan": -(-len(rows) // size) + len(unknown | shown)}
    choice = check_ins(len(people), -(-len(rows) // size), len(unknown))
    assert cost[choice.by] <= cost["lists"]


@pytest.mark.parametrize(
    ("people", "pages_", "unknown", "wins", "cost"),
    [(500, 443, 40_000, "lists", 500), (500, 5, 0, "scan", 5), (500, 5, 100, "scan", 105), (3, 4, 0, "lists", 3)],
    ids=["lists", "a scan", "a scan with details", "few lists"],
)
def test_each_way_wins_where_it_is_cheaper(people: int, pages_: int, unknown: int, wins: str, cost: int) -> None:
    choice = check_ins(people, pages_, unknown)
    assert (choice.by, choice.cost) == (wins, cost)
