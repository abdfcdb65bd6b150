"""What one part of an answer waits for: all of it in one coroutine, nothing of it ever cancelled for another's failure."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from functools import partial
from typing import Any, Generic, TypeVar

W = TypeVar("W")


class Waiting(Generic[W]):
    """Waits for many things, and gives all that have come at once."""

    def __init__(self) -> None:
        self.pending: set[asyncio.Future[Any]] = set()
        self.come: list[tuple[W, asyncio.Future[Any]]] = []
        self.bell: asyncio.Future[None] | None = None

    def wait(self, what: Awaitable[Any], then: W) -> None:
        """Wait for this, too; `then` is given back with it."""
        future = asyncio.ensure_future(what)
        self.pending.add(future)
        future.add_done_callback(partial(self.arrive, then))

    def arrive(self, then: W, future: asyncio.Future[Any]) -> None:
        """It has come."""
        self.come.append((then, future))
        if self.bell is not None and not self.bell.done():
            self.bell.set_result(None)

    async def arrived(self) -> list[tuple[W, asyncio.Future[Any]]]:
        """What has come, as soon as anything has; when this is cancelled, so is all that it waits for."""
        if not self.come:
            self.bell = asyncio.get_running_loop().create_future()
            try:
                await self.bell
            except asyncio.CancelledError:
                for future in self.pending:
                    future.cancel()
                await asyncio.wait(self.pending)
                raise
        come, self.come = self.come, []
        self.pending.difference_update(future for _, future in come)
        return come
