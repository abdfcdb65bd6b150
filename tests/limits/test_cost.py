"""What an operation costs is told, and held against the most where that is wanted, before anything is asked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from graph.limits import Limits
from graph.weights.bounds import Bounds, CostMode
from tests.graphs import codes, forgetful, graph

PEOPLE = "{ people(first: 100) { nodes { id } } }"
COST = {"requestedQueryCost": 110, "maximumAvailable": 100}


async def asked(company: Path, mode: CostMode, most: int) -> tuple[dict[str, Any], Mapping[str, int]]:
    """The answer to a question of 110 points, and the upstream calls that it came to."""
    async with graph(company, limits=Limits(cache=forgetful, documents=Bounds(mode=mode, cost=most))) as one:
        return await one.ask(PEOPLE), one.wire.kinds()


async def test_what_costs_too_much_is_refused_with_its_cost_before_any_call(company: Path) -> None:
    answer, calls = await asked(company, "enforce", 100)
    assert (codes(answer), "data" in answer, calls) == ([("QUERY_TOO_EXPENSIVE", "")], False, {})
    extensions = answer["errors"][0]["extensions"]
    assert {name: extensions[name] for name in COST} == COST
    assert answer["errors"][0]["message"].startswith("This costs 110 points, and one operation may cost 100. Narrow the window")
    assert answer["extensions"]["cost"] == COST


async def test_what_costs_just_as_much_as_it_may_is_answered(company: Path) -> None:
    answer, _ = await asked(company, "enforce", 110)
    assert len(answer["data"]["people"]["nodes"]) > 50
    assert answer["extensions"]["cost"] == {"requestedQueryCost": 110, "maximumAvailable": 110}


async def test_costs_may_be_told_without_being_enforced(company: Path) -> None:
    answer, _ = await asked(company, "measure", 100)
    assert "errors" not in answer
    assert answer["extensions"]["cost"] == COST


async def test_costs_may_be_left_alone(company: Path) -> None:
    answer, _ = await asked(company, "off", 1)
    assert "errors" not in answer
    assert "cost" not in answer["extensions"]


@pytest.mark.parametrize("aliases", [1, 50])
async def test_a_walk_that_would_show_a_hundred_thousand_things_is_refused_by_default(company: Path, aliases: int) -> None:
    inner = "checkIns(first: 100) { nodes { responses { id } } }" if aliases == 1 else "projects { people { id } }"
    query = " ".join(f"a{at}: people(first: 100) {{ nodes {{ id {inner} }} }}" for at in range(aliases))
    async with graph(company) as one:
        answer = await one.ask(f"{{ {query} }}")
        assert codes(answer) == [("QUERY_TOO_EXPENSIVE", "")]
        assert one.wire.calls == []


async def test_what_is_free_says_nothing_of_its_cost(company: Path) -> None:
    async with graph(company) as one:
        assert await one.ask("{ __typename }") == {"data": {"__typename": "Query"}}
