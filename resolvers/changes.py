"""What changed since a day: bookings created or updated, and check-ins submitted. What was deleted cannot be seen (upstreams.md 24)."""

from __future__ import annotations

from dataclasses import dataclass

from loaders.bookings import Part
from loaders.request import Loaders
from loaders.window import Window, chunks
from resolvers.assignments import paged
from resolvers.check_ins import check_ins as found
from resolvers.paging import Connection, Page
from upstreams.check_ins import Filter
from upstreams.records import Assignment, CheckIn
from upstreams.workforce import COMPANY, Changed, Starts


@dataclass(frozen=True)
class Changes:
    """The days of the changes: from a first one until today."""

    days: Window


async def changes(loaders: Loaders, since: Window) -> Changes:
    """The changes in these days; nothing is asked before a field of them is."""
    return Changes(since)


async def assignments(changes: Changes, loaders: Loaders, page: Page) -> Connection[Assignment]:
    """The directory's assignments created in these days, then those created before and updated in them (seed B:29-34)."""
    return paged(loaders, [*parts(loaders, changes, created=True), *parts(loaders, changes, created=False)], page)


def parts(loaders: Loaders, changes: Changes, *, created: bool) -> list[Part]:
    """The directory's days, newest first, asked for what was created, or for what was updated and is older."""
    first, zone = changes.days.first, loaders.known.rules.zone
    changed = Changed(created_after=first) if created else Changed(updated_after=first)
    ranges = chunks(*loaders.known.directory_days())
    return [Part(COMPANY, Starts(*days, zone, changed), older=None if created else first) for days in ranges]


async def check_ins(changes: Changes, loaders: Loaders, page: Page) -> Connection[CheckIn]:
    """Everybody's check-ins submitted in these days, newest deadline first."""
    return await found(loaders, page, Filter(), changes.days)
