"""Doors to knock at, in process and on sockets, and knocks that no HTTP client would make."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from graph.door.guard import LINGER
from graph.door.policy import Door
from graph.door.protocol import Protocol
from graph.limits import Limits
from tests.apps import crewgraph
from tests.graphs import Graph, graph
from tests.servers import served
from tests.waiting import LONG, undisturbed
from upstreams.engine import Engine

HELLO = "{ __typename }"
HELD = {"data": {"__typename": "Query"}}
FIT = {"accept": "application/graphql-response+json", "apollo-require-preflight": "true"}


@asynccontextmanager
async def behind(company: Path, door: Door, engine: Engine | None = None) -> AsyncIterator[Graph]:
    """A graph behind this door, in process; it shares what it learns through the engine."""
    async with graph(company, limits=Limits(door=door, engine=lambda: engine)) as one:
        yield one


@dataclass(frozen=True)
class Answer:
    """What came back over a socket: status, header fields in lower case, content, and whether the server hung up."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def codes(self) -> list[str]:
        """The codes of its errors."""
        return [error["extensions"]["code"] for error in json.loads(self.content).get("errors", ())]


@dataclass(frozen=True)
class Street:
    """A server on a socket."""

    host: str
    port: int

    @property
    def address(self) -> str:
        """The graph's address."""
        return f"http://{self.host}:{self.port}/graphql"

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection."""
        return await asyncio.open_connection(self.host, self.port)

    async def say(self, said: bytes, *more: bytes) -> Answer:
        """What a server answers to these bytes, and to more again and again, until it hangs up, however long it takes to."""
        return await undisturbed(partial(self.said, said, more), LINGER / 2)

    async def said(self, said: bytes, more: Sequence[bytes]) -> Answer:
        """The same from a client that may stand still itself, and then hears nothing."""
        reader, writer = await self.open()
        writer.write(said)
        answering = asyncio.create_task(answer(reader))
        try:
            while more and not answering.done():
                await asyncio.sleep(0.02)
                writer.writelines(more)
            return await answering
        finally:
            writer.close()

    async def heard(self, said: bytes) -> bytes:
        """All that a server says to these bytes until it hangs up."""
        reader, writer = await self.open()
        writer.write(said)
        try:
            return await everything(reader)
        finally:
            writer.close()

    async def ask(self, query: str = HELLO) -> Any:
        """A healthy client's answer."""
        async with httpx.AsyncClient(trust_env=False, timeout=LONG) as client:
            return (await client.post(self.address, json={"query": query})).json()


async def answer(reader: asyncio.StreamReader) -> Answer:
    """What a server says before it hangs up."""
    head, _, content = (await everything(reader)).partition(b"\r\n\r\n")
    first, *fields = head.decode("ascii").split("\r\n")
    pairs = (line.split(": ", 1) for line in fields)
    return Answer(int(first.split()[1]), {name.lower(): value for name, value in pairs}, content)


async def everything(reader: asyncio.StreamReader) -> bytes:
    """All that is said before the end, which is a reset for whoever still talks."""
    heard = b""
    async with asyncio.timeout(LONG):
        with suppress(ConnectionResetError):
            while part := await reader.read(65_536):
                heard += part
    return heard


@asynccontextmanager
async def street(company: Path, door: Door | None = None, protocol: type[Protocol] = Protocol) -> AsyncIterator[Street]:
    """The graph behind this door, served as the command serves it."""
    app = crewgraph(company, Limits(door=door or Door()))
    async with served(app, http=protocol, ws="none") as origin:
        url = httpx.URL(origin)
        assert url.port is not None
        yield Street(url.host, url.port)


def head(*fields: str, method: str = "POST", target: str = "/graphql") -> bytes:
    """The head of a request, after whose answer the server shall hang up."""
    lines = [f"{method} {target} HTTP/1.1", "Host: graph", "Connection: close", *fields]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def told(answer: httpx.Response) -> tuple[int, list[str]]:
    """The status and the codes of an answer."""
    return answer.status_code, [error["extensions"]["code"] for error in answer.json().get("errors", ())]
