"""Ways to ask an upstream over sockets: ours, and those of well-known clients, which are left out where they are not installed."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from importlib.util import find_spec
from typing import Any

import httpx
import msgspec

from upstreams.dialect import Dialect
from upstreams.http import Http
from upstreams.policy import Policy

IN_FLIGHT = 32
POLICY = Policy(concurrency=IN_FLIGHT)

Ask = Callable[[], Awaitable[object]]


@asynccontextmanager
async def stock(url: str, transport: httpx.AsyncBaseTransport | None = None) -> AsyncIterator[Ask]:
    """httpx by the book; were it to keep as many connections as calls are in flight, it would take longer over each."""
    async with httpx.AsyncClient(transport=transport, trust_env=False) as client:

        async def ask() -> object:
            return msgspec.json.decode((await client.get(url)).content)

        yield ask


@asynccontextmanager
async def over(url: str, module: str, name: str) -> AsyncIterator[Ask]:
    """httpx over another transport."""
    async with stock(url, getattr(importlib.import_module(module), name)()) as ask:
        yield ask


@asynccontextmanager
async def aiohttp(url: str) -> AsyncIterator[Ask]:
    """aiohttp."""
    library = importlib.import_module("aiohttp")
    async with library.ClientSession() as session:

        async def ask() -> object:
            async with session.get(url) as response:
                return msgspec.json.decode(await response.read())

        yield ask


@asynccontextmanager
async def pyreqwest(url: str) -> AsyncIterator[Ask]:
    """pyreqwest, whose work is done by threads of its own."""
    library = importlib.import_module("pyreqwest.client")
    async with library.ClientBuilder().build() as client:

        async def ask() -> object:
            response = await client.get(url).build().send()
            return msgspec.json.decode((await response.bytes()).to_bytes())

        yield ask


@asynccontextmanager
async def ours(url: str) -> AsyncIterator[Ask]:
    """The wire alone, and the same decoding."""
    base, _, path = url.removeprefix("http://").partition("/")
    http = Http(Dialect("checkins", f"http://{base}", policy=POLICY))

    async def ask() -> object:
        return msgspec.json.decode((await http.wire.get(f"/{path}", {})).body)

    try:
        yield ask
    finally:
        await http.aclose()


CLIENTS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "ours, the wire alone": ("uvloop", ours),
    "httpx.AsyncClient": ("httpx", stock),
    "httpx over httpx-aiohttp": ("httpx_aiohttp", partial(over, module="httpx_aiohttp", name="AiohttpTransport")),
    "httpx over pyreqwest": ("pyreqwest", partial(over, module="pyreqwest.compatibility.httpx", name="HttpxTransport")),
    "aiohttp": ("aiohttp", aiohttp),
    "pyreqwest": ("pyreqwest", pyreqwest),
}


async def clients(stack: AsyncExitStack, url: str) -> dict[str, Ask]:
    """All that are installed."""
    return {name: await stack.enter_async_context(make(url)) for name, (module, make) in CLIENTS.items() if find_spec(module)}
