"""One record of an answer is wrong: it costs itself, is counted, and the list that lacks it says so."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.faults.bent import at, bent, within
from tests.graphs import codes

ROWS = "{ checkIns(first: 50) { nodes { id deadline submittedAt overdue onVacation isAdhoc } completeness { complete } } }"
DETAIL = '{ checkIn(id: "a0-0") { id submittedAt responses { id respondedAt personName personEmail personDepartment } } }'
BOOKED = """{ project(id: "bridge") { assignments {
  id startDay endDay startTime endTime createdOn updatedOn workDays { monday } project { name number } status { name } category { name }
} } }"""
STAFF = "{ people(first: 50) { nodes { id name employeeNumber jobTitle { name } timeOff { reason isPaid startDay } } completeness { complete } } }"


def first(change: Callable[[Any], Any], lists: str | None = None) -> Callable[[Any], Any]:
    """The first record of an answer is changed in place."""

    def bend(content: Any) -> Any:
        rows = within(content, lists)
        if rows:
            change(rows[0])
        return content

    return bend


def field(name: str, value: Any) -> Callable[[Any], Any]:
    """One field of a record has this value."""
    return lambda row: row.update({name: value})


def differences(one: Any, other: Any, path: str = "") -> set[str]:
    """The fields in which two answers of one shape differ."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return set().union(*(differences(one[key], other[key], key) for key in one))
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return set().union(*(differences(left, right, path) for left, right in zip(one, other, strict=True)))
    return set() if one == other else {path}


def strip(data: Any) -> Any:
    """An answer without what it says of its own completeness, its records by id: a missing day has a place of its own among others."""
    if isinstance(data, list):
        return sorted((strip(one) for one in data), key=lambda one: str(one.get("id")))
    return {key: strip(value) for key, value in data.items() if key != "completeness"} if isinstance(data, dict) else data


FIELDS = [
    *[("check-ins", None, ROWS, *pair) for pair in (("deadline_date", "deadline"), ("submission_date", "submittedAt"))],
    *[("check-ins", None, ROWS, *pair) for pair in (("overdue", "overdue"), ("on_vacation", "onVacation"), ("is_adhoc", "isAdhoc"))],
    *[("check-in", None, DETAIL, *pair) for pair in (("response_date", "respondedAt"), ("person_name", "personName"))],
    *[("check-in", None, DETAIL, *pair) for pair in (("person_email", "personEmail"), ("person_department", "personDepartment"))],
    *[("projects", None, BOOKED, *pair) for pair in (("start_day", "startDay"), ("end_day", "endDay"), ("start_time", "startTime"))],
    *[("projects", None, BOOKED, *pair) for pair in (("end_time", "endTime"), ("created_at", "createdOn"), ("work_days", "workDays"))],
    *[("projects", None, BOOKED, *pair) for pair in (("project_name", "name"), ("project_number", "number"))],
    *[("company", None, STAFF, *pair) for pair in (("employee_number", "employeeNumber"), ("job_title_name", "name"))],
    *[("company", "timeoff", STAFF, *pair) for pair in (("reason", "reason"), ("is_paid", "isPaid"), ("start_day", "startDay"))],
]


WRONG: list[Any] = [[], {}, 2.5, [None, {"a": 1}]]
CASES = [(*one, wrong) for one in FIELDS for wrong in WRONG if not (one[3] == "work_days" and wrong == {})]
"""An empty object is a week of which nothing is known."""


@pytest.mark.parametrize(("where", "lists", "query", "name", "shown", "wrong"), CASES, ids=[f"{one[3]}-{one[5]}" for one in CASES])
async def test_a_value_of_the_wrong_type_is_null_and_counted_and_everything_else_stays(
    company: Path, where: str, lists: str | None, query: str, name: str, shown: str, wrong: Any
) -> None:
    """(faults.md F11)"""
    async with bent(company) as one:
        before = await one.data(query)
        one.known.directories.forget("company")
        one.bending.bend = at(where, first(field(name, wrong), lists))
        found = await one.ask(query)
        assert "errors" not in found
        assert differences(strip(before), strip(found["data"])) <= {shown, "jobTitle"}
        assert one.counted(name) > 0


