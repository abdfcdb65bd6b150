"""What a person's newest check-ins say: the last one, and those that are overdue."""

from __future__ import annotations

from collections.abc import Callable

from loaders.accounts import HEAD
from loaders.recent import Recent, back, newest, over
from loaders.request import Loaders
from resolvers.people import owned, reached
from upstreams.records import CheckIn, Person

UNREAD = "Some check-ins could not be read: the last one and the overdue ones are among those that could."


def told(loaders: Loaders, found: Recent) -> Recent:
    """The check-ins; where they are not all, the answer says so."""
    if not found.complete:
        loaders.approximate.add(UNREAD)
    return found


async def last_check_in(person: Person, loaders: Loaders) -> CheckIn | None:
    """The newest check-in that was submitted or was due by now; None without any, or when the person is not known to check-ins."""
    now = loaders.known.rules.clock()
    found = await head(person, loaders, lambda oldest: over(oldest, now))
    if found is None:
        return None
    return next((row for row in found.items if over(row, now)), None)


async def overdue_check_ins(person: Person, loaders: Loaders, first: int | None) -> list[CheckIn] | None:
    """The overdue ones among the newest page, newest first; None when the person is not known to check-ins."""
    found = await head(person, loaders, lambda _: True)
    return [row for row in found.items[:HEAD] if row.overdue][:first] if found is not None else None


async def head(person: Person, loaders: Loaders, enough: Callable[[CheckIn], bool]) -> Recent | None:
    """The person's newest check-ins, back to one that is enough; None when the person is not known to check-ins."""
    if loaders.reach is not None:
        part = await reached(person, loaders, loaders.reach)
        return told(loaders, Recent(newest(part.rows.values()), part.whole))
    mine = await owned(person, loaders)
    return told(loaders, await back(loaders, mine, enough)) if mine is not None else None
