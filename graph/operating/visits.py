"""One operation as its operators see it: what it was, how it ended, what it cost; nothing of what was asked or answered."""

from __future__ import annotations

import asyncio
import os
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, MutableMapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Receive

from upstreams.ledger import Ledger

REQUEST: ContextVar[str | None] = ContextVar("request", default=None)
"""The id of the request that is being answered, for whatever is logged meanwhile."""
TOLD = "operation"
"""The field of a log record that holds what is told of an operation."""
PLACE = "crewgraph.request_id"
"""Where in the ASGI scope a request's id is."""
MOMENT = 0.002
"""Seconds that an operation has before anybody looks whether its client is still there."""
IDENT = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


def ident(scope: MutableMapping[str, Any]) -> str:
    """The id that a request's answer, errors and log lines share: the client's, if it can be one, else a fresh one."""
    if PLACE not in scope:
        given = next((value.decode("latin-1") for name, value in scope.get("headers", ()) if name == b"x-request-id"), "")
        scope[PLACE] = given if IDENT.fullmatch(given) else os.urandom(8).hex()
    return str(scope[PLACE])


UNASKED = Ledger()
"""The books of what asked no upstream for anything; nobody writes into them."""


@dataclass
class Visit:
    """Filled while the operation is answered.

    `kind` is "query", "entities" (a gateway's), "introspection" or, of what was never run, "none"; `outcome` "ok", "partial", "failed",
    "refused" or, when nobody was answered, "lost". `source` is where the answer comes from: an own "run", "memory", another's run that it
    "joined", or "none". Once the client has `gone`, there is no time left for anything more (faults.md F22).
    """

    kind: str = "none"
    outcome: str = "lost"
    status: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    ledger: Ledger = field(default_factory=lambda: UNASKED)
    gone: bool = False
    source: str = "none"

    def refuse(self, code: str, status: int) -> None:
        """It is not run."""
        self.outcome, self.status = "refused", status
        self.codes[code] += 1

    def answer(self, content: Mapping[str, Any], status: int) -> None:
        """It was run, or found impossible to run, and this is its answer, which nobody gets who has gone."""
        if self.gone:
            return
        errors, data = content.get("errors") or (), content.get("data")
        self.codes.update(error["extensions"]["code"] for error in errors)
        self.status = status
        if "data" not in content:
            self.outcome = "refused"
            return
        self.kind = kind(data or ())
        self.outcome = "ok" if not errors else "failed" if data is None else "partial"

    def repeat(self, kind: str, source: str) -> None:
        """It was answered as an equal operation of this kind was."""
        self.source = source
        if not self.gone:
            self.kind, self.outcome, self.status = kind, "ok", 200


@asynccontextmanager
async def attended(receive: Receive, visit: Visit) -> AsyncIterator[None]:
    """Inside it, the end of the client's connection is noted; the body must have been read.

    What is done in a moment is not watched: a task would cost more than that.
    """
    watching: list[asyncio.Task[None]] = []
    begin = asyncio.get_running_loop().call_later(MOMENT, lambda: watching.append(asyncio.create_task(left(receive, visit))))
    try:
        yield
    finally:
        begin.cancel()
        for one in watching:
            one.cancel()


async def left(receive: Receive, visit: Visit) -> None:
    """Wait for the end of the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass
    visit.gone = True


def kind(names: Iterable[str]) -> str:
    """What an operation was, by the names in its answer; a client's own names say "query"."""
    found = set(names)
    if "_entities" in found:
        return "entities"
    return "introspection" if found and found <= {"__schema", "__type", "__typename", "_service"} else "query"
