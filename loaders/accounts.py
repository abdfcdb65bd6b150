"""Which check-ins accounts stand behind a filter's rows, proved row by row: list rows carry no person (upstreams.md 2-4).

Whether a filter matches exactly or by substring is not documented, so it is calibrated: a shortened form of a value known from a
detail must find nothing. Where both name and email match exactly, counts prove whose the rows are; otherwise every row is
attributed by its own detail.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from msgspec.structs import replace

from loaders.attributions import owner
from loaders.directory import Directory
from loaders.known import Known
from loaders.links import Identity, Owned
from loaders.names import same, shortened
from upstreams.calls import Mode
from upstreams.check_ins import NAME, CheckIns, Filter, askable
from upstreams.gathering import together
from upstreams.ledger import Ledger
from upstreams.records import Account, CheckIn, Listing, Person
from upstreams.values import bare

HEAD = 25
"""How many rows the first look at a filter asks for: enough to find a submitted one and to serve a first page."""
MOST_ACCOUNTS = 8
MOST_UNOWNED = 5


class Source(Protocol):
    """Where rows and details come from: the loaders of one request."""

    known: Known
    check_ins: CheckIns
    ledger: Ledger

    async def rows(self, where: Filter, *, limit: int, offset: int = 0) -> Listing:
        """One page of rows."""

    async def detail(self, check_in_id: str) -> CheckIn | None:
        """One check-in with its responses."""

    async def every(self, where: Filter, *, most: int) -> tuple[list[CheckIn], bool]:
        """All rows up to `most`, and whether that is all of them."""

    async def directory(self) -> Directory:
        """The workforce directory."""

    async def link(self, person: Person) -> Identity:
        """Who a workforce person is in check-ins."""


@dataclass(frozen=True)
class Witness:
    """A row whose detail shows its account."""

    account: Account
    row: str


@dataclass(frozen=True)
class Found:
    """The accounts behind a filter; `proved` when every row that shows anybody was attributed; `rows` is how many were looked at."""

    accounts: tuple[Owned, ...] = ()
    rows: int = 0
    proved: bool = True


async def behind(source: Source, base: Filter) -> Found:
    """The accounts that own the rows of `base`, a filter by one name or one email."""
    head = await source.rows(base, limit=HEAD)
    if not head.items:
        return Found()
    witness = await first_owner(source, head.items)
    if witness is None and head.more and sum(row.submitted is not None for row in head.items) < MOST_UNOWNED:
        witness = await first_owner(source, (await source.every(base, most=source.known.rules.most_attributions))[0])
    if witness is None:
        return Found(rows=len(head.items), proved=False)
    if head.count is not None and await exact(source, base, witness):
        return await peel(source, base, head, witness.account)
    return await attribute(source, base)


async def first_owner(source: Source, rows: Iterable[CheckIn]) -> Witness | None:
    """The first of the newest submitted rows whose detail shows one account."""
    for row in [row for row in rows if row.submitted is not None][:MOST_UNOWNED]:
        if (account := await account_of(source, row)) is not None:
            return Witness(account, row.id)
    return None


async def account_of(source: Source, row: CheckIn) -> Account | None:
    """The account that a row's detail shows now: its name and email may have changed since it was seen last."""
    detail = await source.detail(row.id)
    return owner(detail) if detail is not None else None


async def whole(source: Source, own: Owned) -> Account:
    """A linked account with all that a check-in shows of it: a link that outlived its process knows name and email only."""
    if (met := source.known.accounts.peek(bare(own.account.id))) is not None:
        return met
    head = await source.rows(own.where, limit=HEAD)
    for row in [row for row in head.items if row.submitted is not None][:MOST_UNOWNED]:
        account = await account_of(source, row)
        if account is not None and bare(account.id) == bare(own.account.id):
            return account
    return own.account


async def owner_of(source: Source, row: CheckIn) -> Account | None:
    """Whose a row is, remembered or read: that never changes. What was never submitted shows nobody."""
    if (account := source.known.owners.peek(bare(row.id))) is not None:
        return account
    return await account_of(source, row) if row.submitted is not None else None


async def exact(source: Source, base: Filter, witness: Witness) -> bool:
    """Whether the name and email filters match exactly, alone and together; a row of somebody else is proof that they do not.

    Calibrated with a row whose name and email a detail showed, and remembered for a while if the outcome is certain.
    """
    probes = probing(source.known, base, witness.account)
    return bool(probes) and (await told(source, lambda: misses(source, probes, witness.row)) or False)


async def trusted(source: Source, own: Owned) -> bool:
    """Whether the filters match exactly, lately calibrated, as a link takes for granted that names its rows by them.

    An upstream may begin to match by substring while a link lasts: then its filter finds other people's rows too.
    """
    found = None
    for _ in range(2):  # the rows of whoever was first may not be fit to tell
        found = found if found is not None else await told(source, lambda: calibrated(source, own.where))
    return found or False


