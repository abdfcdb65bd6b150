"""The workforce directory: everybody that one long window of company reads shows, remembered for a while.

It is no full directory: people without any booking in the window are not in it (upstreams.md 29).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from msgspec.structs import replace

from loaders.names import Ordered, alphabetical, fold_number, folded, same
from loaders.window import Days
from upstreams.records import Assignment, Booking, Bookings, Person, Project, Scan, TimeOff

T = TypeVar("T")
APART = 60.0
"""Seconds between the readings of one scan's pages, about as long as the scan of a company of 100,000 takes by itself."""
Whose = Literal["project", "person"]


@dataclass(frozen=True)
class Directory:
    """People, projects, bookings and absences by their keys, as the company scans of the starting `days` showed them.

    `read` is when they did, on the monotonic clock; `numbered` is by `fold_number`. Without `everybody` people may be missing from it,
    and no name or number in it is known to be unique; without `complete` bookings may be missing.
    """

    days: Days
    read: float
    people: Mapping[str, Person]
    named: Mapping[str, tuple[Person, ...]]
    numbered: Mapping[str, tuple[Person, ...]]
    projects: Mapping[str, Project]
    project_numbers: Mapping[str, tuple[Project, ...]]
    time_off: Mapping[str, tuple[TimeOff, ...]]
    assignments: Mapping[str, Assignment]
    of_project: Mapping[str, tuple[Assignment, ...]]
    of_person: Mapping[str, tuple[Assignment, ...]]
    people_by_name: Ordered[Person]
    projects_by_name: Ordered[Project]
    complete: bool
    everybody: bool

    @property
    def age(self) -> float:
        """How many seconds ago it was read."""
        return time.monotonic() - self.read

    def with_number(self, number: str) -> tuple[Person, ...]:
        """The people of an employee number: of this very text if there are any, else those who write it otherwise."""
        found = self.numbered.get(fold_number(number), ())
        return tuple(one for one in found if same(one.employee_number, number)) or found

    def covers(self, days: Days) -> bool:
        """Whether these starting days are all among its own."""
        return self.days[0] <= days[0] and days[1] <= self.days[1]

    def bookings(self, whose: Whose, own_id: str, days: Days, *, exists: bool) -> Bookings | None:
        """The assignments of a project or person that start in these days.

        None where it does not cover the days, or does not show it at all and it is not certain that it `exists`.
        """
        found = (self.of_project if whose == "project" else self.of_person).get(own_id, ())
        if not self.covers(days) or not (found or exists or (whose == "person" and own_id in self.people)):
            return None
        return Bookings(tuple(one for one in found if one.start is None or days[0] <= one.start <= days[1]))


def aligned(scan: Scan, reads: Sequence[float]) -> Scan:
    """The scan; not whole when its pages were read at too different times, as somebody may have moved between them (upstreams.md 31)."""
    if reads and max(reads) - min(reads) > APART:
        return replace(scan, complete=False, everybody=False)
    return scan


def build(scans: Iterable[Scan], days: Days, read: float | None = None) -> Directory:
    """The directory that these scans, newest first, show; the newest spelling stands."""
    found = list(scans)[::-1]
    bookings = [booking for scan in found for booking in scan.bookings]
    people = {booking.person.id: booking.person for booking in bookings}
    assignments = {one.id: one for booking in bookings for one in booking.assignments}
    projects = {one.project.id: one.project for one in assignments.values()}
    return Directory(
        days=days,
        read=time.monotonic() if read is None else read,
        people=people,
        named=grouped(people.values(), lambda person: folded(person.name)),
        numbered=grouped(people.values(), lambda person: fold_number(person.employee_number)),
        projects=projects,
        project_numbers=grouped(projects.values(), lambda project: folded(project.number)),
        time_off=absences(bookings),
        assignments=assignments,
        of_project=grouped(assignments.values(), lambda one: one.project.id),
        of_person=grouped(assignments.values(), lambda one: one.person.id),
        people_by_name=alphabetical(people.values()),
        projects_by_name=alphabetical(projects.values()),
        complete=all(scan.complete for scan in found),
        everybody=all(scan.everybody for scan in found),
    )


def grouped(things: Iterable[T], key: Callable[[T], str]) -> dict[str, tuple[T, ...]]:
    """The things by key; an empty key is no key."""
    groups: dict[str, list[T]] = {}
    for thing in things:
        if found := key(thing):
            groups.setdefault(found, []).append(thing)
    return {found: tuple(ones) for found, ones in groups.items()}


def absences(bookings: Iterable[Booking]) -> dict[str, tuple[TimeOff, ...]]:
    """Each person's absences, each once."""
    found: dict[str, dict[str, TimeOff]] = {}
    for booking in bookings:
        for absence in booking.time_off:
            found.setdefault(booking.person.id, {})[absence.id] = absence
    return {person_id: tuple(ones.values()) for person_id, ones in found.items()}
