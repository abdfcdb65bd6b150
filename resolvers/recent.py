"""What a person's newest check-ins say: the last one, and those that are overdue."""

from __future__ import annotations

from loaders.recent import Recent, back, over
from loaders.request import Loaders
from resolvers.people import owned
from upstreams.records import CheckIn, Person

UNREAD = "Some check-ins could not be read: the last one and the overdue ones are among those that could."


def told(loaders: Loaders, found: Recent) -> Recent:
    """The check-ins; where they are not all, the answer says so."""
    if not found.complete:
        loaders.approximate.add(UNREAD)
    return found


async def last_check_in(person: Person, loaders: Loaders) -> CheckIn | None:
    """The newest check-in that was submitted or was due by now; None without any, or when the person is not known to check-ins."""
    mine, now = await owned(person, loaders), loaders.known.rules.clock()
    if mine is None:
        return None
    found = told(loaders, await back(loaders, mine, lambda oldest: over(oldest, now)))
    return next((row for row in found.items if over(row, now)), None)


async def overdue_check_ins(person: Person, loaders: Loaders, first: int | None) -> list[CheckIn] | None:
    """The overdue ones among the newest page, newest first; None when the person is not known to check-ins."""
    mine = await owned(person, loaders)
    if mine is None:
        return None
    found = told(loaders, await back(loaders, mine, lambda _: True))
    return [row for row in found.items if row.overdue][:first]
