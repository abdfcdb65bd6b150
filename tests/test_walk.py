"""The walk, end to end, with its golden counts of upstream calls."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import httpx
import pytest

from graph.limits import Limits
from loaders.bookings import parts
from loaders.known import Known, Rules
from loaders.window import on
from resolvers.paging import cursor
from sandbox import Draft, Options, build, landmarks
from sandbox import create_app as create_sandbox
from tests.graphs import TODAY, Graph, codes, forgetful, graph, is_check_ins, is_workforce, names, noon
from upstreams.workforce import ALWAYS, COMPANY

WALK = """query Walk($id: ID!) {
  project(id: $id) { id name people { id name checkIns(first: 5) { totalCount nodes { id deadline submittedAt overdue } } } }
}"""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default company of 300 people."""
    path = tmp_path_factory.mktemp("company") / "300.sqlite"
    build(path, people=300, seed=1, today=TODAY)
    return path


@pytest.fixture
async def whole(company: Path) -> AsyncIterator[Graph]:
    """The graph over it."""
    async with graph(company) as one:
        yield one


@pytest.fixture(scope="module")
def bridge(company: Path) -> str:
    """The project of 40 people."""
    return landmarks(company)["Harbour Bridge"]


async def test_the_walk_goes_from_a_project_to_its_people_to_their_check_ins_to_the_responses(whole: Graph, bridge: str) -> None:
    data = await whole.data(
        "query ($id: ID!) { project(id: $id) { people { name checkIns(first: 2) { nodes { id submittedAt responses { personName } } } } } }",
        id=bridge,
    )
    people = data["project"]["people"]
    assert len(people) == 40
    assert names(people) == sorted(names(people))
    for person in people:
        rows = person["checkIns"]["nodes"]
        assert len(rows) == 2
        assert all([one["personName"] for one in row["responses"]] == ([person["name"]] if row["submittedAt"] else []) for row in rows)


async def test_a_project_of_40_people_costs_three_calls_a_person_cold_and_one_when_they_are_known(whole: Graph, bridge: str) -> None:
    cold = await whole.calls(WALK, id=bridge)
    spellings = 2  # accented names are asked in both Unicode forms
    assert cold == {"company": 9, "check-ins": 40 * 2 + 8 + spellings, "check-in": 40}
    warm = await whole.calls(WALK, id=bridge)
    assert warm == {"check-ins": 40}


async def test_aliases_and_duplicates_cost_no_further_call(whole: Graph, bridge: str) -> None:
    await whole.ask(WALK, id=bridge)
    once = await whole.calls(WALK, id=bridge)
    twice = await whole.calls(
        """query ($id: ID!) {
          a: project(id: $id) { people { x: checkIns(first: 5) { totalCount } y: checkIns(first: 5) { nodes { id } } ...again } }
          b: project(id: $id) { people { ...again } }
        }
        fragment again on Person { checkIns(first: 5) { totalCount nodes { id deadline } } }""",
        id=bridge,
    )
    assert twice == once


async def test_a_count_alone_is_one_small_call_a_person(whole: Graph, bridge: str) -> None:
    await whole.ask(WALK, id=bridge)
    query = "query ($id: ID!) { project(id: $id) { people { checkIns(first: 5) { totalCount } } } }"
    assert await whole.calls(query, id=bridge) == {"check-ins": 40}
    assert sum("limit=1&" in path for path in whole.wire.calls) == 40


async def test_responses_are_read_once_for_each_check_in(whole: Graph, bridge: str) -> None:
    await whole.ask(WALK, id=bridge)
    query = """query ($id: ID!) { project(id: $id) { people {
      checkIns(first: 1) { nodes { a: responses { id } b: responses { person { id } } people { id } } } } } }"""
    assert await whole.calls(query, id=bridge) == {"check-ins": 40, "check-in": 40}


async def test_check_ins_down_costs_only_its_own_fields(whole: Graph, bridge: str) -> None:
    whole.wire.cut = is_check_ins
    answer = await whole.ask(WALK, id=bridge)
    assert len(answer["data"]["project"]["people"]) == 40
    assert all(person["checkIns"] is None and person["name"] for person in answer["data"]["project"]["people"])
    assert codes(answer) == [("UPSTREAM_UNAVAILABLE", f"project.people.{index}.checkIns") for index in range(40)]
    assert {error["extensions"]["upstream"] for error in answer["errors"]} == {"checkins"}