@pytest.mark.parametrize("broken", [None, "row", 7, [], {}, {"api_id": None, "person_id": None, "id": None}], ids=str)
async def test_a_record_that_is_none_is_dropped_and_counted_and_its_neighbours_stay(company: Path, broken: Any) -> None:
    """In every list that an upstream gives (faults.md F11, F12)."""
    lists = [("check-ins", ROWS, "checkIns"), ("current", "{ currentAssignments(first: 50) { nodes { id } } }", "currentAssignments")]
    for where, query, root in lists:
        async with bent(company) as one:
            before = (await one.data(query))[root]["nodes"]
            one.bending.bend = at(where, lambda content: inserted(content, broken))
            assert (await one.data(query))[root]["nodes"] == before
            assert one.counted("dropped") == 1


def inserted(content: Any, row: Any) -> Any:
    """An answer with one more record in its middle."""
    rows = within(content)
    rows.insert(len(rows) // 2, row)
    return content


LOST: list[tuple[str, str, str | None, str, str]] = [
    ("check-ins", "api_id", None, "{ checkIns(first: 50) { nodes { id } completeness { complete } } }", "checkIns"),
    ("current", "person_id", None, "{ currentAssignments(first: 50) { nodes { id } completeness { complete } } }", "currentAssignments"),
    ("current", "id", "assignments", "{ currentAssignments(first: 50) { nodes { id } completeness { complete } } }", "currentAssignments"),
    ("company", "person_id", None, "{ assignments(first: 50) { nodes { id } completeness { complete } } }", "assignments"),
    ("company", "person_id", None, "{ people(first: 50) { nodes { id } completeness { complete } } }", "people"),
    ("company", "project_id", "assignments", "{ projects(first: 50) { nodes { id } completeness { complete } } }", "projects"),
]


@pytest.mark.parametrize("missing", [None, "", True, []], ids=repr)
@pytest.mark.parametrize(("where", "name", "lists", "query", "root"), LOST, ids=[f"{one[4]}-{one[1]}" for one in LOST])
async def test_a_list_without_a_record_that_had_no_id_says_that_it_is_incomplete(
    company: Path, where: str, name: str, lists: str | None, query: str, root: str, missing: Any
) -> None:
    """(faults.md F12)"""
    async with bent(company) as one:
        before = (await one.data(query))[root]
        assert before["completeness"] == {"complete": True}
        one.known.directories.forget("company")
        one.bending.bend = at(where, first(field(name, missing), lists))
        after = (await one.data(query))[root]
        assert after["completeness"] == {"complete": False}
        assert {node["id"] for node in after["nodes"]} <= {node["id"] for node in before["nodes"]}
        assert one.counted("dropped") > 0


async def test_a_count_of_assignments_that_cannot_all_be_read_is_not_given(company: Path) -> None:
    """(faults.md F12)"""
    query = "{ currentAssignments(first: 1) { totalCount } }"
    async with bent(company) as one:
        assert (await one.data(query))["currentAssignments"]["totalCount"] > 5
        one.bending.bend = at("current", first(field("id", None), "assignments"))
        assert (await one.data(query))["currentAssignments"]["totalCount"] is None


@pytest.mark.parametrize(
    ("where", "name", "query", "lost"),
    [
        ("projects", "id", '{ project(id: "bridge") { assignments(startingBetween: {from: "2026-01-01", to: "2026-03-04"}) { id } } }', 2),
        ("check-in", "api_id", '{ checkIn(id: "a0-0") { again: responses { id } responses { id } people { id } } }', 1),
    ],
    ids=["one of each of two lists", "one of one list"],
)
async def test_an_answer_whose_plain_list_lacks_a_record_says_how_many_could_not_be_read(
    company: Path, where: str, name: str, query: str, lost: int
) -> None:
    """(faults.md F12)"""
    async with bent(company) as one:
        assert "completeness" not in (await one.ask(query)).get("extensions", {})
        one.bending.bend = at(where, first(field(name, None)))
        assert (await one.ask(query))["extensions"]["completeness"] == {"complete": False, "unreadableRows": lost}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ('{ person(id: "w1") { timeOff { id } } }', "time off may be missing"),
        ('{ person(id: "w1") { onLeave } }', "time off may be missing"),
        ('{ project(id: "bridge") { assignments { conflictingTimeOff { id } } } }', "time off may be missing"),
    ],
)
async def test_time_off_from_a_directory_that_lacks_records_is_said_to_be_approximate(company: Path, query: str, said: str) -> None:
    """(faults.md F12)"""
    async with bent(company, at("company", lambda content: inserted(content, None))) as one:
        assert any(said in sentence for sentence in (await one.ask(query))["extensions"]["approximations"])


