"""`extensions.trace`: what an operation asked of the upstreams, for a client that asks to see it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from graph.limits import Limits
from sandbox import landmarks
from tests.graphs import Graph, forgetful, graph, timeless
from upstreams.ledger import Ledger

WALK = "query ($id: ID!) { project(id: $id) { people { name checkIns(first: 2) { totalCount nodes { id responses { personName } } } } } }"
ROUTES = {
    ("workforce", "/v2/companies/{company}/assignments"),
    ("checkins", "/api/v2/checkins/"),
    ("checkins", "/api/v2/checkins/{api_id}/"),
}


@pytest.fixture
async def whole(company: Path) -> AsyncIterator[Graph]:
    """The graph over it, with its cache."""
    async with graph(company, limits=Limits(cache=timeless)) as one:
        yield one


async def traced(one: Graph, company: Path, query: str = WALK, **headers: str) -> dict[str, Any]:
    """An answer of a client that asks for the trace."""
    content = {"query": query, "variables": {"id": landmarks(company)["Harbour Bridge"]} if "$id" in query else {}}
    answer = await one.client.post("/graphql", json=content, headers={"x-crewgraph-trace": "1", **headers})
    found: dict[str, Any] = answer.json()
    return found


async def test_a_trace_lists_every_call_by_the_template_of_its_route(whole: Graph, company: Path) -> None:
    answer = await traced(whole, company)
    trace = answer["extensions"]["trace"]
    assert len(trace["calls"]) == len(whole.wire.calls) == trace["budget"]["spent"] + trace["budget"]["own"]
    assert {(one["upstream"], one["route"]) for one in trace["calls"]} == ROUTES
    assert {(one["source"], one["outcome"], one["attempt"]) for one in trace["calls"]} == {("network", "ok", 1)}
    assert trace["omitted"] == 0
    pages = [one for one in trace["calls"] if one["upstream"] == "workforce"]
    assert sum(one["keys"] for one in pages) > 60  # everybody of three years
    assert {one["keys"] for one in trace["calls"] if one["upstream"] == "checkins"} == {1}


async def test_waves_follow_one_another(whole: Graph, company: Path) -> None:
    trace = (await traced(whole, company))["extensions"]["trace"]
    waves = sorted({one["wave"] for one in trace["calls"]})
    assert waves == list(range(1, trace["waves"] + 1))
    for one in trace["calls"]:
        before = [other["start"] + other["duration"] for other in trace["calls"] if other["wave"] < one["wave"]]
        assert one["wave"] == 1 or min(before) <= one["start"] + 0.2
        assert 0 <= one["waited"] <= one["duration"] + 0.2
    assert max(one["start"] + one["duration"] for one in trace["calls"]) <= trace["milliseconds"] + 0.2


async def test_what_is_remembered_is_shown_as_such_and_costs_no_wave(whole: Graph, company: Path) -> None:
    await traced(whole, company)
    trace = (await traced(whole, company))["extensions"]["trace"]
    assert {one["source"] for one in trace["calls"]} == {"cache"}
    assert (trace["waves"], trace["budget"]["spent"], trace["budget"]["own"]) == (0, 0, 0)
    assert {one["remembered"] for one in trace["identities"]} == {True}
    assert next(plan["chosen"] for plan in trace["plans"] if plan["plan"] == "assignments") == "scans made already"


async def test_a_request_that_wants_nothing_remembered_shows_the_network_only(whole: Graph, company: Path) -> None:
    await traced(whole, company)
    trace = (await traced(whole, company, **{"cache-control": "no-cache"}))["extensions"]["trace"]
    assert {one["source"] for one in trace["calls"]} == {"network"}


async def test_a_failed_call_is_shown_with_its_code(whole: Graph, company: Path) -> None:
    whole.wire.cut = lambda path: True
    trace = (await traced(whole, company, '{ checkIn(id: "1") { id } }'))["extensions"]["trace"]
    assert [(one["source"], one["outcome"]) for one in trace["calls"]] == [("network", "UPSTREAM_UNAVAILABLE")]


async def test_identities_are_told_by_id_method_and_status_alone(whole: Graph, company: Path) -> None:
    answer = await traced(whole, company)
    trace = answer["extensions"]["trace"]
    people = [person["name"] for person in answer["data"]["project"]["people"]]
    assert len(trace["identities"]) == len(people)
    assert all(one.keys() == {"person", "status", "method", "remembered"} for one in trace["identities"])
    assert not [name for name in people if name in json.dumps(trace)]
    assert "@" not in json.dumps(trace)


async def test_there_is_no_trace_for_those_who_do_not_ask_or_may_not(whole: Graph, company: Path) -> None:
    asked = await traced(whole, company, **{"x-crewgraph-trace": "0"})
    assert "trace" not in asked["extensions"]
    async with graph(company, limits=Limits(trace=False, cache=forgetful)) as closed:
        assert "trace" not in (await traced(closed, company))["extensions"]


def test_a_trace_of_very_many_calls_says_how_many_it_leaves_out() -> None:
    ledger = Ledger(traced=True)
    for _ in range(2_500):
        ledger.answered(ledger.asked("checkins", "/api/v2/checkins/"), "network")
    assert (len(ledger.shown()["calls"]), ledger.shown()["omitted"]) == (2_000, 500)
