"""Workforce answers into records: pure, tolerant of one bad row, strict about the shape of the whole (seed B)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from upstreams.errors import BadResponse
from upstreams.reading import Reading
from upstreams.records import Assignment, Booking, Bookings, Category, JobTitle, Page, Person, Project, Status, TimeOff, WorkDays
from upstreams.values import spelled, text, whole

NAME = "workforce"
STATUS = ("assignment_status", "assignment_state", "state")
NUMBER = ("project_number", "job_number")
WEEK = "0123456"
TITLE, UNTITLED = ("job_title_id", "job_title_name", "job_title_color"), JobTitle()
CATEGORY, SUBCATEGORY, UNSORTED = ("category_id", "category_name"), ("subcategory_id", "subcategory_name"), Category()
TELLING = ("person_name", "employee_number")
"""What a person's row must show readably, or nobody's name or number is known to be theirs alone."""


def parse_page(raw: object, asked: int, reading: Reading, *, most_pages: int) -> Page:
    """A page of people (seed B:44-141); `asked` must be the page that came (upstreams.md 30)."""
    rows = raw.get("data") if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or not isinstance(rows, list):
        raise BadResponse(NAME, reason="shape")
    pages = whole(raw.get("possible_pages"), most=most_pages)
    if raw.get("current_page") is None and pages is None:  # nothing would ever show that the server turns in a circle
        raise BadResponse(NAME, reason="shape")
    if raw.get("current_page") is not None and whole(raw["current_page"], most=most_pages) != asked:
        raise BadResponse(NAME, reason="other-page")
    if pages is None or (rows and pages <= asked):  # a lie: read on until a page is empty (faults.md F18)
        pages = min(asked + 2, most_pages) if rows else asked + 1
    bookings = tuple(reading.kept([parse_booking(row, reading) for row in rows]))
    lost = len(rows) - len(bookings) + sum(reading.tally[name] for name in TELLING)
    return Page(bookings, asked, pages, text(raw.get("warning")), reading.dropped, lost)


def parse_assignments(raw: object, reading: Reading) -> tuple[Assignment, ...]:
    """The bare array of a project or a person, or the same wrapped in `data` (seed B:217-249; upstreams.md, "Access")."""
    rows = raw.get("data") if isinstance(raw, dict) else raw
    if not isinstance(rows, list):
        raise BadResponse(NAME, reason="shape")
    return unique(reading.kept([parse_assignment(row, reading) for row in rows]), reading.tally)


def parse_bookings(raw: object, reading: Reading) -> Bookings:
    """The same with how many rows could not be read."""
    return Bookings(parse_assignments(raw, reading), reading.dropped)


def unique(assignments: Iterable[Assignment], tally: Counter[str]) -> tuple[Assignment, ...]:
    """Each id once, in the order of their first appearance; of two that differ the newer `updated` stands, counted (faults.md F13)."""
    found: dict[str, Assignment] = {}
    for one in assignments:
        known = found.setdefault(one.id, one)
        if known != one:
            tally["conflict"] += 1
            found[one.id] = max(known, one, key=lambda either: either.updated or date.min)
    return tuple(found.values())


def parse_booking(raw: object, reading: Reading) -> Booking | None:
    """One person's row, or None without a person id (faults.md F12)."""
    person = parse_person(raw, reading) if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or person is None:
        return None
    assignments = reading.kept([parse_assignment(row, reading, person) for row in reading.rows(raw, "assignments")])
    return Booking(person, unique(assignments, reading.tally), parse_time_off(reading.rows(raw, "timeoff"), person, reading))


def parse_person(raw: Mapping[str, Any], reading: Reading) -> Person | None:
    """Who a row is about (seed B:61-66), or None without an id."""
    person_id = text(raw.get("person_id"))
    if person_id is None:
        return None
    title = JobTitle(*[reading.text(raw, name) for name in TITLE])
    number = reading.text(raw, "employee_number")
    return Person(person_id, reading.text(raw, "person_name"), number, title if title != UNTITLED else None)


