"""A look at an operation is had once for the same document, variables and caller, and tells each the same as a new one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from graphql import DocumentNode, parse

from graph.access.rights import Caller
from graph.execution.scopes import KEPT
from graph.limits import Limits
from graph.selection import Asked
from graph.weights.bounds import Bounds
from graph.weights.looked import LONG_CHARACTERS, LONGEST, LOOKS, Looked, Looks
from loaders.request import Wants
from sandbox import build
from tests.graphs import TODAY, Graph, forgetful, graph

ONE = Caller("one", "test", frozenset({"assignments:read"}), "one@example.com")
OTHER, LESSER = replace(ONE, email="other@example.com"), replace(ONE, scopes=frozenset())
TEXT = "query ($first: Int!) { projects(first: $first) { nodes { id people { id } } } }"
AGAIN = 3


class Seen:
    """Counts the looks."""

    def __init__(self, looks: Looks) -> None:
        self.looks, self.times = looks, 0

    def at(self, document: DocumentNode, variables: Any, caller: Caller = ONE) -> Looked:
        """A look."""
        return self.looks.at(document, None, variables, caller, self.look)

    def look(self) -> Looked:
        """A new one."""
        self.times += 1
        return Looked(0, self.times, Asked("", ""), Wants(), 0.0, personal=False)


def test_only_the_same_is_looked_at_once() -> None:
    document = parse(TEXT)
    KEPT.keep(document)
    seen = Seen(Looks())
    try:
        ways: list[tuple[Any, Caller]] = [
            (None, ONE), ({}, ONE), ({"first": 1}, ONE), ({"first": True}, ONE), ({"first": 1.0}, ONE), ({"first": 1}, OTHER), ({"first": 1}, LESSER),
        ]  # fmt: skip
        costs = [seen.at(document, *way).cost for way in ways]
        assert costs == [seen.at(document, *way).cost for way in ways] == [1, 2, 3, 4, 5, 6, 7]
    finally:
        KEPT.drop(document)


def test_nothing_is_remembered_of_documents_that_are_not_kept_or_with_long_variables() -> None:
    document = parse(TEXT)
    seen = Seen(Looks())
    assert [seen.at(document, {}).cost for _ in range(2)] == [1, 2]
    KEPT.keep(document)
    try:
        assert [seen.at(document, {"first": "1" * LONGEST}).cost for _ in range(2)] == [3, 4]
    finally:
        KEPT.drop(document)
    assert not seen.looks.found.kept
    assert not seen.looks.long.kept


def test_long_variables_take_nobody_elses_room_and_no_more_than_theirs() -> None:
    document = parse(TEXT)
    KEPT.keep(document)
    seen = Seen(Looks())
    try:
        assert [seen.at(document, {"first": 1}).cost for _ in range(2)] == [1, 1]
        for number in range(2, 40):
            long = {"first": f"{number:02}" * (LONGEST // 2 - 10)}
            assert [seen.at(document, long).cost for _ in range(2)] == [number, number]
            assert seen.looks.long.cost <= LONG_CHARACTERS
        assert len(seen.looks.found.kept) == 1 < len(seen.looks.long.kept) < 21
        assert seen.at(document, {"first": 1}).cost == 1
    finally:
        KEPT.drop(document)


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Graph]:
    """A graph that tells what operations cost, and lets none cost much."""
    build(tmp_path / "20.sqlite", people=20, today=TODAY)
    async with graph(tmp_path / "20.sqlite", limits=Limits(cache=forgetful, documents=replace(Bounds(), cost=2_000))) as one:
        yield one


async def test_what_costs_too_much_is_refused_however_often_it_comes(served: Graph) -> None:
    told = [await served.ask(TEXT, first=first) for _ in range(AGAIN) for first in (1, 2, 90)]
    costs = [one["extensions"]["cost"]["requestedQueryCost"] for one in told]
    assert costs[:3] * AGAIN == costs
    assert ["data" in one for one in told] == [True, True, False] * AGAIN
    assert LOOKS.found.cost > 0
