"""Automatic persisted queries: both handshakes of Apollo's protocol, by POST and GET, and where they are kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph.door.persisted import KEY, Persisted, digest
from graph.door.policy import Door
from tests.door.knocking import FIT, HELD, HELLO, behind, told
from tests.graphs import Graph
from tests.stores.engines import engine, stored
from tests.stores.servers import serving

UNKNOWN = (200, ["PERSISTED_QUERY_NOT_FOUND"])


class Shelf:
    """An engine that forgets nothing, and counts."""

    def __init__(self) -> None:
        self.kept, self.asked = dict[str, bytes](), 0

    async def get(self, key: str) -> bytes | None:
        """The value."""
        self.asked += 1
        return self.kept.get(key)

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep it."""
        self.kept[key] = value

    async def aclose(self) -> None:
        """Nothing to close."""


def hashed(query: str) -> dict[str, Any]:
    """The extension that names a query by its hash."""
    return {"persistedQuery": {"version": 1, "sha256Hash": digest(query)}}


async def post(one: Graph, **given: Any) -> httpx.Response:
    """The answer to a POST."""
    return await one.client.post("/graphql", json=given, headers={"accept": FIT["accept"]})


async def get(one: Graph, **given: Any) -> httpx.Response:
    """The answer to a GET, whose objects are JSON."""
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
    return await one.client.get("/graphql", params=texts, headers=FIT)


@pytest.mark.parametrize("teach", [post, get])
@pytest.mark.parametrize("ask", [post, get])
async def test_a_query_is_sent_once_and_by_its_hash_from_then_on(company: Path, teach: Any, ask: Any) -> None:
    async with behind(company, Door()) as one:
        unknown = await ask(one, extensions=hashed(HELLO))
        assert told(unknown) == UNKNOWN
        assert unknown.json()["errors"][0]["message"] == "PersistedQueryNotFound"
        assert unknown.headers["cache-control"] == "no-store"
        assert (await teach(one, query=HELLO, extensions=hashed(HELLO))).json() == HELD
        assert (await ask(one, extensions=hashed(HELLO))).json() == HELD


async def test_variables_and_the_operation_go_with_the_hash(company: Path) -> None:
    query = "query A { __typename } query B($first: Int!) { people(first: $first) { totalCount } }"
    given = {"extensions": hashed(query), "operationName": "B", "variables": {"first": 1}}
    async with behind(company, Door()) as one:
        taught = await post(one, query=query, **given)
        assert taught.json()["data"]["people"]["totalCount"] > 0
        assert (await get(one, **given)).json()["data"] == taught.json()["data"]


@pytest.mark.parametrize("digest_of", [HELLO + " ", "{ other }"])
async def test_a_hash_of_something_else_is_refused_and_teaches_nothing(company: Path, digest_of: str) -> None:
    async with behind(company, Door()) as one:
        for ask in (post, get):
            assert told(await ask(one, query=HELLO, extensions=hashed(digest_of))) == (400, ["PERSISTED_QUERY_HASH_MISMATCH"])
        assert told(await post(one, extensions=hashed(digest_of))) == UNKNOWN
        assert told(await post(one, extensions=hashed(HELLO))) == UNKNOWN


@pytest.mark.parametrize(
    "persisted",
    [
        [],
        "x",
        {},
        {"version": 2, "sha256Hash": digest(HELLO)},
        {"version": "1", "sha256Hash": digest(HELLO)},
        {"version": True, "sha256Hash": digest(HELLO)},
        {"sha256Hash": digest(HELLO)},
        {"version": 1},
        {"version": 1, "sha256Hash": None},
        {"version": 1, "sha256Hash": 5},
    ],
)
async def test_another_version_or_shape_of_the_extension_is_refused(company: Path, persisted: object) -> None:
    async with behind(company, Door()) as one:
        for ask in (post, get):
            for more in ({}, {"query": HELLO}):
                assert told(await ask(one, extensions={"persistedQuery": persisted}, **more)) == (400, ["BAD_REQUEST"])


@pytest.mark.parametrize("hash", ["", "x", digest(HELLO).upper(), "../x", "x" * 10_000])
async def test_what_is_no_hash_is_one_that_nobody_taught(company: Path, hash: str) -> None:  # noqa: A002
    shelf = Shelf()
    async with behind(company, Door(), shelf) as one:
        await post(one, query=HELLO, extensions=hashed(HELLO))
        extensions = {"persistedQuery": {"version": 1, "sha256Hash": hash}}
        assert told(await post(one, extensions=extensions)) == UNKNOWN
        assert told(await post(one, query=HELLO, extensions=extensions)) == (400, ["PERSISTED_QUERY_HASH_MISMATCH"])
    assert shelf.asked == 0


