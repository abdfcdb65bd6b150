"""A whole graph whose check-ins are somewhere on a socket and do as a test wants, while its workforce is well."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

from graph.app import Upstreams, create_app
from graph.limits import Limits
from loaders.known import Rules
from sandbox import Options, Plan
from sandbox import create_app as create_sandbox
from sandbox.faults.kinds import AnyFault, Hang
from sandbox.faults.rehearsal import Rehearsal
from tests.graphs import CALM, Wire, forgetful, noon
from tests.policies import QUICK
from tests.servers import served
from upstreams.caller import Caller
from upstreams.dialect import Credentials, Dialect
from upstreams.policy import Policy
from upstreams.within import Within

USER, KEY = "u-5ecret", "k-5ecret"
LEAKS = re.compile(
    rf"{USER}|{KEY}|Basic |127\.0\.0\.1|\.invalid|://|/api/v2|/v2/companies|rehearsed|Sign in|@example|Traceback|Error\(|\.py\b"
)
"""What neither an answer nor a log line may show: credentials, addresses, what an upstream said, people, Python."""

HALVES = "{ currentAssignments(first: 3) { nodes { id person { name } } } checkIns(first: 1) { totalCount nodes { id } } }"
"""One call to each upstream."""


@dataclass
class Halves:
    """A client of the graph, the wire to workforce, and how long the last answer took, in seconds."""

    client: httpx.AsyncClient
    wire: Wire
    app: Starlette
    took: float = 0.0

    async def ask(self, query: str = HALVES, **headers: str) -> dict[str, Any]:
        """The whole answer, which shows nothing that it must not."""
        began = time.monotonic()
        answer = await self.client.post("/graphql", json={"query": query}, headers=headers)
        self.took = time.monotonic() - began
        assert answer.status_code == 200
        assert LEAKS.search(answer.text) is None, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def caller(self, upstream: str) -> Caller:
        """The calls that are under way, to `check_ins` or `workforce`."""
        calls = getattr(self.app.state.service.known, upstream).calls
        assert isinstance(calls, Within)
        return calls.caller

    async def whole(self) -> None:
        """Both halves are there."""
        answer = await self.ask()
        assert "errors" not in answer
        assert all(answer["data"].values())

    async def lost(self) -> dict[str, Any]:
        """Workforce's half is there, check-ins' is null; the extensions of its one error."""
        answer = await self.ask()
        assert len(answer["data"]["currentAssignments"]["nodes"]) == 3
        assert answer["data"]["checkIns"] is None
        (error,) = answer["errors"]
        assert error["path"][0] == "checkIns"
        found: dict[str, Any] = error["extensions"]
        assert re.fullmatch("[0-9a-f]{16}", found.pop("requestId"))
        return found


def unavailable(**more: Any) -> dict[str, Any]:
    """What is told of an upstream that is down."""
    return {"code": "UPSTREAM_UNAVAILABLE", "upstream": "checkins", "retryable": True, **more}


def bad() -> dict[str, Any]:
    """What is told of an upstream that answers something else."""
    return {"code": "UPSTREAM_BAD_RESPONSE", "upstream": "checkins", "retryable": False}


def late() -> dict[str, Any]:
    """What is told of an upstream that does not answer."""
    return {"code": "UPSTREAM_TIMEOUT", "upstream": "checkins", "retryable": True}


def limited(**more: Any) -> dict[str, Any]:
    """What is told of an upstream that wants a pause."""
    return {"code": "UPSTREAM_RATE_LIMITED", "upstream": "checkins", "retryable": True, **more}


@asynccontextmanager
async def halves(
    company: Path, url: str, *, policy: Policy = QUICK, page_size: int = 100, on_socket: bool = False
) -> AsyncIterator[Halves]:
    """The graph over check-ins at an address, spoken to with credentials, and over a workforce that is well; it remembers no answers."""
    wire = Wire(httpx.ASGITransport(create_sandbox(company, Options(clock=noon))))
    check_ins = Dialect("checkins", url, Credentials(USER, KEY), page_size=page_size, policy=policy)
    upstreams = Upstreams(check_ins, Dialect("workforce", "http://workforce", policy=policy), "sandbox", None, wire)
    app = create_app(upstreams, Rules(clock=noon), limits=Limits(cache=forgetful), operating=CALM)
    async with (served if on_socket else inside)(app) as address:
        transport = None if on_socket else httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=address, timeout=None, trust_env=False) as client:
            yield Halves(client, wire, app)


@asynccontextmanager
async def inside(app: Starlette) -> AsyncIterator[str]:
    """The address of an app without a socket."""
    async with app.router.lifespan_context(app):
        yield "http://graph"


@dataclass
class Struck:
    """A sandbox on a socket under a plan."""

    url: str
    rehearsal: Rehearsal

    @property
    def calls(self) -> int:
        """How many calls check-ins got."""
        return self.rehearsal.asked["checkins"]


@asynccontextmanager
async def struck(company: Path, *faults: AnyFault) -> AsyncIterator[Struck]:
    """A sandbox on a socket whose faults' times are numbers of calls: one that ends at 3 strikes the first two."""
    ticks = count()
    app = create_sandbox(company, Options(clock=noon, faults=Plan(faults=faults or (Hang(rate=0),)), stopwatch=lambda: float(next(ticks))))
    async with served(app) as url:
        yield Struck(url, app.state.rehearsal)


FIRST = 2.0
"""The end of a fault that strikes the first call alone."""
