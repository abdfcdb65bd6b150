"""The documents' own examples give exactly these records."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from tests.upstreams.doubles import always, check_ins, sample, workforce
from upstreams.bookings import parse_assignments, parse_page
from upstreams.check_ins import Filter
from upstreams.listings import parse_detail, parse_listing
from upstreams.reading import Reading
from upstreams.records import (
    Account,
    Assignment,
    Bookings,
    Category,
    CheckIn,
    JobTitle,
    Listing,
    Moment,
    Page,
    Person,
    Project,
    Response,
    Status,
    WorkDays,
)
from upstreams.workforce import COMPANY, Current

WEEKDAYS = WorkDays(False, True, True, True, True, True, False)
SHIFT: dict[str, Any] = {"start_time": time(7, 30), "end_time": time(15, 30), "work_days": WEEKDAYS}
COMPLETE = Status("c80148f1-1f29-4595-b552-08fbf16fdb30", "Complete", "COMP", "#FFFB23")
AIRPORT = Project("446e7813-02f0-4629-b2b7-81dd942a8941", "Airport Concourse", "112233")
KELLY = Person(
    "ce7da5a6-c908-4506-a251-16fcbf5e96d7",
    "Aaron Kelly",
    "123-a234s-456",
    JobTitle("abe0afa9-c5be-4cee-8805-1adc88880d09", "Apprentice-4", "#5bd043"),
)
CONCOURSE = Assignment(
    "6bf79bbe-2038-423f-8fee-f890abcbd929",
    KELLY,
    AIRPORT,
    COMPLETE,
    date(2018, 6, 25),
    date(2018, 6, 29),
    created=date(2018, 6, 24),
    **SHIFT,
)
PURPLE_LINE = Assignment(
    "c2866ae9-7d9e-4b9d-9aaa-b848c2ec10b7",
    KELLY,
    Project("6288f5f8-8419-4b02-aaa9-846e57c51ba1", "Purple Line Expansion", "987654321"),
    None,
    date(2018, 7, 2),
    date(2018, 7, 6),
    category=Category("8a57a460-2b05-481f-99bf-4772aa761492", "Phase 2"),
    subcategory=Category("5f0b9e08-b791-4fe9-9078-6d3800b000e3", "North Lot"),
    created=date(2018, 6, 30),
    updated=date(2018, 7, 1),
    **SHIFT,
)
ADHOC = CheckIn(
    "580:ce417c60-30ca-4e39-967e-b258d496be30",
    Moment("2025-04-12T00:59:59+01:00"),
    Moment("2025-04-11T12:06:00.882601+01:00"),
    overdue=False,
    on_vacation=False,
    is_adhoc=True,
)
SCHEDULED = CheckIn(
    "580:c9b26b5e-f9b5-4b5f-8525-5b706ce891ba",
    Moment("2025-04-11T12:00:00+01:00"),
    Moment("2025-04-11T12:19:00.405628+01:00"),
    overdue=False,
    on_vacation=False,
    is_adhoc=False,
)


def test_the_list_example_is_two_rows_without_a_person() -> None:
    # seed A:58-80, trap 2
    reading = Reading()
    assert parse_listing(sample("check_ins"), reading, offset=0) == Listing((ADHOC, SCHEDULED), (0, 1), 0, 2, 2, more=False)
    assert [row.responses for row in (ADHOC, SCHEDULED)] == [None, None]
    assert not +reading.tally


def test_the_detail_example_is_a_response_by_michael_test() -> None:
    # seed A:127-145
    reading = Reading()
    michael = Account("580:f88ab8b9-4e41-4025-ad77-519006ba855f", "Michael Test", "mtest@test.com", "Research and Development")
    response = Response("580:62a8f61c-88ba-40b6-816a-bf2625db106a", ADHOC.id, michael, Moment("2025-04-11T12:06:01.046509+01:00"))
    found = parse_detail(sample("check_in"), reading)
    assert found == CheckIn(ADHOC.id, ADHOC.deadline, ADHOC.submitted, False, False, True, (response,))
    assert not +reading.tally


def test_the_company_example_is_aaron_kelly_with_two_assignments_and_paid_family_time_off() -> None:
    # seed B:56-141
    reading = Reading(year=2026)
    page = parse_page(sample("company"), 0, reading, most_pages=5000)
    [booking] = page.bookings
    [absence] = booking.time_off
    assert page == Page((booking,), 0, 3)
    assert booking.person == KELLY
    assert booking.assignments == (CONCOURSE, PURPLE_LINE)
    assert (absence.person, absence.reason, absence.is_paid, absence.repeat) == (KELLY, "family", True, "never")
    assert (absence.start, absence.end) == (date(2018, 7, 9), date(2018, 7, 13))
    assert (absence.start_time, absence.end_time) == (time(7), time(15, 30))
    assert not +reading.tally


def test_the_project_example_is_hunter_gray_at_the_hospital_with_the_curly_apostrophe() -> None:
    # seed B:219-249, trap 7: the person is in the row
    reading = Reading(year=2026)
    hospital = "Children\u2019s Mercy Hospital - Labor & Delivery Unit"
    expected = Assignment(
        "1a52e827-3b4e-4dff-903d-a321b378eb6c",
        Person("f6470e8b-013d-4145-b1b0-df05bceddad5", "Hunter Gray"),
        Project("c805906e-8fe2-45ee-8525-72f1b4b58e58", hospital, "8203824"),
        None,
        date(2018, 6, 25),
        date(2018, 6, 29),
        category=Category("0c29fe4a-c183-4bec-a509-f8b7c694804c", "Apprentice"),
        subcategory=Category("f87cbeb6-84e0-428d-b231-139e8e7180f4", "North Lot"),
        created=date(2018, 6, 20),
        **SHIFT,
    )
    assert parse_assignments(sample("project"), reading) == (expected,)
    assert not +reading.tally


def test_the_person_example_is_the_same_assignment_with_the_project_color() -> None:
    # seed B:276-311, traps 25 and 26: `state` and `job_number` instead of `assignment_status` and `project_number`
    reading = Reading(year=2026)
    [found] = parse_assignments(sample("person"), reading)
    assert found.project == Project(AIRPORT.id, AIRPORT.name, AIRPORT.number, "#53A9FF")
    assert (found.status, found.start, found.end, found.created) == (COMPLETE, CONCOURSE.start, CONCOURSE.end, CONCOURSE.created)
    assert (found.id, found.person) == (CONCOURSE.id, Person(KELLY.id, "Aaron Kelly"))
    assert not +reading.tally


def test_the_two_examples_share_a_name_and_no_key() -> None:
    # trap 1: what check-ins tell of a person, and what workforce tells of one
    account, person = sample("check_in")["responses"][0], sample("company")["data"][0]
    assert {name for name in account if name.startswith("person_")} & person.keys() == {"person_name"}
    assert set(Account.__struct_fields__) & set(Person.__struct_fields__) == {"id", "name"}  # ids of two worlds


async def test_the_clients_give_the_examples_without_a_doubt_about_them() -> None:
    checkins = check_ins(always(sample("check_ins")))
    assert (await checkins.listing(Filter(), limit=100)).items == (ADHOC, SCHEDULED)
    assert not +checkins.unreadable
    company = workforce(always({**sample("company"), "possible_pages": 1}))
    scan = await company.scan(COMPANY, Current(date(2018, 6, 25)))
    assert scan is not None
    assert scan.complete
    assert [one.person for one in scan.bookings] == [KELLY]
    assert not +company.unreadable


async def test_an_array_wrapped_in_data_is_the_same_array() -> None:
    # upstreams.md, "Access": project and person arrays may come wrapped on the other host
    assert parse_assignments({"data": sample("person")}, Reading(2026)) == parse_assignments(sample("person"), Reading(2026))
    assert Bookings(parse_assignments([], Reading())) == Bookings(())
