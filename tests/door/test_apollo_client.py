"""Persisted queries as Apollo Client itself asks them, over a socket."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graph.door.policy import Door, Trusted
from tests.door.knocking import street
from tests.node import Node

CLIENT = Path(__file__).with_name("apollo.mjs")
QUERY = "query Hello { __typename }"
PRINTED = "query Hello {\n  __typename\n}"
GOOD = {"data": {"__typename": "Query"}}
MANIFEST = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [{"id": "hello-1", "name": "Hello", "type": "query", "body": PRINTED}],
}


async def asked(node: Node, company: Path, door: Door, **given: Any) -> tuple[list[tuple[str, bool]], list[Any]]:
    """The client's requests, each by its method and whether it had the text, and its two answers."""
    async with street(company, door) as one:
        found = await node.run(CLIENT, {"url": one.address, "query": QUERY, "get": False, "manifest": None} | given)
    return [(request["method"], request["text"]) for request in found["requests"]], found["answers"]


@pytest.mark.parametrize(("get", "method"), [(True, "GET"), (False, "POST")])
async def test_apollo_client_sends_the_text_once(node: Node, company: Path, get: bool, method: str) -> None:
    requests, answers = await asked(node, company, Door(), get=get)
    assert requests == [(method, False), ("POST", True), (method, False)]
    assert answers == [GOOD, GOOD]


async def test_apollo_client_sends_texts_alone_where_hashes_are_not_taken(node: Node, company: Path) -> None:
    requests, answers = await asked(node, company, Door(persisted=False))
    assert requests == [("POST", False), ("POST", True), ("POST", True)]
    assert answers == [GOOD, GOOD]


@pytest.mark.parametrize(("get", "method"), [(True, "GET"), (False, "POST")])
async def test_apollo_client_runs_the_operations_of_its_manifest(node: Node, company: Path, get: bool, method: str) -> None:
    trusted = Trusted({"hello-1": PRINTED}, frozenset({PRINTED}))
    requests, answers = await asked(node, company, Door(trusted=trusted), get=get, manifest=MANIFEST)
    assert requests == [(method, False), (method, False)]
    assert answers == [GOOD, GOOD]
