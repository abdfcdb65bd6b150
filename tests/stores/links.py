"""Links to keep, and what a store has of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from loaders.stores import Behind, Link, RedisStore, Store
from tests.waiting import LONG, until

SOON = 0.02


def link(person: str, account: str, number: str = "") -> Link:
    """A link of these two."""
    return Link(
        person, account, "Zoë Ångström", None, "UNIQUE_NAME", "alone", "2026-11-20T08:00:00+00:00", "Zoë Ångström", None, True, 3, number
    )


def on(url: str, namespace: str = "acme") -> RedisStore:
    """A store on the server at this address, which may take its time."""
    return RedisStore(url, namespace, seconds=SOON, limit=LONG)


async def kept(store: Store) -> list[Link]:
    """What a store holds, in order of the people; it is closed."""
    links = await store.load()
    await store.aclose()
    return sorted(links, key=lambda one: one.person_id)


async def holding(opened: Callable[[], Store], *people: str) -> None:
    """Wait until what is opened holds the links of these people and no others."""
    async with asyncio.timeout(LONG):
        while {one.person_id for one in await kept(opened())} != set(people):
            await asyncio.sleep(SOON)


async def written(store: Behind) -> None:
    """Wait until everything was written."""
    await until(lambda: store.task is None)
