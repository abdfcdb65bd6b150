"""What a link between the two upstreams says: its status, its method, and whose rows it opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import ClassVar

from msgspec import Struct

from upstreams.check_ins import Filter
from upstreams.errors import Fault
from upstreams.records import Account


class Owned(Struct, frozen=True, gc=False, cache_hash=True):
    """An account and how its rows are had: those of `where`, all of them when `direct`, else those whose detail shows the account.

    `rows` is how many there were when this was proved, at least, and `witness` the id of one that was found by `where` then.
    """

    account: Account
    where: Filter
    direct: bool
    rows: int = 0
    witness: str | None = None


class Status(Enum):
    """Whether the same human was found in the other upstream."""

    MATCHED = "MATCHED"
    UNMATCHED = "UNMATCHED"
    AMBIGUOUS = "AMBIGUOUS"


class Method(Enum):
    """What a link rests on, the strongest first."""

    MAPPING_FILE = "MAPPING_FILE"
    EMPLOYEE_NUMBER = "EMPLOYEE_NUMBER"
    UNIQUE_EMAIL = "UNIQUE_EMAIL"
    UNIQUE_NAME = "UNIQUE_NAME"


class Ambiguous(Fault):
    """Several people could be meant, so nothing is shown; `reason` says of which kind, without naming anybody."""

    code: ClassVar[str] = "IDENTITY_AMBIGUOUS"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Identity:
    """The outcome for one person: `owned` is the account and its rows when matched, `candidates` who else could be meant."""

    status: Status
    reason: str
    decided: datetime
    method: Method | None = None
    owned: Owned | None = None
    candidates: tuple[Account, ...] = ()
