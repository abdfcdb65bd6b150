"""Which check-ins accounts stand behind a filter's rows, proved row by row: list rows carry no person (upstreams.md 2-4).

Whether a filter matches exactly or by substring is not documented, so it is calibrated: a shortened form of a value known from a
detail must find nothing. Where both name and email match exactly, counts prove whose the rows are; otherwise every row is
attributed by its own detail.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from loaders.directory import Directory
from loaders.known import Known, owner
from loaders.links import Identity, Owned
from loaders.names import same, shortened
from upstreams.check_ins import Filter
from upstreams.gathering import together
from upstreams.records import Account, CheckIn, Listing, Person
from upstreams.values import bare

HEAD = 25
"""How many rows the first look at a filter asks for: enough to find a submitted one and to serve a first page."""
MOST_ACCOUNTS = 8
MOST_UNOWNED = 5


class Source(Protocol):
    """Where rows and details come from: the loaders of one request."""

    known: Known

    async def rows(self, where: Filter, *, limit: int, offset: int = 0) -> Listing:
        """One page of rows."""

    def share(self, where: Filter, other: Filter) -> None:
        """Take note that two filters were proved to give the same rows."""

    async def detail(self, check_in_id: str) -> CheckIn | None:
        """One check-in with its responses."""

    async def every(self, where: Filter, *, most: int) -> tuple[list[CheckIn], bool]:
        """All rows up to `most`, and whether that is all of them."""

    async def directory(self) -> Directory:
        """The workforce directory."""

    async def link(self, person: Person) -> Identity:
        """Who a workforce person is in check-ins."""


@dataclass(frozen=True)
class Found:
    """The accounts behind a filter; `proved` when every row that shows anybody was attributed; `rows` is the filter's count."""

    accounts: tuple[Owned, ...] = ()
    rows: int = 0
    proved: bool = True


async def behind(source: Source, base: Filter) -> Found:
    """The accounts that own the rows of `base`, a filter by one name or one email."""
    head = await source.rows(base, limit=HEAD)
    if not head.items:
        return Found()
    account = await first_owner(source, head.items)
    if account is None and head.more:
        account = await first_owner(source, (await source.every(base, most=source.known.rules.most_attributions))[0])
    if account is None:
        return Found(rows=len(head.items), proved=False)
    if head.count is not None and await both_exact(source.known, base, account):
        return await peel(source, base, account, head.count)
    return await attribute(source, base)


async def first_owner(source: Source, rows: Iterable[CheckIn]) -> Account | None:
    """The owner of the first row that has one, of those remembered, else of the first few submitted ones."""
    items = list(rows)
    if known := next(filter(None, (source.known.owners.peek(bare(row.id)) for row in items)), None):
        return known
    for row in [row for row in items if row.submitted is not None][:MOST_UNOWNED]:
        if (account := await owner_of(source, row)) is not None:
            return account
    return None


async def owner_of(source: Source, row: CheckIn) -> Account | None:
    """Who a row belongs to, remembered or read; what was never submitted shows nobody."""
    if (account := source.known.owners.peek(bare(row.id))) is not None:
        return account
    detail = await source.detail(row.id) if row.submitted is not None else None
    return owner(detail) if detail is not None else None


async def both_exact(known: Known, base: Filter, account: Account) -> bool:
    """Whether name and email filters are known to match exactly; a row of somebody else is proof that they do not."""
    if not account.name or not account.email:
        return False
    if (base.person_name and not same(base.person_name, account.name)) or (
        base.person_email and not same(base.person_email, account.email)
    ):
        return False
    return all(await together([exact(known, "person_name", account.name), exact(known, "person_email", account.email)]))


async def exact(known: Known, name: str, value: str) -> bool:
    """Whether the filter `name` matches exactly, calibrated with a value that a detail showed, and remembered for a while."""
    if (found := known.exactness.peek(name)) is not None:
        return found
    parts = shortened(value)
    return await known.exactness.get(name, lambda: finds_nothing(known, name, parts)) if len(parts) > 1 else False


async def finds_nothing(known: Known, name: str, parts: tuple[str, ...]) -> bool:
    """Whether none of these parts of a value finds any row, as an exact filter would have it."""
    filtered = by_name if name == "person_name" else by_email
    found = await together([known.check_ins.listing(filtered(part), limit=1) for part in parts])
    return all(not page.items and not page.count for page in found)


def by_name(value: str) -> Filter:
    """Check-ins of people of this name."""
    return Filter(person_name=value)


def by_email(value: str) -> Filter:
    """Check-ins of people with this email."""
    return Filter(person_email=value)


async def peel(source: Source, base: Filter, account: Account, count: int) -> Found:
    """The accounts behind exact filters: while rows are left, the next row's owner, whose name and email name all their rows.

    The first account is the usual case and costs one more count: as many rows carry both its name and its email as `base` has.
    """
    first = owned(base, account)
    mine = await source.rows(first.where, limit=1)
    if mine.count == count:
        source.share(base, first.where)
        return Found((first,), count)
    left, whole = await source.every(base, most=source.known.rules.most_attributions)
    found: list[Owned] = []
    following: Account | None = account
    while following is not None and len(found) < MOST_ACCOUNTS:
        found.append(owned(base, following))
        rows, all_read = await source.every(found[-1].where, most=source.known.rules.most_attributions)
        taken = {row.id for row in rows}
        left, whole = [row for row in left if row.id not in taken], whole and all_read
        following = await first_owner(source, left) if left and taken else None
    return Found(tuple(distinct(found)), count, whole and not left)


def owned(base: Filter, account: Account) -> Owned:
    """The account with the exact filter that names its rows within `base`."""
    where = replace(base, person_name=base.person_name or account.name, person_email=base.person_email or account.email)
    return Owned(account, where, direct=True, rows=1)


def distinct(found: list[Owned]) -> list[Owned]:
    """Each account once."""
    return list({bare(one.account.id): one for one in found}.values())


async def attribute(source: Source, base: Filter) -> Found:
    """The accounts behind an inexact filter: every submitted row by its own detail, remembered or read."""
    rows, whole = await source.every(base, most=source.known.rules.most_attributions)
    submitted = [row for row in rows if row.submitted is not None]
    owners = await together([owner_of(source, row) for row in submitted])
    found = distinct([Owned(account, base, False) for account in owners if account is not None])
    return Found(tuple(found), len(rows), whole and None not in owners)
