"""For any JSON at all: a record, None or a BadResponse. For any list at all: every row once, in order, in few calls."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.upstreams.doubles import Double, Object, People, Rows, check_ins, numbers, people, rows, sample, workforce
from upstreams.bookings import parse_assignments, parse_booking, parse_page
from upstreams.check_ins import Filter
from upstreams.errors import BadInput, BadResponse
from upstreams.listings import parse_detail, parse_listing
from upstreams.reading import Reading
from upstreams.records import Assignment, Booking, CheckIn, Listing, Page
from upstreams.values import bare, clock, day, full_year, moment, segment
from upstreams.workforce import COMPANY, Starts

quick = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])

NAMES = [*sample("company"), *sample("company")["data"][0], *sample("person")[0], *sample("check_ins"), *sample("check_in")]
NAMES += [*sample("check_in")["responses"][0], "responses", "results", "timeoff", *sample("company")["data"][0]["timeoff"][0]]
leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
keys = st.sampled_from(NAMES) | st.text(max_size=4)
anything = st.recursive(leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=6), max_leaves=20)

WORDS = st.text(min_size=1, max_size=12)
DAYS = st.dates(date(1950, 1, 1), date(2040, 12, 31))


@st.composite
def bent(draw: st.DrawFn, name: str) -> Any:
    """A document's example in which up to four values, anywhere, are anything."""
    found = sample(name)
    for _ in range(draw(st.integers(1, 4))):
        found = replaced(draw, found)
    return found


def replaced(draw: st.DrawFn, value: Any) -> Any:
    """The value with one of its parts, or itself, replaced by anything."""
    places: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    if not places or draw(st.integers(0, 4)) == 0:
        return draw(anything)
    place = draw(st.sampled_from(places))
    value[place] = replaced(draw, value[place])
    return value


def outcome(parse: Any, *arguments: Any, **more: Any) -> Any:
    """What a parser gives; a BadResponse is one of the things that it may give."""
    try:
        return parse(*arguments, **more)
    except BadResponse as error:
        return error


@quick
@given(anything | bent("check_ins"), st.integers(0, 10**6))
def test_any_json_is_a_listing_or_a_bad_response(raw: Any, offset: int) -> None:
    found = outcome(parse_listing, raw, Reading(2026), offset=offset)
    assert isinstance(found, (Listing, BadResponse))
    if isinstance(found, Listing):
        ids = [row.id for row in found.items]
        assert all(ids)
        assert len(set(ids)) == len(ids)
        assert list(found.places) == sorted(set(found.places))
        assert all(offset <= place < offset + found.taken for place in found.places)
        assert found.taken == len(raw["results"])
        assert found.taken > 0 or not found.more


@quick
@given(anything | bent("check_in"))
def test_any_json_is_a_check_in_or_a_bad_response(raw: Any) -> None:
    found = outcome(parse_detail, raw, Reading(2026))
    assert isinstance(found, (CheckIn, BadResponse))
    if isinstance(found, CheckIn):
        assert found.id == str(raw["api_id"])
        assert all(one.check_in_id == found.id and one.id for one in found.responses or ())


@quick
@given(anything | bent("company"), st.integers(0, 5))
def test_any_json_is_a_page_of_people_or_a_bad_response(raw: Any, asked: int) -> None:
    found = outcome(parse_page, raw, asked, Reading(2026), most_pages=6)
    assert isinstance(found, (Page, BadResponse))
    if isinstance(found, Page):
        assert (found.number, 0 <= found.pages <= 6) == (asked, True)
        assert all(booking.person.id for booking in found.bookings)
        assert len(found.bookings) <= len(raw["data"]) <= len(found.bookings) + found.dropped


@quick
@given(anything | bent("project") | bent("person"))
def test_any_json_is_assignments_or_a_bad_response(raw: Any) -> None:
    found = outcome(parse_assignments, raw, Reading(2026))
    assert isinstance(found, (tuple, BadResponse))
    if isinstance(found, tuple):
        assert all(isinstance(one, Assignment) and one.id and one.person.id and one.project.id for one in found)
        assert len({one.id for one in found}) == len(found)


@quick
@given(anything | st.dictionaries(keys, anything))
def test_any_json_is_a_booking_or_none(raw: Any) -> None:
    found = parse_booking(raw, Reading(2026))
    assert found is None or isinstance(found, Booking)
    if found is not None:
        assert len({one.id for one in found.time_off}) == len(found.time_off)


@quick
@given(WORDS, WORDS, WORDS)
def test_ids_survive_as_they_are(one: str, two: str, three: str) -> None:
    row = {"id": one, "person_id": two, "project_id": three}
    [found] = parse_assignments([row], Reading(2026))
    assert (found.id, found.person.id, found.project.id) == (one, two, three)
    assert parse_listing({"count": 1, "next": None, "results": [{"api_id": one}]}, Reading(), offset=0).items[0].id == one


@quick
@given(DAYS)
def test_a_day_survives_every_spelling(value: date) -> None:
    # trap 12
    us = f"{value.month}/{value.day:02d}/"
    spelled: list[object] = [
        f"{us}{value.year}",
        f"{value.month:02d}/{value.day}/{value.year}",
        value.isoformat(),
        f"{value}T23:59:59.5-11:00",
    ]
    assert {day(one, this_year=2026) for one in spelled} == {value}
    milliseconds = (value.toordinal() - date(1970, 1, 1).toordinal()) * 86_400_000 + 86_399_999
    assert day(milliseconds, this_year=2026) == (value if 1990 <= value.year <= 2099 else None)
    near = day(f"{us}{value.year % 100:02d}", this_year=2026)
    assert near is None or near.year % 100 == value.year % 100
    assert near == value or not 1947 <= value.year <= 2046


