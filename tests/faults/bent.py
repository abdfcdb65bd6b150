"""A graph over a small company whose upstreams' answers are bent on their way."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from graph.app import Upstreams, create_app
from graph.limits import Limits
from graph.weights.bounds import Bounds
from loaders.known import Known, Rules
from loaders.mapping import Register
from sandbox import Options
from sandbox import create_app as create_sandbox
from tests.graphs import CALM, Graph, Wire, forgetful, kind, noon
from tests.policies import QUICK
from upstreams.dialect import Dialect

JSON = {"Content-Type": "application/json"}

Bend = Callable[[httpx.Request, Any], Any]
"""What becomes of an answer: other JSON, or a whole response."""


def honest(_request: httpx.Request, content: Any) -> Any:
    """Nothing is bent."""
    return content


class Bending(httpx.AsyncBaseTransport):
    """Both upstreams, whose answers `bend` changes while it is set."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.bend: Bend = honest

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(request)
        found = self.bend(request, json.loads(await answer.aread()))
        return found if isinstance(found, httpx.Response) else httpx.Response(answer.status_code, headers=JSON, content=json.dumps(found))


class Bent(Graph):
    """A graph, the bend in its wire, and what its process knows."""

    bending: Bending
    known: Known

    def counted(self, name: str) -> int:
        """How many values of a field could not be read, in both upstreams together."""
        return self.known.workforce.unreadable[name] + self.known.check_ins.unreadable[name]


@asynccontextmanager
async def bent(
    database: Path,
    bend: Bend = honest,
    *,
    limits: Limits | None = None,
    register: Register | None = None,
    page_size: int = 100,
    most_pages: int = 5_000,
    **rules: Any,
) -> AsyncIterator[Bent]:
    """The graph over the company in this file; it caches nothing unless `limits` say so."""
    bending = Bending(httpx.ASGITransport(create_sandbox(database, Options(clock=noon, directories=True))))
    bending.bend = bend
    wire = Wire(bending)
    check_ins, workforce = (
        Dialect(name, f"http://{name}", page_size=page_size, most_pages=most_pages, policy=QUICK) for name in ("checkins", "workforce")
    )
    upstreams = Upstreams(check_ins, workforce, "sandbox", wire, wire)
    limits = limits or Limits(cache=forgetful, documents=Bounds(mode="measure"))
    app = create_app(upstreams, Rules(clock=noon, **rules), register, limits=limits, operating=CALM)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://graph")
    async with app.router.lifespan_context(app), client:
        found = Bent(client, wire)
        found.bending, found.known = bending, app.state.service.known
        yield found


def at(where: str, change: Callable[[Any], Any]) -> Bend:
    """Only the answers of one endpoint, as `tests.graphs.kind` names it, are changed."""
    return lambda request, content: change(content) if kind(request.url.raw_path.decode()) == where else content


def replaced(where: str, found: Callable[[], Any]) -> Bend:
    """Every answer of an endpoint, or of all of a kind of upstream ("/api/" or "/v2/"), is another one."""
    return lambda request, content: found() if kind(request.url.path) == where or request.url.path.startswith(where) else content


def within(content: Any, name: str | None = None) -> list[Any]:
    """The rows of an answer: those of a list, a page, a bare array, or of one more list inside each row."""
    rows = content if isinstance(content, list) else next(content[key] for key in ("data", "results", "responses") if key in content)
    return rows if name is None else [one for row in rows for one in row[name]]
