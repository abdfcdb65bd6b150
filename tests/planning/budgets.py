"""What an operation was expected to cost, and what it came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.graphs import Graph, codes
from tests.planning.operations import VARIABLES, query

TRACED = {"x-crewgraph-trace": "1"}


@dataclass(frozen=True)
class Came:
    """`least` and `likely` as estimated before, `spent` as paid, `own` as the server needed for itself, and the codes of errors."""

    least: int
    likely: int
    spent: int
    own: int
    codes: frozenset[str]
    answer: Mapping[str, Any]


async def came(graph: Graph, text: str, variables: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None) -> Came:
    """One operation, run with a trace."""
    given = {name: value for name, value in (variables or {}).items() if f"${name}" in text or name not in VARIABLES}
    response = await graph.client.post("/graphql", json={"query": text, "variables": given}, headers={**TRACED, **(headers or {})})
    answer = response.json()
    assert "extensions" in answer, answer
    budget = answer["extensions"]["trace"]["budget"]
    said = frozenset(code for code, _ in codes(answer))
    return Came(budget["least"], budget["likely"], budget["spent"], budget["own"], said, answer)


async def named(graph: Graph, name: str, ids: Mapping[str, str]) -> Came:
    """One operation of the list."""
    return await came(graph, query(name), ids)
