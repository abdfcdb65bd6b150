"""What walks cost in a company of 1,000, in calls that were counted: cold, with identities known, and with the cache warm."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bench.calls import RESPONSES, WALK, one_a_key
from graph.limits import Limits
from loaders.mapping import Register, parse
from sandbox.names import email, full
from tests.companies import SIZES, sized
from tests.graphs import TODAY, Graph, forgetful, graph, timeless

RICH = 10_000
"""A budget that no walk here comes near."""
WINDOW = """query ($id: ID!) { project(id: $id) { people { id checkIns(first: 5, submittedBetween: {from: "2026-03-01", to: "2026-03-04"}) {
  totalCount nodes { id submittedAt } } } } }"""
PAGES = 10
"""The pages of 1,000 check-ins."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the company is."""
    return tmp_path_factory.mktemp("sized") / "sized.sqlite"


@pytest.fixture(scope="module")
def projects(path: Path) -> Mapping[str, str]:
    """The ids of its projects."""
    return sized(path, today=TODAY)


async def cost(one: Graph, query: str, project: str) -> int:
    """The calls of one walk."""
    return sum((await one.calls(query, id=project)).values())


@pytest.mark.parametrize(
    ("name", "query", "naive", "cold", "known"),
    [
        ("Five", WALK, 7, 36, 5),
        ("Five", RESPONSES, 32, 56, 30),
        ("Fifty", WALK, 52, 173, 50),
        ("Fifty", RESPONSES, 302, 373, 300),
        ("Five hundred", WALK, 502, 1_563, 500),
        ("Five hundred", RESPONSES, 3_002, 3_563, 3_000),
    ],
)
async def test_a_walk_costs_what_the_table_says(
    path: Path, projects: Mapping[str, str], name: str, query: str, naive: int, cold: int, known: int
) -> None:
    assert one_a_key(SIZES[name], responses=query is RESPONSES) == naive
    async with graph(path, limits=Limits(RICH, cache=timeless)) as cached, graph(path, limits=Limits(RICH, cache=forgetful)) as plain:
        assert await cost(cached, query, projects[name]) == cold
        assert await cost(cached, query, projects[name]) == 0
        assert await cost(plain, query, projects[name]) == cold
        assert await cost(plain, query, projects[name]) == known


async def test_the_default_budget_refuses_500_proofs_with_an_estimate_and_a_way_out(path: Path, projects: Mapping[str, str]) -> None:
    async with graph(path, limits=Limits(cache=timeless)) as one:
        await one.ask(WALK, id=projects["Five hundred"])
        assert one.wire.kinds() == {"company": 12}, "it is the directory alone that tells how many people there are"
        answer = await one.ask(WALK, id=projects["Five hundred"])
        assert one.wire.kinds() == {"company": 12}
    [error] = answer["errors"]
    assert "data" not in answer
    told = error["extensions"]
    assert (told["code"], told["mostCalls"]) == ("QUERY_TOO_EXPENSIVE", 500)
    assert 500 < told["estimatedCalls"] <= 1_563, "never more than it would really cost"
    assert "first" in error["message"]


async def test_the_check_ins_of_500_people_in_a_window_cost_the_pages_of_one_scan_when_owners_are_known(
    path: Path, projects: Mapping[str, str]
) -> None:
    async with graph(path, limits=Limits(RICH, cache=forgetful)) as one:
        cold = {name: await one.data(WINDOW, id=own) for name, own in projects.items()}["Five hundred"]
        assert await one.calls(WINDOW, id=projects["Five hundred"]) == {"check-ins": PAGES}
        assert await one.data(WINDOW, id=projects["Five hundred"]) == cold
        assert await one.calls(WINDOW, id=projects["Five"]) == {"check-ins": 5}, "five lists are fewer than ten pages"
    assert [person["checkIns"]["totalCount"] for person in cold["project"]["people"]] == [1] * 500


EIGHT_WEEKS = """query ($id: ID!, $first: Int!) { project(id: $id) { people {
  checkIns(first: $first, submittedBetween: {days: -57}) { nodes { id responses { id } } } } } }"""


async def mapping(path: Path, project: str) -> Register:
    """A mapping file that names everybody on a project."""
    names = [full(number) for number in range(1_000)]
    async with graph(path) as one:
        people = (await one.data("query ($id: ID!) { project(id: $id) { people { id name } } }", id=project))["project"]["people"]
    emails = dict(zip(names, map(email, names), strict=True))
    return parse("person_id,email\n" + "".join(f"{person['id']},{emails[person['name']]}\n" for person in people))


@pytest.mark.parametrize(("name", "first"), [("Fifty", 100), ("Five hundred", 20), ("Five hundred", 100)])
async def test_nobody_elses_details_are_read_however_long_a_page_may_be(
    path: Path, projects: Mapping[str, str], name: str, first: int
) -> None:
    """Seven rows each: a list a person and a detail for each row that is shown, not for those of the 500 whom nobody asked for."""
    people, shown = SIZES[name], 7 * SIZES[name]
    async with graph(path, limits=Limits(RICH, cache=forgetful), register=await mapping(path, projects[name])) as one:
        answer = await one.data(EIGHT_WEEKS, id=projects[name], first=first)
        proving = one.wire.kinds()
        again = await one.calls(EIGHT_WEEKS, id=projects[name], first=first)
    assert [len(person["checkIns"]["nodes"]) for person in answer["project"]["people"]] == [7] * people
    assert proving["check-in"] == shown, "what proves who somebody is, is among the rows that are shown"
    assert again["check-in"] == shown
    assert again["check-ins"] <= people + 1
