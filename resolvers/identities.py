"""What an identity shows of itself."""

from __future__ import annotations

from loaders.links import Identity, Status
from upstreams.records import Account, Moment


def decided_at(identity: Identity) -> Moment:
    """When it was decided, in UTC."""
    return Moment(identity.decided.isoformat(timespec="seconds"))


def check_ins_id(identity: Identity) -> str | None:
    """The id of the linked account; None without a link, or when a mapped account has never checked in."""
    return (identity.owned.account.id or None) if identity.status is Status.MATCHED and identity.owned is not None else None


def candidates(identity: Identity) -> list[Account]:
    """The accounts that could be meant."""
    return list(identity.candidates)
