"""What a web page may have a browser send without asking is not run (faults.md F29)."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.door.policy import Door
from tests.door.knocking import HELD, HELLO, behind, told


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": ""},
        {"content-type": "text/plain"},
        {"content-type": "Text/Plain ; charset=utf-8"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "multipart/form-data; boundary=x"},
        {"apollo-require-preflight": ""},
        {"authorization": "Basic eDp5"},
        {"cookie": "a=b"},
    ],
)
async def test_a_get_that_any_page_may_send_is_refused(company: Path, headers: dict[str, str]) -> None:
    async with behind(company, Door()) as one:
        answered = await one.client.get("/graphql", params={"query": HELLO}, headers=headers)
    assert told(answered) == (400, ["CSRF_ERROR"])


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "application/json"},
        {"apollo-require-preflight": "true"},
        {"x-apollo-operation-name": "Q"},
        {"x-crewgraph-trace": "0"},
        {"content-type": "text/plain", "apollo-require-preflight": "1"},
    ],
)
async def test_a_get_that_a_browser_asks_leave_for_is_run(company: Path, headers: dict[str, str]) -> None:
    async with behind(company, Door()) as one:
        assert (await one.client.get("/graphql", params={"query": HELLO}, headers=headers)).json() == HELD


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])
async def test_a_form_post_is_refused_whatever_else_it_says(company: Path, kind: str) -> None:
    async with behind(company, Door()) as one:
        for more in ({}, {"apollo-require-preflight": "true"}):
            answered = await one.client.post("/graphql", content=b'{"query":"{ __typename }"}', headers={"content-type": kind} | more)
            assert told(answered) == (415, ["UNSUPPORTED_MEDIA_TYPE"])


async def test_a_browser_that_opens_the_address_gets_the_page_and_not_an_answer(company: Path) -> None:
    async with behind(company, Door()) as one:
        page = await one.client.get("/graphql?utm=1", headers={"accept": "text/html"})
        asked = await one.client.get("/graphql", params={"query": HELLO}, headers={"accept": "text/html,*/*"})
    assert page.headers["content-type"].startswith("text/html")
    assert told(asked) == (400, ["CSRF_ERROR"])
