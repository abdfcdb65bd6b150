"""What an identity shows of itself."""

from __future__ import annotations

from loaders.links import Identity
from upstreams.records import Account, Moment


def decided_at(identity: Identity) -> Moment:
    """When it was decided, in UTC."""
    return Moment(identity.decided.isoformat(timespec="seconds"))


def check_ins_id(identity: Identity) -> str | None:
    """The id of the linked account; None without a link."""
    return identity.owned.account.id if identity.owned is not None else None


def candidates(identity: Identity) -> list[Account]:
    """The accounts that could be meant."""
    return list(identity.candidates)


def email(account: Account) -> str | None:
    """The email that check-ins has of an account."""
    return account.email
