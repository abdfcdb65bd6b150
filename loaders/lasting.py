"""Links as they outlive the process: an identity as a record, and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from loaders.links import Identity, Method, Owned, Status
from loaders.names import same
from loaders.stores import Link
from upstreams.check_ins import Filter, askable
from upstreams.records import Account
from upstreams.values import bare


def link_of(person_id: str, found: Identity, number: Callable[[Account], str]) -> Link | None:
    """The record of a link; None for anything else."""
    if found.owned is None or found.method is None:
        return None
    account, where = found.owned.account, found.owned.where
    return Link(
        person_id=person_id,
        account_id=account.id,
        name=account.name,
        email=account.email,
        method=found.method.value,
        evidence=found.reason,
        decided=found.decided.astimezone(UTC).isoformat(),
        by_name=where.person_name,
        by_email=where.person_email,
        direct=found.owned.direct,
        rows=found.owned.rows,
        number=number(account),
        witness=found.owned.witness,
    )


def usable(links: Iterable[Link]) -> list[tuple[Link, Identity]]:
    """The links that can be used, with what they say; of those that share a person or an account none, since one of them must be wrong."""
    found = [(link, said) for link in links if (said := identity_of(link)) is not None]
    people, accounts = Counter(link.person_id for link, _ in found), Counter(bare(link.account_id) for link, _ in found)
    return [(link, said) for link, said in found if people[link.person_id] == accounts[bare(link.account_id)] == 1]


def identity_of(link: Link) -> Identity | None:
    """The link that a record holds; None for one that this version cannot use, or that would ask for other people (upstreams.md 5).

    A filter that is believed without a look at each row must be the account's own name and email.
    """
    try:
        method, decided = Method(link.method), datetime.fromisoformat(link.decided)
    except ValueError:
        return None
    keys = [one for one in (link.by_name, link.by_email) if one is not None]
    if decided.tzinfo is None or not bare(link.account_id) or not keys or not all(askable(one) for one in keys):
        return None
    if link.direct and not (same(link.by_name, link.name) and same(link.by_email, link.email)):
        return None
    where = Filter(person_name=link.by_name, person_email=link.by_email)
    owned = Owned(Account(link.account_id, link.name, link.email), where, link.direct, link.rows, link.witness)
    return Identity(Status.MATCHED, link.evidence, decided, method, owned)
