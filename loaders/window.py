"""Windows of days: what they mean, and the ranges of starting days that answer them (upstreams.md 19-21)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from upstreams.errors import BadInput
from upstreams.workforce import LONGEST_RANGE

EARLIEST, LATEST = date(1970, 1, 1), date(2199, 12, 31)
LONGEST = 3653
"""The most days that a window may span: ten years."""

Days = tuple[date, date]
Kind = Literal["active", "starting", "ending"]


class Window(Struct, frozen=True, gc=False, cache_hash=True):
    """Bookings that are *active* at some day in, or *starting* or *ending* within, the inclusive days [first, last].

    Active means that the booking's days, from its first to its last, touch the window, whether or not a working day falls
    into it: a Monday-to-Friday job is active on the Saturday in its middle.
    """

    kind: Kind
    first: date
    last: date

    def __post_init__(self) -> None:
        if not EARLIEST <= self.first <= LATEST or not EARLIEST <= self.last <= LATEST:
            raise BadInput("window", f"days must lie between {EARLIEST} and {LATEST}")
        if self.last < self.first:
            raise BadInput("window", "`to` must not be before `from`")
        if (self.last - self.first).days >= LONGEST:
            raise BadInput("window", f"must not span more than {LONGEST} days")

    def keeps(self, start: date | None, end: date | None) -> bool:
        """Whether a booking from `start` to `end` belongs in the window; an unknown side is no reason to leave it out, but of *ending*."""
        if self.kind == "starting":
            return start is None or self.first <= start <= self.last
        if self.kind == "ending":
            return end is not None and self.first <= end <= self.last
        return (start is None or start <= self.last) and (end is None or end >= self.first)

    def starts(self, look_back: int) -> list[Days]:
        """The starting days to ask for, newest first, in ranges of at most 365 days.

        For *active* and *ending* they reach back so that the first day of the window is the last of `look_back` days; what
        began earlier and still runs is not found this way.
        """
        earliest = self.first if self.kind == "starting" else max(self.first - timedelta(days=look_back - 1), EARLIEST)
        return chunks(earliest, self.last)

    def covers(self, ranges: list[Days]) -> bool:
        """Whether all of these ranges, newest first, lie within this window."""
        return self.first <= ranges[-1][0] and ranges[0][1] <= self.last

    def running(self) -> list[date]:
        """The days whose `current` reads together hold all that was running when the window began and works at all
        within its first week (upstreams.md 20); none for *starting*."""
        if self.kind == "starting":
            return []
        return [self.first + timedelta(days=ahead) for ahead in range(min(7, (self.last - self.first).days + 1))]


def chunks(first: date, last: date) -> list[Days]:
    """[first, last] cut into inclusive ranges of at most 365 days, newest first."""
    found = []
    while last >= first:
        start = max(first, last - timedelta(days=LONGEST_RANGE - 1))
        found.append((start, last))
        last = start - timedelta(days=1)
    return found


def on(day: date) -> Window:
    """Active on that one day."""
    return Window("active", day, day)
