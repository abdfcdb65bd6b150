"""The workforce directory: everybody that one long window of company reads shows, remembered for a while.

It is no full directory: people without any booking in the window are not in it (upstreams.md 29).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from loaders.names import Ordered, alphabetical, folded
from upstreams.records import Booking, Person, Project, Scan, TimeOff

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Directory:
    """People, projects and absences by their keys; `located` says where an assignment can be read again.

    Without `everybody` people may be missing from it, and no name or number in it is known to be unique.
    """

    people: Mapping[str, Person]
    named: Mapping[str, tuple[Person, ...]]
    numbered: Mapping[str, tuple[Person, ...]]
    projects: Mapping[str, Project]
    project_numbers: Mapping[str, tuple[Project, ...]]
    time_off: Mapping[str, tuple[TimeOff, ...]]
    located: Mapping[str, tuple[str, date]]
    people_by_name: Ordered[Person]
    projects_by_name: Ordered[Project]
    complete: bool
    everybody: bool


def build(scans: Iterable[Scan]) -> Directory:
    """The directory that these scans, newest first, show; the newest spelling stands."""
    found = list(scans)[::-1]
    bookings = [booking for scan in found for booking in scan.bookings]
    people = {booking.person.id: booking.person for booking in bookings}
    projects = {one.project.id: one.project for booking in bookings for one in booking.assignments}
    return Directory(
        people=people,
        named=grouped(people.values(), lambda person: folded(person.name)),
        numbered=grouped(people.values(), lambda person: folded(person.employee_number)),
        projects=projects,
        project_numbers=grouped(projects.values(), lambda project: folded(project.number)),
        time_off=absences(bookings),
        located={one.id: (one.person.id, one.start) for booking in bookings for one in booking.assignments if one.start},
        people_by_name=alphabetical(people.values()),
        projects_by_name=alphabetical(projects.values()),
        complete=all(scan.complete for scan in found),
        everybody=all(scan.everybody for scan in found),
    )


def grouped(things: Iterable[T], key: Callable[[T], str]) -> dict[str, tuple[T, ...]]:
    """The things by key; an empty key is no key."""
    groups: dict[str, tuple[T, ...]] = {}
    for thing in things:
        if found := key(thing):
            groups[found] = (*groups.get(found, ()), thing)
    return groups


def absences(bookings: Iterable[Booking]) -> dict[str, tuple[TimeOff, ...]]:
    """Each person's absences, each once."""
    found: dict[str, dict[str, TimeOff]] = {}
    for booking in bookings:
        for absence in booking.time_off:
            found.setdefault(booking.person.id, {})[absence.id] = absence
    return {person_id: tuple(ones.values()) for person_id, ones in found.items()}
