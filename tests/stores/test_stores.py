"""Link stores on a real file and a real server: links are one-to-one and come back."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from loaders.stores import AT_ONCE, Behind, Link, MemoryStore, SqliteStore, Store
from tests.stores.links import SOON, kept, link, on, written
from tests.stores.servers import serving

Open = Callable[[str], Store]
KINDS = pytest.mark.parametrize("kind", ["file", "server"])


@asynccontextmanager
async def stores(kind: str, folder: Path) -> AsyncIterator[Open]:
    """How a store of this kind is opened under a namespace, again and again on the same file or server."""
    if kind == "file":
        yield lambda namespace: SqliteStore(folder / "deep" / "links.db", namespace, seconds=SOON)
    else:
        async with serving(folder) as server:
            yield lambda namespace: on(server.url, namespace)


def make(store: Store, change: Link | str) -> None:
    """Keep a link, or drop that of a person."""
    if isinstance(change, str):
        store.drop(change)
    else:
        store.keep(change)


@KINDS
async def test_links_come_back_as_they_were_under_their_own_namespace_only(kind: str, tmp_path: Path) -> None:
    async with stores(kind, tmp_path) as opened:
        store = opened("acme")
        assert await store.load() == []
        for one in (link("w1", "580:a", "E-1"), link("w2", "b")):
            store.keep(one)
        await store.aclose()
        assert await kept(opened("acme")) == [link("w1", "580:a", "E-1"), link("w2", "b")]
        assert await kept(opened("other")) == []


@KINDS
async def test_a_link_takes_the_place_of_those_of_its_person_and_its_account(kind: str, tmp_path: Path) -> None:
    async with stores(kind, tmp_path) as opened:
        store = opened("acme")
        for one in (link("w1", "580:a"), link("w2", "b"), link("w3", "c")):
            store.keep(one)
        await store.aclose()
        store = opened("acme")
        store.keep(link("w2", "a"))
        await store.aclose()
        assert await kept(opened("acme")) == [link("w2", "a"), link("w3", "c")]


@KINDS
async def test_it_makes_no_difference_whether_changes_are_written_one_by_one_or_together(kind: str, tmp_path: Path) -> None:
    async with stores(kind, tmp_path) as opened:
        store = opened("acme")
        for change in (link("w1", "a"), link("w2", "a"), link("w2", "b"), link("w3", "b"), "w3"):
            make(store, change)
        await store.aclose()
        assert await kept(opened("acme")) == []


@KINDS
async def test_a_dropped_link_brings_back_none_that_it_replaced(kind: str, tmp_path: Path) -> None:
    async with stores(kind, tmp_path) as opened:
        for change in (link("w1", "a"), link("w2", "a"), link("w2", "b"), "w2"):
            store = opened("acme")
            make(store, change)
            await store.aclose()
        assert await kept(opened("acme")) == []


@KINDS
async def test_what_is_kept_is_written_soon_without_closing(kind: str, tmp_path: Path) -> None:
    async with stores(kind, tmp_path) as opened:
        store = opened("acme")
        assert isinstance(store, Behind)
        store.keep(link("w1", "a"))
        await written(store)
        assert await kept(opened("acme")) == [link("w1", "a")]
        store.drop("w1")
        await written(store)
        assert await kept(opened("acme")) == []
        await store.aclose()


@pytest.mark.parametrize("seed", range(3))
@KINDS
async def test_two_stores_that_change_at_random_end_one_to_one_and_as_memory_does(kind: str, seed: int, tmp_path: Path) -> None:
    chance, memory = random.Random(seed), MemoryStore()
    async with stores(kind, tmp_path) as opened:
        first, second = opened("acme"), opened("acme")
        for _ in range(25):
            store = chance.choice([first, second])
            assert isinstance(store, Behind)
            for _ in range(chance.randrange(1, 6)):
                person, account = f"w{chance.randrange(6)}", f"{chance.choice(['', '580:'])}a{chance.randrange(6)}"
                if chance.random() < 0.3:
                    make(memory, person)
                    make(store, person)
                else:
                    make(memory, link(person, account))
                    make(store, link(person, account))
            await written(store)
        await asyncio.gather(first.aclose(), second.aclose())
        assert await kept(opened("acme")) == await kept(memory)


@KINDS
async def test_many_links_are_written_in_turns(kind: str, tmp_path: Path) -> None:
    links = [link(f"w{number:05}", f"a{number}") for number in range(2 * AT_ONCE + 1)]
    async with stores(kind, tmp_path) as opened:
        store = opened("acme")
        for one in links:
            store.keep(one)
        await store.aclose()
        assert await kept(opened("acme")) == links
