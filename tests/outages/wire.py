"""A raw socket server in front of a sandbox: it answers as the sandbox would, or does to the connection what no HTTP framework does."""

from __future__ import annotations

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx

from sandbox import Options, create_app
from tests.graphs import noon

EMPTY = b'{"count": 0, "next": null, "previous": null, "results": []}'
BOMB = gzip.compress(b'{"results": [], "padding": "' + b" " * 11_000_000 + b'"}')
"""Eleven megabytes of JSON in as many kilobytes."""


@dataclass
class Exchange:
    """One request, and the connection that it came on; `number` counts the requests of this connection from 1."""

    writer: asyncio.StreamWriter
    reader: asyncio.StreamReader
    target: str
    number: int
    sandbox: httpx.AsyncClient

    async def send(self, data: bytes) -> None:
        """These bytes, at once."""
        self.writer.write(data)
        await self.writer.drain()

    async def left(self) -> None:
        """Wait until the client goes away."""
        await self.reader.read()


Behaviour = Callable[[Exchange], Awaitable[bool]]
"""What is done with one request; whether the connection stays open."""


async def healthy(exchange: Exchange) -> bool:
    """The sandbox's answer."""
    answer = await exchange.sandbox.get(exchange.target)
    await exchange.send(message(answer.content, f"{answer.status_code} {answer.reason_phrase}"))
    return True


async def drip(exchange: Exchange, seconds: float = 1.0) -> bool:
    """The headers, then a byte of a good answer each so many seconds."""
    head, _, body = message(EMPTY).partition(b"\r\n\r\n")
    await exchange.send(head + b"\r\n\r\n")
    for place in range(len(body)):
        await exchange.send(body[place : place + 1])
        await asyncio.sleep(seconds)
    return False


async def silent(exchange: Exchange) -> bool:
    """Nothing, for as long as the client waits."""
    await exchange.left()
    return False


async def short(exchange: Exchange) -> bool:
    """Half of the bytes that the header promises."""
    whole = message(EMPTY)
    await exchange.send(whole[: -len(EMPTY) // 2])
    return False


async def bomb(exchange: Exchange) -> bool:
    """A small body that unpacks into a huge one."""
    await exchange.send(message(BOMB, extra="Content-Encoding: gzip\r\n"))
    return False


async def garbage(exchange: Exchange) -> bool:
    """Bytes that are no HTTP."""
    await exchange.send(b"\x16\x03\x01\x00\xffSSH-2.0-OpenSSH_9.6\r\n\r\n")
    return False


async def closing(_exchange: Exchange) -> bool:
    """Nothing: the connection is closed at once."""
    return False


async def once(exchange: Exchange) -> bool:
    """The first request of a connection is answered, the next finds it dead."""
    return exchange.number == 1 and await healthy(exchange)


async def lost(exchange: Exchange) -> bool:
    """A redirect to this very address."""
    await exchange.send(message(b"", "302 Found", f"Location: {exchange.target}\r\n"))
    return True


def message(body: bytes, status: str = "200 OK", extra: str = "") -> bytes:
    """A whole answer of JSON."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    return head.encode() + body


class Wire:
    """Does the same to each request, or something else to each in turn and the last to all that follow; `targets` are what was asked."""

    def __init__(self, sandbox: httpx.AsyncClient, *behaviours: Behaviour) -> None:
        self.sandbox, self.behaviours = sandbox, behaviours
        self.targets: list[str] = []
        self.heads: list[str] = []
        self.connections = 0
        self.scheme, self.port = "http", 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def calls(self) -> int:
        """How many requests came."""
        return len(self.targets)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        number = 0
        with suppress(ConnectionError, asyncio.IncompleteReadError):  # the client went away, as some tests want
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                number += 1
                if not await self.behave(Exchange(writer, reader, head.split(" ")[1], number, self.sandbox), head):
                    break
        writer.close()

    async def behave(self, exchange: Exchange, head: str) -> bool:
        """One request."""
        behaviour = self.behaviours[min(self.calls, len(self.behaviours) - 1)]
        self.targets.append(exchange.target)
        self.heads.append(head)
        return await behaviour(exchange)


@asynccontextmanager
async def wired(company: Path, *behaviours: Behaviour, tls: ssl.SSLContext | None = None, port: int = 0) -> AsyncIterator[Wire]:
    """A server that does so to whoever asks for what is in this company; every connection has ended when it is left."""
    sandbox = httpx.AsyncClient(transport=httpx.ASGITransport(create_app(company, Options(clock=noon))), base_url="http://sandbox")
    wire, handling = Wire(sandbox, *behaviours), set[asyncio.Task[None]]()
    server = await asyncio.start_server(partial(handled, wire, handling), "127.0.0.1", port, ssl=tls)
    wire.port, wire.scheme = server.sockets[0].getsockname()[1], "https" if tls else "http"
    try:
        yield wire
    finally:
        server.close()
        for task in handling:
            task.cancel()
        await asyncio.gather(*handling, return_exceptions=True)
        await server.wait_closed()
        await sandbox.aclose()


async def handled(wire: Wire, handling: set[asyncio.Task[None]], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection, whose task is known, so that it can be ended."""
    task = asyncio.current_task()
    assert task is not None, "streams are handled in tasks"
    handling.add(task)
    try:
        await wire.handle(reader, writer)
    finally:
        handling.discard(task)
        writer.close()