async def test_the_last_check_in_among_records_of_which_one_is_lost_is_said_to_be_approximate(company: Path) -> None:
    """(faults.md F12)"""
    query = '{ person(id: "w0") { lastCheckIn { id } overdueCheckIns { id } } }'
    async with bent(company) as one:
        assert "approximations" not in (await one.ask(query))["extensions"]
        one.bending.bend = at("check-ins", lambda content: inserted(content, {}))
        assert any("could not be read" in sentence for sentence in (await one.ask(query))["extensions"]["approximations"])


def doubled(change: Callable[[Any], Any], *, behind: bool, lists: str | None = None) -> Callable[[Any], Any]:
    """The first record comes twice, the copy changed, right behind it or right before."""

    def bend(content: Any) -> Any:
        for rows in [within(content)] if lists is None else [row[lists] for row in within(content)]:
            if rows:
                change(copy := deepcopy(rows[0]))
                rows.insert(1 if behind else 0, copy)
        return content

    return bend


@pytest.mark.parametrize(
    ("where", "query"), [("check-ins", ROWS), ("projects", BOOKED), ("check-in", DETAIL), ("company", STAFF)], ids=lambda one: one[:12]
)
async def test_a_record_that_comes_twice_is_shown_once_and_nothing_is_wrong_with_it(company: Path, where: str, query: str) -> None:
    """(faults.md F13)"""
    async with bent(company) as one:
        before = await one.data(query)
        one.known.directories.forget("company")
        one.bending.bend = at(where, doubled(lambda row: None, behind=True))
        assert strip(await one.data(query)) == strip(before)
        assert one.counted("conflict") == 0


@pytest.mark.parametrize("behind", [True, False])
@pytest.mark.parametrize(
    ("where", "query", "lists"),
    [
        ("projects", '{ project(id: "bridge") { assignments { id updatedOn endDay } } }', None),
        ("people", '{ person(id: "w0") { assignments { id updatedOn endDay } } }', None),
        ("current", "{ currentAssignments(first: 50) { nodes { id updatedOn endDay } } }", "assignments"),
    ],
)
async def test_of_two_assignments_of_one_id_the_newest_is_shown_and_the_conflict_counted(
    company: Path, where: str, query: str, lists: str | None, behind: bool
) -> None:
    """Newer by `updated_at`; a warning metric, not a silence (faults.md F13)."""

    def change(row: Any) -> None:
        row.update({"updated_at": "3/03/26", "end_day": "4/30/26"})

    async with bent(company, at(where, doubled(change, behind=behind, lists=lists))) as one:
        (root,) = (await one.data(query)).values()
        shown = root["nodes"] if "nodes" in root else root["assignments"]
        ids = [row["id"] for row in shown]
        assert len(set(ids)) == len(ids)
        newest = [row for row in shown if row["updatedOn"] == "2026-03-03"]
        assert newest
        assert {row["endDay"] for row in newest} == {"2026-04-30"}
        assert one.counted("conflict") > 0


@pytest.mark.parametrize("behind", [True, False])
async def test_of_two_rows_of_one_check_in_the_one_submitted_later_is_shown(company: Path, behind: bool) -> None:
    """Rows of check-ins have no `updated_at` (faults.md F13)."""
    change = field("submission_date", "2026-03-04T11:00:00+00:00")
    async with bent(company, at("check-ins", doubled(change, behind=behind))) as one:
        rows = (await one.data(ROWS))["checkIns"]["nodes"]
        assert len({row["id"] for row in rows}) == len(rows)
        assert [row["submittedAt"] for row in rows].count("2026-03-04T11:00:00+00:00") == 1
        assert one.counted("conflict") == 1