async def test_workforce_down_costs_only_its_own_fields(whole: Graph, bridge: str) -> None:
    whole.wire.cut = is_workforce
    query = "query ($id: ID!) { project(id: $id) { name } checkIns(first: 1) { totalCount nodes { id responses { personName person { id } } } } }"
    answer = await whole.ask(query, id=bridge)
    assert answer["data"]["project"] is None
    assert answer["data"]["checkIns"]["totalCount"] > 1000
    assert ("UPSTREAM_UNAVAILABLE", "project") in codes(answer)
    assert {code for code, _ in codes(answer)} == {"UPSTREAM_UNAVAILABLE"}


async def test_a_known_identity_outlives_a_workforce_outage(whole: Graph, bridge: str) -> None:
    """F4: a remembered link needs no directory."""
    await whole.ask(WALK, id=bridge)
    person = (await whole.data("query ($id: ID!) { project(id: $id) { people { id } } }", id=bridge))["project"]["people"][0]["id"]
    whole.wire.cut = is_workforce
    answer = await whole.ask(
        'query ($id: ID!) { _entities(representations: [{__typename: "Person", id: $id}]) { ... on Person { checkIns(first: 1) { totalCount } } } }',
        id=person,
    )
    assert answer["data"]["_entities"][0]["checkIns"]["totalCount"] > 0


async def test_the_documents_check_in_shows_its_response(whole: Graph) -> None:
    """Seed A:127-145."""
    data = await whole.data(
        '{ checkIn(id: "580:ce417c60-30ca-4e39-967e-b258d496be30") { submittedAt isAdhoc responses { id respondedAt personName personEmail } } }'
    )
    assert data["checkIn"] == {
        "submittedAt": "2025-04-11T12:06:00.882601+01:00",
        "isAdhoc": True,
        "responses": [
            {
                "id": "580:62a8f61c-88ba-40b6-816a-bf2625db106a",
                "respondedAt": "2025-04-11T12:06:01.046509+01:00",
                "personName": "Michael Test",
                "personEmail": "mtest@test.com",
            }
        ],
    }


async def test_the_documents_aaron_kelly_has_his_assignments_and_his_time_off(whole: Graph) -> None:
    """Seed B:60-138."""
    data = await whole.data(
        """{ person(id: "ce7da5a6-c908-4506-a251-16fcbf5e96d7") { name
          assignments(startingBetween: {from: "2018-06-25", to: "2018-07-02"}) {
            startDay status { abbreviation } category { name } subcategory { name } startTime project { name number }
          }
          timeOff(activeOn: "2018-07-10") { reason isPaid startDay endDay person { name employeeNumber jobTitle { name } } }
        } }"""
    )
    airport, purple = data["person"]["assignments"]
    assert airport == {
        "startDay": "2018-06-25",
        "status": {"abbreviation": "COMP"},
        "category": None,
        "subcategory": None,
        "startTime": "07:30:00",
        "project": {"name": "Airport Concourse", "number": "112233"},
    }
    assert (purple["category"]["name"], purple["subcategory"]["name"], purple["status"]) == ("Phase 2", "North Lot", None)
    assert data["person"]["timeOff"] == [
        {
            "reason": "family",
            "isPaid": True,
            "startDay": "2018-07-09",
            "endDay": "2018-07-13",
            "person": {"name": "Aaron Kelly", "employeeNumber": "123-a234s-456", "jobTitle": {"name": "Apprentice-4"}},
        }
    ]


