"""Each question of the README costs the upstream calls that the README says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.graphs import Graph

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("## More questions\n")[2].partition("\n### ")[0]
QUESTIONS = re.findall(r"^([^\n]+):\n\n```graphql\n(.*?)^```\n\n([^\n]*)$", SECTION, re.DOTALL | re.MULTILINE)
"""What is asked, the query, and what it costs."""


def told(cost: str) -> tuple[int, int]:
    """The calls that a line of the README tells: cold, and once the directory and the people are known."""
    found = re.match(r"Costs (\d+) calls? cold, (\d+) known[:.]", cost)
    assert found is not None, cost
    return int(found[1]), int(found[2])


def test_every_question_of_the_section_tells_its_cost() -> None:
    assert len(QUESTIONS) == SECTION.count("```graphql") >= 13


@pytest.mark.parametrize(("query", "cost"), [one[1:] for one in QUESTIONS], ids=[one[0] for one in QUESTIONS])
async def test_a_question_costs_what_the_readme_says(whole: Graph, query: str, cost: str) -> None:
    await whole.data(query)
    cold = whole.wire.kinds()
    known = await whole.calls(query)
    assert (sum(cold.values()), sum(known.values())) == told(cost), (cold, known)
