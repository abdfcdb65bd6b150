"""Trusted documents: only what the manifest lists is run, however it is named."""

from __future__ import annotations

import json
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest

from graph.door.manifest import read
from graph.door.persisted import digest
from graph.door.policy import Door
from tests.door.knocking import FIT, HELD, HELLO, behind, told
from tests.servers import finished

PEOPLE = "query People($first: Int!) {\n  people(first: $first) {\n    totalCount\n  }\n}"
MD5 = md5(PEOPLE.encode(), usedforsecurity=False).hexdigest()
UNLISTED = "{ x: __typename }"


@pytest.fixture
def door(tmp_path: Path) -> Door:
    """A door for listed operations only."""
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({digest(HELLO): HELLO, MD5: PEOPLE}))
    return Door(trusted=read(path))


def hashed(id: str) -> dict[str, Any]:  # noqa: A002 - the word of the protocol
    """The extension that names a document."""
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": id}}}


@pytest.mark.parametrize(
    "named",
    [
        hashed(digest(HELLO)),
        {"documentId": digest(HELLO)},
        {"documentId": f"sha256:{digest(HELLO)}"},
        {"doc_id": digest(HELLO)},
        {"id": digest(HELLO)},
        {"query": HELLO},
        {"query": f"\n{HELLO}  "},
        {"query": HELLO, **hashed(digest(HELLO))},
    ],
)
async def test_a_listed_operation_runs_however_it_is_named(company: Path, door: Door, named: dict[str, Any]) -> None:
    async with behind(company, door) as one:
        assert (await one.client.post("/graphql", json=named)).json() == HELD
        texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in named.items()}
        assert (await one.client.get("/graphql", params=texts, headers=FIT)).json() == HELD


async def test_it_runs_with_its_variables(company: Path, door: Door) -> None:
    async with behind(company, door) as one:
        answered = await one.client.post("/graphql", json={"doc_id": MD5, "variables": {"first": 1}})
    assert answered.json()["data"]["people"]["totalCount"] > 0


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"query": UNLISTED}, 403, "QUERY_NOT_IN_SAFELIST"),
        ({"query": "{ __schema { queryType { name } } }"}, 403, "QUERY_NOT_IN_SAFELIST"),
        ({"query": PEOPLE + " # more"}, 403, "QUERY_NOT_IN_SAFELIST"),
        ({"query": UNLISTED, "id": MD5}, 403, "QUERY_NOT_IN_SAFELIST"),
        ({"query": UNLISTED, **hashed(digest(UNLISTED))}, 403, "QUERY_NOT_IN_SAFELIST"),
        (hashed(digest(UNLISTED)), 404, "PERSISTED_QUERY_NOT_IN_LIST"),
        ({"doc_id": "nothing"}, 404, "PERSISTED_QUERY_NOT_IN_LIST"),
        ({}, 400, "PERSISTED_QUERY_ID_REQUIRED"),
        ({"query": "  "}, 400, "PERSISTED_QUERY_ID_REQUIRED"),
    ],
)
async def test_nothing_else_runs(company: Path, door: Door, asked: dict[str, Any], status: int, code: str) -> None:
    async with behind(company, door) as one:
        for _ in range(2):  # the second time nothing was learnt from the first
            assert told(await one.client.post("/graphql", json=asked)) == (status, [code])
        assert one.wire.calls == []


async def test_other_operations_may_be_let_run_and_taught_beside_the_listed(company: Path, door: Door) -> None:
    async with behind(company, Door(trusted=door.trusted, others=True)) as one:
        assert (await one.client.post("/graphql", json={"doc_id": digest(HELLO)})).json() == HELD
        assert (await one.client.post("/graphql", json={"query": UNLISTED})).json() == {"data": {"x": "Query"}}
        by_hash = hashed(digest(UNLISTED))
        assert told(await one.client.post("/graphql", json=by_hash)) == (200, ["PERSISTED_QUERY_NOT_FOUND"])
        await one.client.post("/graphql", json={"query": UNLISTED, **by_hash})
        assert (await one.client.post("/graphql", json=by_hash)).json() == {"data": {"x": "Query"}}


async def test_the_page_says_that_it_could_not_work(company: Path, door: Door) -> None:
    async with behind(company, door) as one:
        page = await one.client.get("/graphql", headers={"accept": "text/html"})
    assert page.status_code == 403
    assert "listed operations only" in page.text


async def test_listed_operations_need_no_store_of_taught_ones(company: Path, door: Door) -> None:
    async with behind(company, Door(trusted=door.trusted, persisted=False, others=True)) as one:
        assert (await one.client.post("/graphql", json=hashed(digest(HELLO)))).json() == HELD
        assert told(await one.client.post("/graphql", json=hashed(digest(UNLISTED)))) == (200, ["PERSISTED_QUERY_NOT_SUPPORTED"])


async def test_the_operators_own_command_runs_what_is_not_listed(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"1": HELLO}))
    flags = ("--run", "--json", "{ projects(first: 1) { nodes { name } } }")
    ended = await finished("explain", *flags, home=tmp_path, CREWGRAPH_TRUSTED_DOCUMENTS=str(path), CREWGRAPH_SANDBOX_PEOPLE="20")
    assert ended.status == 0, ended.err
