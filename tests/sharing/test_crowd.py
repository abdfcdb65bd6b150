"""What 500 equal questions that come at once cost: what one costs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from graph.limits import Limits
from sandbox import Options
from tests.graphs import Graph, graph, noon, timeless
from tests.sharing.firms import firm

WALK = """{ project(id: "bridge") { name people { name timeOff { reason } checkIns(first: 3) { totalCount nodes { id responses { personEmail } } } } } }"""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company with two pages of people."""
    firm(path := tmp_path_factory.mktemp("crowd") / "firm.sqlite", crowd=120)
    return path


async def crowd(one: Graph, size: int) -> list[str]:
    """The answers to so many walks that begin together."""
    return [response.text for response in await asyncio.gather(*(one.client.post("/graphql", json={"query": WALK}) for _ in range(size)))]


async def test_500_equal_cold_queries_make_exactly_the_calls_of_one(company: Path) -> None:
    """(faults.md F25)"""
    options = Options(clock=noon, latency_ms=5)
    async with graph(company, options=options, limits=Limits(cache=timeless)) as alone:
        [one] = await crowd(alone, 1)
    async with graph(company, options=options, limits=Limits(cache=timeless)) as shared:
        answers = await crowd(shared, 500)
    assert {msgspec.json.decode(text)["data"] == msgspec.json.decode(one)["data"] for text in answers} == {True}
    assert sorted(shared.wire.calls) == sorted(alone.wire.calls)
    assert len(shared.wire.calls) > 30