@pytest.mark.parametrize(
    "query",
    [
        '{ project(id: "..") { id } }',
        '{ project(id: "a/b") { id } }',
        '{ person(id: "a\\\\b") { id } }',
        '{ checkIn(id: "x\\r\\nHost: y") { id } }',
        '{ checkIn(id: " ") { id } }',
        '{ group(id: "") { id } }',
        f'{{ checkIn(id: "{"x" * 10_000}") {{ id }} }}',
        "{ person { id } }",
        '{ person(id: "a", email: "b") { id } }',
        "{ checkIns(first: 0) { totalCount } }",
        "{ checkIns(first: 1000000000) { totalCount } }",
        "{ checkIns(first: -1) { totalCount } }",
        '{ checkIns(first: 1, after: "forged") { totalCount } }',
        '{ checkIns(first: 1, after: "WzEsICJiZmRmOTkxM2Y0ZTAiXQ") { totalCount } }',
        '{ checkIns(first: 1, filter: {personName: ""}) { totalCount } }',
        '{ assignments(first: 1, activeOn: "2026-01-01", activeBetween: {from: "2026-01-01", to: "2026-01-02"}) { totalCount } }',
        '{ assignments(first: 1, activeBetween: {from: "2026-01-02", to: "2026-01-01"}) { totalCount } }',
        '{ assignments(first: 1, startingBetween: {from: "1999-01-01", to: "2026-01-01"}) { totalCount } }',
        '{ assignments(first: 1, activeOn: "0001-01-01") { totalCount } }',
        '{ assignments(first: 1, activeOn: "2026-02-30") { totalCount } }',
        '{ currentAssignments(first: 1, on: "yesterday") { totalCount } }',
    ],
)
async def test_bad_input_is_a_coded_error_and_no_upstream_call(whole: Graph, query: str) -> None:
    """F27, F29."""
    answer = await whole.ask(query)
    assert {code for code, _ in codes(answer)} == {"BAD_USER_INPUT"}, answer
    assert whole.wire.calls == []


async def test_a_forged_place_in_a_genuine_cursor_is_refused(whole: Graph) -> None:
    query = "query ($after: String, $n: Int!) { checkIns(first: $n, after: $after) { pageInfo { endCursor } nodes { id } } }"
    cursor = (await whole.data(query, n=3))["checkIns"]["pageInfo"]["endCursor"]
    following = (await whole.data(query, n=3, after=cursor))["checkIns"]["nodes"]
    together = (await whole.data(query, n=6))["checkIns"]["nodes"]
    assert together[3:] == following
    other = await whole.ask("query ($after: String) { assignments(first: 1, after: $after) { nodes { id } } }", after=cursor)
    assert codes(other) == [("BAD_USER_INPUT", "assignments")]


@pytest.mark.parametrize("root", ["people", "projects", "assignments", "currentAssignments", "checkIns"])
async def test_pages_of_a_root_hold_each_item_once_and_as_many_as_it_counts(whole: Graph, root: str) -> None:
    after, found = None, []
    filtered = ', filter: {submittedBetween: {from: "2026-02-25", to: "2026-02-27"}}' if root == "checkIns" else ""
    query = f"query ($after: String) {{ list: {root}(first: 37, after: $after{filtered}) {{ totalCount nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}"
    while True:
        page = (await whole.data(query, after=after))["list"]
        found += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        assert len(page["nodes"]) == 37
    assert len(found) == len(set(found)) == page["totalCount"] > 10


@pytest.fixture
def small(tmp_path: Path) -> tuple[Draft, Path]:
    """A company to be made by hand."""
    return Draft(), tmp_path / "small.sqlite"


ACTIVE = "query ($id: ID!, $on: Date) { project(id: $id) { people(activeOn: $on) { name } } }"


async def test_active_means_the_days_touch_the_window_whether_or_not_one_works_on_it(small: tuple[Draft, Path]) -> None:
    """Traps 20 and 21: a job begun last month is active, on its weekend too; one of next week is not."""
    draft, path = small
    tower = draft.project("Tower")
    for name, first, last in (("Running", -40, 40), ("Long", -700, 1), ("Over", -40, -1), ("Next", 1, 9), ("Today", 0, 0)):
        draft.assign(draft.worker(name), tower, TODAY + timedelta(first), TODAY + timedelta(last))
    draft.save(path)
    saturday = TODAY + timedelta(3)
    async with graph(path) as one:
        assert names((await one.data(ACTIVE, id=tower))["project"]["people"]) == ["Long", "Running", "Today"]
        assert names((await one.data(ACTIVE, id=tower, on=str(saturday)))["project"]["people"]) == ["Next", "Running"]


async def test_a_company_wide_active_window_also_finds_what_began_before_the_look_back(small: tuple[Draft, Path]) -> None:
    """Trap 20: `current` reads find what has run for longer than two years, once each."""
    draft, path = small
    tower = draft.project("Tower")
    for name, first, last in (("Old", -2000, 30), ("Older", -3000, 3), ("Gone", -2000, -1), ("New", -3, 3)):
        draft.assign(draft.worker(name), tower, TODAY + timedelta(first), TODAY + timedelta(last))
    draft.save(path)
    query = "query ($from: Date!, $to: Date!) { assignments(first: 9, activeBetween: {from: $from, to: $to}) { totalCount nodes { person { name } } } }"
    async with graph(path) as one:
        found = (await one.data(query, **{"from": str(TODAY), "to": str(TODAY + timedelta(9))}))["assignments"]
    assert [node["person"]["name"] for node in found["nodes"]] == ["New", "Old", "Older"]
    assert found["totalCount"] == 3


