"""A connection as one answer sees it."""

from __future__ import annotations

import asyncio

GO_ON = b"HTTP/1.1 100 "
"""How the leave to send a body begins, which is no head of an answer."""


class Cork:
    """The head of an answer waits for what follows it, and both are written at once: each write is a call into the system, and the
    client is woken by each."""

    __slots__ = ("begun", "head", "transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport, self.begun = transport, False
        self.head: bytes | None = None

    def write(self, data: bytes) -> None:
        """Write, unless this is the head."""
        if self.begun or data.startswith(GO_ON):
            self.transport.write(data)
        elif self.head is None:
            self.head = data
        else:
            self.begun = True
            self.transport.writelines([self.head, data])

    def close(self) -> None:
        """Close, once the head has been written, even if nothing came after it."""
        if self.head is not None and not self.begun:
            self.write(b"")
        self.transport.close()

    def is_closing(self) -> bool:
        """Whether it is closed, or about to be."""
        return self.transport.is_closing()