def parse_assignment(raw: object, reading: Reading, person: Person | None = None) -> Assignment | None:
    """One assignment in any of the endpoints' spellings (upstreams.md 25, 26); None without its id, person or project."""
    if not isinstance(raw, dict):
        return None
    who = person or parse_person(raw, reading)
    own_id, project_id = text(raw.get("id")), text(raw.get("project_id"))
    if who is None or own_id is None or project_id is None:
        return None
    return Assignment(
        id=own_id,
        person=who,
        project=parse_project(raw, project_id, reading),
        status=parse_status(raw, reading),
        start=reading.day(raw, "start_day"),
        end=reading.day(raw, "end_day"),
        start_time=reading.clock(raw, "start_time"),
        end_time=reading.clock(raw, "end_time"),
        work_days=parse_work_days(raw, reading),
        category=parse_category(raw, CATEGORY, reading),
        subcategory=parse_category(raw, SUBCATEGORY, reading),
        created=reading.day(raw, "created_at"),
        updated=reading.day(raw, "updated_at"),
    )


def parse_project(raw: Mapping[str, Any], project_id: str, reading: Reading) -> Project:
    """The project as one of its assignments describes it; its number has two names (upstreams.md 26)."""
    name, color = reading.text(raw, "project_name"), reading.text(raw, "project_color")
    return Project(project_id, name, reading.text(raw, spelled(raw, *NUMBER)), color)


def parse_status(raw: Mapping[str, Any], reading: Reading) -> Status | None:
    """A status as an object or as bare text (upstreams.md 25); an unknown one passes through (faults.md F14)."""
    field = spelled(raw, *STATUS)
    shown = raw.get(field)
    if isinstance(shown, dict):
        return Status(*[reading.text(shown, name) for name in Status.__struct_fields__])
    name = reading.text(raw, field)
    return Status(name=name) if name is not None else None


def parse_category(raw: Mapping[str, Any], fields: tuple[str, str], reading: Reading) -> Category | None:
    """The category or subcategory, or None when both its fields are null (seed B:80-83)."""
    found = Category(*[reading.text(raw, name) for name in fields])
    return found if found != UNSORTED else None


def parse_work_days(raw: Mapping[str, Any], reading: Reading) -> WorkDays | None:
    """The worked weekdays; keys "0" (Sunday) to "6" are text, the document's unquoted ones are no JSON (seed B:86-94; upstreams.md 23)."""
    days = raw.get("work_days")
    if not isinstance(days, dict):
        return None if days is None else reading.noted("work_days", None)
    found = [days.get(number) for number in WEEK]
    known = [value if isinstance(value, bool) else None for value in found]
    if known != found:
        reading.tally["work_days"] += 1
    return WorkDays(*known)


def parse_time_off(rows: list[Any], person: Person, reading: Reading) -> tuple[TimeOff, ...]:
    """A person's absences, each with an id of our own making (seed B:127-137; upstreams.md 8).

    The id is `person:first day:digest`, with an ordinal for exact twins. The reason is no part of the digest: it is
    sensitive, has few values, and could be guessed back from an id.
    """
    twins: Counter[str] = Counter()
    found = []
    for absence in reading.kept([absent(raw, person, reading) if isinstance(raw, dict) else None for raw in rows]):
        twins[absence.id] += 1
        found.append(TimeOff(f"{absence.id}{twins[absence.id]}", *[getattr(absence, name) for name in TimeOff.__struct_fields__[1:]]))
    return tuple(found)


def absent(raw: Mapping[str, Any], person: Person, reading: Reading) -> TimeOff:
    """One absence with its id but for the ordinal."""
    start, end = reading.day(raw, "start_day"), reading.day(raw, "end_day")
    start_time, end_time = reading.clock(raw, "start_time"), reading.clock(raw, "end_time")
    is_paid, repeat = reading.flag(raw, "is_paid"), reading.text(raw, "repeat")
    content = repr((person.id, start, end, start_time, end_time, is_paid, repeat))
    own_id = f"{person.id}:{start.isoformat() if start else ''}:{sha256(content.encode()).hexdigest()[:16]}-"
    return TimeOff(own_id, person, reading.text(raw, "reason"), is_paid, repeat, start, end, start_time, end_time)