async def test_starting_between_is_exact_on_both_ends_over_more_than_a_year(small: tuple[Draft, Path]) -> None:
    """Trap 19: the upstream's range is off by one, and 365 days long at most."""
    draft, path = small
    tower, ann = draft.project("Tower"), draft.worker("Ann")
    days = [TODAY + timedelta(offset) for offset in (-401, -400, -36, -35, 0, 1)]
    for day in days:
        draft.assign(ann, tower, day, day)
    draft.save(path)
    query = "query ($id: ID!, $from: Date!, $to: Date!) { person(id: $id) { assignments(startingBetween: {from: $from, to: $to}) { startDay } } }"
    async with graph(path) as one:
        found = await one.data(query, id=ann, **{"from": str(days[1]), "to": str(days[4])})
    assert [item["startDay"] for item in found["person"]["assignments"]] == [str(day) for day in days[1:5]]


async def test_submission_days_are_those_of_the_companys_zone(small: tuple[Draft, Path]) -> None:
    """Traps 14 and 15: the last minute of 3 March in London is 4 March further east, and what was never submitted is left out."""
    draft, path = small
    tower, ann = draft.project("Tower"), draft.worker("Ann Lee")
    draft.assign(ann, tower, TODAY, TODAY)
    user = draft.user("Ann Lee", "ann@example.com")
    late = datetime.combine(TODAY, time(0, 30), UTC) - timedelta(hours=1)
    early = draft.check_in(user, late, submitted=late)
    draft.check_in(user, late)
    same = draft.check_in(user, late, submitted=late + timedelta(hours=2))
    draft.save(path)
    query = "query ($id: ID!, $on: Date!) { person(id: $id) { checkIns(first: 9, submittedBetween: {from: $on, to: $on}) { totalCount nodes { id } } } }"
    async with graph(path) as one:
        before = (await one.data(query, id=ann, on=str(TODAY - timedelta(1))))["person"]["checkIns"]
        today = (await one.data(query, id=ann, on=str(TODAY)))["person"]["checkIns"]
    assert (before["totalCount"], [node["id"] for node in before["nodes"]]) == (1, [early])
    assert (today["totalCount"], [node["id"] for node in today["nodes"]]) == (1, [same])


async def test_a_project_or_person_booked_years_ago_is_still_found_by_id(small: tuple[Draft, Path]) -> None:
    draft, path = small
    tower, ann = draft.project("Tower", number="T-1"), draft.worker("Ann Lee")
    draft.assign(ann, tower, TODAY - timedelta(2000), TODAY - timedelta(1990))
    idle = draft.worker("Idle")
    draft.save(path)
    query = """query ($project: ID!, $person: ID!, $idle: ID!) { project(id: $project) { name number } person(id: $person) { name }
      idle: person(id: $idle) { name } none: person(id: "nobody") { id } }"""
    async with graph(path) as one:
        data = await one.data(query, project=tower, person=ann, idle=idle)
    assert data == {"project": {"name": "Tower", "number": "T-1"}, "person": {"name": "Ann Lee"}, "idle": None, "none": None}


async def test_a_gateway_may_search_for_a_few_old_ids_and_is_told_to_ask_for_fewer(small: tuple[Draft, Path]) -> None:
    draft, path = small
    tower = draft.project("Tower")
    old = [draft.worker(f"Old {number}") for number in range(4)]
    for worker in old:
        draft.assign(worker, tower, TODAY - timedelta(2000), TODAY - timedelta(1990))
    draft.save(path)
    query = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Person { id name } } }"
    asked = [{"__typename": "Person", "id": worker} for worker in [*old, old[0]]]
    async with graph(path, rules=Rules(clock=noon, most_searches=2)) as one:
        answer = await one.ask(query, r=asked)
    assert [person and person["name"] for person in answer["data"]["_entities"]] == ["Old 0", "Old 1", None, None, "Old 0"]
    assert codes(answer) == [("QUERY_TOO_EXPENSIVE", "_entities.2"), ("QUERY_TOO_EXPENSIVE", "_entities.3")]


