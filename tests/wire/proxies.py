"""A proxy on a socket, as companies have them between their servers and the world."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from tests.wire.servers import accepting

END = b"\r\n\r\n"


class Proxy:
    """`heads` are the heads of requests as it was sent them, `read` all that went through it; it lets in who shows its `password`."""

    def __init__(self, password: bytes | None = None) -> None:
        self.password = password
        self.heads: list[bytes] = []
        self.read = b""
        self.address = ""
        self.open = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: a tunnel, or one request."""
        self.open += 1
        try:
            head = await reader.readuntil(END)
            self.heads.append(head)
            method, target, _ = head.split(b" ", 2)
            if self.password is not None and self.password not in head:
                writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
                return
            await self.forward(reader, writer, head, method == b"CONNECT", target.decode())
        except (OSError, RuntimeError, asyncio.IncompleteReadError):
            pass  # either side went away
        finally:
            writer.close()
            self.open -= 1

    async def forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes, tunnel: bool, target: str) -> None:
        """Carry bytes both ways until one side ends."""
        there = urlsplit(f"//{target}" if tunnel else target)
        far_reader, far_writer = await asyncio.open_connection(there.hostname, there.port)
        if tunnel:
            writer.write(b"HTTP/1.1 200 Connection established" + END)
        else:
            far_writer.write(head.replace(target.encode(), there.path.encode(), 1))
        ways = [asyncio.create_task(self.carry(*way)) for way in ((reader, far_writer), (far_reader, writer))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        far_writer.close()
        writer.close()
        await asyncio.wait(ways)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One way."""
        while part := await reader.read(65_536):
            self.read += part
            writer.write(part)
            await writer.drain()


@asynccontextmanager
async def proxying(password: bytes | None = None, tls: ssl.SSLContext | None = None) -> AsyncIterator[Proxy]:
    """Such a proxy."""
    found = Proxy(password)
    async with accepting(found, tls) as found.address:
        yield found
