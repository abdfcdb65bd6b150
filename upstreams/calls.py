"""One upstream call as a value, and what can make it: the network alone, or a request's view of the shared cache."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol, TypeVar

from upstreams.dialect import Dialect
from upstreams.ledger import Ledger
from upstreams.reading import Reading

T = TypeVar("T")
Query = tuple[tuple[str, str], ...]


class Kind(Enum):
    """What a call's answer is, which decides how long it may be remembered."""

    BOOKINGS = "bookings"
    PAGE = "page"
    ROWS = "rows"
    DETAIL = "detail"
    LISTED = "listed"

    __hash__ = object.__hash__  # Enum's own is written in Python, and each call looks kinds up


class Mode(Enum):
    """Which remembered answers will do: also those that are being renewed, only fresh ones, or none at all."""

    USUAL = "usual"
    FRESH = "fresh"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Call:
    """One GET: `path` is encoded, `query` has the documents' names; `route` is the path's template, fit for traces and metrics."""

    kind: Kind
    route: str
    path: str
    query: Query = ()
    key: str = field(init=False, compare=False, repr=False)
    """What tells calls of one upstream apart."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", f"{self.path}?{self.query!r}" if self.query else self.path)


class Asks(Protocol):
    """Whatever answers calls to one upstream."""

    @property
    def dialect(self) -> Dialect:
        """How the upstream is spoken to."""

    async def ask(self, call: Call, parse: Callable[[Any, Reading], T]) -> T:
        """What `parse` makes of the call's decoded answer. Raises UpstreamError."""

    async def asks(self, asked: Iterable[tuple[Call, Callable[[Any, Reading], T]]]) -> list[T | BaseException]:
        """The same of many calls, side by side, with the errors of those that fail."""

    @property
    def unreadable(self) -> Counter[str]:
        """By field, how many values could not be read since the process began."""

    def within(self, ledger: Ledger, mode: Mode = Mode.USUAL, *, charged: bool = True) -> Asks:
        """The same for one request: its calls go into the ledger, which pays for them unless the process needs them for itself."""

    def read_at(self, call: Call) -> float | None:
        """When the page that was given for a call was read, on the monotonic clock; None where that is not written down."""

    def remembers(self, call: Call) -> bool:
        """Whether the call would be answered without the upstream."""

    def fresh(self, call: Call) -> bool:
        """The same, and nothing would be read anew for it either."""

    def remembered(self, calls: Sequence[Call]) -> list[bool]:
        """Which of these calls of one kind would usually be answered without the upstream."""

    def at_hand(self, calls: Sequence[Call]) -> list[Any] | None:
        """The answers to these calls of one kind, if all are remembered and fresh; None, and nothing was asked, if one is not."""

    def lasting(self, call: Call) -> tuple[float, float] | None:
        """When the remembered answer to a call was read, and until when it is fresh; None if there is none."""

    @property
    def renewed(self) -> int:
        """How often anything was read for a request that wanted nothing remembered: others may have been given something older since."""

    def now(self) -> float:
        """The time on the clock by which answers age, in seconds."""
