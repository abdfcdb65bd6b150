"""The newest check-ins of an account: list rows only, read back as far as a question needs.

The order of the rows is not documented (seed A:58-80). Rows that come newest deadline first are believed to go on so; any others
are read to their end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from itertools import pairwise

from loaders.accounts import HEAD
from loaders.links import Owned
from loaders.request import Loaders
from loaders.rows import Question, rows_of
from upstreams.records import CheckIn, Moment

LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Recent:
    """Check-ins, newest first; not `complete` when some could not be read or do not show whose they are."""

    items: tuple[CheckIn, ...]
    complete: bool


async def back(loaders: Loaders, owned: Owned, enough: Callable[[CheckIn], bool], first: int = HEAD) -> Recent:
    """An account's check-ins, the `first` newest and more until the oldest that was read is `enough`: one call, if it is at once."""
    found: dict[str, CheckIn] = {}
    question, whole = Question(rows_of(owned, None), first), True
    while True:
        page, before = await loaders.slice(question), len(found)
        found |= {row.id: row for row in page.items}
        whole = whole and page.complete
        read = list(found.values())
        if not page.more or (descending(read) and enough(read[-1])):
            return Recent(newest(read), whole)
        if len(read) == before or len(read) >= loaders.known.rules.most_attributions:
            return Recent(newest(read), complete=False)
        question = Question(question.rows, loaders.check_ins.page_size, page.places[-1] + 1)


def descending(rows: Sequence[CheckIn]) -> bool:
    """Whether there are rows, and they come newest deadline first."""
    times = [instant(row.deadline) for row in rows if row.deadline]
    return 0 < len(rows) == len(times) and all(one >= other for one, other in pairwise(times))


def newest(rows: Iterable[CheckIn]) -> tuple[CheckIn, ...]:
    """The rows, newest first: by deadline, or by submission where there is no deadline."""
    return tuple(sorted(rows, key=lambda row: instant(row.deadline or row.submitted), reverse=True))


def over(row: CheckIn, now: datetime) -> bool:
    """Whether a check-in was submitted, or was due by now."""
    return row.submitted is not None or (row.deadline is not None and instant(row.deadline) <= now)


def due(row: CheckIn, zone: tzinfo) -> date | None:
    """The day of the deadline in the company's zone (upstreams.md 14)."""
    return instant(row.deadline).astimezone(zone).date() if row.deadline else None


def instant(moment: Moment | None) -> datetime:
    """The time, long ago when it is not known."""
    return datetime.fromisoformat(moment) if moment is not None else LONG_AGO
