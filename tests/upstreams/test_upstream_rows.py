"""Rows into records: one bad row or value costs itself, never the page."""

from __future__ import annotations

from typing import Any

import pytest

from tests.upstreams.doubles import Object, always, check_ins, people, rows, sample, shown, workforce
from upstreams.answers import decode
from upstreams.bookings import parse_assignment, parse_assignments, parse_booking, parse_page
from upstreams.check_ins import Filter
from upstreams.errors import BadResponse
from upstreams.listings import parse_detail, parse_listing, parse_properties
from upstreams.reading import Reading
from upstreams.records import Category, Property, Status, WorkDays

ROW: Object = {"id": "a", "person_id": "p", "person_name": "Ann Lee", "project_id": "j"}
COMPLETE: Object = {"id": "c", "name": "Complete", "abbreviation": "COMP", "color": "#FFFB23"}


def assigned(**fields: Any) -> Any:
    """The assignment that ROW with these fields is."""
    found = parse_assignment({**ROW, **fields}, Reading(2026))
    assert found is not None
    return found


def detail(*responses: Any) -> Any:
    """A check-in answer with these responses."""
    return {"api_id": "1", "responses": list(responses)}


def test_a_list_row_carries_no_person_and_no_responses() -> None:
    # trap 2: None says "not asked for", an empty tuple says "nobody answered"
    listing = parse_listing({"count": 1, "next": None, "results": [{"api_id": "1", "person_name": "Ann Lee"}]}, Reading(), offset=0)
    assert [row.responses for row in listing.items] == [None]
    assert parse_detail(detail(), Reading()).responses == ()


def test_a_person_is_known_from_responses_that_may_be_none_repeat_or_disagree() -> None:
    # trap 3: repeats are one, and those that disagree are all kept for others to refuse
    ann = {"api_id": "r1", "person_api_id": "580:a", "person_name": "Ann Lee"}
    joan = {"api_id": "r2", "person_api_id": "580:b", "person_name": "Joan Lee"}
    assert parse_detail(detail(), Reading()).responses == ()
    repeated = parse_detail(detail(ann, ann), Reading()).responses
    disagreeing = parse_detail(detail(ann, joan), Reading()).responses
    assert repeated is not None
    assert disagreeing is not None
    assert [one.id for one in repeated] == ["r1"]
    assert [one.account.id for one in disagreeing if one.account] == ["580:a", "580:b"]


def test_a_response_without_a_person_id_has_no_account() -> None:
    # trap 3: a name alone is nobody's id
    [response] = parse_detail(detail({"api_id": "r1", "person_name": "Ann Lee"}), Reading()).responses or ()
    assert response.account is None


def test_employee_number_and_job_title_come_only_with_company_rows() -> None:
    # trap 7
    booking = parse_booking(sample("company")["data"][0], Reading(2026))
    assert booking is not None
    assert booking.person.employee_number == "123-a234s-456"
    assert {one.person for one in booking.assignments} == {booking.person}
    [row] = parse_assignments(sample("project"), Reading(2026))
    assert (row.person.name, row.person.employee_number, row.person.job_title) == ("Hunter Gray", None, None)


def test_a_person_comes_with_any_bookings_there_are_also_with_none() -> None:
    # trap 29: the company read is no directory, and a row without bookings is no error
    booking = parse_booking({"person_id": "p", "assignments": [], "timeoff": []}, Reading())
    assert booking is not None
    assert (booking.assignments, booking.time_off) == ((), ())


def test_weekday_keys_are_text_and_sunday_is_the_first() -> None:
    # trap 23
    assert assigned(work_days={"0": True, "6": False}).work_days == WorkDays(sunday=True, saturday=False)
    assert assigned(work_days={"1": "yes", "2": 1}).work_days == WorkDays()
    others: list[object] = [None, [], "0111110"]
    assert [assigned(work_days=raw).work_days for raw in others] == [None, None, None]


def test_unquoted_weekday_keys_as_the_document_prints_them_are_no_json() -> None:
    # trap 23
    with pytest.raises(BadResponse):
        decode("workforce", b'{"work_days": {0: false}}')


