"""The records that the two upstreams are parsed into: frozen, compared by value, free of any transport.

Days are `date`s, wall-clock times are `time`s without a zone (upstreams.md 22), and moments keep the upstream's own ISO 8601
text, offset included (upstreams.md 13), because it is both exact and free to print.
"""

from __future__ import annotations

from datetime import date, time
from typing import NewType

from msgspec import Struct

Moment = NewType("Moment", str)
"""Validated ISO 8601 text with an offset, exactly as the upstream gave it."""


class Status(Struct, frozen=True, gc=False):
    """An assignment's status (seed B:69-74); a bare string becomes its name."""

    id: str | None = None
    name: str | None = None
    abbreviation: str | None = None
    color: str | None = None


class JobTitle(Struct, frozen=True, gc=False):
    """A job title; only company, group and current reads carry it (seed B:64-66)."""

    id: str | None = None
    name: str | None = None
    color: str | None = None


class Category(Struct, frozen=True, gc=False):
    """A phase (category) or lot (subcategory) of a project (seed B:106-109)."""

    id: str | None = None
    name: str | None = None


class WorkDays(Struct, frozen=True, gc=False):
    """Which weekdays are worked; Sunday is 0 in the upstream (seed B:54)."""

    sunday: bool | None = None
    monday: bool | None = None
    tuesday: bool | None = None
    wednesday: bool | None = None
    thursday: bool | None = None
    friday: bool | None = None
    saturday: bool | None = None


class Property(Struct, frozen=True, gc=False):
    """One name and value of a check-ins account (seed A:119)."""

    name: str
    value: str | None = None


class Account(Struct, frozen=True, gc=False):
    """A check-ins account as one response shows it (seed A:115-119)."""

    id: str
    name: str | None = None
    email: str | None = None
    department: str | None = None
    properties: tuple[Property, ...] = ()


class Person(Struct, frozen=True, gc=False):
    """A person: a workforce person, or, when `account` is set, somebody known to check-ins only."""

    id: str
    name: str | None = None
    employee_number: str | None = None
    job_title: JobTitle | None = None
    account: Account | None = None


class Project(Struct, frozen=True, gc=False):
    """A project as its assignments describe it: workforce has no project endpoint (upstreams.md 9)."""

    id: str
    name: str | None = None
    number: str | None = None
    color: str | None = None


class Assignment(Struct, frozen=True, gc=False):
    """One person's booking on one project, from `start` to `end` inclusive (seed B:68-98, 220-247, 277-310)."""

    id: str
    person: Person
    project: Project
    status: Status | None = None
    start: date | None = None
    end: date | None = None
    start_time: time | None = None
    end_time: time | None = None
    work_days: WorkDays | None = None
    category: Category | None = None
    subcategory: Category | None = None
    created: date | None = None
    updated: date | None = None


class TimeOff(Struct, frozen=True, gc=False):
    """An absence, from `start` to `end` inclusive; its id is ours, derived from its content (upstreams.md 8)."""

    id: str
    person: Person
    reason: str | None = None
    is_paid: bool | None = None
    repeat: str | None = None
    start: date | None = None
    end: date | None = None
    start_time: time | None = None
    end_time: time | None = None


class Group(Struct, frozen=True, gc=False):
    """A group of people: workforce shows nothing of it but its people's bookings (seed B:166-192)."""

    id: str


class Booking(Struct, frozen=True, gc=False):
    """One row of a company, group or current read: a person with assignments and time off (seed B:60-138)."""

    person: Person
    assignments: tuple[Assignment, ...] = ()
    time_off: tuple[TimeOff, ...] = ()


class Bookings(Struct, frozen=True, gc=False):
    """The unpaged assignments of one project or person; `dropped` rows could not be read (seed B:217, 274)."""

    items: tuple[Assignment, ...]
    dropped: int = 0


class Response(Struct, frozen=True, gc=False):
    """One answer to a check-in, and the account that gave it (seed A:112-119)."""

    id: str
    check_in_id: str
    account: Account | None = None
    responded: Moment | None = None


class CheckIn(Struct, frozen=True, gc=False):
    """One check-in; `responses` is None on list rows, which carry no person (seed A:44-50; upstreams.md 2)."""

    id: str
    deadline: Moment | None = None
    submitted: Moment | None = None
    overdue: bool | None = None
    on_vacation: bool | None = None
    is_adhoc: bool | None = None
    responses: tuple[Response, ...] | None = None
    dropped: int = 0


class Page(Struct, frozen=True, gc=False):
    """One page of bookings: `number` of `pages`, 0-based (seed B:48-52).

    `dropped` rows could not be read; `lost` are the people who are missing by that, or whose name or number is.
    """

    bookings: tuple[Booking, ...]
    number: int
    pages: int
    warning: str | None = None
    dropped: int = 0
    lost: int = 0


class Scan(Struct, frozen=True, gc=False):
    """All pages of one question, each person once.

    `complete` is False when rows were dropped, pages moved or a warning came (upstreams.md 31); `everybody` only when people
    may be missing by it, not mere bookings. `pages` is how many were read; when they `moved` meanwhile, reading them again may help.
    """

    bookings: tuple[Booking, ...]
    complete: bool = True
    everybody: bool = True
    pages: int = 1
    moved: bool = False


class Listing(Struct, frozen=True, gc=False):
    """One page of check-in rows from `offset`, of which the upstream gave `taken`; `places` are the items' own offsets.

    `count` is the upstream's total, `more` whether another page may follow, `dropped` how many rows could not be read, `repeats` how many
    an earlier page had.
    """

    items: tuple[CheckIn, ...]
    places: tuple[int, ...]
    offset: int
    taken: int
    count: int | None = None
    more: bool = False
    dropped: int = 0
    repeats: int = 0
