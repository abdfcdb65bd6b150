"""A page of another origin in a real browser: it asks, and reads the headers that it needs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from graph.app import create_app
from graph.operating.options import Operating
from sandbox import build
from sandbox import create_app as create_sandbox
from tests.graphs import upstreams
from tests.servers import served
from tests.waiting import LONG

pytestmark = pytest.mark.asyncio(loop_scope="module")

ASK = """async address => {
    const ask = () => fetch(address + "/graphql", {
        method: "POST",
        headers: {"Content-Type": "application/json", "X-Request-Id": "from-the-page"},
        body: JSON.stringify({query: "{ currentAssignments(first: 10) { nodes { id person { name } } } checkIns(first: 10) { nodes { id } } }"}),
    });
    await ask();
    const answer = await ask();
    const names = ["Retry-After", "X-Request-Id", "RateLimit", "RateLimit-Policy"];
    return [answer.status, Object.fromEntries(names.map(name => [name, answer.headers.get(name)]))];
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page_origin() -> AsyncIterator[str]:
    """Where a page of another origin is served."""
    async with served(Starlette(routes=[Route("/", lambda _: HTMLResponse("<title>Elsewhere</title>"))])) as address:
        yield address


async def test_a_page_of_another_origin_reads_the_headers_that_it_needs(browser: Browser, page_origin: str, tmp_path: Path) -> None:
    build(tmp_path / "30.sqlite", people=30, seed=1)
    wire = httpx.ASGITransport(create_sandbox(tmp_path / "30.sqlite"))
    options = Operating(quota=10, patience=LONG)
    app = create_app(upstreams(wire), origins=[page_origin], operating=options)
    page = await browser.new_page()
    async with served(app) as address:
        await page.goto(page_origin)
        status, headers = await page.evaluate(ASK, address)
    await page.close()
    assert status == 429
    assert headers["X-Request-Id"] == "from-the-page"
    assert int(headers["Retry-After"]) > 0
    assert headers["RateLimit-Policy"] == '"points";q=10;w=60'
    assert headers["RateLimit"].startswith('"points";r=0')