@pytest.mark.parametrize("query", ["{", "{ nothing }", "query ($first: Int!) { people(first: $first) { totalCount } }"])
async def test_what_did_not_run_is_not_kept(company: Path, query: str) -> None:
    async with behind(company, Door()) as one:
        assert (await post(one, query=query, extensions=hashed(query))).status_code == 400
        assert told(await post(one, extensions=hashed(query))) == UNKNOWN


async def test_a_get_by_hash_never_runs_a_mutation(company: Path) -> None:
    shelf, query = Shelf(), "mutation { x }"
    shelf.kept[KEY + digest(query)] = query.encode()
    async with behind(company, Door(), shelf) as one:
        assert told(await get(one, extensions=hashed(query))) == (405, ["METHOD_NOT_ALLOWED"])


async def test_without_persisted_queries_clients_are_told_in_a_way_that_they_understand(company: Path) -> None:
    async with behind(company, Door(persisted=False)) as one:
        for more in ({}, {"query": HELLO}):
            answered = await post(one, extensions=hashed(HELLO), **more)
            assert told(answered) == (200, ["PERSISTED_QUERY_NOT_SUPPORTED"])
            assert answered.json()["errors"][0]["message"] == "PersistedQueryNotSupported"
        assert (await post(one, query=HELLO)).json() == HELD


async def test_the_document_id_of_graphql_over_http_may_be_such_a_hash(company: Path) -> None:
    async with behind(company, Door()) as one:
        named = f"sha256:{digest(HELLO)}"
        assert told(await get(one, documentId=named)) == UNKNOWN
        assert (await post(one, query=HELLO, documentId=named)).json() == HELD
        assert (await get(one, documentId=named)).json() == HELD
        assert told(await post(one, query="{ x: __typename }", documentId=named)) == (400, ["PERSISTED_QUERY_HASH_MISMATCH"])


async def test_a_request_that_names_two_documents_is_refused(company: Path) -> None:
    async with behind(company, Door()) as one:
        assert told(await post(one, extensions=hashed(HELLO), documentId="other")) == (400, ["BAD_REQUEST"])
        assert told(await post(one, id=5, query=HELLO)) == (400, ["BAD_REQUEST"])


async def test_two_servers_share_what_they_were_taught(company: Path) -> None:
    shelf = Shelf()
    async with behind(company, Door(), shelf) as one, behind(company, Door(), shelf) as other:
        await post(one, query=HELLO, extensions=hashed(HELLO))
        asked = shelf.asked
        assert (await post(other, extensions=hashed(HELLO))).json() == HELD
        assert (await post(other, extensions=hashed(HELLO))).json() == HELD
        assert shelf.asked == asked + 1


async def test_two_servers_share_through_redis(company: Path, tmp_path: Path) -> None:
    async with (
        serving(tmp_path) as server,
        engine(server.url) as left,
        engine(server.url) as right,
        behind(company, Door(), left) as one,
        behind(company, Door(), right) as other,
    ):
        await post(one, query=HELLO, extensions=hashed(HELLO))
        await stored(left, 1)
        assert (await post(other, extensions=hashed(HELLO))).json() == HELD


async def test_an_engine_is_not_believed_about_a_document(company: Path) -> None:
    shelf = Shelf()
    shelf.kept[KEY + digest(HELLO)] = b"{ people(first: 100) { totalCount } }"
    async with behind(company, Door(), shelf) as one:
        assert told(await post(one, extensions=hashed(HELLO))) == UNKNOWN
        assert one.wire.calls == []


async def test_the_store_is_bounded_by_number_and_by_size_and_keeps_what_is_used() -> None:
    store = Persisted(entries=3, size=30)
    for text in ("{a}", "{b}", "{c}"):
        await store.put(text)
    assert await store.get(digest("{a}")) == "{a}"
    await store.put("{d}")
    assert [await store.get(digest(text)) for text in ("{a}", "{b}", "{c}", "{d}")] == ["{a}", None, "{c}", "{d}"]
    await store.put("{" + "e" * 26 + "}")
    assert (list(store.kept.values()), store.held) == (["{" + "e" * 26 + "}"], 28)
    await store.put("{" + "f" * 29 + "}")
    assert store.held == 28
    await store.put("{" + "e" * 26 + "}")
    assert store.held == 28
