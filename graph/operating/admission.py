"""Whether an operation may run now: its client has points left, and there is a turn for it soon."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from starlette.requests import Request

from graph import http
from graph.operating.line import Overloaded
from graph.operating.quota import Exhausted, network
from graph.operating.watch import Watch

ENTRANCE = 1
"""The points that every operation costs, whatever it asks for."""


@dataclass(frozen=True)
class Turn:
    """An operation's turn to run, and who pays for it."""

    watch: Watch
    client: str

    def pay(self, points: int) -> None:
        """Pay for an operation that costs so many points in all. Raises Exhausted with the seconds until the client can."""
        if points > ENTRANCE:
            self.watch.charge(self.client, points, ENTRANCE)

    def headers(self) -> Mapping[str, str]:
        """What the client is told of its points."""
        return self.watch.quota.headers(self.client, time.monotonic())


@asynccontextmanager
async def admitted(request: Request, watch: Watch, payer: str | None) -> AsyncIterator[Turn]:
    """Inside it an operation may run. Raises Refusal, also where it raises Exhausted itself.

    Whoever is sent away for lack of room has paid the entrance.
    """
    with paying(request, watch, payer) as turn:
        try:
            await watch.wait()
        except Overloaded as cause:
            raise http.overloaded(cause.retry_after) from cause
        try:
            yield turn
        finally:  # each counts until the event loop's turn is over: of those that wait for nothing, only one would ever be seen to run
            asyncio.get_running_loop().call_soon(watch.line.leave)


@contextmanager
def paying(request: Request, watch: Watch, payer: str | None) -> Iterator[Turn]:
    """Inside it an operation is paid for, the entrance first. Raises Refusal, also where it raises Exhausted itself.

    Without a `payer`, such as the subject of a token, the address pays.
    """
    turn = Turn(watch, payer if payer is not None else whose(request))
    try:
        watch.charge(turn.client, ENTRANCE)
        yield turn
    except Exhausted as cause:
        sentence = "This client has asked for too much lately."
        raise http.Refusal(429, "RATE_LIMITED", sentence, turn.headers(), retry_after=cause.retry_after) from cause


def paid(request: Request, watch: Watch, payer: str | None, points: int) -> Mapping[str, str]:
    """Pay for what costs so many points in all; what the client is told of those it has left. Raises Refusal."""
    if not watch.quota.points:
        return {}
    with paying(request, watch, payer) as turn:
        turn.pay(points)
        return turn.headers()


def whose(request: Request) -> str:
    """The network that a request comes from."""
    return network(request.client.host) if request.client is not None else ""