async def test_a_number_that_two_projects_have_finds_neither(small: tuple[Draft, Path]) -> None:
    """F35."""
    draft, path = small
    ann = draft.worker("Ann Lee", employee_number="7")
    bob = draft.worker("Bob Ray", employee_number="7")
    draft.assign(ann, draft.project("A", number="1"), TODAY, TODAY)
    draft.assign(bob, draft.project("B", number="1"), TODAY, TODAY)
    draft.save(path)
    async with graph(path) as one:
        answer = await one.ask(
            '{ project(number: "1") { id } person(employeeNumber: "7") { id } other: person(employeeNumber: "8") { id } }'
        )
    assert answer["data"] == {"project": None, "person": None, "other": None}
    assert sorted(codes(answer)) == [("IDENTITY_AMBIGUOUS", "person"), ("IDENTITY_AMBIGUOUS", "project")]


async def test_a_night_shift_a_null_status_and_null_times_pass_through(small: tuple[Draft, Path]) -> None:
    """Traps 22 and 25."""
    draft, path = small
    tower, ann = draft.project("Tower"), draft.worker("Ann Lee")
    draft.assign(ann, tower, TODAY, TODAY, start_time="10:00 PM", end_time="6:00 AM")
    draft.assign(ann, tower, TODAY, TODAY, start_time=None, end_time=None)
    draft.save(path)
    async with graph(path) as one:
        data = await one.data("query ($id: ID!) { person(id: $id) { assignments { startTime endTime status { name } } } }", id=ann)
    shifts = sorted(data["person"]["assignments"], key=str)
    assert {"startTime": "22:00:00", "endTime": "06:00:00", "status": None} in shifts
    assert {"startTime": None, "endTime": None, "status": None} in shifts


async def test_substring_filters_cost_more_calls_but_show_the_same_people(company: Path, bridge: str) -> None:
    """Trap 4."""
    query = "query ($id: ID!) { project(id: $id) { people { name checkIns(first: 3) { nodes { id submittedAt } } } } }"
    async with (
        graph(company) as exact,
        graph(
            company, options=Options(clock=noon, name_match="substring", email_match="substring"), limits=Limits(5_000, cache=forgetful)
        ) as loose,
    ):
        sure = (await exact.data(query, id=bridge))["project"]["people"]
        shown = (await loose.data(query, id=bridge))["project"]["people"]
    for one, other in zip(sure, shown, strict=True):
        submitted = [row for row in one["checkIns"]["nodes"] if row["submittedAt"]]
        assert one["name"] == other["name"]
        assert submitted == other["checkIns"]["nodes"][: len(submitted)]


class Spoiled(httpx.AsyncBaseTransport):
    """Workforce, with a row in every plain list that has no id."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(request)
        rows = json.loads(await answer.aread())
        return httpx.Response(200, json=[*rows, {"id": None}]) if isinstance(rows, list) else httpx.Response(200, json=rows)


async def test_a_plain_list_that_lacks_rows_is_said_to_be_incomplete(whole: Graph, bridge: str) -> None:
    """F12: the rows that can be read are shown, and the answer says how many could not."""
    query = "query ($id: ID!) { project(id: $id) { people { id } again: people { name } } }"
    assert "completeness" not in (await whole.ask(query, id=bridge))["extensions"]
    whole.wire.inner = Spoiled(whole.wire.inner)
    answer = await whole.ask(query, id=bridge)
    assert len(answer["data"]["project"]["people"]) == 40
    assert answer["extensions"]["completeness"] == {"complete": False, "unreadableRows": 2}


async def test_time_off_of_a_distant_year_costs_one_scan_for_everybody_and_no_directory(whole: Graph, bridge: str) -> None:
    query = (
        """query ($id: ID!) { project(id: $id) { people { timeOff(startingBetween: {from: "2018-07-01", to: "2018-07-31"}) { id } } } }"""
    )
    assert await whole.calls(query, id=bridge) == {"projects": 2, "company": 1}


async def test_time_off_near_today_is_answered_by_the_directory(whole: Graph, bridge: str) -> None:
    query = "query ($id: ID!) { project(id: $id) { people { timeOff { id } employeeNumber jobTitle { name } } } }"
    assert await whole.calls(query, id=bridge) == {"company": 9}
    assert await whole.calls(query, id=bridge) == {}


@pytest.mark.parametrize("place", [[0, 0, "x"], ["x", 0, 0], [-9, 0, 0], [0.5, 0, 0], [0, -1, 0], [9, 0, 0], [0, 0], 5, None, True])
async def test_a_cursor_with_a_seal_and_an_impossible_place_is_refused(whole: Graph, place: object) -> None:
    """F27: the seal notices mistakes, it is no secret."""
    window = on(TODAY)
    these = parts(COMPANY, window, ALWAYS, Known(None, None, Rules(clock=noon)))  # type: ignore[arg-type]
    answer = await whole.ask("query ($after: String) { assignments(first: 1, after: $after) { nodes { id } } }", after=cursor(these, place))
    assert {code for code, _ in codes(answer)} == ({"BAD_USER_INPUT"} if place is not None else set())
    assert whole.wire.calls == [] or place is None


class Lost(httpx.AsyncBaseTransport):
    """Workforce, whose pages have lost all their rows: one row of each cannot be read, and a warning says so."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        page = json.loads(await (await self.inner.handle_async_request(request)).aread())
        return httpx.Response(200, json={**page, "data": [{"person_id": None}], "warning": "Something is missing."})