async def told(source: Source, look: Callable[[], Coroutine[Any, Any, bool | None]]) -> bool | None:
    """What is remembered of the filters, else what a look at them tells; no operation waits for it beyond its deadline."""
    return await source.known.exactness.get("filters", look, source.ledger.waits(NAME))


async def calibrated(source: Source, base: Filter) -> bool | None:
    """The same, calibrated now with one of these rows; None when that cannot be told."""
    head = await source.rows(base, limit=HEAD)
    witness = await first_owner(source, head.items)
    if witness is None:
        return None
    probes = probing(source.known, base, witness.account)
    return await misses(source, probes, witness.row) if probes else None


def probing(known: Known, base: Filter, account: Account) -> list[Filter]:
    """The filters that an exact match answers without a row of this account, which `base` found; none where it cannot serve."""
    usable = askable(account.name) and askable(account.email) and fits(base, account) and known.alone(account)
    return shortened_filters(account.name or "", account.email or "") if usable else []


def fits(base: Filter, account: Account) -> bool:
    """Whether an exact filter would find this account."""
    named = base.person_name is None or same(base.person_name, account.name)
    return named and (base.person_email is None or same(base.person_email, account.email))


def shortened_filters(name: str, email: str) -> list[Filter]:
    """Filters by parts of a name and an email, alone and beside the other's whole: exact ones that narrow each other find neither.

    None for a name or an email that has no part to ask by, such as a name of two letters: of one filter alone, nothing is told of both.
    """
    names, emails = ([part for part in shortened(value) if askable(part)] for value in (name, email))
    if not (names and emails):
        return []
    alone = [*(Filter(person_name=part) for part in names), *(Filter(person_email=part) for part in emails)]
    return [*alone, Filter(person_name=name, person_email=emails[0]), Filter(person_name=names[0], person_email=email)]


async def misses(source: Source, probes: list[Filter], row: str) -> bool | None:
    """Whether no probe finds this row; None when too many rows are found to tell. No operation pays for what all need."""
    check_ins = source.known.check_ins.within(source.ledger, Mode.FRESH, charged=False)
    pages = await together([check_ins.listing(probe, limit=check_ins.page_size) for probe in probes])
    if any(row == item.id for page in pages for item in page.items):
        return False
    return None if any(page.more or page.dropped for page in pages) else True


async def peel(source: Source, base: Filter, head: Listing, account: Account) -> Found:
    """The accounts behind exact filters: while rows are left, the next row's owner, whose name and email name all their rows.

    The first account is the usual case and costs one more call: as many rows, and the same first ones, carry both its name
    and its email as `base` has.
    """
    first = owned(base, account)
    stamp = source.known.breaks[bare(account.id)]
    mine = await source.rows(first.where, limit=HEAD)
    if mine.count == head.count and {row.id for row in mine.items} == {row.id for row in head.items}:
        source.known.hold(mine.items, account.id, stamp)
        return Found((replace(first, witness=mine.items[0].id),), len(head.items))
    left, whole = await source.every(base, most=source.known.rules.most_attributions)
    found: list[Owned] = []
    following: Account | None = account
    while following is not None and len(found) < MOST_ACCOUNTS:
        if not (askable(following.name) and askable(following.email)):
            return await attribute(source, base)
        found.append(owned(base, following))
        rows, all_read = await source.every(found[-1].where, most=source.known.rules.most_attributions)
        found[-1] = replace(found[-1], witness=rows[0].id if rows else None)
        taken = {row.id for row in rows}
        left, whole = [row for row in left if row.id not in taken], whole and all_read
        witness = await first_owner(source, left) if left and taken else None
        following = witness.account if witness is not None else None
    return Found(tuple(distinct(found)), len(head.items), whole and not left)


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
    newest = {bare(account.id): row for row, account in reversed(list(zip(submitted, owners, strict=True))) if account is not None}
    shown = await together([account_of(source, row) for row in newest.values()])
    found = distinct([Owned(account, base, direct=False, rows=1) for account in shown if account is not None])
    covered = await covers(source, base, found, [row for row in rows if row.submitted is None])
    return Found(tuple(found), len(rows), whole and covered and None not in owners and None not in shown)


async def covers(source: Source, base: Filter, accounts: list[Owned], rows: list[CheckIn]) -> bool:
    """Whether each of these unsubmitted rows is found under the name and email of one of the accounts; else a namesake may own it."""
    if not rows:
        return True
    wheres = [owned(base, one.account).where for one in accounts if askable(one.account.name) and askable(one.account.email)]
    found = await together([source.every(where, most=source.known.rules.most_attributions) for where in wheres])
    return {row.id for row in rows} <= {row.id for own, _ in found for row in own}
