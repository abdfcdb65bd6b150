"""Call plans: the cheapest calls that answer some keys, as pure functions of the keys and of what is known."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from msgspec import Struct

from loaders.window import Days

W = TypeVar("W", bound=Hashable)


class Asked(Struct, frozen=True, gc=False, cache_hash=True):
    """The assignments of one project or person that start in the inclusive days: a list that costs one call (seed B:196, B:253)."""

    id: str
    days: Days

    @property
    def place(self) -> tuple[Hashable, int, int]:
        """What the list is of, and where it begins and ends."""
        return self.id, self.days[0].toordinal(), self.days[1].toordinal()


@dataclass(frozen=True)
class Plan:
    """The calls that answer all keys: the company scans, cheapest first, and the list that answers each key which no scan does."""

    scans: tuple[Days, ...]
    single: Mapping[Asked, Asked]
    cost: int

    @property
    def singles(self) -> tuple[Asked, ...]:
        """The lists of single projects or people, each once, in the order of the first key that it answers."""
        return tuple(dict.fromkeys(self.single.values()))

    def source(self, key: Asked) -> Days | None:
        """The scan that answers this key, a free one if there is any; None when `single` tells the list that does."""
        return cover(key.days, self.scans)


def bookings(keys: Sequence[Asked], scans: Mapping[Days, int]) -> Plan:
    """The cheapest plan for these keys, exactly.

    `scans` are the company-wide days that could be scanned, each with its price in pages, 0 when it was made already. A scan
    answers the keys whose days lie within its own (seed B:14-22), a list those of its own id too. Among equally cheap plans
    it is the one with the fewest pages, then the fewest days scanned. Its work grows as scans x (distinct days + scans).
    """
    order = sorted(scans, key=lambda days: (scans[days], length(days), days))
    free = [days for days in order if not scans[days]]
    widest = _widest(keys)
    wanted = Counter(key.days for key in set(widest.values()) if cover(key.days, free) is None)
    chosen = _staircase(wanted, scans)
    sources = {days: cover(days, [*free, *chosen]) for days in {key.days for key in keys}}
    single = {key: own for key, own in widest.items() if sources[key.days] is None}
    used = set(sources.values())
    cost = sum(scans[days] for days in chosen) + len(set(single.values()))
    return Plan(tuple(days for days in order if days in used), single, cost)


class Head(Struct, Generic[W], frozen=True, gc=False, cache_hash=True):
    """A page of a list that is read in one wave with others: `limit` rows of `where`, from `offset` on (seed A:26-27)."""

    where: W
    limit: int
    offset: int = 0

    @property
    def place(self) -> tuple[Hashable, int, int]:
        """What the list is of, and where the page begins and ends."""
        return self.where, self.offset, self.offset + self.limit


@dataclass(frozen=True)
class Heads(Generic[W]):
    """The call that answers each key: the key itself, or a page that holds it."""

    answers: Mapping[Head[W], Head[W]]

    @property
    def calls(self) -> tuple[Head[W], ...]:
        """Each call once, in the order of the first key that it answers."""
        return tuple(dict.fromkeys(self.answers.values()))


def heads(keys: Sequence[Head[W]], *, most: int = 100) -> Heads[W]:
    """The fewest pages, and of these the fewest rows, such that each key lies within one page of its own list.

    No page is wider than a key, so none asks for rows that nobody wants, and none is pieced together from two, as rows shift
    between calls (upstreams.md 31). Raises ValueError for a key of no rows, of more than `most`, or that begins before the first.
    """
    for key in keys:
        if not 0 < key.limit <= most or key.offset < 0:
            raise ValueError(f"a page has 1 to {most} rows, from offset 0 on, not {key.limit} from {key.offset}")
    return Heads(_widest(keys))


@dataclass(frozen=True)
class Choice:
    """What either way to learn some people's check-ins costs, in calls."""

    lists: int
    scan: int

    @property
    def by(self) -> Literal["lists", "scan"]:
        """The cheaper way; the lists when they cost the same, as they all go in one wave."""
        return "lists" if self.lists <= self.scan else "scan"

    @property
    def cost(self) -> int:
        """What the cheaper way costs."""
        return min(self.lists, self.scan)


