"""Where an upstream is: its name is looked up once for all the connections that are made meanwhile."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from socket import AddressFamily, SocketKind

Address = tuple[AddressFamily, SocketKind, int, str, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]
"""As `socket.getaddrinfo` gives them."""
Found = Sequence[Address]
LASTS = 10.0
"""Seconds for which what was found is used: an upstream that moves is followed soon, and many connections are one look."""


class Addresses:
    """What `look` found; one look serves all who wait for it, and goes on when some of them leave."""

    def __init__(self, look: Callable[[], Awaitable[Found]], lasts: float = LASTS) -> None:
        self.look, self.lasts = look, lasts
        self.found: Found = ()
        self.until = -math.inf
        self.looking: asyncio.Task[Found] | None = None

    async def all(self) -> Found:
        """All of them, or the error of looking, which is not remembered."""
        loop = asyncio.get_running_loop()
        if loop.time() < self.until:
            return self.found
        if self.looking is None:
            self.looking = loop.create_task(self.looked())
            self.looking.add_done_callback(seen)
        return await asyncio.shield(self.looking)

    async def looked(self) -> Found:
        """The same, found now."""
        try:
            self.found = await self.look()
            self.until = asyncio.get_running_loop().time() + self.lasts
            return self.found
        finally:
            self.looking = None

    def forget(self) -> None:
        """Nobody is there any more."""
        self.until = -math.inf

    def close(self) -> None:
        """Nobody waits any more."""
        if self.looking is not None:
            self.looking.cancel()


def seen(looking: asyncio.Task[Found]) -> None:
    """A failure counts as seen, since all who waited may have left."""
    if not looking.cancelled():
        looking.exception()
