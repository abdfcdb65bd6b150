"""A whole graph over a whole sandbox, in process: what most tests ask their questions of."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import httpx

from graph.access.guard import Access
from graph.app import Upstreams, create_app
from graph.limits import Limits
from graph.operating.options import Operating
from loaders.known import Rules
from loaders.mapping import Register
from sandbox import Options
from sandbox import create_app as create_sandbox
from tests.policies import ONCE
from tests.waiting import LONG
from upstreams.cache import FORGETFUL, Cache, Life
from upstreams.calls import Kind
from upstreams.dialect import Dialect
from upstreams.policy import Policy

CALM = Operating(most=10_000, patience=LONG)
"""Everybody is let in, however late a busy machine makes the event loop."""
TODAY = date(2026, 3, 4)
"""A Wednesday on which the tests' own companies live."""


def noon() -> datetime:
    """The moment at which those tests run."""
    return datetime.combine(TODAY, time(12), UTC)


class Wire(httpx.AsyncBaseTransport):
    """The wire to both upstreams: counts the calls, and can be cut for the paths that `cut` names."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.calls: list[str] = []
        self.cut: Callable[[str], bool] = lambda path: False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode()
        self.calls.append(path)
        if self.cut(path):
            raise httpx.ConnectError("cut", request=request)
        return await self.inner.handle_async_request(request)

    def kinds(self) -> dict[str, int]:
        """How many calls went to each endpoint."""
        return dict(Counter(map(kind, self.calls)))


def kind(path: str) -> str:
    """The endpoint that a path belongs to."""
    plain = path.split("?")[0]
    if plain.startswith("/api/v2/checkins/"):
        return "check-ins" if plain == "/api/v2/checkins/" else "check-in"
    if plain.endswith("/current"):
        return "current"
    parts = plain.split("/")
    return parts[4] if len(parts) > 5 else "company"


def is_check_ins(path: str) -> bool:
    """Whether a path belongs to check-ins."""
    return path.startswith("/api/")


def is_workforce(path: str) -> bool:
    """Whether a path belongs to workforce."""
    return path.startswith("/v2/")


@dataclass
class Graph:
    """A served graph: `ask` it, look at the `wire`."""

    client: httpx.AsyncClient
    wire: Wire

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The whole answer."""
        response = await self.client.post("/graphql", json={"query": query, "variables": variables})
        found: dict[str, Any] = response.json()
        return found

    async def data(self, query: str, **variables: Any) -> Any:
        """The data of an answer without errors."""
        answer = await self.ask(query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def calls(self, query: str, **variables: Any) -> dict[str, int]:
        """How many upstream calls one query costs, by endpoint."""
        self.wire.calls.clear()
        await self.ask(query, **variables)
        return self.wire.kinds()


def codes(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """The code and the path of each error of an answer."""
    return [(error["extensions"]["code"], ".".join(map(str, error.get("path", ())))) for error in answer.get("errors", ())]


def dialects(policy: Policy = ONCE) -> tuple[Dialect, Dialect]:
    """How the sandbox's two upstreams are spoken to."""
    return Dialect("checkins", "http://checkins", policy=policy), Dialect("workforce", "http://workforce", policy=policy)


def forgetful() -> Cache:
    """A cache that keeps nothing, for tests that change the company or count every call."""
    return Cache(FORGETFUL)


def timeless() -> Cache:
    """A cache in which nothing grows old, however slow the machine is."""
    return Cache({kind: Life(3_600) for kind in Kind})


def upstreams(wire: httpx.AsyncBaseTransport, policy: Policy = ONCE) -> Upstreams:
    """Both upstreams on one wire."""
    return Upstreams(*dialects(policy), "sandbox", wire, wire)


@asynccontextmanager
async def graph(
    database: Path,
    *,
    options: Options | None = None,
    rules: Rules | None = None,
    register: Register | None = None,
    limits: Limits | None = None,
    policy: Policy = ONCE,
    operating: Operating | None = None,
    access: Access | None = None,
) -> AsyncIterator[Graph]:
    """A graph over the company in this file, with both upstreams on one counted wire; it caches nothing unless `limits` say so."""
    wire = Wire(httpx.ASGITransport(create_sandbox(database, options or Options(clock=noon))))
    rules, limits = rules or Rules(clock=noon), limits or Limits(cache=forgetful)
    app = create_app(upstreams(wire, policy), rules, register, limits=limits, operating=operating or CALM, access=access)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")
    async with app.router.lifespan_context(app), client:
        yield Graph(client, wire)


def names(nodes: Iterable[dict[str, Any]]) -> list[str]:
    """The names of some nodes."""
    return [node["name"] for node in nodes]
