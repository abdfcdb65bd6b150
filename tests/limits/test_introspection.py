"""The schema may be kept from clients, while gateways still get it; then no error tells its names either."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from graphql import build_client_schema, get_introspection_query, graphql_sync

from graph.limits import Limits
from graph.schema import schema
from graph.weights.bounds import Bounds
from tests.graphs import Graph, codes, forgetful, graph
from tests.limits.hostile import many

MISTAKES: list[tuple[str, dict[str, Any]]] = [
    ("{ peopl(first: 1) { totalCount } }", {}),
    ("{ people(firs: 1) { totalCount } }", {}),
    ("{ people(first: 1) { ... on Persn { id } } }", {}),
    ("{ people(first: 1) { ...f } } fragment f on PersonConnecton { totalCount }", {}),
    ("{ identityReport { entries(first: 1, status: MATCHD) { totalCount } } }", {}),
    ('{ assignments(first: 1, activeBetween: { frm: "2026-01-01" }) { totalCount } }', {}),
    (
        "query ($in: DateRange) { assignments(first: 1, activeBetween: $in) { totalCount } }",
        {"in": {"from": "2026-01-01", "t": "2026-01-02"}},
    ),
    ("query ($s: IdentityStatus) { identityReport { entries(first: 1, status: $s) { totalCount } } }", {"s": "MATCHD"}),
    ("query ($s: IdentityStats) { identityReport { entries(first: 1, status: $s) { totalCount } } }", {}),
]


def limited(**documents: Any) -> Limits:
    """Nothing remembered, and documents like these."""
    return Limits(cache=forgetful, documents=Bounds(**documents))


@pytest.fixture
async def closed(company: Path) -> AsyncIterator[Graph]:
    """The graph without introspection."""
    async with graph(company, limits=limited(introspection=False)) as one:
        yield one


@pytest.mark.parametrize(
    "query",
    [
        get_introspection_query(),
        "{ __schema { queryType { name } } }",
        '{ mine: __type(name: "Person") { name } }',
        "{ ...f } fragment f on Query { ... { __schema { description } } }",
    ],
)
async def test_a_schema_that_is_kept_from_clients_is_refused_with_a_code(closed: Graph, query: str) -> None:
    answer = await closed.ask(query)
    assert {code for code, _ in codes(answer)} == {"INTROSPECTION_DISABLED"}
    assert "data" not in answer


async def test_gateways_and_clients_get_what_they_need_all_the_same(closed: Graph) -> None:
    data = await closed.data("{ __typename _service { sdl } people(first: 1) { __typename nodes { __typename } } }")
    assert (data["__typename"], data["people"]["nodes"]) == ("Query", [{"__typename": "Person"}])
    assert "type Person" in data["_service"]["sdl"]


@pytest.mark.parametrize(("query", "variables"), MISTAKES)
async def test_errors_suggest_names_unless_they_may_not(company: Path, query: str, variables: dict[str, Any]) -> None:
    said = []
    for one in ({}, {"suggestions": False}, {"introspection": False}):
        async with graph(company, limits=limited(**one)) as served:
            answer = await served.ask(query, **variables)
            assert answer["errors"]
            said.append(" ".join(error["message"] for error in answer["errors"]))
    assert ["Did you mean" in one for one in said] == [True, False, False]


@pytest.mark.parametrize(
    "query",
    [
        get_introspection_query(specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True),
        '{ a: __type(name: "Person") { fields { name type { name } } } b: __type(name: "Project") { fields { args { type { ofType { name } } } } } }',
        f"{{ {many(10, 'a#: __schema { queryType { name } }')} }}",
        "{ __schema { types { isOneOf fields { type { isOneOf ofType { isOneOf } } } } } }",
    ],
    ids=["a tool's", "two types", "ten times", "what is one of"],
)
async def test_the_schema_is_read_by_whoever_may(company: Path, query: str) -> None:
    async with graph(company) as one:
        assert await one.data(query)


@pytest.mark.parametrize(
    "query",
    [
        f"{{ {many(11, 'a#: __schema { queryType { name } }')} }}",
        "{ __schema { a: queryType { name } } }",
        '{ __type(name: "Person") { ...f } } fragment f on __Type { ... { a: fields { name } } }',
    ],
)
async def test_the_schema_is_not_read_over_and_over(company: Path, query: str) -> None:
    """It costs no points, and an answer with every part of it in a hundred copies would hold the process for seconds (faults.md F26)."""
    async with graph(company) as one:
        assert codes(await one.ask(query)) == [("MAX_INTROSPECTION_LIMIT", "")]


@pytest.fixture
def shown() -> dict[str, Any]:
    """What introspection shows of the schema."""
    answer = graphql_sync(schema._schema, get_introspection_query(directive_is_repeatable=True, input_value_deprecation=True))
    assert answer.errors is None
    found: dict[str, Any] = (answer.data or {})["__schema"]
    return found


def named(reference: Any) -> str:
    """The name of a type, out of its lists and non-nulls."""
    while reference["ofType"] is not None:
        reference = reference["ofType"]
    return str(reference["name"])


def test_introspection_shows_what_an_operation_can_use_and_nothing_else(shown: dict[str, Any]) -> None:
    """Code generators want a mapping for every scalar that they see; federation's own, of which only the SDL speaks, have none."""
    types = {one["name"]: one for one in shown["types"]}
    waiting, reached = [shown["queryType"]["name"]], {"Boolean", "String"}
    while waiting:
        if (name := waiting.pop()) in reached:
            continue
        reached.add(name)
        fields = [*(types[name]["fields"] or ()), *(types[name]["inputFields"] or ())]
        arguments = [one for field in fields for one in field.get("args") or ()]
        waiting += [named(one["type"]) for one in (*fields, *arguments)] + [one["name"] for one in types[name]["possibleTypes"] or ()]
    assert {name for name in types if not name.startswith("__")} == reached | {
        named(argument["type"]) for directive in shown["directives"] for argument in directive["args"]
    }
    assert not {"_FieldSet", "link__Import", "link__Purpose"} & types.keys()


def test_each_place_of_a_directive_is_listed_once(shown: dict[str, Any]) -> None:
    places = {one["name"]: one["locations"] for one in shown["directives"]}
    assert {"include", "skip", "deprecated", "cost", "listSize"} <= places.keys()
    assert [name for name, given in places.items() if len(set(given)) != len(given)] == []
    assert build_client_schema({"__schema": shown}).get_directive("cost") is not None  # type: ignore[typeddict-item]
