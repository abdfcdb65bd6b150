"""Companies made by hand with the truth about who is who, and the graph over them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import httpx

from graph.app import create_app
from graph.limits import Limits
from loaders.known import Rules
from loaders.mapping import Register
from loaders.stores import MemoryStore, Store
from loaders.watched import Watched
from sandbox import Draft, Options
from sandbox import create_app as create_sandbox
from sandbox.options import Match
from tests.graphs import CALM, TODAY, Graph, Wire, forgetful, noon, upstreams

PROJECT = "bridge"
NOON = noon()


@dataclass(frozen=True)
class Modes:
    """How the filters of check-ins match."""

    name: Match = "exact"
    email: Match = "exact"
    ignore_case: bool = False

    def __str__(self) -> str:
        return f"{self.name}-{self.email}{'-ignoring-case' if self.ignore_case else ''}"


MATCHES: tuple[Match, Match] = ("exact", "substring")
MODES = [Modes(*one) for one in product(MATCHES, MATCHES, (False, True))]
EXACT = MODES[0]


@dataclass
class Company:
    """A draft that remembers whose each check-in is, and who answered it."""

    draft: Draft = field(default_factory=Draft)
    workers: list[str] = field(default_factory=list)
    rows: dict[str, set[str]] = field(default_factory=dict)
    emails: dict[str, str | None] = field(default_factory=dict)
    answered: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.draft.project("Bridge", id=PROJECT)

    def worker(self, name: str, id: str, *, number: str | None = None, email: str | None = None, days_ago: int = 10) -> str:  # noqa: A002 - the draft's word
        """A workforce person with one job on the project, which began so many days ago and lasts a month; the list of people has the email."""
        self.draft.worker(name, id=id, employee_number=number, email=email)
        start = TODAY - timedelta(days=days_ago)
        self.draft.assign(id, PROJECT, start, start + timedelta(days=30))
        self.workers.append(id)
        return id

    def user(
        self,
        name: str,
        email: str | None,
        id: str,  # noqa: A002 - the draft's word
        *,
        submitted: int = 2,
        unsubmitted: int = 0,
        properties: Mapping[str, str] | None = None,
    ) -> str:
        """An account with so many check-ins of each kind, the unsubmitted ones the newest, accounts interleaved."""
        self.draft.user(name, email, id=id, properties=properties or {})
        self.rows[id], self.emails[id] = set(), email
        for index in range(unsubmitted + submitted):
            self.check_in(id, f"{id}/{index}".replace("/", "-"), hours=24 * index + len(self.rows), handed_in=index >= unsubmitted)
        return id

    def check_in(
        self,
        user: str,
        id: str,  # noqa: A002 - the draft's word
        *,
        hours: int,
        handed_in: bool = True,
        responses: Sequence[str] | None = None,
    ) -> str:
        """A check-in that was due so many hours ago."""
        due = NOON - timedelta(hours=hours)
        self.draft.check_in(user, due, id=id, submitted=due - timedelta(hours=1) if handed_in else None, responses=responses)
        self.rows[user].add(id)
        self.answered[id] = set(responses or [user]) if handed_in else set()
        return id

    @property
    def seen(self) -> set[str]:
        """The accounts that some check-in shows as the only one."""
        return {one for ones in self.answered.values() if len(ones) == 1 for one in ones}

    def save(self, folder: Path) -> Path:
        """The company as a file of its own in this folder."""
        path = folder / f"{len(list(folder.iterdir()))}.sqlite"
        self.draft.save(path)
        return path


class Switch(httpx.AsyncBaseTransport):
    """A wire whose far end can be exchanged while the graph runs, as real companies change, and answers can be bent."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.bend: Callable[[httpx.Request], httpx.Request] = lambda request: request
        self.after: Callable[[httpx.Request], None] = lambda request: None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(self.bend(request))
        self.after(request)
        return answer


class Held(httpx.AsyncBaseTransport):
    """A wire that keeps the answers about one name or email waiting until they are let go."""

    def __init__(self, inner: httpx.AsyncBaseTransport, **asked: str) -> None:
        self.inner, self.asked = inner, asked.items()
        self.came, self.go = asyncio.Event(), asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(request)
        if self.asked <= request.url.params.items():
            self.came.set()
            await self.go.wait()
        return answer


def sandboxed(company: Company, folder: Path, modes: Modes = EXACT) -> httpx.ASGITransport:
    """The two upstreams of a company; both lists of people are open."""
    options = Options(clock=noon, name_match=modes.name, email_match=modes.email, ignore_case=modes.ignore_case, directories=True)
    return httpx.ASGITransport(create_sandbox(company.save(folder), options))


@dataclass
class Served(Graph):
    """A graph, and the switch behind its wire."""

    switch: Switch


@asynccontextmanager
async def served(
    company: Company,
    folder: Path,
    modes: Modes = EXACT,
    *,
    register: Register | Watched | None = None,
    store: Callable[[], Store] = MemoryStore,
    **rules: Any,
) -> AsyncIterator[Served]:
    """The graph over a company; `rules` change its rules, links outlive it in the `store`."""
    switch = Switch(sandboxed(company, folder, modes))
    wire = Wire(switch)
    app = create_app(upstreams(wire), Rules(clock=noon, **rules), register, limits=Limits(cache=forgetful, store=store), operating=CALM)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://graph")
    async with app.router.lifespan_context(app), client:
        yield Served(client, wire, switch)
