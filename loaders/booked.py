"""Assignments of projects and people: from what was scanned lately, else by the cheapest plan of lists and company scans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from functools import lru_cache
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from loaders import plans
from loaders.base import Loader, attempted
from loaders.directory import Directory, Whose
from loaders.known import Known
from loaders.plans import Asked, Plan
from loaders.window import Days, Window
from upstreams.bookings import unique
from upstreams.calls import Call
from upstreams.gathering import together
from upstreams.ledger import Ledger
from upstreams.records import Assignment, Bookings
from upstreams.workforce import ALWAYS, Changed, Starts, Workforce

UNSEEN = 10
"""How many pages a company scan is taken to have before any was made: a company of a thousand."""
WINDOWS = 256
"""How many windows are remembered with their ranges: many people are asked about in the same ones."""


class Booked(Struct, frozen=True, gc=False, cache_hash=True):
    """Whose assignments are asked for, in which window, changed when."""

    id: str
    window: Window
    changed: Changed = ALWAYS

    def starts(self, known: Known) -> Sequence[Starts]:
        """The ranges of starting days that answer it."""
        return spans(self.window, self.changed, known.rules.look_back, known.rules.zone)


class Own(Struct, frozen=True, gc=False, cache_hash=True):
    """The assignments of one project or person that start in a range."""

    whose: Whose
    id: str
    starts: Starts

    @property
    def days(self) -> Days:
        """The range."""
        return self.starts.first, self.starts.last

    @property
    def plain(self) -> bool:
        """Whether scans could answer it: they know no change filters."""
        return self.starts.changed == ALWAYS

    @property
    def asked(self) -> Asked:
        """The same as plans know it."""
        return Asked(f"{self.whose}:{self.id}", self.days)


class Shelf(Protocol):
    """What the loaders of one request have at hand; `met` holds the ids of projects and people that an answer has shown.

    `dropped` counts, by what was read, the rows that no plain list shows because they could not be read.
    """

    known: Known
    workforce: Workforce
    ledger: Ledger
    met: set[str]
    dropped: Counter[object]
    approximate: set[str]

    @property
    def lists(self) -> Loader[Own, Bookings | None]:
        """The assignments that start in a range."""

    def scanned_lately(self) -> Sequence[Directory] | None:
        """The same as `indexes`, if nothing must be waited for."""

    async def index(self, days: Days) -> Directory:
        """The company scan of these days."""

    async def indexes(self) -> Sequence[Directory]:
        """The scans that need not be made any more, and those that the operation needs anyway."""


@lru_cache(WINDOWS)
def spans(window: Window, changed: Changed, look_back: int, zone: tzinfo) -> Sequence[Starts]:
    """The ranges of starting days that answer a window."""
    return tuple(Starts(first, last, zone, changed) for first, last in window.starts(look_back))


Answers = Mapping[Own, Bookings | Exception | None]


async def ranges(whose: Whose, shelf: Shelf, key: Booked) -> Bookings | None:
    """The assignments of one project or person in a window, by start; None when the upstream does not know it."""
    return merged(shelf, key, await together([shelf.lists.load(Own(whose, key.id, one)) for one in key.starts(shelf.known)]))


def all_ranges(whose: Whose, shelf: Shelf, keys: Sequence[Booked]) -> Mapping[Booked, Bookings | None] | None:
    """The same of several, if nothing must be waited for and nothing failed."""
    asked = {key: [Own(whose, key.id, one) for one in key.starts(shelf.known)] for key in keys}
    found = shelf.lists.at_hand([one for own in asked.values() for one in own])
    lists = [one for one in found or () if not isinstance(one, Exception)]
    if found is None or len(lists) < len(found):
        return None
    each = iter(lists)
    return {key: merged(shelf, key, [next(each) for _ in own]) for key, own in asked.items()}


def merged(shelf: Shelf, key: Booked, found: Sequence[Bookings | None]) -> Bookings | None:
    """What several ranges of starting days came to, in a window."""
    if key.window.kind != "starting":
        shelf.approximate.add(f"Active and ending windows hold what began up to {shelf.known.rules.look_back} days before them.")
    if any(one is None for one in found):
        return None
    every = unique((item for one in found if one is not None for item in one.items), Counter())  # scans and lists show different fields
    shown = [item for item in every if key.window.keeps(item.start, item.end)]
    return Bookings(tuple(sorted(shown, key=lambda one: (str(one.start), one.id))))


async def answers(shelf: Shelf, keys: Sequence[Own]) -> Answers:
    """The assignments of each key: None where the upstream does not know the id, an error where it could not be asked."""
    found = shown(shelf, await shelf.indexes(), keys)
    left = [key for key in keys if key not in found]
    plan = planned(shelf, [key for key in left if not shelf.workforce.calls.fresh(call(shelf, key))])
    told(shelf, keys, left, plan)
    made = await attempted([shelf.index(days) for days in plan.scans])
    found |= shown(shelf, [one for one in made if isinstance(one, Directory)], left)
    lists = {key: widest(plan, key) for key in left if key not in found}
    asked = list(dict.fromkeys(lists.values()))
    read = dict(zip(asked, await attempted([listed(shelf, one) for one in asked]), strict=True))
    found |= {key: cut(read[one], key) for key, one in lists.items()}
    return met(shelf, found)


def kept(shelf: Shelf, keys: Sequence[Own]) -> Answers | None:
    """The same, if scans that were made and lists that are remembered and fresh tell it all; None where anything must be asked.

    A trace tells how it was planned, so there it is.
    """
    if shelf.ledger.traced or (indexes := shelf.scanned_lately()) is None:
        return None
    found = shown(shelf, indexes, keys)
    left = [key for key in keys if key not in found]
    read: list[Bookings] | None = shelf.workforce.calls.at_hand([call(shelf, key) for key in left]) if left else []
    if read is None:
        return None
    lists = dict(zip(left, read, strict=True))
    shelf.dropped.update({key: one.dropped for key, one in lists.items() if key not in shelf.dropped})
    found |= {key: cut(one, key) for key, one in lists.items()}
    return met(shelf, found)


def met(shelf: Shelf, found: Answers) -> Answers:
    """The same answers, whose people and projects are known to exist from now on."""
    for one in found.values():
        shelf.met.update(ids(one.items) if isinstance(one, Bookings) else ())
    return found


def shown(shelf: Shelf, indexes: Iterable[Directory], keys: Iterable[Own]) -> dict[Own, Bookings | Exception | None]:
    """What scans that were made tell of these keys; where a first day could not be read, only a list tells whether it is in the range."""
    whole = [one for one in indexes if one.complete]
    told: dict[Own, Bookings | Exception | None] = {}
    for key in [key for key in keys if key.plain]:
        seen = (index.bookings(key.whose, key.id, key.days, exists=key.id in shelf.met) for index in whole)
        found = next((one for one in seen if one is not None), None)
        if found is not None and all(one.start is not None for one in found.items):
            told[key] = found
    return told


def scannable(shelf: Shelf, key: Own) -> bool:
    """Whether a scan could answer this key: it cannot tell an id that does not exist from one without bookings."""
    return key.plain and key.id in shelf.met


def planned(shelf: Shelf, keys: Iterable[Own]) -> Plan:
    """The cheapest plan, by what past scans have taught of their pages."""
    plain = [key for key in keys if scannable(shelf, key)]
    seen = shelf.known.pages.fresh()
    return plans.bookings([key.asked for key in plain], {key.days: plans.pages(key.days, seen, unknown=UNSEEN) for key in plain})


def told(shelf: Shelf, keys: Sequence[Own], left: Sequence[Own], plan: Plan) -> None:
    """Write the plan down, and refuse it when the operation cannot pay for its calls."""
    lists = {widest(plan, key) for key in left if not (scannable(shelf, key) and plan.source(key.asked))}
    pages = plan.cost - len(plan.singles)
    parts = {"scans made already": len(left) < len(keys), "a list each": lists, "company scans": plan.scans}
    chosen = ", ".join(name for name, holds in parts.items() if holds)
    shelf.ledger.planned("assignments", len(keys), chosen, pages + len(lists), (("a list each", len(keys)),))
    shelf.ledger.afford(sum(not shelf.workforce.calls.remembers(call(shelf, one)) for one in lists))


def widest(plan: Plan, key: Own) -> Own:
    """The list that answers this key: that of the widest days asked of the same id."""
    days = plan.single.get(key.asked, key.asked).days if key.plain else key.days
    return replace(key, starts=replace(key.starts, first=days[0], last=days[1]))


def call(shelf: Shelf, key: Own) -> Call:
    """The call for one list."""
    return shelf.workforce.listing(key.whose, key.id, key.starts)


async def listed(shelf: Shelf, key: Own) -> Bookings | None:
    """The list of one project or person; rows that could not be read are counted, since a plain list cannot say that it lacks some."""
    found = await shelf.workforce.listed(call(shelf, key))
    shelf.dropped[key] = found.dropped if found is not None else 0
    return found


def cut(found: Bookings | Exception | None, key: Own) -> Bookings | Exception | None:
    """What a list that was asked in wider days tells of this key."""
    if not isinstance(found, Bookings):
        return found
    first, last = key.days
    return Bookings(tuple(one for one in found.items if one.start is None or first <= one.start <= last), found.dropped)


def ids(assignments: Iterable[Assignment]) -> Iterator[str]:
    """The ids of the people and projects that assignments show."""
    for one in assignments:
        yield from (one.person.id, one.project.id)
