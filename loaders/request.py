"""The loaders of one request, one attribute a question: a key is asked once, whoever waits for it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, TypeVar

from loaders import hand
from loaders.base import Interrupted, attempted
from loaders.booked import Booked, Own, all_ranges, answers, ids, kept, listed, ranges
from loaders.directory import Directory, aligned
from loaders.known import Known
from loaders.lazy import Lazy, singly, weakly
from loaders.links import Identity
from loaders.plans import Head
from loaders.proofs import identities
from loaders.reach import Part, Reach
from loaders.reach import read as reached
from loaders.rows import Question, Rows, Slice, begun, read, total
from loaders.scans import Scans, absences
from loaders.steady import Gathered, gathered
from loaders.submitted import Shared, Windows, shares
from loaders.wave import at_hand, details, listings, start
from loaders.window import Days, Window
from upstreams.calls import Mode
from upstreams.check_ins import Filter
from upstreams.errors import TooExpensive, UpstreamError
from upstreams.gathering import together
from upstreams.ledger import Ledger
from upstreams.records import Bookings, CheckIn, Listing, Page, Person, Scan, TimeOff
from upstreams.workforce import COMPANY, Current, Route, Starts, scan

T = TypeVar("T")
UNREAD = "Some of workforce's rows could not be read, or its pages moved while they were being read: time off may be missing."
PageKey = tuple[Route, Starts | Current, int]


@dataclass(frozen=True)
class Wants:
    """What the operation's selection says that it will need: the directory for certain, or unless identities are remembered."""

    directory: bool = False
    identities: bool = False


