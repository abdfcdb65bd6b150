"""A client so thin that next to nothing of what it measures is its own: one connection that is kept, one request at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

LARGEST = 1 << 24
"""Bytes that may arrive before they are taken: more than any answer has."""
HEAD = (
    "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
    "Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
)


class Failed(Exception):
    """A server that ended before it answered, or an answer with another status than 200."""


@dataclass(frozen=True)
class Connection:
    """A connection to a server."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def post(self, body: bytes) -> bytes:
        """What a GraphQL server answers."""
        return await self.ask("POST", "/graphql", body)

    async def get(self, path: str) -> bytes:
        """What is at a path."""
        return await self.ask("GET", path, b"")

    async def ask(self, method: str, path: str, body: bytes) -> bytes:
        """The content of an answer. Raises Failed."""
        self.writer.write(HEAD.format(method=method, path=path, length=len(body)).encode() + body)
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        content = await self.reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
        if head[9:12] != b"200":
            raise Failed(f"{head[9:12].decode()}: {content[:200].decode(errors='replace')}")
        return content


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Connection]:
    """A connection to a port of this machine."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=LARGEST)
    try:
        yield Connection(reader, writer)
    finally:
        writer.close()