@pytest.mark.parametrize("spelling", ["assignment_status", "assignment_state", "state"])
def test_a_status_has_three_names_and_may_be_an_object_text_or_null(spelling: str) -> None:
    # trap 25
    assert assigned(**{spelling: COMPLETE}).status == Status("c", "Complete", "COMP", "#FFFB23")
    assert assigned(**{spelling: "Complete"}).status == Status(name="Complete")
    assert assigned(**{spelling: None}).status is None


def test_the_first_status_that_is_present_wins() -> None:
    # trap 25
    found = assigned(state="third", assignment_state="second", assignment_status=None)
    assert found.status == Status(name="second")


def test_an_unknown_status_and_extra_fields_pass() -> None:
    # fault F14
    assert assigned(state={"name": "Paused on Mars", "planet": "Mars"}).status == Status(name="Paused on Mars")
    assert assigned(status="Paused", shoe_size=44) == assigned()


def test_a_project_number_is_a_job_number() -> None:
    # trap 26
    assert assigned(project_number="7").project.number == assigned(job_number="7").project.number == "7"
    assert assigned(project_number=None, job_number=7).project.number == "7"
    assert assigned(project_number="7", job_number="8").project.number == "7"


def test_a_project_has_a_color_only_where_one_is_given() -> None:
    # trap 26
    assert [row.project.color for row in parse_assignments(sample("person"), Reading(2026))] == ["#53A9FF"]
    assert [row.project.color for row in parse_assignments(sample("project"), Reading(2026))] == [None]


def test_a_category_with_neither_id_nor_name_is_none() -> None:
    assert assigned(category_id=None, category_name=None).category is None
    assert assigned(subcategory_id=None, subcategory_name="North Lot").subcategory == Category(None, "North Lot")


def test_properties_come_as_an_array_of_pairs_or_as_an_object() -> None:
    # trap 27
    expected = (Property("role", "Joiner"), Property("site", None))
    assert parse_properties([{"name": "role", "value": "Joiner"}, {"name": "site", "value": None}]) == expected
    assert parse_properties({"role": "Joiner", "site": None}) == expected
    assert parse_properties([{"value": "nameless"}, "text", None]) == ()
    assert [parse_properties(raw) for raw in (None, "role", 7)] == [(), (), ()]


async def test_sensitive_values_are_in_no_tally_and_no_error() -> None:
    # trap 28: what is counted and raised names fields and reasons, not values
    absence = {"reason": "medical-secret", "start_day": "medical-secret", "start_time": "medical-secret"}
    row = {"person_id": "p", "timeoff": [absence, "medical-secret"], "assignments": ["medical-secret"]}
    client = workforce(always([{**ROW, "start_day": "medical-secret"}]))
    reading = Reading(2026)
    parse_page({"data": [row], "possible_pages": 1, "current_page": 0}, 0, reading, most_pages=5)
    assert +reading.tally == {"start_day": 1, "start_time": 1, "dropped": 2}
    assert "medical-secret" not in f"{client.unreadable} {reading}"
    with pytest.raises(BadResponse) as caught:
        parse_page({"data": {"reason": "medical-secret"}}, 0, reading, most_pages=5)
    assert "medical-secret" not in shown(caught.value)


@pytest.mark.parametrize("broken", [None, "row", 7, [], {}, {"api_id": None}, {"api_id": ""}, {"api_id": True}])
def test_a_check_in_without_an_id_is_dropped_and_counted_and_its_neighbours_stay(broken: object) -> None:
    # faults F11 and F12: the places are the rows' own offsets
    listing = parse_listing({"count": 3, "next": None, "results": [rows(1)[0], broken, {"api_id": "z"}]}, Reading(), offset=40)
    assert [row.id for row in listing.items] == ["0", "z"]
    assert listing.places == (40, 42)
    assert (listing.taken, listing.dropped) == (3, 1)


@pytest.mark.parametrize("broken", [None, "row", 7, [], {}, {"person_id": None}, {"person_id": ""}, {"person_name": "nobody"}])
def test_a_person_without_an_id_is_dropped_and_counted_and_the_page_stays(broken: object) -> None:
    # faults F11 and F12
    page = parse_page({"possible_pages": 1, "current_page": 0, "data": [people(1)[0], broken]}, 0, Reading(), most_pages=5)
    assert [one.person.id for one in page.bookings] == ["0"]
    assert page.dropped == 1