class Loaders:
    """Make one for each request, inside the running loop, and hold it while anything is asked of it: its loaders do not.

    `dropped` counts, by what was read, the rows that no plain list shows because they could not be read; `met` holds the ids of projects
    and people that an answer has shown; `approximate` says what is not exact, and how far; `reach` is whose check-ins it may see, None
    for everybody's.
    """

    known: Known
    ledger: Ledger
    lists: Lazy[Loaders, Own, Bookings | None] = Lazy(answers, kept, prompt=True)
    own_list: Lazy[Loaders, Own, Bookings | None] = singly(listed)
    project_assignments: Lazy[Loaders, Booked, Bookings | None] = singly(
        partial(ranges, "project"), partial(all_ranges, "project"), prompt=True
    )
    person_assignments: Lazy[Loaders, Booked, Bookings | None] = singly(
        partial(ranges, "person"), partial(all_ranges, "person"), prompt=True
    )
    directories: Lazy[Loaders, str, Directory] = singly(lambda self, _: self.known.directory(self.ledger))
    page: Lazy[Loaders, PageKey, Page | None] = singly(lambda self, key: self.paged(key))
    scan: Lazy[Loaders, tuple[Route, Starts | Current], Scan | None] = singly(lambda self, key: self.scanned(key))
    made: Lazy[Loaders, Days, Directory] = singly(lambda self, days: self.scans.index(days))
    time_off: Lazy[Loaders, tuple[str, Window], tuple[TimeOff, ...]] = singly(lambda self, key: self.absences(key))
    everything: Lazy[Loaders, tuple[Filter, int], Gathered] = singly(lambda self, key: self.all_rows(key))
    listing: Lazy[Loaders, Head[Filter], Listing] = Lazy(listings, hand.listings)
    check_in: Lazy[Loaders, str, CheckIn | None] = Lazy(details, at_hand)
    slices: Lazy[Loaders, Question, Slice] = Lazy(lambda self, keys: self.sliced_all(keys), hand.slices)
    totals: Lazy[Loaders, Rows, int | None] = Lazy(lambda self, keys: self.counted_all(keys), hand.totals)
    within: Lazy[Loaders, Reach, Part] = singly(reached)
    identity: Lazy[Loaders, Person, Identity] = Lazy(identities, hand.identities)

    def __init__(self, known: Known, ledger: Ledger | None = None, mode: Mode = Mode.USUAL, reach: Reach | None = None) -> None:
        self.known, self.ledger, self.mode, self.wants = known, ledger or Ledger(), mode, Wants()
        self.workforce = known.workforce.within(self.ledger, mode)
        self.check_ins = known.check_ins.within(self.ledger, mode)
        self.second = False
        self.whole: Directory | None = None
        self.began = self.check_ins.calls.now()
        self.dropped: Counter[object] = Counter()
        self.searched: set[str] = set()
        self.met: set[str] = set()
        self.approximate: set[str] = set()
        self.heads: dict[Filter, Listing] = {}
        self.windows: Windows = {}
        self.sliced: dict[Rows, Question] = {}
        self.handed: set[Question] = set()
        self.reach = reach

    @cached_property
    def scans(self) -> Scans:
        """The company's scans, as this request may see them."""
        return Scans(self.known, self.ledger, self.mode, weakly(self.company), weakly(self.directory))

    async def directory(self) -> Directory:
        """The workforce directory, the same one throughout the request."""
        if self.whole is None:
            waited = "directories" in vars(self)  # whoever asked first may be given an older one than is remembered by now
            remembered = None if waited else self.known.directories.peek("company")
            self.whole = remembered or present(await self.directories.load("company"))
        found = self.whole
        self.ledger.aged("workforce", found.age, self.known.life(found))
        return found

    def scanned_lately(self) -> Sequence[Directory] | None:
        """The scans that need not be made any more; None where the operation needs the directory and has nothing yet."""
        found = self.scans.lately()
        return found if found or not self.needed else None

    @property
    def needed(self) -> bool:
        """Whether the operation needs the directory whatever else is answered from it."""
        return self.wants.directory or (self.wants.identities and not self.known.links.kept)

    async def indexes(self) -> Sequence[Directory]:
        """The scans that need not be made any more, and the directory where the operation needs it whatever else is answered from it."""
        return await self.scans.at_hand(needed=self.needed)

    def may_search(self, sought: str) -> bool:
        """Whether one more id may be searched for year by year: a gateway may ask for hundreds that nobody has booked for long."""
        if len(self.searched) < self.known.rules.most_searches:
            self.searched.add(sought)
        return sought in self.searched

    async def paged(self, key: PageKey) -> Page | None:
        """One page of a paged question; whom it shows is known to exist."""
        page = await self.workforce.page(*key)
        self.met.update(one for booking in (page.bookings if page else ()) for one in (booking.person.id, *ids(booking.assignments)))
        return page

    async def scanned(self, key: tuple[Route, Starts | Current]) -> Scan | None:
        """All pages of a question, sharing pages that this request has read."""
        found = await scan(lambda number: self.page.load((*key, number)), self.workforce.unreadable)
        if found is not None and found.moved:
            found = await self.again(found, lambda loaders: loaders.scan.load(key))
        return aligned(found, self.workforce.reads(*key, found.pages)) if found is not None else None

    async def company(self, days: Days) -> tuple[Scan, float]:
        """The company's bookings that start in these days, and when the oldest of their pages was read."""
        now, starts = time.monotonic(), self.known.starts(days)
        found = present(await self.scan.load((COMPANY, starts)))
        return found, min(self.workforce.reads(COMPANY, starts, found.pages), default=now)

    async def index(self, days: Days) -> Directory:
        """The company scan of these starting days, made once."""
        return present(await self.made.load(days))

    async def absences(self, key: tuple[str, Window]) -> tuple[TimeOff, ...]:
        """One person's time off in a window: from scans at hand or the directory, else from company scans that all share."""
        person_id, window = key
        found = await together([self.covering(days) for days in window.starts(self.known.rules.directory_back)])
        if not all(one.complete for one in found):
            self.approximate.add(UNREAD)
        return absences(found, person_id, window)

    async def covering(self, days: Days) -> Directory:
        """A scan that covers these starting days."""
        return await self.scans.covering(days) or await self.index(days)

    async def rows(self, where: Filter, *, limit: int, offset: int = 0) -> Listing:
        """One page of check-in rows, cut from the head of the same rows where this request has it."""
        head = self.heads.get(where)
        if head is not None and offset == head.offset and (len(head.items) >= limit or not head.more):
            return start(head, limit)
        page = present(await self.listing.load(Head(where, limit, offset)))
        if offset == 0 and (head is None or len(page.items) > len(head.items)):
            self.heads[where] = page
        return page

    async def every(self, where: Filter, *, most: int) -> tuple[list[CheckIn], bool]:
        """All rows of a filter up to `most`, and whether that is all of them."""
        found = present(await self.everything.load((where, most)))
        return list(found.rows), found.whole

    async def all_rows(self, key: tuple[Filter, int]) -> Gathered:
        """The head that this request has, and the pages after it."""
        found = await gathered(self.check_ins, self.heads.get(key[0]), *key)
        return await self.again(found, lambda loaders: loaders.everything.load(key)) if found.moved else found

    @cached_property
    def anew(self) -> Loaders:
        """The loaders to read with once more what changed while it was read: nothing remembered will do."""
        loaders = Loaders(self.known, self.ledger, Mode.NONE, self.reach)
        loaders.second = True
        return loaders

    async def again(self, found: T, read: Callable[[Loaders], Coroutine[Any, Any, T | None]]) -> T:
        """What is found by reading once more, or the first finding where that fails; there is no third time (faults.md F15)."""
        if self.second:
            return found
        try:
            return present(await read(self.anew))
        except (UpstreamError, TooExpensive):
            return found

    async def detail(self, check_in_id: str) -> CheckIn | None:
        """One check-in with its responses."""
        return await self.check_in.load(check_in_id)

    async def slice(self, question: Question) -> Slice:
        """A page of check-in rows whose owner is known."""
        self.sliced.setdefault(question.rows, question)
        return present(await self.slices.load(question))

    async def sliced_all(self, keys: list[Question]) -> Mapping[Question, Slice | Exception]:
        """Pages of check-ins: from one scan of a window where that is the cheaper way for all who are asked for in it."""
        scans = await shares(self, self.windows, [key.rows for key in keys if key.offset == 0])
        return dict(zip(keys, await attempted([self.sliced_one(key, scans.get(key.rows)) for key in keys]), strict=True))

    async def sliced_one(self, key: Question, scan: Shared | None) -> Slice:
        """One page of check-ins."""
        zone = self.known.rules.zone
        if scan is not None and key.offset == 0:
            return begun(key, scan.rows(key.rows), zone)
        found = await read(self, key, zone)
        return await self.again(found, lambda loaders: read(loaders, key, zone)) if found.moved else found

    async def counted_all(self, keys: list[Rows]) -> Mapping[Rows, int | Exception | None]:
        """The totals of some rows."""
        scans = await shares(self, self.windows, keys)
        return dict(zip(keys, await attempted([self.counted(key, scans.get(key)) for key in keys]), strict=True))

    async def counted(self, rows: Rows, scan: Shared | None) -> int | None:
        """The total of some rows: free where a scan has them, or where a page of the same rows is being read anyway."""
        if scan is not None:
            return begun(Question(rows, 0), scan.rows(rows), self.known.rules.zone).total
        question = self.sliced.get(rows)
        page = await self.slice(question) if question is not None else None
        if page is not None and not rows.sifted:
            return page.total
        return await total(self, rows, self.known.rules.zone)

    async def link(self, person: Person) -> Identity:
        """The identity of one person."""
        return present(await self.identity.load(person))


def present(value: T | None) -> T:
    """A value that its loader always gives."""
    if value is None:
        raise Interrupted
    return value
