"""Whether an operation may run now: its client has points left, and there is a turn for it soon."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from starlette.requests import Request

from graph import http
from graph.operating.line import Overloaded
from graph.operating.quota import Exhausted, network
from graph.operating.watch import Watch


@asynccontextmanager
async def admitted(request: Request, watch: Watch, points: int = 1, caller: str | None = None) -> AsyncIterator[Mapping[str, str]]:
    """Inside it an operation that costs so many points may run; gives headers for its answer. Raises Refusal.

    `caller` is who pays, such as the subject of a token; without one it is the address. Whoever is sent away for lack of room has paid.
    """
    client = caller if caller is not None else whose(request)
    try:
        watch.charge(client, points)
        async with watch.turn():
            yield watch.quota.headers(client, time.monotonic())
    except Exhausted as cause:
        told, sentence = watch.quota.headers(client, time.monotonic()), "This client has asked for too much lately."
        raise http.Refusal(429, "RATE_LIMITED", sentence, told, retry_after=cause.retry_after) from cause
    except Overloaded as cause:
        raise http.overloaded(cause.retry_after) from cause


def whose(request: Request) -> str:
    """The network that a request comes from."""
    return network(request.client.host) if request.client is not None else ""
