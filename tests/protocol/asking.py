"""Requests to the graph as they travel, and what is read off their answers."""

from __future__ import annotations

import json
from typing import Any

import httpx

from graph.http import GRAPHQL, JSON
from tests.graphs import Graph

HELLO = "{ __typename }"
SENT = {"content-type": JSON}
UNASKED = {"apollo-require-preflight": "true"}
"""What a browser does not send to other sites unasked."""


async def post(served: Graph, content: bytes | dict[str, Any], **headers: str) -> httpx.Response:
    """The answer to a body sent as JSON."""
    content = content if isinstance(content, bytes) else json.dumps(content).encode()
    return await served.client.post("/graphql", content=content, headers=SENT | headers)


async def get(served: Graph, **parameters: str) -> httpx.Response:
    """The answer to a GET."""
    return await served.client.get("/graphql", params=parameters, headers={"accept": GRAPHQL} | UNASKED)


def told(answer: httpx.Response) -> tuple[int, list[str]]:
    """The status and the codes of an answer without data."""
    content = answer.json()
    assert "data" not in content
    return answer.status_code, [error["extensions"]["code"] for error in content["errors"]]
