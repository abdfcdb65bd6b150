"""Finding one project or person by its id, which no endpoint does: by its newest assignment, year by year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from loaders.base import Loader
from loaders.booked import Booked
from loaders.request import Loaders
from loaders.window import Days, Window, chunks, on
from upstreams.errors import TooExpensive
from upstreams.records import Assignment, Bookings


@dataclass(frozen=True)
class Seen:
    """What a search found: whether the upstream knows the id at all, and its newest assignment in the days searched."""

    known: bool
    newest: Assignment | None = None


async def search(loaders: Loaders, bookings: Loader[Booked, Bookings | None], id: str) -> Seen:  # noqa: A002 - the thing's id
    """The newest assignment in the days around today, else year by year back.

    Raises TooExpensive when the request has searched that far for many ids already.
    """
    seen = await newest(bookings, id, lately(loaders))
    if seen.newest is not None or not seen.known:
        return seen
    if not loaders.may_search(id):
        raise TooExpensive("Ask for fewer old ids in one request.")
    return await newest(bookings, id, earlier(loaders))


async def newest(bookings: Loader[Booked, Bookings | None], id: str, ranges: list[Days]) -> Seen:  # noqa: A002 - the thing's id
    """The newest assignment in the first of these ranges that has any."""
    for days in ranges:
        found = await bookings.load(Booked(id, Window("starting", *days)))
        if found is None:
            return Seen(known=False)
        if found.items:
            return Seen(known=True, newest=found.items[-1])
    return Seen(known=True)


def lately(loaders: Loaders) -> list[Days]:
    """Where to look first: the days that a default window asks for anyway, then the year ahead."""
    today = loaders.known.today()
    return [on(today).starts(loaders.known.rules.look_back)[0], (today + timedelta(days=1), today + timedelta(days=365))]


def earlier(loaders: Loaders) -> list[Days]:
    """The years before those, newest first, as far back as a project or person is searched for."""
    today = loaders.known.today()
    return chunks(today - timedelta(days=365 * loaders.known.rules.search_years), today)[1:]
