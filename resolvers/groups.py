"""From a group to its people and their assignments."""

from __future__ import annotations

from loaders.bookings import parts
from loaders.names import alphabetical
from loaders.request import Loaders
from loaders.window import Window
from resolvers.assignments import MOVED, in_group
from resolvers.paging import COMPLETE, Connection, Page, listed
from upstreams.gathering import together
from upstreams.records import Assignment, Group, Person
from upstreams.workforce import ALWAYS, Changed, Route


async def group(loaders: Loaders, id: str) -> Group | None:  # noqa: A002 - the argument's name in the graph
    """The group with this id, or None when workforce does not know it (seed B:166-192)."""
    today = loaders.known.today()
    first = parts(Route("group", id), Window("active", today, today), ALWAYS, loaders.known)[0]
    return Group(id) if await loaders.page.load((first.route, first.question, 0)) is not None else None


async def people(group: Group, loaders: Loaders, page: Page, window: Window) -> Connection[Person]:
    """The people of the group who are booked in a window, by name."""
    these = parts(Route("group", group.id), window, ALWAYS, loaders.known)
    scans = await together([loaders.scan.load((part.route, part.question)) for part in these])
    found = {
        booking.person.id: booking.person
        for part, scan in zip(these, scans, strict=True)
        if scan is not None
        for booking in scan.bookings
        if any(part.shows(assignment) for assignment in booking.assignments)
    }
    completeness = COMPLETE if all(scan is None or scan.complete for scan in scans) else MOVED
    return listed(alphabetical(found.values()), [group.id, window], page, completeness)


async def assignments(group: Group, loaders: Loaders, page: Page, window: Window, changed: Changed = ALWAYS) -> Connection[Assignment]:
    """The group's assignments in a window."""
    return in_group(loaders, group.id, page, window, changed)
