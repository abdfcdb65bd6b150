"""Load on a real server from clients that behave as good ones do, and what became of each request."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field

from tests.operating.asking import NAMES

BODY = json.dumps({"query": NAMES}).encode()
REQUEST = b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)


MADE = 0.02
"""Seconds in which a connection to this machine is made, or reset because nobody listens any more."""


@dataclass
class Load:
    """Clients that ask again as soon as they are answered, on a connection that they keep until an answer says that it ends.

    Nothing is ever asked twice: a request that was sent and not answered whole has failed. A client stops when it cannot connect.
    """

    port: int
    statuses: list[int] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    refused: int = 0

    async def client(self) -> None:
        """One of them."""
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        while True:
            if streams is None:
                try:
                    streams = await self.connected()
                except OSError:  # refused, or reset while it was made
                    self.refused += 1
                    return
            try:
                kept = await self.once(*streams)
            except (OSError, EOFError) as failure:
                self.failures.append(repr(failure))
                kept = False
            if not kept:
                streams[1].close()
                streams = None

    async def connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection that is made at the server's end too, which the client's knows nothing of.

        Raises OSError when the door closed before it was.
        """
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        await asyncio.sleep(MADE)
        if failure := reader.exception():
            raise failure
        return reader, writer

    async def once(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Ask, and read the whole answer; whether the connection lives on."""
        writer.write(REQUEST)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
        self.statuses.append(int(head[9:12]))
        return b"connection: close" not in head
