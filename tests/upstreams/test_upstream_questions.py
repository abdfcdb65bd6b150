"""What is asked: filters that filter, ranges that include both ends, parameters that arrive."""

from __future__ import annotations

from datetime import UTC, date, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest

from tests.upstreams.doubles import always, check_ins, refused, sample, workforce
from upstreams.check_ins import Filter
from upstreams.workforce import COMPANY, CURRENT, Changed, Current, Route, Starts

DAY = date(2024, 1, 1)
TEXTS = ["department", "manager_email", "manager_name", "person_email", "person_name"]
CHANGES = Changed(*(DAY + timedelta(days=number) for number in range(6)))


def asked(target: str) -> list[tuple[str, str]]:
    """The decoded query of a raw target."""
    return parse_qsl(target.partition("?")[2], keep_blank_values=True)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("blank", ["", " ", "\t\n", "\u00a0", "\u200b", "\u3000 "])
def test_an_empty_filter_is_refused_because_it_would_match_everybody(name: str, blank: str) -> None:
    # trap 5
    given: Any = {name: blank}
    error = refused(lambda: Filter(**given))
    assert error is not None
    assert error.argument == name


@pytest.mark.parametrize("value", ["Ann\nLee", "Ann\x00", "Ann\x7f", "\ud800", "a" * 501])
def test_a_filter_that_no_query_can_carry_is_refused(value: str) -> None:
    error = refused(lambda: Filter(person_name=value))
    assert error is not None
    assert value not in str(error)


@pytest.mark.parametrize(
    "name",
    ["O\u2019Neil", "\u674e\u5c0f\u9f99", "Anne\u00a0Lee", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "a&b=c#d+e%20f;g?h/i"],
)
async def test_any_name_that_people_have_arrives_as_it_is(name: str) -> None:
    # trap 5: a name with a joiner or a no-break space is still a name
    double = always(sample("check_ins"))
    await check_ins(double).listing(Filter(person_name=name), limit=1)
    assert asked(double.targets[0])[0] == ("person_name", name)


def test_a_misspelt_filter_is_an_error_and_not_a_list_of_everybody() -> None:
    # trap 5
    with pytest.raises(TypeError, match="person_mail"):
        Filter(person_mail="ann@lee.test")  # type: ignore[call-arg]  # that is the point


async def test_all_seven_filters_arrive_under_their_documented_names() -> None:
    # seed A:19-27
    double = always(sample("check_ins"))
    where = Filter(DAY, date(2024, 2, 3), "R&D", "m@x.test", "M N", "p+q@x.test", "P Q")
    await check_ins(double).listing(where, limit=7, offset=14)
    texts = [
        ("department", "R&D"),
        ("manager_email", "m@x.test"),
        ("manager_name", "M N"),
        ("person_email", "p+q@x.test"),
        ("person_name", "P Q"),
    ]
    window = [("date_from", "2024-01-01"), ("date_to", "2024-02-03")]
    assert asked(double.targets[0]) == [*window, *texts, ("limit", "7"), ("offset", "14")]


async def test_a_filter_that_is_not_set_is_not_sent() -> None:
    # traps 5 and 15: `date_from` or `date_to` would hide the check-ins that nobody submitted
    double = always(sample("check_ins"))
    await check_ins(double).listing(Filter(), limit=1)
    assert double.targets == ["/api/v2/checkins/?limit=1&offset=0"]


def test_submission_days_go_out_as_plain_days() -> None:
    # trap 15: the document's own format, yyyy-mm-dd, which has no zone to misread
    assert Filter(date_from=DAY).query() == [("date_from", "2024-01-01")]


@pytest.mark.parametrize(
    ("zone", "offset"),
    [
        (UTC, "+00:00"),
        (ZoneInfo("Europe/Paris"), "+01:00"),
        (ZoneInfo("America/New_York"), "-05:00"),
        (timezone(timedelta(hours=5.5)), "+05:30"),
    ],
)
async def test_the_first_day_carries_its_offset_and_the_plus_is_encoded(zone: timezone, offset: str) -> None:
    # trap 18
    double = always([])
    await workforce(double).project("p", Starts(DAY, DAY, zone))
    assert asked(double.targets[0])[0] == ("startDay", f"2024-01-01T00:00:00{offset}")
    assert "+" not in double.targets[0]


def test_the_offset_is_that_of_the_day_asked_for_in_summer_and_winter() -> None:
    # trap 18
    zone = ZoneInfo("America/New_York")
    asked_for = [dict(Starts(day, day, zone).query())["startDay"] for day in (DAY, date(2024, 7, 1))]
    assert asked_for == ["2024-01-01T00:00:00-05:00", "2024-07-01T00:00:00-04:00"]


@pytest.mark.parametrize(("last", "days"), [(DAY, "1"), (date(2024, 1, 15), "15"), (date(2024, 12, 30), "365")])
def test_a_range_of_both_ends_asks_one_day_more_than_their_distance(last: date, days: str) -> None:
    # trap 19
    assert ("dayRange", days) in Starts(DAY, last, UTC).query()


@pytest.mark.parametrize("last", [date(2024, 12, 31), date(2023, 12, 31), date(1990, 1, 1)])
def test_a_range_of_no_day_or_of_more_than_365_is_refused(last: date) -> None:
    # trap 19: seed B:16
    error = refused(lambda: Starts(DAY, last, UTC))
    assert error is not None
    assert error.argument == "dayRange"


async def test_the_current_read_asks_for_one_day_and_no_range() -> None:
    # traps 20 and 21: it is another question than the one about starts
    double = always(sample("company"))
    await workforce(double).page(CURRENT, Current(DAY))
    assert double.targets == ["/v2/companies/acme/assignments/current?date=2024-01-01&page=0"]


async def test_the_six_change_filters_go_with_every_assignment_endpoint() -> None:
    # trap 24: seed B:27-34
    double = always({**sample("company"), "possible_pages": 1})
    client, starts = workforce(double), Starts(DAY, DAY, UTC, CHANGES)
    await client.page(COMPANY, starts)
    await client.page(Route("group", "g"), starts)
    await client.page(CURRENT, Current(DAY, CHANGES))
    await client.project("p", starts)
    await client.person("p", starts)
    names = Changed.__struct_fields__
    sent = [[pair for pair in asked(target) if pair[0] in names] for target in double.targets]
    assert sent == [[(name, getattr(CHANGES, name).isoformat()) for name in names]] * 5


def test_the_current_read_always_says_which_day() -> None:
    # trap 21: without one the upstream takes its own today, in a zone of its own
    assert Current(DAY).query() == [("date", "2024-01-01")]
