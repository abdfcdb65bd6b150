"""From assignments to their pages, and from an id back to one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from loaders.bookings import Part, Place, current, parts, walk
from loaders.bookings import assignments as on_page
from loaders.request import Loaders
from loaders.steady import resized
from loaders.window import Window
from resolvers.clashes import Wanted, everything, wanted
from resolvers.paging import COMPLETE, Completeness, Connection, Page, Read, place, read
from upstreams.bookings import unique
from upstreams.errors import BadInput
from upstreams.gathering import together
from upstreams.records import Assignment
from upstreams.records import Page as Booked
from upstreams.workforce import COMPANY, Changed, Route

MOVED = Completeness(False, "Some of workforce's rows could not be read, or its pages moved while they were being read.")


async def assignments(
    loaders: Loaders, page: Page, window: Window, changed: Changed, conflicting: bool | None = None
) -> Connection[Assignment]:
    """The company's assignments in a window, with `conflicting` only those that do, or do not, clash with time off then (seed B:3-141)."""
    return paged(loaders, parts(COMPANY, window, changed, loaders.known), page, await wanted(loaders, conflicting, window))


async def current_assignments(loaders: Loaders, page: Page, on: date | None, changed: Changed) -> Connection[Assignment]:
    """The company's assignments with a working day on `on`, today unless said otherwise (seed B:143-163)."""
    day = on or loaders.known.today()
    return paged(loaders, current(day, changed, loaders.known.rules, loaders.known.today()), page)


def in_group(loaders: Loaders, group_id: str, page: Page, window: Window, changed: Changed) -> Connection[Assignment]:
    """One group's assignments in a window (seed B:166-192)."""
    return paged(loaders, parts(Route("group", group_id), window, changed, loaders.known), page)


def paged(loaders: Loaders, these: list[Part], page: Page, keeps: Wanted = everything) -> Connection[Assignment]:
    """A connection over what is wanted of some parts, which reads upstream pages only as far as the client's page needs."""
    start = placed(place(these, page.after), len(these))

    async def look(source: Loaders) -> Looked:
        return await looked(source, these, start, page.first, keeps)

    async def one() -> Read[Assignment]:
        found = await look(loaders)
        if found.moved:
            found = await loaders.again(found, look)
        return read(found.items[: page.first], these, page, more=len(found.items) > page.first, completeness=found.completeness)

    async def count() -> int | None:
        return await counted(loaders, these, keeps)

    return Connection(one, count)


@dataclass(frozen=True)
class Looked:
    """Assignments with their places, one more than were wanted if there are as many; `moved` when the upstream's pages did meanwhile."""

    items: list[tuple[Place, Assignment]]
    completeness: Completeness
    moved: bool


async def looked(loaders: Loaders, these: list[Part], start: Place, first: int, keeps: Wanted) -> Looked:
    """The first assignments from a place on; of those that several pages show, the newest there is (faults.md F13)."""
    found: list[tuple[Place, Assignment]] = []
    pages: dict[object, list[Booked]] = {}

    async def ask(*key: Any) -> Booked | None:
        page = await loaders.page.load(key)
        pages.setdefault(key[:2], []).extend([page] if page is not None else [])
        return page

    async for at, assignment in walk(ask, these, start):
        if keeps(assignment):
            found.append((at, assignment))
        if len(found) > first:
            break
    every = [page for ones in pages.values() for page in ones]
    shown = unique((one for page in every for one in on_page(page)), loaders.known.workforce.unreadable)
    newest, shifted = {one.id: one for one in shown}, any(resized(ones) for ones in pages.values())
    return Looked([(at, newest[one.id]) for at, one in found], whole(every, moved=shifted), shifted)


def placed(found: object, parts: int) -> Place:
    """Where to go on: right after the place in a cursor, else at the beginning."""
    if found is None:
        return (0, 0, 0)
    if not isinstance(found, list) or [type(one) for one in found] != [int, int, int] or min(found) < 0 or found[0] >= parts:
        raise BadInput("after", "is not a cursor of this list")
    part, number, index = found
    return (part, number, index + 1)


def whole(pages: Iterable[Booked], *, moved: bool = False) -> Completeness:
    """Whether all pages that were read for an answer could be read whole."""
    return MOVED if moved or any(page.dropped or page.warning is not None for page in pages) else COMPLETE


async def counted(loaders: Loaders, these: list[Part], keeps: Wanted) -> int | None:
    """How many of the wanted assignments the parts show, by reading all their pages; None where they cannot all be read."""
    scans = await together([loaders.scan.load((part.route, part.question)) for part in these])
    if any(scan is not None and not scan.complete for scan in scans):
        return None
    shown = {
        assignment.id
        for part, scan in zip(these, scans, strict=True)
        if scan is not None
        for booking in scan.bookings
        for assignment in booking.assignments
        if part.shows(assignment) and keeps(assignment)
    }
    return len(shown)


async def reference(loaders: Loaders, id: str) -> Assignment | None:  # noqa: A002 - a key field's name
    """The assignment with this id, found through the directory: workforce has no route by assignment id."""
    return (await loaders.directory()).assignments.get(id)
