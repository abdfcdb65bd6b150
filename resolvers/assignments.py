"""From assignments to their pages, and from an id back to one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from loaders.bookings import Part, Place, current, parts, walk
from loaders.request import Loaders
from loaders.window import Window
from resolvers.clashes import Wanted, everything, wanted
from resolvers.paging import COMPLETE, Completeness, Connection, Page, Read, place, read
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

    async def one() -> Read[Assignment]:
        found: list[tuple[Place, Assignment]] = []
        pages: list[Booked | None] = []

        async def ask(*key: Any) -> Booked | None:
            pages.append(await loaders.page.load(key))
            return pages[-1]

        async for at, assignment in walk(ask, these, start):
            if keeps(assignment):
                found.append((at, assignment))
            if len(found) > page.first:
                break
        return read(found[: page.first], these, page, more=len(found) > page.first, completeness=whole(pages))

    async def count() -> int:
        return await counted(loaders, these, keeps)

    return Connection(one, count)


def placed(found: object, parts: int) -> Place:
    """Where to go on: right after the place in a cursor, else at the beginning."""
    if found is None:
        return (0, 0, 0)
    if not isinstance(found, list) or [type(one) for one in found] != [int, int, int] or min(found) < 0 or found[0] >= parts:
        raise BadInput("after", "is not a cursor of this list")
    part, number, index = found
    return (part, number, index + 1)


def whole(pages: Iterable[Booked | None]) -> Completeness:
    """Whether all pages that were read for an answer could be read whole."""
    return COMPLETE if all(page is None or (not page.dropped and page.warning is None) for page in pages) else MOVED


async def counted(loaders: Loaders, these: list[Part], keeps: Wanted) -> int:
    """How many of the wanted assignments the parts show, by reading all their pages."""
    scans = await together([loaders.scan.load((part.route, part.question)) for part in these])
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
