"""The same question gives the same data through lists and through scans, whatever the companies are like and the upstreams do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from graph.limits import Limits
from sandbox import Draft
from tests.graphs import TODAY, Graph, forgetful, graph, timeless
from tests.identity.companies import Company, served
from tests.sharing.firms import firm

WINDOW = 'submittedBetween: {from: "2026-02-24", to: "2026-03-04"}'
TOGETHER = f'{{ project(id: "bridge") {{ people {{ id checkIns(first: 9, {WINDOW}) {{ totalCount nodes {{ id submittedAt }} completeness {{ complete }} }} }} }} }}'
ALONE = f"query ($id: ID!) {{ person(id: $id) {{ id checkIns(first: 9, {WINDOW}) {{ totalCount nodes {{ id submittedAt }} completeness {{ complete }} }} }} }}"

BOOKED = """assignments({window}) {{ id startDay endDay startTime workDays {{ monday }} status {{ name }} category {{ name }}
  person {{ id name }} project {{ id name number }} }}"""


async def together(one: Graph) -> dict[str, Any]:
    """Each person's check-ins in the window, asked for all at once: where owners are known, from one scan."""
    answer = await one.ask(TOGETHER)
    return {person["id"]: person["checkIns"] for person in answer["data"]["project"]["people"]}


async def alone(one: Graph, people: Iterable[str]) -> dict[str, Any]:
    """The same, asked person by person: from lists."""
    found = {}
    for own in people:
        answer = await one.ask(ALONE, id=own)
        found[own] = answer["data"]["person"]["checkIns"]
    return found


def scanned(one: Graph) -> bool:
    """Whether the last calls were a scan of the window, and no list of anybody's."""
    listed = [path for path in one.wire.calls if path.startswith("/api/v2/checkins/?")]
    return bool(listed) and not any("person_" in path for path in listed)


def team(size: int = 5) -> Company:
    """People with two check-ins each, one of them in the window, and an assignment on one project."""
    company = Company()
    for number in range(size):
        company.worker(f"Person {number}", f"w{number}")
        company.user(f"Person {number}", f"{number}@example.com", f"a{number}", submitted=9)
    return company


async def test_what_a_scan_shows_is_what_the_lists_show(tmp_path: Path) -> None:
    async with served(team(), tmp_path) as one:
        first = await together(one)
        one.wire.calls.clear()
        again = await together(one)
        assert scanned(one)
        assert len(one.wire.calls) == 1
        assert again == first == await alone(one, first)
        assert {len(rows["nodes"]) for rows in again.values()} == {9}


Bend = Callable[[httpx.Request, Any], Any]


class Bent(httpx.AsyncBaseTransport):
    """Upstreams whose JSON is bent on the way."""

    def __init__(self, inner: httpx.AsyncBaseTransport, bend: Bend) -> None:
        self.inner, self.bend = inner, bend

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(request)
        body = msgspec.json.decode(await answer.aread())
        return httpx.Response(answer.status_code, json=self.bend(request, body))


def scan(request: httpx.Request) -> bool:
    """Whether this is a page of a scan of check-ins."""
    params = request.url.params
    return (
        request.url.path == "/api/v2/checkins/" and "date_from" in params and "person_name" not in params and "person_email" not in params
    )


def row_lost(request: httpx.Request, body: Any) -> Any:
    """One row of a scan cannot be read."""
    return {**body, "results": [{"deadline_date": None}, *body["results"][1:]]} if scan(request) else body


def row_missing(request: httpx.Request, body: Any) -> Any:
    """One row of a scan is not there, though it counts."""
    return {**body, "results": body["results"][1:]} if scan(request) else body


def row_twice(request: httpx.Request, body: Any) -> Any:
    """One row of a scan is there twice, and another is not."""
    return {**body, "results": [body["results"][1], *body["results"][1:]]} if scan(request) else body


def count_unknown(request: httpx.Request, body: Any) -> Any:
    """The scan does not say how many rows there are."""
    return {**body, "count": None} if scan(request) else body


