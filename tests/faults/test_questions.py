"""Questions that no honest client asks: each is refused with a code, quickly, and asks nothing of the upstreams."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLNamedType, GraphQLObjectType, get_named_type

from graph.http import GRAPHQL, JSON
from graph.schema import schema
from tests.faults.bent import Bent, bent
from tests.graphs import codes

HOSTILE: dict[str, bytes | dict[str, Any]] = {
    "a deep query": {"query": "{ a" * 20_000 + "}" * 20_000},
    "a deep list in a query": {"query": "{ people(first: " + "[" * 20_000 + "]" * 20_000 + ") { totalCount } }"},
    "a cyclic query": {"query": "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"},
    "an aliased query": {"query": "{" + " ".join(f'a{one}: checkIn(id: "{one}") {{ id }}' for one in range(5_000)) + "}"},
    "a query of rubbish": {"query": "\x00" * 1_000},
    "deep JSON": b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
    "5 MB": {"query": "{ __typename }" + " " * 5_000_000},
    "NaN": b'{"query": "{ __typename }", "variables": {"a": NaN}}',
    "a number of 5,000 digits": b'{"query": "{ __typename }", "variables": {"a": ' + b"9" * 5_000 + b"}}",
    "half a character": b'{"query": "{ __typename }", "operationName": "\xc3"}',
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
async def test_a_question_made_to_break_the_server_is_a_4xx_with_a_code(company: Path, body: bytes | dict[str, Any]) -> None:
    """(faults.md F26)"""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with bent(company) as one:
        answer = await one.client.post("/graphql", content=content, headers={"Content-Type": JSON, "Accept": GRAPHQL})
        assert 400 <= answer.status_code < 500
        assert [error["extensions"]["code"] for error in answer.json()["errors"]]
        assert "Traceback" not in answer.text
        assert one.wire.calls == []


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "nonsense", ""]
)
async def test_a_body_of_another_content_type_is_a_4xx_with_a_code(company: Path, content_type: str) -> None:
    """(faults.md F26, F29)"""
    async with bent(company) as one:
        answer = await one.client.post("/graphql", content=b'{"query": "{ __typename }"}', headers={"Content-Type": content_type})
        assert 400 <= answer.status_code < 500
        assert answer.json()["errors"][0]["extensions"]["code"]


REQUIRED = {"managerEmail": '"a@b.c"', "since": '"2026-03-01"'}


def connections() -> Iterator[tuple[str, str]]:
    """Every root that gives pages, as query text before and after the arguments of its page."""
    query = schema._schema.query_type
    assert query is not None
    for name, field in query.fields.items():
        if "first" in field.args:
            more = "".join(f", {one}: {REQUIRED[one]}" for one in field.args if one in REQUIRED)
            yield name, f"{{ it: {name}(PAGE{more}) {{ totalCount {selection(get_named_type(field.type))} }} }}"


def selection(kind: GraphQLNamedType) -> str:
    """Something to ask of a connection."""
    assert isinstance(kind, GraphQLObjectType)
    return "nodes { __typename }"


PAGED = dict(connections())
NESTED = {
    "Person.checkIns": '{ it: person(id: "w0") { checkIns(PAGE) { nodes { id } } } }',
    "Group.people": '{ it: group(id: "everybody") { people(PAGE) { nodes { id } } } }',
    "Group.assignments": '{ it: group(id: "everybody") { assignments(PAGE) { nodes { id } } } }',
    "Changes.checkIns": '{ it: changes(since: "2026-03-01") { checkIns(PAGE) { nodes { id } } } }',
    "IdentityReport.entries": "{ it: identityReport { entries(PAGE) { nodes { person { id } } } } }",
}
EVERY = {**PAGED, **NESTED}


def test_every_root_that_gives_pages_is_among_those_tested() -> None:
    """(faults.md F27)"""
    assert PAGED.keys() >= {"people", "projects", "assignments", "currentAssignments", "checkIns", "reports"}


@pytest.mark.parametrize("first", [10**9, 101, 0, -1, -(2**31)])
@pytest.mark.parametrize("query", EVERY.values(), ids=EVERY)
async def test_a_page_that_is_too_large_or_negative_is_bad_input(company: Path, query: str, first: int) -> None:
    """(faults.md F27)"""
    async with bent(company) as one:
        assert {code for code, _ in codes(await one.ask(query.replace("PAGE", f"first: {first}")))} == {"BAD_USER_INPUT"}


def made(content: Any) -> str:
    """A cursor as the graph writes them, but for its seal."""
    return urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


FORGED = ["", "x", "=", "\u2603", "A" * 5_000, made([0, "000000000000"]), made([[0, 0, 0], "x"]), made(None), made({"a": 1}), made([[[]]])]


@pytest.mark.parametrize("after", FORGED, ids=range(len(FORGED)))
@pytest.mark.parametrize("query", EVERY.values(), ids=EVERY)
async def test_a_forged_cursor_is_bad_input(company: Path, query: str, after: str) -> None:
    """(faults.md F27)"""
    async with bent(company) as one:
        answer = await one.ask(query.replace("PAGE", f"first: 5, after: {json.dumps(after)}"))
        assert {code for code, _ in codes(answer)} == {"BAD_USER_INPUT"}


async def test_a_cursor_of_another_list_is_bad_input(company: Path) -> None:
    """(faults.md F27)"""
    async with bent(company) as one:
        cursors = await some_cursors(one)
        for name in ("people", "projects", "checkIns", "currentAssignments"):
            for other, after in cursors.items():
                answer = await one.ask(f'{{ {name}(first: 2, after: "{after}") {{ nodes {{ __typename }} }} }}')
                assert {code for code, _ in codes(answer)} == (set() if other == name else {"BAD_USER_INPUT"})


async def some_cursors(one: Bent) -> dict[str, str]:
    """A cursor of each of some lists."""
    names = ("people", "projects", "checkIns", "currentAssignments")
    fields = " ".join(f"{name}(first: 1) {{ pageInfo {{ endCursor }} }}" for name in names)
    data = await one.data(f"{{ {fields} }}")
    return {name: data[name]["pageInfo"]["endCursor"] for name in names}


ENTITIES = "query ($of: [_Any!]!) { _entities(representations: $of) { __typename ... on Person { name } ... on CheckIn { id } } }"
GOOD = [{"__typename": "Person", "id": "w0"}, {"__typename": "CheckIn", "id": "a0-0", "weight": 4, "more": {"a": [None]}}]
BAD: list[Any] = [
    {"__typename": "Robot", "id": "1"},
    {"__typename": "Person"},
    {"id": "w0"},
    {"__typename": "Person", "id": None},
    7,
    "w0",
    [GOOD[0]],
]


@pytest.mark.parametrize("bad", BAD, ids=lambda one: json.dumps(one)[:40])
async def test_an_entity_that_cannot_be_understood_is_null_at_its_place_and_the_others_are_resolved(company: Path, bad: Any) -> None:
    """In the order in which they were asked, extra fields ignored (faults.md F28)."""
    async with bent(company) as one:
        answer = await one.ask(ENTITIES, of=[GOOD[1], bad, GOOD[0], bad, GOOD[1]])
        row, person = {"__typename": "CheckIn", "id": "a0-0"}, {"__typename": "Person", "name": "Ann Lee"}
        assert answer["data"]["_entities"] == [row, None, person, None, row]
        assert codes(answer) == [("BAD_USER_INPUT", "_entities.1"), ("BAD_USER_INPUT", "_entities.3")]


async def test_10_000_entities_are_refused_before_any_call(company: Path) -> None:
    """(faults.md F28)"""
    async with bent(company) as one:
        answer = await one.ask(ENTITIES, of=[{"__typename": "CheckIn", "id": f"a{number}"} for number in range(10_000)])
        assert answer.get("data") is None
        assert {code for code, _ in codes(answer)} <= {"BAD_USER_INPUT", "QUERY_TOO_EXPENSIVE"}
        assert codes(answer)
        assert one.wire.calls == []
