"""The one loader class: aiodataloader with three holes closed.

- graphql-core 3.3 cancels siblings when a non-null field fails, and with them the future that they share: every waiter gets a
  shielded future of its own (faults.md F23).
- aiodataloader hangs its waiters when a batch is cancelled or interrupted: here that is an error per key (faults.md F24).
- A batch answers with a mapping, so too few, too many or unordered answers cannot reach the wrong key; a missing one is None.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterable, Mapping
from functools import cached_property
from typing import Any, Generic, TypeVar

from aiodataloader import DataLoader

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Interrupted(Exception):
    """A batch was cancelled before it answered."""


class Loader(Generic[K, V]):
    """Batches and remembers keys within one request; it costs nothing before the first, which must come inside the running loop.

    `batch` takes the distinct keys of one wave and gives a mapping from key to value or exception.
    """

    def __init__(self, batch: Callable[[list[K]], Awaitable[Mapping[K, V | Exception]]]) -> None:
        self.batch = batch

    @cached_property
    def inner(self) -> DataLoader[K, Any]:
        """What batches."""
        return DataLoader(self.run)

    async def run(self, keys: list[K]) -> list[V | Exception | None]:
        """aiodataloader's batch function: values and errors by key, in the order of the keys."""
        try:
            answers = await self.batch(keys)
        except asyncio.CancelledError:
            return [Interrupted() for _ in keys]
        return [answers.get(key) for key in keys]

    async def load(self, key: K) -> V | None:
        """The value of `key`; a waiter that is cancelled takes nobody else with it."""
        future: asyncio.Future[V | None] = self.inner.load(key)
        future.add_done_callback(retrieved)
        return await asyncio.shield(future)


def retrieved(future: asyncio.Future[Any]) -> None:
    """Mark an error as seen, since every waiter may have been cancelled."""
    if not future.cancelled():
        future.exception()


async def attempted(work: Iterable[Coroutine[Any, Any, V]]) -> list[V | Exception]:
    """What each of these gives, side by side, and an error for those that fail."""
    return [settled(one) for one in await asyncio.gather(*work, return_exceptions=True)]


def each(answer: Callable[[K], Awaitable[V]]) -> Callable[[list[K]], Awaitable[Mapping[K, V | Exception]]]:
    """A batch function that answers key by key, side by side; how many really run at once is the upstream's gate."""

    async def batch(keys: list[K]) -> Mapping[K, V | Exception]:
        results = await asyncio.gather(*(answer(key) for key in keys), return_exceptions=True)
        return {key: settled(result) for key, result in zip(keys, results, strict=True)}

    return batch


def settled(result: V | BaseException) -> V | Exception:
    """A value or an ordinary exception."""
    if isinstance(result, asyncio.CancelledError):
        return Interrupted()
    if isinstance(result, BaseException) and not isinstance(result, Exception):
        raise result
    return result