def count_moves(request: httpx.Request, body: Any) -> Any:
    """Each page of a scan says another count."""
    return {**body, "count": body["count"] + int(request.url.params["offset"])} if scan(request) else body


@pytest.mark.parametrize("bend", [row_lost, row_missing, row_twice, count_unknown, count_moves])
async def test_a_scan_that_does_not_add_up_is_not_believed(tmp_path: Path, bend: Bend) -> None:
    async with served(team(24), tmp_path) as one:
        plain = await together(one)
        one.switch.inner = Bent(one.switch.inner, bend)
        one.wire.calls.clear()
        assert await together(one) == plain
        assert any("person_name" in path for path in one.wire.calls), "the lists were asked"


async def test_a_row_that_vanishes_between_the_scan_and_its_detail_ends_the_scan_and_nothing_else(tmp_path: Path) -> None:
    company = team()
    company.user("Only Here", "only@example.com", "x", submitted=2)
    async with served(company, tmp_path) as one:
        plain = await together(one)
    async with served(company, tmp_path) as one:

        def gone(request: httpx.Request, body: Any) -> Any:
            return {"error": "gone"} if request.url.path.startswith("/api/v2/checkins/x-") else body

        one.switch.inner = Bent(one.switch.inner, gone)
        await together(one)
        assert await together(one) == plain


async def test_responses_that_disagree_attribute_nothing(tmp_path: Path) -> None:
    company = team()
    company.check_in("a0", "odd", hours=30, responses=["a1", "a2"])
    async with served(company, tmp_path) as one:
        first = await together(one)
        await one.ask('{ checkIn(id: "odd") { responses { personName } } }')
        assert await together(one) == first == await alone(one, first)


async def test_a_check_in_that_somebody_else_answered_is_shown_for_the_same_person_either_way(tmp_path: Path) -> None:
    company = team()
    company.check_in("a0", "odd", hours=30, responses=["a1"])
    async with served(company, tmp_path) as one:
        first = await together(one)
        await one.ask('{ checkIn(id: "odd") { responses { personName } } }')
        assert await together(one) == first == await alone(one, first)


@st.composite
def companies(draw: st.DrawFn) -> Company:
    """People with twins, namesakes and odd responses, in any mixture."""
    company, names = Company(), ["Ann Lee", "Bob Ray", "Joann Lee", "Cy Fox", "Zoë Hill"]
    for number, name in enumerate(names):
        company.worker(name, f"w{number}")
    if draw(st.booleans()):
        company.worker("Ann Lee", "namesake")
    for number, name in enumerate(names):
        email = draw(st.sampled_from([f"{number}@example.com", f"{number}@example.com", "shared@example.com", None]))
        company.user(name, email, f"a{number}", submitted=draw(st.integers(0, 4)), unsubmitted=draw(st.integers(0, 1)))
    for number in range(draw(st.integers(0, 2))):
        company.user(draw(st.sampled_from(names)), f"x{number}@example.com", f"x{number}", submitted=2)
    users = sorted(company.rows)
    for number in range(draw(st.integers(0, 2))):
        answered = draw(st.sampled_from([[], ["a0", "a1"], None]))
        company.check_in(draw(st.sampled_from(users)), f"odd-{number}", hours=50 + number, responses=answered)
    return company


