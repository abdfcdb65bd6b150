"""An answer with more errors than anybody reads: each null is there, so many errors are told, and of the others how many there were."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import GraphQLError, parse
from graphql.language.source import Source
from graphql.pyutils import Path as Place
from hypothesis import given
from hypothesis import strategies as st

from graph.execution.errors import Errors
from graph.execution.places import Lines, lined
from graph.limits import Limits
from graph.weights.bounds import Bounds
from tests.graphs import Graph, codes, forgetful, graph
from tests.limits.hostile import REFUSED
from tests.operating.asking import numbers

BOTH = pytest.mark.parametrize("compiled", [True, False])


@BOTH
async def test_of_thousands_of_refused_arguments_each_leaves_a_null_and_a_thousand_are_told(company: Path, compiled: bool) -> None:
    async with graph(company, limits=Limits(cache=forgetful, compiled=compiled)) as one:
        people = len((await one.data("{ people(first: 100) { nodes { id } } }"))["people"]["nodes"])
        answer = await one.ask(REFUSED)
    refused = [person[f"a{at}"] for person in answer["data"]["people"]["nodes"] for at in range(40)]
    assert refused == [None] * people * 40
    assert {code for code, _ in codes(answer)} == {"BAD_USER_INPUT"}
    assert len({path for _, path in codes(answer)}) == len(answer["errors"]) == 1_000
    assert answer["extensions"]["errors"] == {"shown": 1_000, "more": people * 40 - 1_000}


@BOTH
async def test_the_errors_of_few_people_are_all_told_each_at_its_place(company: Path, compiled: bool) -> None:
    async with graph(company, limits=Limits(cache=forgetful, compiled=compiled)) as one:
        answer = await one.ask(
            "{\n\n people(first: 2) { nodes {\n   a: checkIns(first: 0) { totalCount } b: checkIns(first: 101) { totalCount } } } }"
        )
    assert sorted(codes(answer)) == [("BAD_USER_INPUT", f"people.nodes.{at}.{name}") for at in range(2) for name in "ab"]
    assert sorted(place["column"] for error in answer["errors"] for place in error["locations"]) == [4, 4, 41, 41]
    assert {place["line"] for error in answer["errors"] for place in error["locations"]} == {4}
    assert "errors" not in answer["extensions"]


async def test_the_most_errors_are_a_limit_and_metrics_count_those_that_are_told(company: Path) -> None:
    async with graph(company, limits=Limits(cache=forgetful, documents=Bounds(errors=3))) as one:
        answer = await one.ask("{ people(first: 5) { nodes { checkIns(first: 0) { totalCount } } } }")
        counted = await numbers(one.client)
    assert (len(answer["errors"]), answer["extensions"]["errors"]) == (3, {"shown": 3, "more": 2})
    assert counted['crewgraph_operation_errors_total{code="BAD_USER_INPUT"}'] == 3


async def test_an_upstream_that_is_down_leaves_a_null_and_an_error_for_each_person(company: Path) -> None:
    async with graph(company, limits=Limits(cache=forgetful, documents=Bounds(errors=4))) as one:
        one.wire.cut = lambda path: path.startswith("/api/")
        answer = await one.ask("{ people(first: 9) { nodes { name checkIns(first: 1) { totalCount } } } }")
    assert [person["checkIns"] for person in answer["data"]["people"]["nodes"]] == [None] * 9
    assert {code for code, _ in codes(answer)} == {"UPSTREAM_UNAVAILABLE"}
    assert answer["extensions"]["errors"] == {"shown": 4, "more": 5}


def test_an_error_within_what_is_null_already_counts_for_nothing() -> None:
    errors, person = Errors(1), Place(None, "person", None)
    for path in (Place(None, "project", None), person, Place(person, "name", None), person):
        errors.add(GraphQLError("no"), path)
    assert (len(errors.errors), errors.more, errors.told) == (1, 1, {"errors": {"shown": 1, "more": 1}})


@given(st.text("ab \n\r", max_size=40))
def test_a_place_is_what_graphql_core_makes_of_it(text: str) -> None:
    """But for within a line's end, where nothing begins."""
    source, lines = Source(text), Lines(text)
    for position in [at for at in range(len(text) + 1) if text[at - 1 : at + 1] != "\r\n"]:
        assert lines.place(position) == source.get_location(position)


def test_errors_of_a_document_look_their_lines_up() -> None:
    document = parse("{\n\n  name\n  name }")
    lined(document)
    (operation,) = document.definitions
    fields = operation.selection_set.selections  # type: ignore[attr-defined]
    assert [GraphQLError("no", one).locations for one in fields] == [[(3, 3)], [(4, 3)]]
    assert document.loc is not None
    assert isinstance(vars(document.loc.source)["get_location"].__self__, Lines)


async def test_a_document_of_many_lines_is_not_read_again_for_each_error(served: Graph) -> None:
    """It used to be: 13 seconds for 400 errors."""
    answer = await served.ask("\n" * 150_000 + REFUSED)
    assert len(answer["errors"]) == 1_000
    assert answer["errors"][0]["locations"][0]["line"] == 150_001
