"""A real server on a loopback socket and a real Chromium that can reach nothing else."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, async_playwright
from starlette.types import ASGIApp

from graph.app import create_app
from graph.graphiql import STATIC
from loaders.known import Rules
from sandbox import Options, build
from sandbox import create_app as create_sandbox
from tests.graphiql.visits import PATIENCE, Visit, visiting
from tests.graphs import TODAY, noon, upstreams
from tests.optional import optional

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> ASGIApp:
    """The whole graph over the default sandbox, pinned to a day."""
    database = tmp_path_factory.mktemp("company") / "300.sqlite"
    build(database, today=TODAY)
    transport = httpx.ASGITransport(create_sandbox(database, Options(clock=noon)))
    return create_app(upstreams(transport), Rules(clock=noon))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def origin(app: ASGIApp) -> AsyncIterator[str]:
    """Where the app is served."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await serving


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Chromium, for all tests of a module."""
    if CHROMIUM is None:
        optional("Chromium is not installed")
    if not (STATIC / "index.html").exists():
        optional("the GraphiQL page is not built")
    async with (
        async_playwright() as driver,
        await driver.chromium.launch(executable_path=CHROMIUM, args=SWITCHES, timeout=PATIENCE) as chromium,
    ):
        yield chromium


@pytest_asyncio.fixture(loop_scope="module")
async def visit(browser: Browser, origin: str) -> AsyncIterator[Visit]:
    """A first visit to the page."""
    async with visiting(browser, origin) as first:
        yield first


@pytest.fixture
def artifacts(tmp_path: Path) -> Path:
    """Where screenshots go: the folder that CREWGRAPH_ARTIFACTS names, or one that pytest clears away."""
    folder = Path(os.environ.get("CREWGRAPH_ARTIFACTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
