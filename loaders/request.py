"""The loaders of one request, one attribute a question: a key is asked once, whoever waits for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from msgspec.structs import replace

from loaders.base import Interrupted, Loader, attempted, each
from loaders.booked import Own, answers, ids
from loaders.directory import Directory, Whose, build
from loaders.identity import holds, identity
from loaders.known import Known
from loaders.links import Identity, Status
from loaders.plans import Head, heads
from loaders.rows import Question, Rows, Slice, begun, read, total
from loaders.submitted import FEWEST, Shared, sharable, shared
from loaders.window import Days, Window
from upstreams.calls import Mode
from upstreams.check_ins import Filter
from upstreams.check_ins import detail as detail_call
from upstreams.check_ins import rows as rows_call
from upstreams.errors import BadInput
from upstreams.gathering import together
from upstreams.ledger import Ledger
from upstreams.records import Bookings, CheckIn, Listing, Page, Person, Scan, TimeOff
from upstreams.values import segment
from upstreams.workforce import ALWAYS, COMPANY, Changed, Current, Route, Starts, scan

T = TypeVar("T")
PROOF = 3
"""The calls that prove one identity by name where filters are exact: rows by name, a detail, rows by name and email."""
UNPROVED = (
    "Who these people are in check-ins must be proved once, three calls each: "
    "ask for fewer people at once, or have the operator run `crewgraph people match`."
)
PageKey = tuple[Route, Starts | Current, int]


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


@dataclass(frozen=True)
class Wants:
    """What the operation's selection says that it will need: the directory for certain, or unless identities are remembered; responses."""

    directory: bool = False
    identities: bool = False
    responses: bool = False


