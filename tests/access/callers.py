"""Callers with any rights, in front of a graph: what says who is asking is a header of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.requests import Request

from graph.access.guard import Access
from graph.access.rights import Caller
from graph.access.scopes import SCOPES
from graph.limits import Limits
from loaders.known import Rules
from loaders.mapping import Register
from sandbox import Options
from tests.graphs import Graph, graph, noon

EVERYTHING = frozenset(SCOPES)


class Said:
    """A caller is whoever the request says."""

    def __init__(self) -> None:
        self.callers: dict[str, Caller] = {}

    async def caller(self, request: Request) -> Caller:
        """The caller of this name."""
        return self.callers[request.headers["x-caller"]]

    async def watch(self) -> None:
        """Nothing goes on."""

    async def aclose(self) -> None:
        """Nothing is open."""


class Guarded:
    """A graph that each caller asks for themselves."""

    def __init__(self, graph: Graph, said: Said) -> None:
        self.graph, self.said = graph, said

    async def ask(self, caller: Caller, query: str, headers: Mapping[str, str] | None = None, **variables: Any) -> dict[str, Any]:
        """The whole answer to this caller."""
        self.said.callers[caller.name] = caller
        named = {"x-caller": caller.name, **(headers or {})}
        response = await self.graph.client.post("/graphql", json={"query": query, "variables": variables}, headers=named)
        found: dict[str, Any] = response.json()
        return found

    async def data(self, caller: Caller, query: str, **variables: Any) -> Any:
        """The data of an answer without errors."""
        answer = await self.ask(caller, query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def calls(self, caller: Caller, query: str, **variables: Any) -> list[str]:
        """The upstream calls that a query makes."""
        self.graph.wire.calls.clear()
        await self.ask(caller, query, **variables)
        return list(self.graph.wire.calls)


@asynccontextmanager
async def guarded(
    database: Path,
    *,
    options: Options | None = None,
    rules: Rules | None = None,
    register: Register | None = None,
    limits: Limits | None = None,
    audited: bool = True,
) -> AsyncIterator[Guarded]:
    """A graph over the company in this file, which believes whoever a test says it is."""
    said = Said()
    access = Access(said, audited=audited)
    async with graph(database, options=options, rules=rules or Rules(clock=noon), register=register, limits=limits, access=access) as one:
        yield Guarded(one, said)


def caller(*scopes: str, email: str | None = None, name: str = "somebody") -> Caller:
    """A caller with these scopes."""
    return Caller(name, "test", frozenset(scopes), email)


def without(scopes: Iterable[str], email: str | None = None) -> Caller:
    """A caller with all scopes but these."""
    return Caller("without", "test", EVERYTHING - set(scopes), email)


def refusals(answer: dict[str, Any]) -> dict[str, list[list[str]]]:
    """What is missing for each field that was refused, by its path."""
    return {
        ".".join(map(str, error["path"])): error["extensions"]["requiredScopes"]
        for error in answer.get("errors", ())
        if error["extensions"]["code"] == "FORBIDDEN"
    }
