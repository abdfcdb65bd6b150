"""Apps on loopback sockets, for clients that are programs of their own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import uvicorn
from starlette.types import ASGIApp

from graph.app import Upstreams, create_app
from loaders.known import Rules
from sandbox import Options
from sandbox import create_app as create_sandbox
from tests.graphs import noon
from upstreams.dialect import Dialect


def crewgraph(database: Path) -> ASGIApp:
    """The graph over the company in this file."""
    wire = httpx.ASGITransport(create_sandbox(database, Options(clock=noon)))
    upstreams = Upstreams(Dialect("checkins", "http://checkins"), Dialect("workforce", "http://workforce"), "sandbox", wire, wire)
    return create_app(upstreams, Rules(clock=noon))


@asynccontextmanager
async def listening(app: ASGIApp) -> AsyncIterator[str]:
    """The origin at which an app is served meanwhile."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
