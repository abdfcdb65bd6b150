"""What an answer from memory costs beside the same bytes from a bare Starlette app: `python bench/answers.py`, in process and over sockets.

Both are asked in turns, and CPU time is told: of the process where they run in this one, of the server where it is one of its own.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message

from graph.answers import Answers
from graph.app import create_app
from graph.limits import Limits
from graph.operating import logs
from sandbox import Options
from sandbox import create_app as create_sandbox
from tests.companies import sized
from tests.graphs import upstreams

CHECK_INS = "checkIns(first: 8) { totalCount nodes { id deadline submittedAt overdue onVacation } }"
WALK = f'{{ project(number: "S-%d") {{ name people {{ id name email {CHECK_INS} }} }} }}'
SMALL = '{ project(number: "S-5") { name } }'
QUERIES = {"small": SMALL, "walk of 50": WALK % 50, "walk of 500": WALK % 500}
ROUNDS, TIMES = 15, 200


def bare(body: bytes) -> Starlette:
    """An app that answers every POST with these bytes, once it has read the request."""

    async def answer(request: Request) -> Response:
        json.loads(await request.body())
        return Response(body, media_type="application/json")

    return Starlette(routes=[Route("/graphql", answer, methods=["POST"])])


def scope(query: str) -> tuple[dict[str, Any], bytes]:
    """A request as a server gives it to an app."""
    body = json.dumps({"query": query}).encode()
    fields = {"host": "127.0.0.1", "content-type": "application/json", "content-length": str(len(body)), "accept": "*/*"}
    headers = [(name.encode(), value.encode()) for name, value in fields.items()]
    place = {"path": "/graphql", "raw_path": b"/graphql", "root_path": "", "query_string": b"", "scheme": "http"}
    ends = {"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80)}
    return {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "headers": headers, **place, **ends}, body


async def once(app: ASGIApp, request: tuple[dict[str, Any], bytes]) -> list[Message]:
    """One answer, in process."""
    heard, said = False, list[Message]()

    async def receive() -> Message:
        nonlocal heard
        if heard:
            await asyncio.Event().wait()
        heard = True
        return {"type": "http.request", "body": request[1], "more_body": False}

    async def send(message: Message) -> None:
        said.append(message)

    await app(dict(request[0]), receive, send)
    return said


async def spent(work: Callable[[], Awaitable[object]]) -> float:
    """The CPU milliseconds of one time among many."""
    began = time.process_time()
    for _ in range(TIMES):
        await work()
    return (time.process_time() - began) * 1000 / TIMES


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[Starlette]:
    """The graph over a company of 1,000, which remembers what it answers for long, and logs to nowhere as it would to a stream."""
    today = datetime.now(UTC).date()
    sized(folder / "c.sqlite", today=today)
    wire = httpx.ASGITransport(create_sandbox(folder / "c.sqlite", Options()))
    app = create_app(upstreams(wire), limits=Limits(calls=100_000, answers=lambda: Answers(3_600)))
    with (folder / "log").open("w") as stream:
        logs.configure("json", "info", stream)
        async with app.router.lifespan_context(app):
            yield app


async def main() -> None:
    """Print a line for each size."""
    with TemporaryDirectory() as folder:
        async with served(Path(folder)) as app:
            say(f"{'in process':<12} {'kB':>6} {'bare ms':>9} {'memory ms':>10} {'ratio':>6}")
            for name, query in QUERIES.items():
                request = scope(query)
                for _ in range(3):
                    said = await once(app, request)
                if not any(key == b"age" for key, _ in said[0]["headers"]):
                    raise SystemExit(f"{name}: not from memory")
                whole = b"".join(one.get("body", b"") for one in said[1:])
                plain = bare(whole)
                pairs = [(await spent(lambda: once(plain, request)), await spent(lambda: once(app, request))) for _ in range(ROUNDS)]  # noqa: B023
                mine, theirs = (statistics.median(pair[at] for pair in pairs) for at in (1, 0))
                ratio = statistics.median(pair[1] / pair[0] for pair in pairs)
                say(f"{name:<12} {len(whole) / 1000:>6.1f} {theirs:>9.3f} {mine:>10.3f} {ratio:>6.2f}")


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
