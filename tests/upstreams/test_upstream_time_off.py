"""Absences have no id upstream: theirs is derived from what they say (trap 8)."""

from __future__ import annotations

from typing import Any

from tests.upstreams.doubles import Object, sample
from upstreams.bookings import parse_booking
from upstreams.reading import Reading
from upstreams.records import TimeOff

ABSENCE: Object = sample("company")["data"][0]["timeoff"][0]


def away(*absences: Any, person: str = "p") -> tuple[TimeOff, ...]:
    """The absences of a person."""
    booking = parse_booking({"person_id": person, "assignments": [], "timeoff": list(absences)}, Reading(2026))
    assert booking is not None
    return booking.time_off


def ids(*absences: Any, person: str = "p") -> list[str]:
    """Their ids."""
    return [one.id for one in away(*absences, person=person)]


def test_an_absence_has_the_same_id_whenever_it_is_read() -> None:
    # trap 8
    [alone] = ids(ABSENCE)
    assert ids({**ABSENCE, "start_day": "8/09/18"}, ABSENCE)[1] == alone
    assert ids(dict(reversed(ABSENCE.items()))) == [alone]
    assert ids({**ABSENCE, "start_day": "2018-07-09"}) == [alone]


def test_absences_that_differ_have_ids_that_differ() -> None:
    # trap 8
    changes: list[Object] = [
        {"start_day": "7/08/18"},
        {"end_day": "7/14/18"},
        {"is_paid": False},
        {"repeat": "yearly"},
        {"start_time": "8:00 AM"},
        {"end_time": None},
    ]
    found = ids(ABSENCE, *[{**ABSENCE, **change} for change in changes])
    assert len(set(found)) == len(changes) + 1
    assert ids(ABSENCE) != ids(ABSENCE, person="q")


def test_exact_twins_have_ids_that_differ() -> None:
    # trap 8: an ordinal tells them apart
    first, second = ids(ABSENCE, ABSENCE)
    assert first != second
    assert ids(ABSENCE) == [first]


def test_the_reason_cannot_be_guessed_back_from_an_id() -> None:
    # trap 28: a reason is sensitive and has few values
    assert ids(ABSENCE) == ids({**ABSENCE, "reason": "medical"})
    assert [one.reason for one in away({**ABSENCE, "reason": "medical"})] == ["medical"]


def test_an_absence_belongs_to_the_person_of_its_row() -> None:
    # trap 8: it carries no person of its own
    assert [one.person.id for one in away(ABSENCE, person="q")] == ["q"]


def test_an_absence_without_any_readable_value_is_still_an_absence() -> None:
    # fault F11
    [found] = away({"start_day": "whenever", "is_paid": "yes"})
    assert (found.start, found.is_paid, found.reason) == (None, None, None)
    assert found.id
