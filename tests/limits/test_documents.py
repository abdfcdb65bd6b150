"""Hostile documents are refused with a code before they are validated or run (faults.md F26), and ordinary ones never notice."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import get_introspection_query

from graph.http import GRAPHQL
from graph.limits import Limits
from graph.weights.bounds import Bounds
from graph.weights.checked import MOST_ERRORS
from tests.graphs import Graph, forgetful, graph
from tests.limits.hostile import ENTITIES, HOSTILE, PERSON, doubling, many

INTROSPECTION = get_introspection_query(
    specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
)


async def post(served: Graph, query: str, **variables: Any) -> httpx.Response:
    """The answer of a client that speaks the newer media type."""
    return await served.client.post("/graphql", json={"query": query, "variables": variables}, headers={"accept": GRAPHQL})


def codes(answer: httpx.Response) -> set[str]:
    """The codes of its errors."""
    return {error["extensions"]["code"] for error in answer.json()["errors"]}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_document_is_refused_with_a_code_and_asks_nobody(served: Graph, name: str) -> None:
    """The bound is on the processor's time, which others do not lengthen (faults.md F26)."""
    query, variables, expected = HOSTILE[name]
    began = time.process_time()
    answer = await post(served, query, **variables)
    assert time.process_time() - began < 5
    assert (answer.status_code, codes(answer)) == (400, expected)
    assert "data" not in answer.json()
    assert len(answer.json()["errors"]) <= MOST_ERRORS + 1
    assert served.wire.calls == []


async def test_a_hundred_thousand_full_representations_do_not_even_fit_into_a_body(served: Graph) -> None:
    answer = await post(served, ENTITIES, of=[{"__typename": "Person", "id": str(at)} for at in range(100_000)])
    assert (answer.status_code, codes(answer)) == (413, {"BODY_TOO_LARGE"})


async def test_a_refusal_says_the_limit_and_what_was_found(served: Graph) -> None:
    (error,) = (await post(served, doubling(11))).json()["errors"]
    assert error["message"] == "The document has 2049 fields; 2000 are allowed."
    assert (error["extensions"]["found"], error["extensions"]["limit"]) == (2_049, 2_000)
    (error,) = (await post(served, HOSTILE["10,000 aliases"][0])).json()["errors"]
    assert error["extensions"]["limit"] == 10_000


@pytest.mark.parametrize(
    "query",
    [
        INTROSPECTION,
        doubling(10),
        f"{{ {PERSON} {{ {'projects { people { ' * 9} id name {'} } ' * 9} }} }}",
        f"{{ {many(50, 'a#: __typename')} }}",
        f"{{ __typename {many(1, '@skip(if: false)')} }}",
    ],
    ids=["introspection", "1,025 fields", "20 levels", "50 roots", "a directive"],
)
async def test_what_is_within_the_limits_is_answered(company: Path, query: str) -> None:
    async with graph(company, limits=Limits(cache=forgetful, documents=Bounds(mode="measure", values=sys.maxsize))) as one:
        assert "data" in await one.ask(query)


async def test_a_thousand_entities_are_within_every_limit(served: Graph) -> None:
    data = await served.data(ENTITIES, of=[{"__typename": "Project", "id": f"none-{at % 20}"} for at in range(1_000)])
    assert data == {"_entities": [None] * 1_000}


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"depth": 1}, "MAX_DEPTH_LIMIT"),
        ({"fields": 2}, "MAX_FIELDS_LIMIT"),
        ({"aliases": 0}, "MAX_ALIASES_LIMIT"),
        ({"roots": 1}, "MAX_ROOT_FIELDS_LIMIT"),
        ({"directives": 0}, "MAX_DIRECTIVES_LIMIT"),
        ({"tokens": 10}, "MAX_TOKENS_LIMIT"),
        ({"tokens": 3}, "MAX_CHARACTERS_LIMIT"),
        ({"letters": 0}, "MAX_ALIAS_LENGTH_LIMIT"),
        ({"values": 2}, "QUERY_TOO_EXPENSIVE"),
    ],
)
async def test_each_limit_is_a_setting(company: Path, limits: dict[str, int], code: str) -> None:
    query = "{ a: __typename @skip(if: false) people(first: 1) { totalCount } }"
    async with graph(company, limits=Limits(cache=forgetful, documents=replace(Bounds(), **limits))) as one:  # type: ignore[arg-type]
        assert codes(await post(one, query)) == {code}
    async with graph(company) as one:
        assert "errors" not in (await post(one, query)).json()


async def test_a_document_with_a_thousand_mistakes_is_told_a_few(served: Graph) -> None:
    errors = (await post(served, f"{{ people(first: 1) {{ {many(1_000, 'wrong#')} }} }}")).json()["errors"]
    assert len(errors) == MOST_ERRORS + 1
    assert errors[-1]["message"] == "Too many validation errors, error limit reached. Validation aborted."
