"""A served graph whose every answer is looked at: each error has its code and the request's id, and no answer shows Python."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.graphs import Graph, graph
from tests.node import Node, installed

PYTHON = re.compile(
    r"Traceback|Error\(|Exception|\b(None|NoneType|True|False|dict|self)\b|<class|object at 0x|\.py\b"
    r"|strawberry|starlette|msgspec|httpx|aiodataloader|graphql_core|graphql/|loaders|resolvers"
)
APOLLOS = ("PersistedQueryNotFound", "PersistedQueryNotSupported")
"""Messages that clients compare."""


@pytest.fixture(scope="session")
def node() -> Node:
    """Node with the packages; skips without."""
    return installed()


@pytest.fixture
async def served(company: Path) -> AsyncIterator[Graph]:
    """The graph over it; its client accepts nothing in particular."""
    async with graph(company) as one:
        del one.client.headers["accept"]
        one.client.event_hooks = {"response": [tidy]}
        yield one


async def tidy(answer: httpx.Response) -> None:
    """Whatever was asked, the answer is one that a client can work with."""
    await answer.aread()
    assert PYTHON.search(answer.text) is None, answer.text
    errors = answer.json().get("errors", ()) if answer.content else ()
    assert re.fullmatch("no-store" if errors else "no-store|max-age=[1-9][0-9]*, (private|public)", answer.headers["cache-control"])
    for error in errors:
        assert re.fullmatch("[A-Z_]+", error["extensions"]["code"])
        assert re.fullmatch("[0-9a-f]{16}", error["extensions"]["requestId"])
        assert error["message"].endswith((".", "?")) or error["message"] in APOLLOS
