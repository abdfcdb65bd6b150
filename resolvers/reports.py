"""A manager's reports: whoever owns the check-ins that the manager filter finds, since no list tells who reports to whom."""

from __future__ import annotations

from loaders.accounts import owner_of
from loaders.identity import person_of
from loaders.names import addresses, alphabetical, shortened
from loaders.request import Loaders
from loaders.rows import submitted_within, widened
from loaders.window import Window
from resolvers.paging import Completeness, Connection, Page, listed
from upstreams.check_ins import NAME, Filter, askable
from upstreams.errors import BadInput
from upstreams.gathering import together
from upstreams.records import Account, CheckIn, Person
from upstreams.values import bare

SILENT = "Reports who submitted no check-in on these days cannot be seen."
UNSHOWN = "Some check-ins could not be read, or do not show whose they are."
LOOSE = "Check-ins matches parts of emails: reports of a manager whose email contains this one are among them."


async def reports(loaders: Loaders, manager_email: str, page: Page, submitted: Window) -> Connection[Person]:
    """The people behind the check-ins of a manager's reports submitted in these days, by name (seed A:22)."""
    if not addresses(manager_email) or not askable(manager_email):
        raise BadInput("managerEmail", "must be a whole email address")
    where, zone = widened(Filter(manager_email=manager_email), submitted), loaders.known.rules.zone
    every, whole = await loaders.every(where, most=loaders.known.rules.most_attributions)
    owners = await together([attributed(loaders, row) for row in every if submitted_within(row, submitted, zone)])
    accounts = {bare(one.id): one for one in owners if one is not None}
    people = {one.id: one for one in await together([person_of(loaders, account) for account in accounts.values()])}
    missing = [SILENT, *([] if whole and None not in owners else [UNSHOWN]), *([LOOSE] if await loose(loaders, where, every) else [])]
    return listed(alphabetical(people.values()), ["reports", where], page, Completeness(False, " ".join(missing)))


async def attributed(loaders: Loaders, row: CheckIn) -> Account | None:
    """Whose a row is: remembered, from a detail or from a link's own list, else read."""
    own = loaders.known.owner_id(row.id)
    return (loaders.known.accounts.peek(own) if own is not None else None) or await owner_of(loaders, row)


async def loose(loaders: Loaders, where: Filter, rows: list[CheckIn]) -> bool:
    """Whether a part of the manager's email, which is nobody's whole one, finds check-ins too (upstreams.md 4); remembered for a while."""
    parts = [part for part in shortened(where.manager_email or "") if askable(part)]
    if not rows or not parts:
        return False

    async def look() -> bool:
        found = await loaders.rows(Filter(where.date_from, where.date_to, manager_email=parts[0]), limit=1)
        return bool(found.items)

    return bool(await loaders.known.exactness.get("managers", look, loaders.ledger.waits(NAME)))
