"""The loaders of one request, one attribute a question: a key is asked once, whoever waits for it."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from msgspec.structs import replace

from loaders.base import Interrupted, Loader, each
from loaders.directory import Directory
from loaders.identity import identity
from loaders.known import Known
from loaders.links import Identity, Status
from loaders.rows import Question, Rows, Slice, read, total
from loaders.window import Days, Window
from upstreams.calls import Mode
from upstreams.check_ins import Filter
from upstreams.gathering import together
from upstreams.ledger import Ledger
from upstreams.records import Bookings, CheckIn, Listing, Page, Person, Scan, TimeOff
from upstreams.workforce import ALWAYS, COMPANY, Changed, Current, Route, Starts, scan

T = TypeVar("T")
PageKey = tuple[Route, Starts | Current, int]
Starting = Loader[tuple[str, Starts], Bookings | None]


@dataclass(frozen=True)
class Booked:
    """Whose assignments are asked for, in which window, changed when."""

    id: str
    window: Window
    changed: Changed = ALWAYS

    def starts(self, known: Known) -> list[Starts]:
        """The ranges of starting days that answer it."""
        rules = known.rules
        return [Starts(first, last, rules.zone, self.changed) for first, last in self.window.starts(rules.look_back)]


class Loaders:
    """Make one for each request, inside the running loop.

    `dropped` counts the assignments that no plain list shows, because they could not be read.
    """

    def __init__(self, known: Known, ledger: Ledger | None = None, mode: Mode = Mode.USUAL) -> None:
        self.known, self.mode = known, mode
        self.ledger = ledger or Ledger()
        self.workforce = known.workforce.within(self.ledger, mode)
        self.check_ins = known.check_ins.within(self.ledger, mode)
        self.dropped = 0
        self.searched: set[str] = set()
        self.project_starts: Starting = Loader(each(lambda key: self.whole(self.workforce.project(*key))))
        self.person_starts: Starting = Loader(each(lambda key: self.whole(self.workforce.person(*key))))
        self.project_assignments: Loader[Booked, Bookings | None] = Loader(each(lambda key: self.booked(self.project_starts, key)))
        self.person_assignments: Loader[Booked, Bookings | None] = Loader(each(lambda key: self.booked(self.person_starts, key)))
        self.directories: Loader[str, Directory] = Loader(each(lambda _: known.directory(self.ledger)))
        self.page: Loader[PageKey, Page | None] = Loader(each(lambda key: self.workforce.page(*key)))
        self.scan: Loader[tuple[Route, Starts | Current], Scan | None] = Loader(each(self.scanned))
        self.time_off: Loader[tuple[str, Window], tuple[TimeOff, ...]] = Loader(each(self.absences))
        self.heads: dict[Filter, Listing] = {}
        self.everything: Loader[tuple[Filter, int], tuple[list[CheckIn], bool]] = Loader(each(self.all_rows))
        self.listing: Loader[tuple[Filter, int, int], Listing] = Loader(each(self.listed))
        self.check_in: Loader[str, CheckIn | None] = Loader(each(self.detailed))
        self.slices: Loader[Question, Slice] = Loader(each(lambda key: read(self, key, known.rules.zone)))
        self.sliced: dict[Rows, Question] = {}
        self.totals: Loader[Rows, int | None] = Loader(each(self.counted))
        self.identity: Loader[Person, Identity] = Loader(each(self.identified))

    async def directory(self) -> Directory:
        """The workforce directory, the same one throughout the request."""
        return present(await self.directories.load("company"))

    async def booked(self, starts: Starting, key: Booked) -> Bookings | None:
        """The assignments of one project or person in a window, by start; None when the upstream does not know it."""
        found = await together([starts.load((key.id, one)) for one in key.starts(self.known)])
        if any(one is None for one in found):
            return None
        kept = {item.id: item for one in found if one is not None for item in one.items if key.window.keeps(item.start, item.end)}
        return Bookings(tuple(sorted(kept.values(), key=lambda one: (str(one.start), one.id))))

    def may_search(self, sought: str) -> bool:
        """Whether one more id may be searched for year by year: a gateway may ask for hundreds that nobody has booked for long."""
        if len(self.searched) < self.known.rules.most_searches:
            self.searched.add(sought)
        return sought in self.searched

    async def whole(self, asked: Awaitable[Bookings | None]) -> Bookings | None:
        """What was asked; rows that could not be read are counted, since a plain list cannot say that it lacks some."""
        found = await asked
        self.dropped += found.dropped if found is not None else 0
        return found

    async def scanned(self, key: tuple[Route, Starts | Current]) -> Scan | None:
        """All pages of a question, sharing pages that this request has read."""
        return await scan(lambda number: self.page.load((*key, number)))

    async def absences(self, key: tuple[str, Window]) -> tuple[TimeOff, ...]:
        """One person's time off in a window, from the directory where it covers it, else from a company scan that all share."""
        person_id, window = key
        ranges = window.starts(self.known.rules.directory_back)
        if self.known.directory_window().covers(ranges):
            found: Iterable[TimeOff] = (await self.directory()).time_off.get(person_id, ())
        else:
            found = await self.scanned_absences(person_id, ranges)
        return tuple(sorted((one for one in found if window.keeps(one.start, one.end)), key=lambda one: (str(one.start), one.id)))

    async def scanned_absences(self, person_id: str, ranges: Iterable[Days]) -> list[TimeOff]:
        """One person's time off in the company scans of these ranges."""
        scans = await together([self.scan.load((COMPANY, self.known.starts(days))) for days in ranges])
        return [one for found in scans if found for booking in found.bookings if booking.person.id == person_id for one in booking.time_off]

    async def rows(self, where: Filter, *, limit: int, offset: int = 0) -> Listing:
        """One page of check-in rows, cut from the head of the same rows where this request has it."""
        head = self.heads.get(where)
        if head is not None and offset == head.offset and (len(head.items) >= limit or not head.more):
            return start(head, limit)
        page = present(await self.listing.load((where, limit, offset)))
        if offset == 0 and (head is None or len(page.items) > len(head.items)):
            self.heads[where] = page
        return page

    async def listed(self, key: tuple[Filter, int, int]) -> Listing:
        """One page of check-in rows, from the upstream."""
        where, limit, offset = key
        return await self.check_ins.listing(where, limit=limit, offset=offset)

    async def every(self, where: Filter, *, most: int) -> tuple[list[CheckIn], bool]:
        """All rows of a filter up to `most`, and whether that is all of them."""
        return present(await self.everything.load((where, most)))

    async def all_rows(self, key: tuple[Filter, int]) -> tuple[list[CheckIn], bool]:
        """The head that this request has, and the pages after it."""
        where, most = key
        head = self.heads.get(where)
        rows, offset = ([], 0) if head is None else (list(head.items), head.taken)
        if head is not None and (head.dropped or not head.more):
            return rows, not head.dropped
        async for page in self.check_ins.pages(where, limit=self.check_ins.page_size, offset=offset):
            rows = list({row.id: row for row in (*rows, *page.items)}.values())
            if page.dropped or len(rows) > most:
                return rows, False
        return rows, True

    async def detail(self, check_in_id: str) -> CheckIn | None:
        """One check-in with its responses."""
        return await self.check_in.load(check_in_id)

    async def detailed(self, check_in_id: str) -> CheckIn | None:
        """One check-in with its responses, and what it teaches about its owner."""
        found = await self.check_ins.check_in(check_in_id)
        if found is not None:
            self.known.note(found)
        return found

    async def slice(self, question: Question) -> Slice:
        """A page of check-in rows whose owner is known."""
        self.sliced.setdefault(question.rows, question)
        return present(await self.slices.load(question))

    async def counted(self, rows: Rows) -> int | None:
        """The total of some rows: free where a page of the same rows is being read anyway."""
        question = self.sliced.get(rows)
        page = await self.slice(question) if question is not None else None
        if page is not None and not rows.sifted:
            return page.total
        return await total(self, rows, self.known.rules.zone)

    async def identified(self, person: Person) -> Identity:
        """Who a workforce person is in check-ins, remembered for a while."""
        if (found := self.known.identities.peek(person.id)) is not None:
            return found
        found = await identity(self, person)
        if person.name is not None or found.status is Status.MATCHED:
            self.known.identities.keep(person.id, found)
        return found

    async def link(self, person: Person) -> Identity:
        """The identity of one person."""
        return present(await self.identity.load(person))


def present(value: T | None) -> T:
    """A value that its loader always gives."""
    if value is None:
        raise Interrupted
    return value


def start(head: Listing, limit: int) -> Listing:
    """The first `limit` rows of a head."""
    if len(head.items) <= limit:
        return head
    return replace(head, items=head.items[:limit], places=head.places[:limit], taken=head.places[limit - 1] + 1 - head.offset, more=True)