@settings(max_examples=40, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(companies())
async def test_lists_and_scans_agree_about_everybody(company: Company) -> None:
    with TemporaryDirectory() as folder:
        async with served(company, Path(folder)) as lists, served(company, Path(folder)) as scans:
            people = list(await together(scans))
            shown = [await together(scans) for _ in range(2)]
            listed = [await alone(lists, people) for _ in range(2)]
            assert shown[1] == listed[1]
            assert await alone(scans, people) == shown[1]
            for own, rows in shown[1].items():
                mine = {row["id"] for row in rows["nodes"]} if rows else set()
                assert any(mine <= whole for whole in company.rows.values()), f"{own} is shown rows of several accounts"


@pytest.mark.parametrize(
    "window",
    [
        'activeOn: "2026-03-06"',
        'activeBetween: {from: "2026-02-20", to: "2026-03-20"}',
        'startingBetween: {from: "2024-09-01", to: "2026-03-04"}',
    ],
)
async def test_assignments_are_the_same_from_lists_and_from_scans(tmp_path: Path, window: str) -> None:
    firm(path := tmp_path / "firm.sqlite", crowd=120)
    field = BOOKED.format(window=window)
    people, projects = [f"w{number}" for number in range(8)], ["bridge", "tower", "depot"]
    query = "{ " + " ".join(f'p{own}: person(id: "{own}") {{ {field} }}' for own in people)
    query += " ".join(f'q{own}: project(id: "{own}") {{ {field} }}' for own in projects) + " }"
    async with graph(path, limits=Limits(cache=forgetful)) as scans, graph(path, limits=Limits(cache=forgetful)) as lists:
        await scans.data("{ people(first: 1) { nodes { id } } }")
        from_scans = await scans.data(query)
        assert await lists.data(query) == from_scans
        assert len(scans.wire.calls) < len(lists.wire.calls)


async def test_a_projects_colour_is_known_whether_or_not_the_company_was_scanned(tmp_path: Path) -> None:
    """Seed B:285: only a person's list shows it."""
    firm(path := tmp_path / "firm.sqlite")
    query = '{ project(id: "bridge") { color } }'
    async with graph(path) as one:
        assert (await one.data(query))["project"]["color"] == "#123456"
        await one.data("{ people(first: 1) { nodes { id } } }")
        assert (await one.data(query))["project"]["color"] == "#123456"


class Unreadable(httpx.AsyncBaseTransport):
    """Workforce, in which the first day of one assignment cannot be read."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(request)
        body = (await answer.aread()).decode()
        return httpx.Response(
            answer.status_code, content=body.replace('"start_day":"1/01/25"', '"start_day":"some day"'), headers=answer.headers
        )


async def test_an_assignment_whose_first_day_cannot_be_read_is_in_the_same_windows_either_way(tmp_path: Path) -> None:
    draft = Draft()
    tower, ann = draft.project("Tower", id="tower"), draft.worker("Ann Lee", id="ann")
    draft.assign(ann, tower, TODAY.replace(year=2025, month=1, day=1), TODAY + timedelta(days=9))
    draft.assign(ann, tower, TODAY, TODAY + timedelta(days=9))
    draft.save(path := tmp_path / "small.sqlite")
    query = '{ person(id: "ann") { assignments(startingBetween: {from: "2026-03-01", to: "2026-03-04"}) { startDay } } }'
    async with graph(path) as one:
        one.wire.inner = Unreadable(one.wire.inner)
        lists = await one.data(query)
        await one.data("{ people(first: 1) { nodes { id } } }")
        assert await one.data(query) == lists


@pytest.mark.parametrize("headers", [{}, {"X-Crewgraph-Trace": "1"}])
async def test_lists_that_are_remembered_cost_less_than_any_scan(tmp_path: Path, headers: dict[str, str]) -> None:
    """Fourteen lists would cost more than one scan of a company whose size nobody knows."""
    draft = Draft()
    tower, crew = draft.project("Tower", id="tower"), [f"w{number}" for number in range(14)]
    for own in crew:
        draft.assign(draft.worker(f"Person {own}", id=own), tower, TODAY, TODAY + timedelta(days=9))
    draft.save(path := tmp_path / "crew.sqlite")
    own, everybodys = (
        "query ($id: ID!) { person(id: $id) { assignments { id } } }",
        '{ project(id: "tower") { people { assignments { id } } } }',
    )
    async with graph(path, limits=Limits(cache=timeless)) as one:
        for each in crew[1:]:
            await one.data(own, id=each)
        one.wire.calls.clear()
        found = (await one.client.post("/graphql", json={"query": everybodys}, headers=headers)).json()["data"]
        assert len(found["project"]["people"]) == 14
        assert one.wire.kinds() == {"projects": 2, "people": 2}  # each list is asked for in two ranges of days