def check_ins(asked: int, pages: int, unknown: int) -> Choice:
    """How to learn which rows of a window belong to `asked` people: by a filtered list each, or by a scan of the window.

    The scan costs its `pages`, and a detail for each of its `unknown` rows: those whose owner is not remembered, as rows carry
    no person (seed A:45-50). No mix of the two is sure to cost less: the unknown rows may all be of nobody who is listed.
    """
    return Choice(lists=asked, scan=pages + unknown)


def pages(days: Days, seen: Mapping[Days, int], *, unknown: int) -> int:
    """How many pages a company scan of `days` is expected to have, from the `possible_pages` of scans that were `seen` (seed B:48).

    Exact when these days were seen; `unknown` when nothing was. Else in proportion to the nearest days seen, but not fewer
    than any scan within has, nor more than any around it; where those two have come to disagree, not fewer.
    """
    if not seen or days in seen:
        return seen.get(days, unknown)
    nearest = min(seen, key=lambda one: (abs(one[0] - days[0]) + abs(one[1] - days[1]), one))
    guess = -(-seen[nearest] * length(days) // length(nearest))
    around = min((count for one, count in seen.items() if within(days, one)), default=guess)
    inside = max((count for one, count in seen.items() if within(one, days)), default=0)
    return max(inside, min(guess, around))


def within(days: Days, others: Days) -> bool:
    """Whether all of `days` are among `others`."""
    return others[0] <= days[0] and days[1] <= others[1]


def cover(days: Days, scans: Iterable[Days]) -> Days | None:
    """The first of the scans that `days` lie within."""
    return next((scan for scan in scans if within(days, scan)), None)


def length(days: Days) -> int:
    """How many days they are, both ends included."""
    return (days[1] - days[0]).days + 1


Key = TypeVar("Key", Asked, Head[Any])


def _widest(keys: Sequence[Key]) -> dict[Key, Key]:
    """For each key, in the order given, a key that holds it and that no other key holds."""
    found: dict[Key, Key] = {}
    reach: dict[Hashable, Key] = {}
    for key in sorted(keys, key=lambda key: (key.place[1], -key.place[2])):
        where, _, end = key.place
        if where not in reach or reach[where].place[2] < end:
            reach[where] = key
        found[key] = reach[where]
    return {key: found[key] for key in keys}


class _Way(NamedTuple):
    """Some scans, the calls that they cost less those that they save, their pages and their days: the better of two is the lesser."""

    calls: int = 0
    pages: int = 0
    days: int = 0
    scans: tuple[Days, ...] = ()


class _Step(NamedTuple):
    """The best way whose last scan is the latest so far; `saved` counts the keys which that scan answers among the groups from `at` on."""

    way: _Way
    at: int
    saved: list[int]

    def until(self, group: int) -> _Way:
        """The way with what its last scan saves before that group."""
        return self.way._replace(calls=self.way.calls - self.saved[min(group - self.at, len(self.saved) - 1)])


def _staircase(wanted: Mapping[Days, int], prices: Mapping[Days, int]) -> tuple[Days, ...]:
    """The scans that save more calls than they cost.

    None of them lies within another, so that both their first and their last days ascend: a key that begins before the next
    scan does is answered by the one before it, or by none. The best way to a scan is therefore the best way to one before it.
    """
    groups = sorted(wanted.items())
    firsts = [days[0] for days, _ in groups]
    steps = [_Step(_Way(), 0, [0])]
    for scan in sorted(prices):
        at, stop = bisect_left(firsts, scan[0]), bisect_right(firsts, scan[1])
        way, price = min(step.until(at) for step in steps), prices[scan]
        way = _Way(way.calls + price, way.pages + price, way.days + length(scan), (*way.scans, scan))
        answered = [count if days[1] <= scan[1] else 0 for days, count in groups[at:stop]]
        steps.append(_Step(way, at, list(accumulate(answered, initial=0))))
    return min(step.until(len(groups)) for step in steps).scans
