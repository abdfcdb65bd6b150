"""A server on a socket that does to each connection as it is told, and our network's way to it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import httpx

from tests.policies import ONCE
from tests.waiting import until
from upstreams.network import Network
from upstreams.policy import Policy

GOOD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"

Answering = Callable[[bytes, asyncio.StreamWriter, int], Awaitable[None]]
"""What is done with the request of this head and number, counted from 0 on its connection, which is closed when it raises Hangup."""


class Hangup(ConnectionError):
    """The server has had enough of a connection."""


class Server:
    """`requests` has the heads of each connection's requests, `open` counts the connections that are."""

    def __init__(self, answering: Answering) -> None:
        self.answering = answering
        self.requests: list[list[bytes]] = []
        self.open = 0
        self.address = ""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        heads: list[bytes] = []
        self.requests.append(heads)
        self.open += 1
        try:
            while True:
                heads.append(await reader.readuntil(b"\r\n\r\n"))
                await self.answering(heads[-1], writer, len(heads) - 1)
                await writer.drain()
        except (OSError, RuntimeError, asyncio.IncompleteReadError):
            pass  # the client went away, of which uvloop makes a RuntimeError
        finally:
            writer.close()
            self.open -= 1


class Accepts(Protocol):
    """What is done with connections, and how many are `open`."""

    open: int

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""


@asynccontextmanager
async def accepting(found: Accepts, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """A host and port on which connections are taken; all of them have ended when it is left."""
    server = await asyncio.start_server(found.handle, "127.0.0.1", 0, ssl=tls)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        await until(lambda: not found.open)
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def serving(answering: Answering, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """Such a server."""
    found = Server(answering)
    async with accepting(found, tls) as place:
        found.address = f"{'https' if tls else 'http'}://{place}"
        yield found


def says(*messages: bytes) -> Answering:
    """Each request gets the next of these messages, whichever connection it comes on; after the last, connections are closed."""
    left = list(messages)

    async def answering(_head: bytes, writer: asyncio.StreamWriter, _number: int) -> None:
        if not left:
            raise Hangup
        writer.write(left.pop(0))

    return answering


@asynccontextmanager
async def reaching(address: str, policy: Policy = ONCE, ca_file: Path | None = None) -> AsyncIterator[Network]:
    """The network's way to an address."""
    network = Network("checkins", address, httpx.Headers({"Accept": "application/json"}), policy, ca_file)
    try:
        yield network
    finally:
        await network.aclose()
        assert not network.open
