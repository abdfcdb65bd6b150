"""The workforce API (seed B): five assignment endpoints, three of them paged by people."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from functools import lru_cache
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from upstreams.bookings import parse_bookings, parse_page, unique
from upstreams.calls import Asks, Call, Kind, Mode
from upstreams.errors import BadInput, Missing, Refused
from upstreams.gathering import together
from upstreams.ledger import Ledger
from upstreams.records import Booking, Bookings, Page, Scan
from upstreams.values import segment

NAME = "workforce"
ROOT = "/v2/companies/{company}"
"""The template that every route begins with."""
LONGEST_RANGE = 365
"""The most days that one call may ask for (seed B:16)."""

SPELT = 4_096
"""How many calls for lists are remembered as they were spelt: the same ones are looked up again and again."""
WAVE = 32
"""How many pages of a scan are asked side by side, before the transport's own gate."""

Query = list[tuple[str, str]]


class Changed(Struct, frozen=True, gc=False, cache_hash=True):
    """The six created and updated filters, supported on every assignment endpoint, inclusive (seed B:27-34)."""

    created_at: date | None = None
    created_before: date | None = None
    created_after: date | None = None
    updated_at: date | None = None
    updated_before: date | None = None
    updated_after: date | None = None

    def query(self) -> Query:
        """The query parameters, in the documents' order."""
        values = [(name, getattr(self, name)) for name in self.__struct_fields__]
        return [(name, value.isoformat()) for name, value in values if value is not None]


ALWAYS = Changed()


class Starts(Struct, frozen=True, gc=False, cache_hash=True):
    """Assignments that start in the inclusive days [first, last], at most 365 of them; `zone` names the offset of `startDay`.

    `dayRange` is one more than the distance, because the document contradicts itself about the last day; what lies beyond is
    filtered by whoever asked (seed B:12-22; upstreams.md 18, 19).
    """

    first: date
    last: date
    zone: tzinfo
    changed: Changed = ALWAYS

    def __post_init__(self) -> None:
        if not 0 < self.days <= LONGEST_RANGE:
            raise BadInput("dayRange", f"must be from 1 to {LONGEST_RANGE} days")

    @property
    def days(self) -> int:
        """How many days the range has, both ends included."""
        return (self.last - self.first).days + 1

    def query(self) -> Query:
        """`startDay` with its explicit offset, `dayRange`, and the change filters."""
        start = datetime.combine(self.first, time(), self.zone)
        return [("startDay", start.isoformat()), ("dayRange", str(self.days)), *self.changed.query()]


class Current(Struct, frozen=True, gc=False, cache_hash=True):
    """Assignments with a working day on `on`, the upstream's own today without it (seed B:143-159; upstreams.md 21)."""

    on: date | None = None
    changed: Changed = ALWAYS

    def query(self) -> Query:
        """`date` and the change filters."""
        return [*([("date", self.on.isoformat())] if self.on is not None else []), *self.changed.query()]


@dataclass(frozen=True)
class Route:
    """One of the three paged endpoints: the company's, its current one, or one group's."""

    kind: Literal["company", "current", "group"]
    group_id: str | None = None


COMPANY, CURRENT = Route("company"), Route("current")