@pytest.mark.parametrize("behind", [True, False])
async def test_responses_of_one_id_that_name_two_people_name_nobody(company: Path, behind: bool) -> None:
    """A conflict about who answered is never decided by a guess (faults.md F13, F32)."""

    def change(row: Any) -> None:
        row.update({"person_api_id": "a1", "person_name": "Bob Ray", "person_email": "1@example.com"})

    async with bent(company, at("check-in", doubled(change, behind=behind))) as one:
        found = (await one.data('{ checkIn(id: "a0-0") { responses { personName person { id } } people { id } } }'))["checkIn"]
        assert found == {"responses": [{"personName": None, "person": None}], "people": []}
        assert one.counted("conflict") > 0
        walk = await one.ask('{ person(id: "w0") { checkIns(first: 9) { nodes { id } } } }')
        assert walk["data"]["person"]["checkIns"] is None
        assert {code for code, _ in codes(walk)} == {"IDENTITY_AMBIGUOUS"}


def plain_id(value: object) -> str:
    """A value as the id of a case that can be given back on a command line: ASCII without backslashes."""
    return ascii(value).replace("\\", "")


STATUSES = [
    ("Paused on Mars", "Paused on Mars"),
    ({"name": "Paused on Mars", "planet": "Mars"}, "Paused on Mars"),
    ({"name": "\u05d4\u05e9\u05d4\u05d9\u05d4"}, "\u05d4\u05e9\u05d4\u05d9\u05d4"),
    (9, "9"),
]


@pytest.mark.parametrize(("status", "shown"), STATUSES, ids=plain_id)
async def test_a_status_that_nobody_has_heard_of_passes_through_as_text(company: Path, status: Any, shown: str) -> None:
    """(faults.md F14)"""
    async with bent(company, at("projects", first(field("state", status)))) as one:
        rows = (await one.data(BOOKED))["project"]["assignments"]
        assert shown in [row["status"] and row["status"]["name"] for row in rows]
        assert one.counted("state") == 0


@pytest.mark.parametrize("where", ["check-ins", "check-in", "projects", "company", "current"])
async def test_fields_that_nobody_has_heard_of_are_ignored_everywhere(company: Path, where: str) -> None:
    """(faults.md F14)"""

    def more(content: Any) -> Any:
        if isinstance(content, dict):
            return {**{key: more(value) for key, value in content.items()}, "planet": "Mars", "moons": [{"id": 1}, None]}
        return [more(one) for one in content] if isinstance(content, list) else content

    async with bent(company) as one:
        before = [await one.data(query) for query in (ROWS, DETAIL, BOOKED, STAFF)]
        one.known.directories.forget("company")
        one.bending.bend = at(where, more)
        assert [await one.data(query) for query in (ROWS, DETAIL, BOOKED, STAFF)] == before


DAYS = ["31/12/25", "2/30/26", "2026-02-30", "26/3/4", "soon", "12/25", "March 4", 10**30, -(10**30), "0/0/00", "1/1/1/1", "\u0661/1/26"]
MOMENTS = [
    "2026-03-04",
    "2026-03-04T12:00:00",
    "2026-03-04 12:00:00Z",
    "04/03/2026",
    "2026-13-04T12:00:00Z",
    "0001-01-01T00:00:00+23:59",
    1,
]


@pytest.mark.parametrize("wrong", DAYS, ids=plain_id)
async def test_a_day_that_is_none_or_could_be_another_is_null_and_counted(company: Path, wrong: Any) -> None:
    """Days are in US order, so a thirty-first month is no guess at a day (faults.md F21)."""
    async with bent(company, at("projects", first(field("end_day", wrong)))) as one:
        rows = (await one.data('{ project(id: "bridge") { assignments { id startDay endDay } } }'))["project"]["assignments"]
        assert [row["endDay"] for row in rows].count(None) == 1
        assert None not in [row["startDay"] for row in rows]
        assert one.counted("end_day") > 0


@pytest.mark.parametrize("wrong", MOMENTS, ids=str)
async def test_a_time_without_a_zone_or_of_no_calendar_is_null_and_counted(company: Path, wrong: Any) -> None:
    """(faults.md F21)"""
    async with bent(company, at("check-ins", first(field("deadline_date", wrong)))) as one:
        rows = (await one.data(ROWS))["checkIns"]["nodes"]
        assert [row["deadline"] for row in rows].count(None) == 1
        assert one.counted("deadline_date") == 1
