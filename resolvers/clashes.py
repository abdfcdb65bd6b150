"""Where bookings and absences of one person clash, as far as the workforce directory shows absences."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from loaders.bookings import clashes
from loaders.request import UNREAD, Loaders
from loaders.window import EARLIEST, LATEST, Window
from upstreams.records import Assignment, TimeOff

Wanted = Callable[[Assignment], bool]


async def conflicting_time_off(assignment: Assignment, loaders: Loaders, between: Window | None) -> list[TimeOff] | None:
    """The absences on a worked day, or on one `between` two days, by first day; None when it lies outside the directory's days."""
    directory = await loaders.directory()
    if not directory.complete:
        loaders.approximate.add(UNREAD)
    first, last = loaders.known.directory_days()
    if (assignment.end is not None and assignment.end < first) or (assignment.start is not None and assignment.start > last):
        return None
    found = conflicts(assignment, directory.time_off.get(assignment.person.id, ()), between)
    return sorted(found, key=lambda one: (str(one.start), one.id))


def conflicts(assignment: Assignment, absences: Iterable[TimeOff], between: Window | None) -> list[TimeOff]:
    """Those of a person's absences that fall on a day worked, within the window if there is one."""
    days = (between.first, between.last) if between is not None else (EARLIEST, LATEST)
    return [one for one in absences if clashes(assignment, one, days)]


def everything(_: Assignment) -> bool:
    """All assignments are wanted."""
    return True


async def wanted(loaders: Loaders, conflicting: bool | None, window: Window) -> Wanted:
    """Which assignments are wanted: those that clash with time off, those that do not, or all of them, which asks for nothing.

    In an active window the days of the window count, in others all days of the assignment.
    """
    if conflicting is None:
        return everything
    absences, days = (await loaders.directory()).time_off, window if window.kind == "active" else None
    return lambda one: bool(conflicts(one, absences.get(one.person.id, ()), days)) is conflicting
