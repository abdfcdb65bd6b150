"""Requests and documents, good and bad; the client looks at every answer besides (conftest.py)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from graph.door.guard import LARGEST_REST
from graph.door.policy import Door
from graph.http import GRAPHQL, JSON
from sandbox.documents import CHECK_INS
from tests.graphs import Graph
from tests.protocol.asking import HELLO, SENT, get, post, told

LARGEST_BODY = Door().largest_body
FIRST = "query ($first: Int!) { people(first: $first) { totalCount } }"
BY_ID = "query ($id: ID!) { checkIn(id: $id) { id } }"


async def test_a_get_asks_with_query_variables_and_operation_name(served: Graph) -> None:
    query = "query Other { __typename } query One($id: ID!) { checkIn(id: $id) { id } }"
    answer = await get(served, query=query, variables=json.dumps({"id": CHECK_INS[0]}), operationName="One", extensions="{}")
    assert answer.json()["data"] == {"checkIn": {"id": CHECK_INS[0]}}
    assert "errors" not in answer.json()


async def test_empty_parameters_of_a_get_are_none(served: Graph) -> None:
    assert (await get(served, query=HELLO, variables="", operationName="", extensions="")).status_code == 200


@pytest.mark.parametrize("query", ["mutation { x }", "subscription { x }", "query Q { __typename } mutation M { x }"])
async def test_a_get_never_runs_anything_but_a_query(served: Graph, query: str) -> None:
    answer = await get(served, query=query, operationName="M" if "Q" in query else "")
    assert told(answer) == (405, ["METHOD_NOT_ALLOWED"])
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"query": ""},
        {"query": "  \n"},
        {"query": HELLO, "variables": "{"},
        {"query": HELLO, "variables": "[]"},
        {"query": HELLO, "variables": '"x"'},
        {"query": HELLO, "variables": '{"a": NaN}'},
        {"query": HELLO, "variables": "[" * 5_000},
        {"query": HELLO, "extensions": "[]"},
        {"query": HELLO, "operationName": "Nobody"},
    ],
)
async def test_a_get_with_bad_parameters_is_refused(served: Graph, parameters: dict[str, str]) -> None:
    assert told(await get(served, **parameters)) == (400, ["BAD_REQUEST"])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"null",
        b"1",
        b'"{ __typename }"',
        b'{"query": "{ __typename }"} and more',
        b'{"query": "{ __typename }", "operationName": "\xff"}',
        b'{"query": "{ __typename }", "operationName": "\\ud800"}',
        b'{"query": "{ __typename }", "variables": {"a": NaN}}',
        b'{"query": "{ __typename }", "variables": {"a": -Infinity}}',
        b'{"query": "{ __typename }", "variables": {"a": 1e999}}',
        b'{"query": "{ __typename }", "variables": {"a": ' + b"9" * 5000 + b"}}",
        b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
        b'{"query": "{ __typename }", "variables": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001,
    ],
)
async def test_a_body_that_is_not_one_json_object_is_refused(served: Graph, body: bytes) -> None:
    """(faults.md F26)"""
    assert told(await post(served, body)) == (400, ["BAD_REQUEST"])


@pytest.mark.parametrize("name", ["query", "variables", "operationName", "extensions"])
@pytest.mark.parametrize("value", [None, 1, 1.5, True, "x", [], {}, [{}]])
async def test_a_parameter_of_the_wrong_type_is_refused(served: Graph, name: str, value: object) -> None:
    answer = await post(served, {"query": HELLO, name: value})
    types: dict[str, tuple[type, ...]] = {"query": (str,), "operationName": (str, type(None))}
    if isinstance(value, types.get(name, (dict, type(None)))):
        assert answer.status_code == (400 if name == "operationName" and value else 200)
    else:
        assert told(answer) == (400, ["BAD_REQUEST"])


@pytest.mark.parametrize("query", [HELLO, "query A { __typename }", "query A { __typename } query B { __typename }"])
async def test_an_operation_that_the_document_does_not_have_is_refused(served: Graph, query: str) -> None:
    assert told(await post(served, {"query": query, "operationName": "Nobody"})) == (400, ["BAD_REQUEST"])


async def test_the_named_one_of_several_operations_is_run(served: Graph) -> None:
    answer = await post(served, {"query": "query A { a: __typename } query B { b: __typename }", "operationName": "B"})
    assert answer.json() == {"data": {"b": "Query"}}


async def test_of_several_operations_none_is_run_without_a_name(served: Graph) -> None:
    assert told(await post(served, {"query": "query A { __typename } query B { __typename }"}, accept=GRAPHQL))[0] == 400


@pytest.mark.parametrize("query", ["mutation { x }", "subscription { x }", "fragment F on Query { __typename }", "type Query { x: Int }"])
async def test_a_document_without_a_query_is_refused(served: Graph, query: str) -> None:
    status, codes = told(await post(served, {"query": query}, accept=GRAPHQL))
    assert (400 <= status < 500, len(codes)) == (True, 1)


async def test_a_body_may_be_as_large_as_is_said_and_no_larger(served: Graph) -> None:
    """(faults.md F26)"""
    frame = len(json.dumps({"query": HELLO}))
    assert (await post(served, {"query": HELLO + " " * (LARGEST_BODY - frame)})).status_code == 200
    assert told(await post(served, {"query": HELLO + " " * (LARGEST_BODY - frame + 1)})) == (413, ["BODY_TOO_LARGE"])


async def test_a_body_without_an_end_is_not_read_to_it(served: Graph) -> None:
    """(faults.md F26)"""
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 100_000
            yield b" " * 100_000

    answer = await served.client.post("/graphql", content=endless(), headers=SENT)
    assert told(answer) == (413, ["BODY_TOO_LARGE"])
    assert sent <= LARGEST_BODY + LARGEST_REST + 200_000


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ __typename }\0", "GRAPHQL_PARSE_FAILED"),
        ("{ a" * 2000 + "}" * 2000, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ people { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ people(first: true) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ people(first: null) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
        (f"{{ people(first: {'9' * 5000}) {{ totalCount }} }}", "GRAPHQL_VALIDATION_FAILED"),
        ("{ checkIn(id: { a: [null, true] }) { id } }", "GRAPHQL_VALIDATION_FAILED"),
        ("query ($never: Int) { __typename }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ ...F } fragment F on Query { ...F }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ __typename @defer }", "GRAPHQL_VALIDATION_FAILED"),
        ('{ assignments(first: 1, activeOn: "2026-13-01") { totalCount } }', "BAD_USER_INPUT"),
    ],
)
async def test_a_document_that_cannot_be_run_is_told_in_the_way_of_its_media_type(served: Graph, query: str, code: str) -> None:
    assert told(await post(served, {"query": query}, accept=GRAPHQL)) == (400, [code])
    assert told(await post(served, {"query": query}, accept=JSON)) == (200, [code])


@pytest.mark.parametrize(
    ("query", "variables", "reason"),
    [
        (FIRST, {}, "Expected a value of non-null type 'Int!' to be provided."),
        (FIRST, {"first": None}, "Expected value of non-null type 'Int!' not to be null."),
        (FIRST, {"first": True}, "Int cannot represent non-integer value."),
        (FIRST, {"first": "1"}, "Int cannot represent non-integer value."),
        (FIRST, {"first": {"a": [None, True]}}, "Int cannot represent non-integer value."),
        (FIRST, {"first": 10**10}, "Int cannot represent non 32-bit signed integer value."),
        (BY_ID, {"id": {"a": None}}, "ID cannot represent value."),
        (
            "query ($on: Date) { assignments(first: 1, activeOn: $on) { totalCount } }",
            {"on": 5},
            "Expected a calendar day, such as 2026-05-31.",
        ),
        (
            "query ($in: DateRange) { assignments(first: 1, activeBetween: $in) { totalCount } }",
            {"in": "found: None"},
            "Expected value of type 'DateRange' to be an object.",
        ),
        (
            "query ($in: DateRange) { assignments(first: 1, activeBetween: $in) { totalCount } }",
            {"in": {"from": "2026-01-01", "to": "2026-01-02", "form": False}},
            "Expected value of type 'DateRange' not to include unknown field 'form'. Did you mean 'from'?",
        ),
    ],
)
async def test_a_variable_of_the_wrong_type_is_named_and_never_quoted(
    served: Graph, query: str, variables: dict[str, Any], reason: str
) -> None:
    answer = await post(served, {"query": query, "variables": variables}, accept=GRAPHQL)
    assert told(answer) == (400, ["BAD_USER_INPUT"])
    name = query[query.index("$") : query.index(":")]
    assert answer.json()["errors"][0]["message"] == f"Variable '{name}' has invalid value: {reason}"
    assert answer.json()["errors"][0]["locations"] == [{"line": 1, "column": 8}]


@pytest.mark.parametrize("id", ["..", "a/b", "a\\b", "a\r\nb", " ", "x" * 10_000, "9" * 4000, 10**18])
async def test_a_bad_id_is_an_error_at_its_field_and_asks_nobody(served: Graph, id: str | int) -> None:  # noqa: A002 - the argument's name
    """(faults.md F29)"""
    served.wire.calls.clear()
    answer = await post(served, {"query": BY_ID, "variables": {"id": id}}, accept=GRAPHQL)
    content = answer.json()
    assert (answer.status_code, content["data"]) == (200, {"checkIn": None})
    if isinstance(id, str):
        assert [(error["path"], error["extensions"]["code"]) for error in content["errors"]] == [(["checkIn"], "BAD_USER_INPUT")]
        assert served.wire.calls == []


async def test_two_requests_have_two_ids_and_the_errors_of_one_share_one(served: Graph) -> None:
    query = "{ a: people(first: 0) { totalCount } b: people(first: 101) { totalCount } }"
    both = [[error["extensions"]["requestId"] for error in (await post(served, {"query": query})).json()["errors"]] for _ in range(2)]
    assert [len(set(ids)) for ids in both] == [1, 1]
    assert both[0] != both[1]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, "NOT_FOUND"),
        ("GET", "/graphql/static/nothing.js", 404, "NOT_FOUND"),
        ("TRACE", "/graphql", 405, "METHOD_NOT_ALLOWED"),
    ],
)
async def test_what_leads_nowhere_is_coded_too(served: Graph, method: str, path: str, status: int, code: str) -> None:
    response = await served.client.request(method, path)
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (status, code)