async def test_a_page_that_lost_all_its_rows_is_not_complete(whole: Graph) -> None:
    whole.wire.inner = Lost(whole.wire.inner)
    data = await whole.data("{ currentAssignments(first: 5) { nodes { id } completeness { complete } } }")
    assert data["currentAssignments"] == {"nodes": [], "completeness": {"complete": False}}


async def test_a_null_in_a_filter_is_refused_rather_than_matching_everybody(whole: Graph) -> None:
    """Trap 5."""
    answer = await whole.ask("query ($e: String) { checkIns(first: 1, filter: {personEmail: $e}) { totalCount } }", e=None)
    assert codes(answer) == [("BAD_USER_INPUT", "checkIns")]
    assert whole.wire.calls == []


@pytest.mark.parametrize(
    "query", ['{ assignments(first: 1, activeOn: "2026-W01-1") { totalCount } }', '{ person(email: "example.com") { id } }']
)
async def test_what_only_looks_like_a_day_or_an_email_is_refused(whole: Graph, query: str) -> None:
    assert {code for code, _ in codes(await whole.ask(query))} == {"BAD_USER_INPUT"}
    assert whole.wire.calls == []


async def test_an_account_that_was_renamed_is_neither_counted_nor_listed_as_nothing(small: tuple[Draft, Path], tmp_path: Path) -> None:
    """F33: a remembered link whose rows are gone is an error once, whatever is asked of it, and then decided anew."""
    draft, path = small
    ann = draft.worker("Ann Lee")
    draft.assign(ann, draft.project("Tower"), TODAY, TODAY)
    user = draft.user("Ann Lee", "ann@example.com")
    draft.check_in(user, datetime.combine(TODAY, time(9), UTC), submitted=datetime.combine(TODAY, time(9), UTC))
    draft.save(path)
    later = Draft()
    later.user("Ann Jones", "jones@example.com")
    later.save(tmp_path / "later.sqlite")
    asked = ("totalCount", "nodes { id }")
    for fields in asked:
        for window in ("", f', submittedBetween: {{from: "{TODAY}", to: "{TODAY}"}}'):
            async with graph(path) as one:
                query = f'{{ person(id: "{ann}") {{ checkIns(first: 5{window}) {{ {fields} }} }} }}'
                await one.data(query)
                one.wire.inner = Split(httpx.ASGITransport(create_sandbox(tmp_path / "later.sqlite", Options(clock=noon))), one.wire.inner)
                answer = await one.ask(query)
                assert {code for code, _ in codes(answer)} == {"IDENTITY_AMBIGUOUS"}, query
                assert (await one.data(query))["person"]["checkIns"] is None


class Split(httpx.AsyncBaseTransport):
    """Check-ins from one sandbox, workforce from another."""

    def __init__(self, check_ins: httpx.AsyncBaseTransport, workforce: httpx.AsyncBaseTransport) -> None:
        self.check_ins, self.workforce = check_ins, workforce

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        chosen = self.check_ins if is_check_ins(request.url.path) else self.workforce
        return await chosen.handle_async_request(request)
