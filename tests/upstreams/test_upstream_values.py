"""Days, times, moments, flags and ids as the upstreams spell them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from upstreams.listings import parse_row
from upstreams.reading import Reading
from upstreams.values import bare, clock, day, full_year, moment, text, whole

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "spelling",
    ["10/1/2017", "10/01/2017", "10/01/17", " 10/1/17 ", "2017-10-01", "2017-10-01T23:59:59-08:00", "2017-10-01T00:00:00Z", 1506816000000],
)
def test_a_day_is_read_in_every_spelling_seen(spelling: object) -> None:
    # trap 12
    assert day(spelling, this_year=2026) == date(2017, 10, 1)


def test_the_month_comes_first() -> None:
    # trap 12: US order
    assert day("7/02/18", this_year=2026) == date(2018, 7, 2)
    assert day("6/25/18", this_year=2026) == date(2018, 6, 25)


BAD_DAYS = [
    "25/6/18",
    "6/31/18",
    "2/29/19",
    "0/1/18",
    "6/25",
    "6/25/018",
    "6-25-18",
    "2018-6-25",
    "2018-06-25Tsoon",
    "2018-06-25 or so",
    "x",
]


NO_MILLISECONDS = [0, 7, -1, 43_000, 20180625, 1506816000, 631_151_999_999, 4_102_444_800_000, "1506816000000"]
"""A day of the month, the days of a spreadsheet, the digits of a date, seconds; and the nearest that lie outside 1990 to 2099."""


@pytest.mark.parametrize("bad", [*BAD_DAYS, *NO_MILLISECONDS, "", True, 1.5, [], {}, 10**30, "\u0661/2/18", "0000-01-01"])
def test_a_bad_day_is_none_and_counted_but_never_guessed(bad: object) -> None:
    # trap 12, fault F21
    reading = Reading(2026)
    assert reading.day({"start_day": bad}, "start_day") is None
    assert reading.tally["start_day"] == 1


@pytest.mark.parametrize(("given", "read"), [(631_152_000_000, date(1990, 1, 1)), (4_102_444_799_999, date(2099, 12, 31))])
def test_milliseconds_from_1990_to_2099_are_a_day(given: int, read: date) -> None:
    assert day(given, this_year=2026) == read


def test_a_missing_or_null_day_is_none_without_a_warning() -> None:
    reading = Reading(2026)
    assert reading.day({"updated_at": None}, "updated_at") is None  # trap 16: null until the first edit
    assert reading.day({}, "updated_at") is None
    assert not +reading.tally


def test_two_digit_years_slide_with_the_present_instead_of_turning_at_69() -> None:
    # trap 12
    assert (full_year(18, 2026), full_year(46, 2026), full_year(47, 2026)) == (2018, 2046, 1947)
    assert (full_year(69, 2060), full_year(80, 2060), full_year(81, 2060)) == (2069, 2080, 1981)
    assert all(full_year(year % 100, 2026) == year for year in range(1947, 2047))


@pytest.mark.parametrize(
    "spelling",
    [
        "2025-04-12T00:59:59+01:00",
        "2025-04-11T12:06:00.882601+01:00",
        "2025-04-11T12:06:00.8Z",
        "2018-06-25T12:00:06.0000000Z",
        "2018-06-25T12:00:06.123456789Z",
    ],
)
def test_a_moment_keeps_its_text_and_its_offset(spelling: str) -> None:
    # trap 13
    assert moment(spelling) == spelling


def test_a_moment_just_after_midnight_keeps_the_offset_that_moves_its_day() -> None:
    # trap 14: the client turns it into no day at all; whoever does, names a zone
    found = moment("2025-04-12T00:59:59+01:00")
    assert found is not None
    assert datetime.fromisoformat(found).astimezone(UTC).date() == date(2025, 4, 11)


BAD_MOMENTS = [
    "2025-04-11T12:06:00",
    "2025-04-11",
    "2025-02-30T12:00:00Z",
    "2025-04-11T24:00:00Z",
    "2025-04-11T12:00:00+01:75",
    "2025-04-11T12:00:00.1234567890Z",
    "soon",
]


@pytest.mark.parametrize("bad", [*BAD_MOMENTS, "0001-01-01T00:00:00+01:00", "2025-04-11T12:00:00+25:00", "", 5, True, {}])
def test_a_moment_without_an_offset_or_off_the_calendar_is_none_and_counted(bad: object) -> None:
    # trap 13, fault F21
    reading = Reading()
    assert reading.moment({"deadline_date": bad}, "deadline_date") is None
    assert reading.tally["deadline_date"] == 1


def test_an_unsubmitted_check_in_has_no_submission_and_no_warning() -> None:
    # trap 16
    reading = Reading()
    row = parse_row({"api_id": "1", "deadline_date": "2025-04-11T12:00:00+01:00", "submission_date": None}, reading)
    assert row is not None
    assert row.submitted is None
    assert not +reading.tally


@pytest.mark.parametrize("overdue", [True, False, None])
def test_overdue_is_what_the_upstream_says_whatever_the_dates_say(overdue: bool | None) -> None:
    # trap 17: seed A:73-75 submits at 12:19 against 12:00 and is not overdue
    dates = {"deadline_date": "2025-04-11T12:00:00+01:00", "submission_date": "2025-04-11T12:19:00.405628+01:00"}
    row = parse_row({"api_id": "1", **dates, "overdue": overdue}, Reading())
    assert row is not None
    assert row.overdue is overdue


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        ("7:30 AM", time(7, 30)),
        ("3:30 PM", time(15, 30)),
        ("12:00 AM", time(0)),
        ("12:30 PM", time(12, 30)),
        ("07:05pm", time(19, 5)),
        ("19:30", time(19, 30)),
        ("19:30:05", time(19, 30, 5)),
    ],
)
def test_a_wall_clock_time_has_no_zone(spelling: str, expected: time) -> None:
    # trap 22
    assert clock(spelling) == expected
    assert expected.tzinfo is None


@pytest.mark.parametrize("bad", ["13:00 PM", "0:30 AM", "24:00", "7:60 AM", "7 AM", "noon", "", 730, True, []])
def test_a_bad_wall_clock_time_is_none_and_counted(bad: object) -> None:
    # trap 22, fault F21
    reading = Reading()
    assert reading.clock({"start_time": bad}, "start_time") is None
    assert reading.tally["start_time"] == 1


@pytest.mark.parametrize(
    ("api_id", "expected"),
    [("580:f88ab8b9", "f88ab8b9"), ("f88ab8b9", "f88ab8b9"), ("580:a:b", "a:b"), ("team:7", "team:7"), ("1:2:3", "2:3"), (":x", ":x")],
)
def test_only_one_numeric_prefix_is_stripped_to_compare_ids(api_id: str, expected: str) -> None:
    # trap 6
    assert bare(api_id) == expected


def test_an_id_given_as_a_number_is_text_and_anything_else_is_no_id() -> None:
    # fault F12
    assert (text(7), text("7"), text("")) == ("7", "7", None)
    others: list[object] = [True, None, 1.5, [], {}]
    assert [text(value) for value in others] == [None] * 5


def test_a_count_is_a_whole_number_up_to_the_most_believed() -> None:
    # fault F18
    assert (whole(0, most=5), whole(5, most=5), whole("5", most=5)) == (0, 5, 5)
    lies: list[object] = [6, -1, "six", "", None, True, 2.5, "9" * 50, []]
    assert [whole(lie, most=5) for lie in lies] == [None] * 9


def test_the_year_that_two_digits_are_near_is_the_calendars() -> None:
    assert Reading(calendar=lambda: NOW).year == 2026
    assert Reading(2018, calendar=lambda: NOW).year == 2018
