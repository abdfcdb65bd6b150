"""Everybody on the workforce side, and a look at who has been checking in lately: for whoever matches a whole company."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from msgspec.structs import replace

from loaders.base import attempted
from loaders.links import Owned
from loaders.names import Ordered, alphabetical
from loaders.request import Loaders
from loaders.rows import testimony
from upstreams.check_ins import Filter
from upstreams.gathering import together
from upstreams.records import CheckIn, Person
from upstreams.values import bare

AT_ONCE = 100
"""Check-ins, or people's lists, that are read side by side; how many calls really run at once is the upstream's gate."""


@dataclass(frozen=True)
class Surveyed:
    """How many check-ins were submitted, of how many it was not known whose they are, how many of these were read, how many in vain."""

    rows: int = 0
    unknown: int = 0
    read: int = 0
    failed: int = 0


async def everybody(loaders: Loaders) -> Ordered[Person]:
    """Everybody in the workforce directory, and on the list of people where it is turned on, by name. Raises UpstreamError."""
    directory, roll = await loaders.directory(), await loaders.known.roll("people", loaders.ledger)
    others = [one for one in roll.by_id.values() if one.id not in directory.people] if roll is not None else []
    if not others:
        return directory.people_by_name
    return alphabetical([*directory.people.values(), *(Person(one.id, one.name) for one in others)])


async def survey(
    loaders: Loaders, days: int, most: int, linked: Sequence[Owned], told: Callable[[int, int], None] = lambda done, total: None
) -> Surveyed:
    """Meet the owners of the check-ins submitted in the last so many days, at most `most` of them by a detail each, the newest first.

    The `linked` accounts' lists are read before, where that is expected to cost fewer calls than the details of their rows. `told` is
    called with how many details were read, of how many. Raises UpstreamError when the check-ins cannot be listed.
    """
    today = loaders.known.today()
    where = Filter(date_from=today - timedelta(days=days), date_to=today + timedelta(days=1))
    rows, unknown = 0, list[CheckIn]()
    async for page in loaders.check_ins.pages(where, limit=loaders.check_ins.page_size):
        rows += len(page.items)
        unknown += lacking(loaders, page.items)
    if len(unknown) > len(linked):
        await listed(loaders, where, linked)
        unknown = lacking(loaders, unknown)
    failed = 0
    for start in range(0, min(len(unknown), most), AT_ONCE):
        part = unknown[start : min(start + AT_ONCE, most)]
        failed += sum(isinstance(one, Exception) for one in await attempted([loaders.detail(row.id) for row in part]))
        told(start + len(part), min(len(unknown), most))
    return Surveyed(rows, len(unknown), min(len(unknown), most), failed)


def lacking(loaders: Loaders, rows: Iterable[CheckIn]) -> list[CheckIn]:
    """Those whose owner is not known."""
    return [row for row in rows if loaders.known.owner_id(row.id) is None]


async def listed(loaders: Loaders, where: Filter, linked: Sequence[Owned]) -> None:
    """Read the rows of linked accounts, which their exact filters tell apart."""
    for start in range(0, len(linked), AT_ONCE):
        await together([own_rows(loaders, where, one) for one in linked[start : start + AT_ONCE]])


async def own_rows(loaders: Loaders, where: Filter, owned: Owned) -> None:
    """Read one account's rows of these days, and remember whose they are."""
    mine = replace(owned.where, date_from=where.date_from, date_to=where.date_to)
    rows, _ = await loaders.every(mine, most=loaders.known.rules.most_attributions)
    if await testimony(loaders, rows) == frozenset({bare(owned.account.id)}):
        loaders.known.hold(rows, owned.account.id)