class Loaders:
    """Make one for each request, inside the running loop.

    `dropped` counts the assignments that no plain list shows, because they could not be read; `met` holds the ids of projects and
    people that an answer has shown; `made` are the scans of this request; `approximate` says what is not exact, and how far.
    """

    def __init__(self, known: Known, ledger: Ledger | None = None, mode: Mode = Mode.USUAL) -> None:
        self.known, self.mode = known, mode
        self.ledger = ledger or Ledger()
        self.workforce = known.workforce.within(self.ledger, mode)
        self.check_ins = known.check_ins.within(self.ledger, mode)
        self.wants = Wants()
        self.dropped = 0
        self.searched: set[str] = set()
        self.approximate: set[str] = set()
        self.met: set[str] = set()
        self.made: list[Directory] = []
        self.lists: Loader[Own, Bookings | None] = Loader(lambda keys: answers(self, keys))
        self.project_assignments: Loader[Booked, Bookings | None] = Loader(each(lambda key: self.booked("project", key)))
        self.person_assignments: Loader[Booked, Bookings | None] = Loader(each(lambda key: self.booked("person", key)))
        self.directories: Loader[str, Directory] = Loader(each(lambda _: known.directory(self.ledger)))
        self.page: Loader[PageKey, Page | None] = Loader(each(self.paged))
        self.scan: Loader[tuple[Route, Starts | Current], Scan | None] = Loader(each(self.scanned))
        self.company: Loader[Days, Directory] = Loader(each(self.indexed))
        self.time_off: Loader[tuple[str, Window], tuple[TimeOff, ...]] = Loader(each(self.absences))
        self.heads: dict[Filter, Listing] = {}
        self.everything: Loader[tuple[Filter, int], tuple[list[CheckIn], bool]] = Loader(each(self.all_rows))
        self.listing: Loader[Head[Filter], Listing] = Loader(self.listings)
        self.check_in: Loader[str, CheckIn | None] = Loader(self.details)
        self.windows: dict[Window, asyncio.Task[Shared | None]] = {}
        self.slices: Loader[Question, Slice] = Loader(self.sliced_all)
        self.sliced: dict[Rows, Question] = {}
        self.totals: Loader[Rows, int | None] = Loader(self.counted_all)
        self.identity: Loader[Person, Identity] = Loader(self.identities)

    async def directory(self) -> Directory:
        """The workforce directory, the same one throughout the request."""
        found = present(await self.directories.load("company"))
        self.ledger.aged("workforce", found.age)
        return found

    async def indexes(self) -> list[Directory]:
        """The scans that need not be made any more, and the directory where the operation needs it anyway.

        A request that wants nothing remembered is answered from its own scans only.
        """
        remembered = self.known.indexes() if self.mode is not Mode.NONE else []
        if self.mode is not Mode.NONE and not remembered and self.needs_directory():
            remembered = [one for one in await attempted([self.directory()]) if isinstance(one, Directory)]
        for one in remembered:
            self.ledger.aged("workforce", one.age)
        return [*self.made, *remembered]

    def needs_directory(self) -> bool:
        """Whether the operation needs the directory whatever its other fields are answered from."""
        return self.wants.directory or (self.wants.identities and not self.known.links.kept)

    async def booked(self, whose: Whose, key: Booked) -> Bookings | None:
        """The assignments of one project or person in a window, by start; None when the upstream does not know it."""
        if key.window.kind != "starting":
            self.approximate.add(f"Active and ending windows hold what began up to {self.known.rules.look_back} days before them.")
        found = await together([self.lists.load(Own(whose, key.id, one)) for one in key.starts(self.known)])
        if any(one is None for one in found):
            return None
        kept = {item.id: item for one in found if one is not None for item in one.items if key.window.keeps(item.start, item.end)}
        return Bookings(tuple(sorted(kept.values(), key=lambda one: (str(one.start), one.id))))

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
        return await scan(lambda number: self.page.load((*key, number)))

    async def index(self, days: Days) -> Directory:
        """The company scan of these starting days, made once."""
        return present(await self.company.load(days))

    async def indexed(self, days: Days) -> Directory:
        """The company scan of these starting days, made now, which teaches how large such scans are."""
        read = time.monotonic()
        found = present(await self.scan.load((COMPANY, self.known.starts(days))))
        self.known.pages.keep(days, found.pages)
        index = build([found], days, read)
        self.made.append(index)
        if self.mode is not Mode.NONE:
            self.known.scanned.keep(days, index)
        return index

    async def absences(self, key: tuple[str, Window]) -> tuple[TimeOff, ...]:
        """One person's time off in a window: from the directory where it covers it, else from company scans that all share."""
        person_id, window = key
        found: dict[str, TimeOff] = {}
        for index in await together([self.covering(days) for days in window.starts(self.known.rules.directory_back)]):
            found |= {one.id: one for one in index.time_off.get(person_id, ())}
        kept = [one for one in found.values() if window.keeps(one.start, one.end)]
        return tuple(sorted(kept, key=lambda one: (str(one.start), one.id)))

    async def covering(self, days: Days) -> Directory:
        """A scan that covers these days: one made lately, the directory where they are its own, else one of just these days."""
        at_hand = [*self.made, *(self.known.indexes() if self.mode is not Mode.NONE else [])]
        covering = next((one for one in at_hand if one.covers(days)), None)
        if covering is not None:
            self.ledger.aged("workforce", covering.age)
            return covering
        own = self.known.listed(days) and self.mode is not Mode.NONE
        return await self.directory() if own else await self.index(days)

    async def rows(self, where: Filter, *, limit: int, offset: int = 0) -> Listing:
        """One page of check-in rows, cut from the head of the same rows where this request has it."""
        head = self.heads.get(where)
        if head is not None and offset == head.offset and (len(head.items) >= limit or not head.more):
            return start(head, limit)
        page = present(await self.listing.load(Head(where, limit, offset)))
        if offset == 0 and (head is None or len(page.items) > len(head.items)):
            self.heads[where] = page
        return page

    async def listings(self, keys: list[Head[Filter]]) -> Mapping[Head[Filter], Listing | Exception]:
        """Pages of check-in rows: of those that begin alike only the longest is asked for."""
        plan = heads(keys, most=max(key.limit for key in keys))
        calls = list(dict.fromkeys(call if call.offset == key.offset else key for key, call in plan.answers.items()))
        asked = [rows_call(key.where, key.limit, key.offset) for key in calls]
        self.ledger.afford(sum(not self.check_ins.calls.remembers(one) for one in asked))
        read = await attempted([self.check_ins.listing(key.where, limit=key.limit, offset=key.offset) for key in calls])
        found = dict(zip(calls, read, strict=True))
        return {key: cut_to(found[call if call.offset == key.offset else key], key.limit) for key, call in plan.answers.items()}

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

    async def details(self, keys: list[str]) -> Mapping[str, CheckIn | Exception | None]:
        """Check-ins with their responses, as far as the operation can pay for all of them."""
        asked = [key for key in keys if askable_id(key)]
        self.ledger.afford(sum(not self.check_ins.calls.remembers(detail_call(key)) for key in asked))
        return dict(zip(keys, await attempted([self.detailed(key) for key in keys]), strict=True))

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

    async def sliced_all(self, keys: list[Question]) -> Mapping[Question, Slice | Exception]:
        """Pages of check-ins: from one scan of a window where that is the cheaper way for all who are asked for in it."""
        shares = await self.shares([key.rows for key in keys if key.offset == 0], sum(key.first for key in keys))
        read_all = [self.sliced_one(key, shares.get(key.rows)) for key in keys]
        return dict(zip(keys, await attempted(read_all), strict=True))

    async def sliced_one(self, key: Question, share: Shared | None) -> Slice:
        """One page of check-ins."""
        if share is not None:
            return begun(key, share.rows(key.rows), self.known.rules.zone)
        return await read(self, key, self.known.rules.zone)

    async def counted_all(self, keys: list[Rows]) -> Mapping[Rows, int | Exception | None]:
        """The totals of some rows."""
        shares = await self.shares(keys, 0)
        return dict(zip(keys, await attempted([self.counted(key, shares.get(key)) for key in keys]), strict=True))

    async def counted(self, rows: Rows, share: Shared | None) -> int | None:
        """The total of some rows: free where a scan has them, or where a page of the same rows is being read anyway."""
        if share is not None:
            return begun(Question(rows, 0), share.rows(rows), self.known.rules.zone).total
        question = self.sliced.get(rows)
        page = await self.slice(question) if question is not None else None
        if page is not None and not rows.sifted:
            return page.total
        return await total(self, rows, self.known.rules.zone)

    async def shares(self, rows: Iterable[Rows], first: int) -> dict[Rows, Shared]:
        """The scans of windows that answer some of these rows, each planned once in a request."""
        groups: dict[Window, list[Rows]] = {}
        for one in dict.fromkeys(rows):
            if one.submitted is not None and sharable(one):
                groups.setdefault(one.submitted, []).append(one)
        found: dict[Rows, Shared] = {}
        for window, people in groups.items():
            if window not in self.windows and len(people) >= FEWEST:
                shown = first if self.wants.responses else 0
                self.windows[window] = asyncio.create_task(shared(self, window, people, shown))
            if window in self.windows and (share := (await attempted([waited(self.windows[window])]))[0]) is not None:
                found |= dict.fromkeys(people, share) if isinstance(share, Shared) else {}
        return found

    async def identities(self, keys: list[Person]) -> Mapping[Person, Identity | Exception]:
        """Who these people are in check-ins, as far as the operation can pay for the proofs of all of them."""
        unknown = sum(self.known.outcome(key.id) is None for key in keys)
        self.ledger.afford(unknown * PROOF if unknown > 1 else 0, UNPROVED)
        return dict(zip(keys, await attempted([self.identified(key) for key in keys]), strict=True))

    async def identified(self, person: Person) -> Identity:
        """Who a workforce person is in check-ins: remembered as long as nothing contradicts it, else decided now."""
        found = self.known.outcome(person.id)
        remembered = found is not None and holds(self.known, person.id, found)
        if found is None or not remembered:
            if found is not None:
                self.known.unlink(person.id)
            found = await identity(self, person)
            if person.name is not None or found.status is Status.MATCHED:
                self.known.decided(person.id, found)
        method = found.method.value if found.method is not None else None
        self.ledger.identified(person.id, found.status.value, method, remembered=remembered)
        return found

    async def link(self, person: Person) -> Identity:
        """The identity of one person."""
        return present(await self.identity.load(person))


def present(value: T | None) -> T:
    """A value that its loader always gives."""
    if value is None:
        raise Interrupted
    return value


async def waited(task: asyncio.Task[T]) -> T:
    """What a task gives; whoever leaves does not end it."""
    return await asyncio.shield(task)


def askable_id(check_in_id: str) -> bool:
    """Whether an id can be asked for at all."""
    try:
        segment("id", check_in_id)
    except BadInput:
        return False
    return True


def cut_to(found: Listing | Exception, limit: int) -> Listing | Exception:
    """The first rows of a page that was read, or why it was not."""
    return start(found, limit) if isinstance(found, Listing) else found


def start(head: Listing, limit: int) -> Listing:
    """The first `limit` rows of a head."""
    if len(head.items) <= limit:
        return head
    return replace(head, items=head.items[:limit], places=head.places[:limit], taken=head.places[limit - 1] + 1 - head.offset, more=True)