class Workforce:
    """The client of one company: `pages` and `scan` for the paged endpoints, a method each for projects and people."""

    def __init__(self, calls: Asks, company: str) -> None:
        self.calls = calls
        self.company = company
        self.root = root(company)

    @property
    def unreadable(self) -> Counter[str]:
        """By field, how many values could not be read since the process began."""
        return self.calls.unreadable

    def within(self, ledger: Ledger, mode: Mode = Mode.USUAL, *, charged: bool = True) -> Workforce:
        """The client of one request."""
        return Workforce(self.calls.within(ledger, mode, charged=charged), self.company)

    async def project(self, project_id: str, starts: Starts) -> Bookings | None:
        """A project's assignments that start in the range, or None when the upstream does not know it (seed B:194-249)."""
        return await self.listed(self.listing("project", project_id, starts))

    async def person(self, person_id: str, starts: Starts) -> Bookings | None:
        """A person's assignments that start in the range, or None when the upstream does not know them (seed B:251-312)."""
        return await self.listed(self.listing("person", person_id, starts))

    def listing(self, whose: Literal["project", "person"], own_id: str, starts: Starts) -> Call:
        """The call for one of the two unpaged lists."""
        return listing(self.root, whose, own_id, starts)

    async def listed(self, call: Call) -> Bookings | None:
        """The answer to such a call."""
        try:
            return await self.calls.ask(call, parse_bookings)
        except Missing:
            return None

    async def page(self, route: Route, question: Starts | Current, number: int = 0) -> Page | None:
        """One page of people with their bookings, or None when the upstream does not know the group (seed B:3-141).

        The parameter is `page`; a server that answers another page than the one asked is a BadResponse, not a loop (upstreams.md 30).
        """
        most = self.calls.dialect.most_pages
        try:
            return await self.calls.ask(
                self.paged(route, question, number), lambda raw, reading: parse_page(raw, number, reading, most_pages=most)
            )
        except Missing as cause:
            if route.kind == "group":
                return None
            raise Refused(NAME, status=404) from cause

    def paged(self, route: Route, question: Starts | Current, number: int = 0) -> Call:
        """The call for one page; no trailing slash (upstreams.md 36)."""
        query = (*question.query(), ("page", str(number)))
        if route.kind == "group":
            own = segment("id", route.group_id or "")
            return Call(Kind.PAGE, f"{ROOT}/groups/{{group}}/assignments", f"{self.root}/groups/{own}/assignments", query)
        place = "/assignments/current" if route.kind == "current" else "/assignments"
        return Call(Kind.PAGE, f"{ROOT}{place}", f"{self.root}{place}", query)

    async def pages(self, route: Route, question: Starts | Current, number: int = 0) -> AsyncIterator[Page]:
        """Page after page from `number`, one call at a time, re-reading how many there are (upstreams.md 31)."""
        while (page := await self.page(route, question, number)) is not None:
            yield page
            number += 1
            if number >= page.pages or not (page.bookings or page.dropped):
                return

    def reads(self, route: Route, question: Starts | Current, pages: int) -> list[float]:
        """When these pages, as they were given, were read, on the monotonic clock; as far as that was written down."""
        found = [self.calls.read_at(self.paged(route, question, number)) for number in range(pages)]
        return [one for one in found if one is not None]

    async def scan(self, route: Route, question: Starts | Current) -> Scan | None:
        """Every page of a question; None when the group is not known."""
        return await scan(lambda number: self.page(route, question, number), self.calls.unreadable)


@lru_cache(SPELT)
def listing(base: str, whose: Literal["project", "person"], own_id: str, starts: Starts) -> Call:
    """The call for one of the two unpaged lists of a company."""
    place = "projects" if whose == "project" else "people"
    path = f"{base}/{place}/{segment('id', own_id)}/assignments"
    return Call(Kind.BOOKINGS, f"{ROOT}/{place}/{{{whose}}}/assignments", path, tuple(starts.query()))


@lru_cache(maxsize=10)
def root(company: str) -> str:
    """The beginning of a company's paths."""
    return f"/v2/companies/{segment('company', company)}"


async def scan(ask: Callable[[int], Coroutine[Any, Any, Page | None]], tally: Counter[str]) -> Scan | None:
    """Every page that `ask` gives by number: the first alone, then the rest side by side; None when there is no first.

    The rest comes in waves, so that a lie about `possible_pages` ends at the first empty page (faults.md F18). A group that is
    no longer known when its later pages are asked for leaves the scan incomplete.
    """
    head = await ask(0)
    if head is None:
        return None
    pages = [head]
    while len(pages) < max(page.pages for page in pages) and (pages[-1].bookings or pages[-1].dropped):
        stop = min(len(pages) + WAVE, max(page.pages for page in pages))
        wave = await together([ask(number) for number in range(len(pages), stop)])
        pages += [page for page in wave if page is not None]
        if None in wave:
            return replace(merge(pages, tally), complete=False, everybody=False, moved=True)
    return merge(pages, tally)


def merge(pages: list[Page], tally: Counter[str]) -> Scan:
    """Each person once, with each booking once; incomplete when rows were dropped, pages moved or a warning came (upstreams.md 10, 31)."""
    people: dict[str, Booking] = {}
    for page in pages:
        for booking in page.bookings:
            known = people.get(booking.person.id)
            people[booking.person.id] = booking if known is None else joined(known, booking, tally)
    moved = any(page.pages != pages[0].pages for page in pages)
    everybody = not moved and all(page.lost == 0 and page.warning is None for page in pages)
    return Scan(tuple(people.values()), everybody and not any(page.dropped for page in pages), everybody, len(pages), moved)


def joined(one: Booking, other: Booking, tally: Counter[str]) -> Booking:
    """Two rows of one person as one; the newer row's spelling of the person stands."""
    time_off = {absence.id: absence for absence in (*one.time_off, *other.time_off)}
    return Booking(other.person, unique((*one.assignments, *other.assignments), tally), tuple(time_off.values()))
