"""Whole answers that are not what the documents describe, as a client of the graph sees them: a code, and everything unaffected beside it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.bent import JSON, bent, replaced
from tests.graphs import codes
from upstreams.policy import Policy

BOTH = '{ group(id: "everybody") { id } checkIn(id: "a0-0") { id overdue } }'
WALK = '{ project(id: "bridge") { name people { name checkIns(first: 2) { nodes { id } } } } }'
SECRET = "hush-hush"


def served(content: bytes, content_type: str = "application/json", **headers: str) -> Callable[[], httpx.Response]:
    """A 200 with this body."""
    return lambda: httpx.Response(200, content=content, headers={"Content-Type": content_type, **headers})


GUARDED = {
    "a login page": served(f"<form>{SECRET}</form>".encode(), "text/html"),
    "a login page that calls itself JSON": served(f"<form>{SECRET}</form>".encode()),
    "JSON of another content type": served(b'{"count": 0, "results": []}', "text/plain"),
    "no content type": lambda: httpx.Response(200, content=b"{}"),
    "a byte order mark": served(b'\xef\xbb\xbf{"count": 0, "next": null, "results": []}'),
    "a gzip bomb": served(gzip.compress(b" " * Policy().largest + b"[]"), **{"Content-Encoding": "gzip"}),
    "a huge body": served(b" " * Policy().largest + b"[]"),
}
SHAPELESS: dict[str, Callable[[], Any]] = {
    "an empty body": served(b""),
    "blanks": served(b" \n"),
    "null": lambda: None,
    "a list of nulls": lambda: [None, [SECRET]],
    "text": lambda: SECRET,
    "a number": lambda: 7,
    "an empty object": dict,
    "an object of other fields": lambda: {"detail": SECRET, "data": {}, "results": {}, "responses": SECRET},
}


@pytest.mark.parametrize("answer", GUARDED.values(), ids=GUARDED)
async def test_an_answer_that_is_not_json_or_too_large_is_a_bad_response_of_its_own_upstream_only(
    company: Path, answer: Callable[[], Any]
) -> None:
    """(faults.md F9)"""
    await costs_its_own_upstream_only(company, answer)


@pytest.mark.parametrize("answer", SHAPELESS.values(), ids=SHAPELESS)
async def test_an_answer_of_another_shape_is_a_bad_response_and_never_used_in_part(company: Path, answer: Callable[[], Any]) -> None:
    """(faults.md F10)"""
    await costs_its_own_upstream_only(company, answer)


async def costs_its_own_upstream_only(company: Path, answer: Callable[[], Any]) -> None:
    """Each upstream in turn answers so: its field is null with the code, the other's is served, and nothing of the body is told."""
    for where, lost, kept, upstream in (("/api/", "checkIn", "group", "checkins"), ("/v2/", "group", "checkIn", "workforce")):
        async with bent(company, replaced(where, answer)) as one:
            found = await one.ask(BOTH)
            assert codes(found) == [("UPSTREAM_BAD_RESPONSE", lost)]
            assert found["data"][lost] is None
            assert found["data"][kept]["id"]
            extensions = found["errors"][0]["extensions"]
            assert (extensions["upstream"], extensions["retryable"], len(extensions["requestId"])) == (upstream, False, 16)
            assert SECRET not in json.dumps(found)


async def test_a_walk_keeps_its_people_when_every_list_of_check_ins_is_a_login_page(company: Path) -> None:
    """(faults.md F9)"""
    async with bent(company, replaced("check-ins", GUARDED["a login page"])) as one:
        found = await one.ask(WALK)
        people = found["data"]["project"]["people"]
        assert len(people) == 8
        assert {(person["name"] is not None, person["checkIns"]) for person in people} == {(True, None)}
        assert {code for code, _ in codes(found)} == {"UPSTREAM_BAD_RESPONSE", "IDENTITY_AMBIGUOUS"}  # the twins are twins without any call


async def test_a_detail_that_is_another_check_in_is_never_used(company: Path) -> None:
    """What answers for another id than was asked is as bad as no object at all (faults.md F10)."""
    other = {"api_id": "a1-0", "responses": [{"api_id": "r", "person_api_id": "a1", "person_name": "Bob Ray"}]}
    async with bent(company, replaced("check-in", lambda: other)) as one:
        found = await one.ask('{ checkIn(id: "a0-0") { responses { personName } } }')
        assert (found["data"], codes(found)) == ({"checkIn": None}, [("UPSTREAM_BAD_RESPONSE", "checkIn")])


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(
    ("query", "where"),
    [('{ checkIn(id: "a0-0") { id } hello: __typename }', "/api/"), ('{ group(id: "g") { id } hello: __typename }', "/v2/")],
)
async def test_refused_credentials_are_told_and_not_tried_again(company: Path, status: int, query: str, where: str) -> None:
    """(faults.md F19)"""
    async with bent(company, replaced(where, lambda: httpx.Response(status, json={"detail": SECRET}))) as one:
        found = await one.ask(query)
        assert [code for code, _ in codes(found)] == ["UPSTREAM_AUTH"]
        assert found["errors"][0]["extensions"]["retryable"] is False
        assert found["data"]["hello"] == "Query"
        assert SECRET not in json.dumps(found)
        assert len(one.wire.calls) == 1


@pytest.mark.parametrize(
    "query",
    [
        '{ it: checkIn(id: "gone") { id } }',
        '{ it: project(id: "gone") { name } }',
        '{ it: person(id: "gone") { name } }',
        '{ it: group(id: "gone") { id } }',
    ],
)
async def test_an_id_that_the_upstream_does_not_know_is_null_without_an_error_after_one_call(company: Path, query: str) -> None:
    """(faults.md F19)"""
    async with bent(company, lambda request, content: httpx.Response(404, json={}, headers=JSON)) as one:
        assert await one.data(query) == {"it": None}
        assert len(one.wire.calls) == 1


async def test_a_404_of_a_list_that_must_exist_is_a_refusal_and_no_empty_list(company: Path) -> None:
    """(faults.md F19)"""
    async with bent(company, lambda request, content: httpx.Response(404, json={}, headers=JSON)) as one:
        found = await one.ask("{ checkIns(first: 1) { nodes { id } } currentAssignments(first: 1) { nodes { id } } }")
        assert {code for code, _ in codes(found)} == {"UPSTREAM_AUTH"}
        assert found["data"] == {"checkIns": None, "currentAssignments": None}
