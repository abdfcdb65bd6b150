"""The rows of a company as they are stored: whole numbers for links and dates, text only where the documents show text.

A link is the number of the row it points to; a day is `date.toordinal()`; a moment is microseconds of wall-clock time since 1970
beside its offset in minutes. `uid` is the public id, None where it is computed by `ids.derive`. `fixed` rows keep their dates for
ever; the others move with today in whole weeks (see `store`).
"""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

EPOCH = datetime(1970, 1, 1)
EPOCH_DAY = EPOCH.toordinal()
DAY = 86_400_000_000  # microseconds
MINUTE = 60_000_000
OWN = 1  # one response, by the person of the check-in, is implied
LISTED = 2  # the responses are in their table


class Meta(NamedTuple):
    """What a file was built from; `built` is the day that its moving rows are dated for, None when nothing moves."""

    version: int
    people: int
    seed: int
    built: int | None


class Named(NamedTuple):
    """A group, category (phase) or subcategory (lot)."""

    uid: str
    name: str


class Title(NamedTuple):
    """A job title."""

    uid: str
    name: str
    color: str | None


class Status(NamedTuple):
    """The status of an assignment (seed B:69-74)."""

    uid: str
    abbreviation: str
    color: str | None
    name: str


class Project(NamedTuple):
    """A project, which no endpoint serves by itself: its assignments speak of it."""

    uid: str
    name: str
    number: str | None
    color: str | None


class Worker(NamedTuple):
    """A person of the workforce API; workers are numbered in the order of their full names."""

    uid: str
    name: str
    employee_number: str | None
    title: int | None
    email: str | None


class Member(NamedTuple):
    """A worker in a group."""

    grp: int
    worker: int


class Assignment(NamedTuple):
    """Days of one worker on one project; `days` has bit 0 for Sunday up to bit 6 for Saturday (seed B:54)."""

    uid: str | None
    fixed: bool
    worker: int
    project: int
    start: int
    end: int
    start_time: str | None
    end_time: str | None
    days: int
    status: int | None
    category: int | None
    subcategory: int | None
    created: int
    updated: int | None


class TimeOff(NamedTuple):
    """An absence of a worker; it has no id (seed B:127-137)."""

    fixed: bool
    worker: int
    reason: str
    is_paid: bool
    repeat: str
    start: int
    end: int
    start_time: str | None
    end_time: str | None


class User(NamedTuple):
    """A person of the check-ins API; `properties` is JSON, the folded columns serve searches that ignore case."""

    uid: str
    name: str
    email: str | None
    department: str | None
    manager: int | None
    properties: str
    name_folded: str
    email_folded: str | None
    active: bool


class CheckIn(NamedTuple):
    """A check-in; `deadline` and `submitted` share `offset`, and `day` is the day of submission there."""

    uid: str | None
    user: int
    deadline: int
    submitted: int | None
    day: int | None
    offset: int
    overdue: bool
    on_vacation: bool
    is_adhoc: bool
    answered: int


class Response(NamedTuple):
    """A response that is not simply implied by its check-in."""

    uid: str | None
    check_in: int
    user: int
    moment: int
    offset: int


def moment(value: datetime, offset: int) -> int:
    """Microseconds of wall-clock time that `value` shows at `offset` minutes from UTC."""
    return (value.astimezone(UTC).replace(tzinfo=None) - EPOCH) // timedelta(microseconds=1) + offset * MINUTE


def minutes(value: datetime) -> int:
    """The offset of a moment with a zone, in minutes."""
    offset = value.utcoffset()
    if offset is None:
        raise ValueError(f"{value!r} needs a time zone")
    return offset // timedelta(minutes=1)


def day(moment: int) -> int:
    """The day of a wall-clock moment."""
    return moment // DAY + EPOCH_DAY


def at(day: date, hour: float = 0) -> int:
    """The wall-clock moment of an hour of a day."""
    return (day.toordinal() - EPOCH_DAY) * DAY + int(hour * 60) * MINUTE