@quick
@given(st.integers(0, 99), st.integers(1900, 2200))
def test_two_digits_are_a_year_within_eighty_years_back_and_twenty_ahead(digits: int, now: int) -> None:
    # trap 12
    found = full_year(digits, now)
    assert found % 100 == digits
    assert now - 79 <= found <= now + 20


@quick
@given(st.times().map(lambda value: value.replace(second=0, microsecond=0)))
def test_a_wall_clock_time_survives_both_clocks(value: time) -> None:
    # trap 22
    twelve = f"{value.hour % 12 or 12}:{value.minute:02d} {'PM' if value.hour >= 12 else 'AM'}"
    assert clock(twelve) == clock(f"{value.hour}:{value.minute:02d}") == value


@quick
@given(st.datetimes(min_value=datetime(2, 1, 1), timezones=st.timezones()))
def test_a_moment_survives_letter_by_letter_or_is_refused(value: Any) -> None:
    # trap 13
    written = value.isoformat()
    assert moment(written) in {written, None}
    assert moment(written) == written or value.utcoffset().seconds % 60


@quick
@given(anything)
def test_no_value_can_break_a_reading(value: Any) -> None:
    # fault F21
    reading = Reading(2026)
    read = [reading.day({"x": value}, "x"), reading.clock({"x": value}, "x"), reading.moment({"x": value}, "x")]
    assert reading.tally["x"] == (0 if value is None else read.count(None))


@quick
@given(st.text(max_size=210))
def test_any_id_is_one_harmless_segment_or_refused(value: str) -> None:
    # trap 35
    try:
        found = segment("id", value)
    except BadInput:
        return
    assert found.isascii()
    assert found.strip() not in {"", ".", ".."}
    assert not set(found) & set("/\\?#:+& ;\r\n")


@quick
@given(st.integers(0, 9999), st.text(max_size=20))
def test_a_tenant_prefix_makes_no_other_id(tenant: int, own: str) -> None:
    # trap 6
    assert bare(f"{tenant}:{own}") == own
    assert bare(own) == own or own.partition(":")[0].isdecimal()


@quick
@given(total=st.integers(0, 60), limit=st.integers(1, 25), clamp=st.integers(1, 25), start=st.integers(0, 70))
async def test_any_list_is_walked_row_by_row_in_few_calls(total: int, limit: int, clamp: int, start: int) -> None:
    # trap 32
    double = Double(Rows(rows(total), clamp=clamp))
    pages = [page async for page in check_ins(double).pages(Filter(), limit=limit, offset=start)]
    left, step = max(0, total - start), min(limit, clamp)
    assert numbers(row.id for page in pages for row in page.items) == list(range(start, total))
    assert len(double.requests) == max(1, -(-left // step))


lies = st.none() | st.booleans() | st.integers(-5, 10**12) | st.text(max_size=3)


@quick
@given(total=st.integers(0, 40), limit=st.integers(1, 10), count=lies)
async def test_any_lie_about_the_count_costs_at_most_one_call_more(total: int, limit: int, count: Any) -> None:
    # fault F18
    double = Double(Rows(rows(total), count=lambda honest: count))
    pages = [page async for page in check_ins(double).pages(Filter(), limit=limit)]
    assert numbers(row.id for page in pages for row in page.items) == list(range(total))
    assert len(double.requests) <= max(1, -(-total // limit)) + 1


@quick
@given(total=st.integers(0, 80), size=st.integers(1, 20))
async def test_any_pages_of_people_are_walked_and_scanned_in_as_many_calls(total: int, size: int) -> None:
    # trap 31
    walk, scan = Double(People(people(total), size=size)), Double(People(people(total), size=size))
    question = Starts(date(2024, 1, 1), date(2024, 1, 2), UTC)
    walked = [booking async for page in workforce(walk).pages(COMPANY, question) for booking in page.bookings]
    scanned = await workforce(scan).scan(COMPANY, question)
    assert scanned is not None
    assert (tuple(walked), scanned.complete) == (scanned.bookings, True)
    assert numbers(booking.person.id for booking in walked) == list(range(total))
    assert len(walk.requests) == len(scan.requests) == max(1, -(-total // size))


@quick
@given(total=st.integers(1, 40), size=st.integers(1, 10), extra=st.integers(0, 10**6) | st.none() | st.text(max_size=3))
async def test_any_lie_that_promises_more_pages_ends_within_a_wave(total: int, size: int, extra: Any) -> None:
    # fault F18
    pages = -(-total // size)
    double = Double(People(people(total), size=size, possible=lambda honest: honest + extra if isinstance(extra, int) else extra))
    found = await workforce(double).scan(COMPANY, Starts(date(2024, 1, 1), date(2024, 1, 2), UTC))
    assert found is not None
    if not (isinstance(extra, str) and extra.isdecimal()):
        assert numbers(booking.person.id for booking in found.bookings) == list(range(total))
    assert len(double.requests) <= pages + 32


@quick
@given(st.lists(st.lists(st.integers(0, 9), max_size=5), min_size=1, max_size=5))
async def test_people_on_any_pages_come_once_in_the_order_of_their_first_page(pages: list[list[int]]) -> None:
    # trap 10, fault F13
    given: list[Object] = [{"person_id": str(one)} for page in pages for one in page]
    found = await workforce(Double(People(given, size=3))).scan(COMPANY, Starts(date(2024, 1, 1), date(2024, 1, 2), UTC))
    assert found is not None
    assert [booking.person.id for booking in found.bookings] == list(dict.fromkeys(one["person_id"] for one in given))
