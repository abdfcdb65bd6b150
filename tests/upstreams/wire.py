"""A server that speaks raw bytes: what it was sent can be read, and what it sends need not be HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tests.waiting import LONG
from upstreams.dialect import Credentials, Dialect
from upstreams.http import Http

USER, KEY = "ann", "hush-hush"


class Raw:
    """Answers each request with the next of its pieces, then closes.

    `heads` are the requests as they came, `most` how many at once had no whole answer yet.
    """

    def __init__(self, *pieces: bytes, drip: float = 0) -> None:
        self.pieces = list(pieces)
        self.drip = drip
        self.heads: list[str] = []
        self.port = self.busy = self.most = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def lines(self) -> list[str]:
        """The request lines."""
        return [head.partition("\r\n")[0] for head in self.heads]

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one answer."""
        try:
            self.heads.append((await reader.read(65536)).decode("latin-1"))
            piece = self.pieces.pop(0)
            self.busy += 1
            self.most = max(self.most, self.busy)
            *parts, last = [piece[at : at + 1] for at in range(len(piece))] if self.drip else [piece]
            for part in parts:
                await self.write(writer, part)
            self.busy -= 1
            await self.write(writer, last)
        except ConnectionError:
            pass  # the client went away, as some tests want
        finally:
            writer.close()

    async def write(self, writer: asyncio.StreamWriter, part: bytes) -> None:
        """Send a part, and take some time over it."""
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(self.drip)


@asynccontextmanager
async def listening(*pieces: bytes, drip: float = 0) -> AsyncIterator[Raw]:
    """A server with these answers."""
    raw = Raw(*pieces, drip=drip)
    server = await asyncio.start_server(raw.handle, "127.0.0.1", 0)
    raw.port = server.sockets[0].getsockname()[1]
    try:
        yield raw
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def calling(url: str, upstream: str = "checkins", timeout: float = LONG) -> AsyncIterator[Http]:
    """Our real transport, with credentials, to an address."""
    http = Http(Dialect(upstream, url, Credentials(USER, KEY), timeout=timeout))
    try:
        yield http
    finally:
        await http.aclose()


def answer(body: bytes, status: str = "200 OK", headers: str = "", encode: Callable[[bytes], bytes] = bytes) -> bytes:
    """A whole HTTP answer of JSON."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{headers}\r\n"
    return head.encode() + encode(body)
