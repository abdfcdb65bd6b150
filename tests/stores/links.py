"""Links to keep, and what a store has of them."""

from __future__ import annotations

import asyncio

from loaders.stores import Behind, Link, Store

SOON = 0.02


def link(person: str, account: str, number: str = "") -> Link:
    """A link of these two."""
    return Link(
        person, account, "Zoë Ångström", None, "UNIQUE_NAME", "alone", "2026-11-20T08:00:00+00:00", "Zoë Ångström", None, True, 3, number
    )


async def kept(store: Store) -> list[Link]:
    """What a store holds, in order of the people; it is closed."""
    links = await store.load()
    await store.aclose()
    return sorted(links, key=lambda one: one.person_id)


async def written(store: Behind) -> None:
    """Wait until everything was written."""
    async with asyncio.timeout(10):
        while store.task is not None:
            await asyncio.sleep(0.01)
