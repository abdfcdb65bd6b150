"""Media types and methods: what a request may be sent as, and what its answer comes as."""

from __future__ import annotations

import json

import pytest

from graph.http import GRAPHQL, JSON
from tests.graphs import Graph
from tests.protocol.asking import HELLO, post, told


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        ("APPLICATION/JSON", JSON),
        (f"{JSON}; charset=utf-8", JSON),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}, {JSON}", GRAPHQL),
        (f"{JSON}, {GRAPHQL}", JSON),
        (f"{GRAPHQL}; charset=utf-8, {JSON}; charset=utf-8", GRAPHQL),
        (f"{GRAPHQL};q=0.5, {JSON}", JSON),
        (f"{JSON};Q=0.5, {GRAPHQL}; Q=0.6", GRAPHQL),
        (f"{JSON};q=0.1, */*", GRAPHQL),
        (f"{JSON};q=0, application/*;q=0.2", GRAPHQL),
        (f"{GRAPHQL};q=0, */*", JSON),
        ("text/html, */*;q=0.1", JSON),
        (f"{JSON};q=high, {GRAPHQL};q=0.1", GRAPHQL),
    ],
)
async def test_an_answer_has_the_media_type_that_the_client_prefers(served: Graph, accept: str | None, kind: str) -> None:
    answer = await post(served, {"query": HELLO}, **({} if accept is None else {"accept": accept}))
    assert (answer.status_code, answer.headers["content-type"]) == (200, f"{kind}; charset=utf-8")
    assert answer.json() == {"data": {"__typename": "Query"}}
    assert answer.headers["vary"] == "Accept"


async def test_several_accept_headers_are_one(served: Graph) -> None:
    headers = [("content-type", JSON), ("accept", "text/html"), ("accept", GRAPHQL)]
    answer = await served.client.post("/graphql", json={"query": HELLO}, headers=headers)
    assert answer.headers["content-type"].startswith(GRAPHQL)


@pytest.mark.parametrize(
    "accept", ["text/html", "image/*", "*/*;q=0", f"{JSON};q=0", f"{GRAPHQL};q=0, {JSON};q=nan", f"{JSON};q=-1", ",", ";"]
)
async def test_a_client_that_accepts_neither_media_type_is_refused(served: Graph, accept: str) -> None:
    assert told(await post(served, {"query": HELLO}, accept=accept)) == (406, ["NOT_ACCEPTABLE"])


@pytest.mark.parametrize(
    "kind",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/jsonp",
        "application/json; charset=utf-16",
        "application/json; charset=latin-1",
    ],
)
async def test_a_post_of_anything_but_json_in_utf_8_is_refused(served: Graph, kind: str | None) -> None:
    headers = {} if kind is None else {"content-type": kind}
    answer = await served.client.post("/graphql", content=json.dumps({"query": HELLO}).encode(), headers=headers)
    assert told(answer) == (415, ["UNSUPPORTED_MEDIA_TYPE"])


@pytest.mark.parametrize(
    "kind", ["Application/JSON", "application/json;charset=UTF-8", 'application/json; charset="utf8"', "application/json; v=1"]
)
async def test_json_is_json_however_its_media_type_is_spelt(served: Graph, kind: str) -> None:
    answer = await served.client.post("/graphql", content=json.dumps({"query": HELLO}).encode(), headers={"content-type": kind})
    assert answer.status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_other_methods_are_refused_with_those_that_are_not(served: Graph, method: str) -> None:
    answer = await served.client.request(method, "/graphql", json={"query": HELLO})
    assert told(answer) == (405, ["METHOD_NOT_ALLOWED"])
    assert answer.headers["allow"] == "GET, POST"


async def test_a_head_is_refused_without_a_body(served: Graph) -> None:
    answer = await served.client.head("/graphql", params={"query": HELLO})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