@pytest.mark.parametrize("missing", ["id", "person_id", "project_id"])
def test_an_assignment_without_an_id_a_person_or_a_project_is_dropped_and_counted(missing: str) -> None:
    # fault F12
    reading = Reading()
    assert parse_assignments([{**ROW, missing: None}, ROW], reading) == (parse_assignment(ROW, Reading()),)
    assert reading.dropped == 1


@pytest.mark.parametrize("field", ["assignments", "timeoff"])
@pytest.mark.parametrize(("wrong", "lost"), [("text", 1), ({}, 1), (0, 1), (False, 1), (["text", None], 2), (None, 0), ([], 0)])
def test_bookings_that_are_no_list_of_objects_are_counted_as_lost(field: str, wrong: object, lost: int) -> None:
    # fault F11: a person whose bookings cannot be read must not look like one without any
    page = parse_page({"possible_pages": 1, "current_page": 0, "data": [{"person_id": "p", field: wrong}]}, 0, Reading(), most_pages=5)
    assert [one.person.id for one in page.bookings] == ["p"]
    assert page.dropped == lost


def test_a_value_of_the_wrong_type_is_null_and_the_row_stays() -> None:
    # fault F11
    found = assigned(start_day=[], end_time={}, work_days=7, category_name=[], created_at=True, assignment_status=[])
    assert found == assigned()


async def test_what_could_not_be_read_is_counted_by_field_for_as_long_as_the_client_lives() -> None:
    # faults F11 and F21
    client = check_ins(always({"count": 1, "next": None, "results": [{"api_id": "1", "deadline_date": "soon"}, None]}))
    for _ in range(2):
        await client.listing(Filter(), limit=10)
    assert client.unreadable == {"deadline_date": 2, "dropped": 2}


def test_a_repeated_row_is_one_row_at_its_first_place() -> None:
    # fault F13
    given = [{"api_id": one} for one in "abab"] + [{"api_id": "c"}]
    listing = parse_listing({"count": 5, "next": None, "results": given}, Reading(), offset=10)
    assert [row.id for row in listing.items] == ["a", "b", "c"]
    assert listing.places == (10, 11, 14)


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_assignments_with_one_id_the_newer_stands(order: int) -> None:
    # fault F13
    old, new = {**ROW, "updated_at": None, "end_day": "1/1/18"}, {**ROW, "updated_at": "7/01/18", "end_day": "2/2/18"}
    [found] = parse_assignments([old, new][::order], Reading(2026))
    booking = parse_booking({"person_id": "p", "assignments": [old, new][::order]}, Reading(2026))
    assert found.end == assigned(end_day="2/2/18").end
    assert booking is not None
    assert [one.end for one in booking.assignments] == [found.end]


@pytest.mark.parametrize("answer", [None, [], "text", 7, {}, {"results": None}, {"results": {}}, {"data": []}])
def test_a_list_answer_of_another_shape_is_a_bad_response(answer: object) -> None:
    # fault F10
    with pytest.raises(BadResponse):
        parse_listing(answer, Reading(), offset=0)


@pytest.mark.parametrize("answer", [None, [], "text", 7, {}, {"api_id": "1"}, {"responses": []}, {"api_id": "1", "responses": None}])
def test_a_detail_of_another_shape_is_a_bad_response(answer: object) -> None:
    # fault F10
    with pytest.raises(BadResponse):
        parse_detail(answer, Reading())


@pytest.mark.parametrize("answer", [None, [], "text", 7, {}, {"data": None}, {"data": {}}, {"possible_pages": 1, "current_page": 0}])
def test_a_page_of_another_shape_is_a_bad_response(answer: object) -> None:
    # fault F10
    with pytest.raises(BadResponse):
        parse_page(answer, 0, Reading(), most_pages=5)


@pytest.mark.parametrize("answer", [None, "text", 7, {}, {"data": None}, {"assignments": []}])
def test_a_project_or_person_answer_of_another_shape_is_a_bad_response(answer: object) -> None:
    # fault F10
    with pytest.raises(BadResponse):
        parse_assignments(answer, Reading())
