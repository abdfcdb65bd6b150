"""`crewgraph explain`: what a query costs, in a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graph.explain import Explained, Question, Wrong, question, understood
from graph.forecast import Estimate, Step
from graph.selection import asked
from graph.waterfall import bars, budget, drawn, points, verdict
from graph.weights.bounds import Bounds, CostMode
from tests.servers import finished

WALK = 'query Walk($n: Int!) { project(number: "HB-1000") { people { name checkIns(first: $n) { nodes { responses { personName } } } } } }'


async def test_a_query_is_explained_as_a_tree_without_asking_anybody_by_the_machines_clock(tmp_path: Path) -> None:
    """Not even of upstreams that are configured and cannot be reached."""
    unreachable = {"CREWGRAPH_CHECKINS_URL": "http://127.0.0.1:1", "CREWGRAPH_WORKFORCE_URL": "http://127.0.0.1:1"}
    (tmp_path / "walk.graphql").write_text(WALK)
    ended = await finished(
        "explain", "walk.graphql", "--variables", '{"n": 2}', home=tmp_path, **unreachable, CREWGRAPH_WORKFORCE_COMPANY="c"
    )
    assert ended.status == 0, ended.err
    lines = [line.strip("│├└─ ") for line in ended.out.splitlines()]
    assert lines[:4] == ["query", "project", "people", "checkIns"]
    assert "proof of identity: at least 0, likely 30 calls, wave 3" in lines
    assert "detail of each check-in: at least 0, likely 10 calls, wave 4" in lines
    assert "At least 0, likely 40 calls in 4 waves; an operation may make 500: it fits." in ended.out
    assert "585 points; an operation may cost 50000: it fits." in ended.out


async def test_a_query_is_run_over_the_sandbox_and_shown_as_a_waterfall_without_anybodys_name(tmp_path: Path) -> None:
    settings = {"CREWGRAPH_SANDBOX_PEOPLE": "60"}
    ended = await finished("explain", WALK, "--variables", '{"n": 1}', "--run", home=tmp_path, **settings)
    assert ended.status == 0, ended.err
    assert "checkins /api/v2/checkins/{api_id}/" in ended.out
    assert "workforce /v2/companies/{company}/assignments" in ended.out
    assert "█" in ended.out
    assert "UNIQUE_NAME" in ended.out
    assert "a list each: " in ended.out
    as_json = await finished("explain", WALK, "--variables", '{"n": 1}', "--run", "--json", home=tmp_path, **settings)
    found = json.loads(as_json.out)
    assert (found["estimate"]["points"], found["estimate"]["mostPoints"]) == (435, 50_000)
    assert found["estimate"]["least"] <= found["run"]["budget"]["spent"] <= found["estimate"]["limit"]
    assert sum(one["people"] for one in found["run"]["identities"]) > 5
    assert all(set(one) == {"status", "method", "remembered", "people"} for one in found["run"]["identities"])
    assert "example.com" not in as_json.out + ended.out
    assert "Abbott" not in as_json.out + ended.out


async def test_a_query_that_cannot_fit_is_said_to_be_refused(tmp_path: Path) -> None:
    ones = " ".join(f'a{index}: checkIn(id: "{index}") {{ id }}' for index in range(4))
    ended = await finished("explain", f"{{ {ones} }}", home=tmp_path, CREWGRAPH_MOST_CALLS="3")
    assert (ended.status, "4 calls in 1 wave; an operation may make 3: it is refused." in ended.out) == (0, True)
    run = await finished("explain", f"{{ {ones} }}", "--run", home=tmp_path, CREWGRAPH_MOST_CALLS="3", CREWGRAPH_SANDBOX_PEOPLE="30")
    assert "Paid 0 of 3 calls" in run.out
    assert "QUERY_TOO_EXPENSIVE: 1." in run.out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["{ project { "], "1:13: Syntax Error"),
        (["{\n  project(id: 1) { nme }\n}"], "2:20: Cannot query field 'nme'"),
        ([WALK], "1:12: Variable '$n' has invalid value: Expected a value of non-null type 'Int!'"),
        ([WALK, "--variables", "{"], "--variables: this is not JSON"),
        ([WALK, "--variables", "[]"], "--variables: must be a JSON object"),
        (["query a { __typename } query b { __typename }"], "Name one of the document's queries"),
        (["missing.graphql"], "missing.graphql: No such file"),
    ],
)
async def test_a_query_that_cannot_be_asked_ends_with_its_errors_and_their_places(tmp_path: Path, given: list[str], said: str) -> None:
    ended = await finished("explain", *given, home=tmp_path)
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err
    assert "Traceback" not in ended.err


def test_the_operation_that_is_meant_is_explained() -> None:
    found = asked(*understood(Question('query a { __typename } query b { group(id: "g") { id } }', {}, "b")))
    assert [one.coordinate for one in found.fields] == ["Query.group"]
    with pytest.raises(Wrong):
        understood(Question("query a { __typename }", {}, "c"))
    assert question("{ __typename }", '{"a": 1}', None) == Question("{ __typename }", {"a": 1})


def test_the_verdict_says_whether_it_fits() -> None:
    step = Step("project", "lists", least=3, likely=8, wave=2)
    said = [verdict(Explained(Estimate((step,)), limit)).plain.rpartition(": ")[2] for limit in (2, 7, 8)]
    assert said == ["it is refused.", "it may be refused on its way.", "it fits."]


@pytest.mark.parametrize(
    ("cost", "mode", "said"),
    [
        (9, "enforce", "it fits."),
        (10, "enforce", "it fits."),
        (11, "enforce", "it is refused."),
        (11, "measure", "11 points; an operation may cost 10, which is not enforced."),
    ],
)
def test_the_verdict_says_whether_the_points_suffice(cost: int, mode: CostMode, said: str) -> None:
    found = Explained(Estimate(()), 1, points=cost, documents=Bounds(mode=mode, cost=10))
    assert points(found).plain.endswith(said)


def test_calls_of_one_wave_and_route_are_one_bar_over_their_whole_time() -> None:
    calls = [
        {"wave": wave, "upstream": "checkins", "route": "/r", "source": "network", "start": start, "duration": duration}
        for wave, start, duration in ((1, 0.0, 10.0), (1, 5.0, 15.0), (2, 20.0, 20.0))
    ]
    first, second = bars(calls)
    assert (first.calls, first.start, first.end, second.calls) == (2, 0.0, 20.0, 1)
    assert (drawn(first, 40).plain, drawn(second, 40).plain) == ("█" * 20, " " * 20 + "█" * 20)
    assert drawn(first, 100_000).plain == "█"
    paid = {"least": 1, "likely": 2, "spent": 3, "limit": 4, "own": 5}
    assert budget(paid, {"X": 2}).plain == "Paid 3 of 4 calls (at least 1, likely 2); 5 more were the server's own. X: 2."
