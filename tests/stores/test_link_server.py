"""The link server: gone, silent, shared with others; links are lost only where the text says so."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from loaders.stores import RedisStore
from tests.servers import reserved
from tests.stores.links import SOON, kept, link, on
from tests.stores.servers import PASSWORD, Server, saying, serving
from tests.waiting import LONG, until


async def test_a_link_server_that_is_gone_costs_its_links_and_no_more(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with reserved() as port:
        store = on(Server(tmp_path, port).url)
        assert await store.load() == []
        store.keep(link("w1", "a"))
        await until(lambda: store.notices.count >= 2)
        await store.aclose()
    told = [record.getMessage() for record in caplog.records if record.name.startswith("crewgraph")]
    assert told == ["the link server failed: ConnectionError, 1 so far; going on without"]
    assert not [record for record in caplog.records if PASSWORD in record.getMessage()]


async def test_links_kept_while_the_server_was_gone_are_there_when_it_is_back(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        store = on(server.url)
        assert await store.load() == []
        await server.kill()
        store.keep(link("w1", "a"))
        await until(lambda: store.notices.count)
        await server.start()
        await store.aclose()
        assert await kept(on(server.url)) == [link("w1", "a")]


async def test_a_link_server_that_never_answers_ends_in_time() -> None:
    async with saying(None) as url:
        store = RedisStore(url, "acme", seconds=SOON, limit=0.2)
        async with asyncio.timeout(LONG):
            assert await store.load() == []
            store.keep(link("w1", "a"))
            await store.aclose()


async def test_what_something_else_wrote_among_the_links_is_left_out(tmp_path: Path) -> None:
    async with serving(tmp_path) as server, server.client() as client:
        store = on(server.url)
        store.keep(link("w1", "a"))
        await store.aclose()
        await client.hset("crewgraph:links:acme", mapping={"link:w2": "{}", "link:w3": b"\xff", "other": "1"})
        assert await kept(on(server.url)) == [link("w1", "a")]
        await client.set("crewgraph:links:taken", "1")
        assert await kept(on(server.url, "taken")) == []
