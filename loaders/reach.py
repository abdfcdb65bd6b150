"""Whose check-ins a request may see, where that is not everybody's: the caller's own, and those of the people whose manager they are.

The rows of two filters, one by the caller's email as person and one by it as manager, are all that such a caller can see, whichever
way they ask. Whether filters match exactly is not documented (upstreams.md 4), so it is proved for each email: shortened forms of
it, and the same in other capitals, must find none of its rows. Where they do, own rows are attributed by their details and nothing
is taken to be the team's. What lies outside is refused before anything is asked about it, so that a check-in of somebody else and one
that does not exist cost the same and look the same.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, Protocol

from msgspec.structs import replace

from loaders.accounts import Source, account_of, owner_of
from loaders.base import Loader
from loaders.links import Owned
from loaders.names import addresses, shortened
from loaders.rows import drop, testimony
from upstreams.calls import Mode
from upstreams.check_ins import Filter, askable
from upstreams.errors import Fault
from upstreams.gathering import together
from upstreams.records import CheckIn
from upstreams.values import bare

MOST = 50_000
"""How many rows of one caller's are read at most; the operation's budget of calls ends it earlier."""

log = logging.getLogger("crewgraph.access")

Role = Literal["person_email", "manager_email"]


class Forbidden(Fault):
    """The caller may not see this: it takes all scopes of one of these lists. Raised before anything is asked of an upstream."""

    code: ClassVar[str] = "FORBIDDEN"

    def __init__(self, needs: tuple[tuple[str, ...], ...]) -> None:
        super().__init__(needs)
        self.needs = needs


@dataclass(frozen=True)
class Reach:
    """The caller's email as check-ins spells it; without a whole one nothing is within reach."""

    email: str | None


@dataclass(frozen=True)
class Part:
    """Some rows, newest deadline first as far as one filter gave them; `whole` when none is known to be missing."""

    rows: Mapping[str, CheckIn] = field(default_factory=dict)
    whole: bool = True


class Reaching(Source, Protocol):
    """The loaders of a request with a reach."""

    reach: Reach | None

    @property
    def within(self) -> Loader[Reach, Part]:
        """What is within a reach."""


def refused() -> Forbidden:
    """What is said of everything out of reach, whether or not it exists."""
    return Forbidden((("checkins:read",),))


async def read(source: Source, reach: Reach) -> Part:
    """Everything within reach: the caller's own rows and their team's."""
    if reach.email is None or not addresses(reach.email) or not askable(reach.email):
        return Part()
    return joined(await together([mine(source, reach.email), team(source, reach.email)]))


def joined(parts: Iterable[Part]) -> Part:
    """All rows of these parts, each once."""
    every = list(parts)
    return Part({key: row for part in every for key, row in part.rows.items()}, all(part.whole for part in every))


async def listed(source: Source, where: Filter) -> Part:
    """All rows of a filter."""
    rows, whole = await source.every(where, most=MOST)
    return Part({row.id: row for row in rows}, whole)


async def mine(source: Source, email: str) -> Part:
    """The rows of whoever has this very email; where the filter is not exact, those whose detail says so."""
    found = await listed(source, Filter(person_email=email))
    if not found.rows or await exact(source, "person_email", email, found):
        return found
    submitted = [row for row in found.rows.values() if row.submitted is not None][: source.known.rules.most_attributions]
    owners = await together([account_of(source, row) for row in submitted])
    shown = {row.id: row for row, owner in zip(submitted, owners, strict=True) if owner is not None and owner.email == email}
    return Part(shown, whole=False)


async def team(source: Source, email: str) -> Part:
    """The rows of everybody whose manager has this very email; none where the filter is not exact, since no detail shows a manager."""
    found = await listed(source, Filter(manager_email=email))
    if not found.rows or await exact(source, "manager_email", email, found):
        return found
    log.warning("the manager filter of check-ins is not exact, so the scope checkins:team shows a caller their own check-ins only")
    return Part(whole=False)


async def exact(source: Source, role: Role, email: str, found: Part) -> bool:
    """Whether a filter by this email, which found these rows, finds those of this very email only; remembered for a while.

    One that matches parts, or ignores capitals, finds them by the altered email too. No operation pays for it, as for the other
    calibrations.
    """

    async def look() -> bool:
        check_ins = source.known.check_ins.within(source.ledger, Mode.FRESH, charged=False)
        probes = [Filter(**{role: part}) for part in altered(email) if askable(part)]  # type: ignore[arg-type]
        pages = await together([check_ins.listing(probe, limit=check_ins.page_size) for probe in probes])
        told = not any(page.more or page.dropped for page in pages)
        return bool(probes) and told and not any(row.id in found.rows for page in pages for row in page.items)

    return await source.known.reaches.get((role, email), look)


def altered(email: str) -> list[str]:
    """What an exact filter takes for another email: parts of it, and the same in other capitals."""
    return [one for one in dict.fromkeys((*shortened(email), email.swapcase(), email.upper(), email.lower())) if one != email]


async def inside(source: Reaching, reach: Reach) -> Part:
    """Everything within reach, read once in a request."""
    return await source.within.load(reach) or Part()


async def allowed(source: Reaching, check_in_id: str) -> None:
    """Raises Forbidden for a check-in out of reach, whether or not there is one of this id."""
    if source.reach is not None and check_in_id not in (await inside(source, source.reach)).rows:
        raise refused()


async def shows(source: Reaching, reach: Reach, account_id: str) -> bool:
    """Whether a check-in within reach is known to be this account's; it costs the same whether or not somebody has met the account."""
    rows = (await inside(source, reach)).rows
    return any(source.known.owner_id(row) == bare(account_id) for row in rows)


async def filtered(source: Reaching, reach: Reach, where: Filter) -> Part:
    """What a filter finds within reach. Raises Forbidden for a filter by another manager, or by a manager's name."""
    if where.manager_email not in (None, reach.email) or where.manager_name is not None:
        raise refused()
    within = await inside(source, reach)
    if where == Filter() or not within.rows:
        return within
    wheres = [replace(where, manager_email=reach.email)]
    if where.person_email in (None, reach.email):
        wheres.append(replace(where, person_email=reach.email))
    return common(within, joined(await together([listed(source, one) for one in wheres])))


def common(within: Part, found: Part) -> Part:
    """What was found within reach."""
    return Part({key: row for key, row in found.rows.items() if key in within.rows}, within.whole and found.whole)


async def theirs(source: Reaching, reach: Reach, owned: Owned | None) -> Part:
    """The rows of an account, if any are within reach. Raises Forbidden when none are, as for somebody who has no account."""
    within = await inside(source, reach)
    if owned is None or not within.rows:
        raise refused()
    own = owned.account.email == reach.email
    found = common(within, await listed(source, owned.where if own else replace(owned.where, manager_email=reach.email)))
    kept = await attributed(source, owned, found)
    if not kept.rows:
        raise refused()
    return kept


async def attributed(source: Source, owned: Owned, found: Part) -> Part:
    """Those of the rows that are the account's own. Raises Ambiguous when its filter finds somebody else's by now."""
    own, rows = bare(owned.account.id), list(found.rows.values())
    if owned.direct:
        if rows and await testimony(source, rows) != frozenset({own}):
            drop(source, owned)
        return found
    owners = await together([owner_of(source, row) for row in rows])
    kept = {row.id: row for row, owner in zip(rows, owners, strict=True) if owner is not None and bare(owner.id) == own}
    return Part(kept, found.whole and None not in owners)
