"""Answers say how long they may be kept: no longer than their types allow, or than what went into them stays fresh."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from graph.limits import Limits
from graph.schema import schema
from graph.weights.keeping import IMPERSONAL, KINDS
from sandbox.documents import CHECK_INS
from tests.clocks import Clock
from tests.graphs import Graph, graph
from upstreams.cache import Cache

CHECK_IN = f'{{ checkIn(id: "{CHECK_INS[0]}") {{ id }} }}'
PROJECTS = "{ projects(first: 3) { nodes { id name } } }"
PEOPLE = "{ people(first: 3) { nodes { id } } }"


async def kept(one: Graph, query: str, **headers: str) -> str:
    """The answer's `Cache-Control`."""
    return str((await one.client.post("/graphql", json={"query": query}, headers=headers)).headers["cache-control"])


def remembering(clock: Clock) -> Limits:
    """The usual memory of answers, by a clock of the test's own."""
    return Limits(cache=lambda: Cache(clock=clock))


@pytest.mark.parametrize(
    ("query", "control"),
    [
        (PROJECTS, "max-age=60, public"),
        (PEOPLE, "max-age=60, private"),
        ("{ projects(first: 3) { nodes { id people { id } } } }", "max-age=60, private"),
        ("{ projects(first: 3) { totalCount } }", "max-age=60, public"),
        (CHECK_IN, "max-age=30, private"),
        (f'{{ checkIn(id: "{CHECK_INS[0]}") {{ id }} projects(first: 3) {{ totalCount }} }}', "max-age=30, private"),
        ("{ currentAssignments(first: 1) { nodes { project { name } } } }", "max-age=60, private"),
        ("{ __typename }", "no-store"),
        ("{ _service { sdl } }", "no-store"),
        ("{ __schema { queryType { name } } }", "no-store"),
        ("{ people(first: 0) { nodes { id } } }", "no-store"),
        ("{ nothing }", "no-store"),
        ("{", "no-store"),
        ('{ checkIn(id: "580:none") { id } }', "no-store"),
    ],
)
async def test_an_answer_keeps_as_long_as_the_least_of_its_types(company: Path, query: str, control: str) -> None:
    """The answer about a check-in that nobody has is not kept, as it is not remembered here."""
    async with graph(company, limits=remembering(Clock())) as one:
        assert await kept(one, query) == control


async def test_an_answer_that_was_read_a_while_ago_keeps_the_shorter(company: Path) -> None:
    clock = Clock()
    async with graph(company, limits=remembering(clock)) as one:
        query = '{ checkIns(first: 3, filter: { department: "Structures" }) { nodes { id } } }'
        seen = []
        for age in (0, 12, 29.5, 45):
            clock.now = age
            seen.append(await kept(one, query))
        assert seen == ["max-age=30, private", "max-age=18, private", "no-store", "no-store"]
        assert await kept(one, query, **{"cache-control": "no-cache"}) == "max-age=30, private"


async def test_what_is_not_remembered_here_is_kept_by_nobody(company: Path) -> None:
    async with graph(company) as one:
        assert await kept(one, CHECK_IN) == "no-store"


async def test_a_traced_answer_is_kept_by_nobody(company: Path) -> None:
    async with graph(company, limits=remembering(Clock())) as one:
        assert await kept(one, PROJECTS, **{"x-crewgraph-trace": "1"}) == "no-store"


async def test_an_answer_with_an_error_in_it_is_kept_by_nobody(company: Path) -> None:
    async with graph(company, limits=remembering(Clock())) as one:
        one.wire.cut = lambda path: path.startswith("/api/")
        answer = await one.client.post("/graphql", json={"query": f"{PROJECTS[:-1]} {CHECK_IN[1:]}"})
        assert answer.json()["data"]["projects"]["nodes"]
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("header", ["authorization", "cookie", "x-api-key"])
async def test_an_answer_to_credentials_is_nobody_elses(company: Path, header: str) -> None:
    async with graph(company, limits=remembering(Clock())) as one:
        answer = await one.client.post("/graphql", json={"query": PROJECTS}, headers={header: "x"})
        assert answer.headers["cache-control"] == "max-age=60, private"
        assert header in answer.headers["vary"].lower()


async def test_a_get_and_a_post_keep_alike(company: Path) -> None:
    async with graph(company, limits=remembering(Clock())) as one:
        found: httpx.Response = await one.client.get("/graphql", params={"query": PROJECTS}, headers={"apollo-require-preflight": "1"})
        assert found.headers["cache-control"] == await kept(one, PROJECTS)


def test_every_type_that_keeps_or_is_nobodys_is_a_type_of_the_graph() -> None:
    assert {*KINDS, *IMPERSONAL} <= set(schema._schema.type_map)
    assert not {name for name in KINDS if re.search("Person|Assignment|Check|Response|Time|Identity|Changes", name)} & IMPERSONAL
