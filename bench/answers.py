"""What an answer from memory costs beside the same bytes from a bare Starlette app: `python bench/answers.py`, in process and over sockets.

Both are asked in turns, and CPU time is told: of the process where they run in this one, of the server where it is one of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message

from bench.calls import used
from bench.processes import Served, serving
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
SOCKETS = {"small": '{ project(number: "HB-1000") { name } }', "walk": WALK.replace("S-%d", "HB-1000")}
"""What is asked over sockets, where the server has the sandbox's own company."""
ROUNDS, TIMES = 9, 200
CONNECTIONS, EACH = 4, 250
HEAD = f"{'kB':>6} {'bare ms':>9} {'memory ms':>10} {'ratio':>6}"


def bare(body: bytes) -> Starlette:
    """An app that answers every POST with these bytes, once it has read the request."""

    async def answer(request: Request) -> Response:
        json.loads(await request.body())
        return Response(body, media_type="application/json")

    async def healthy(_request: Request) -> Response:
        return Response()

    return Starlette(routes=[Route("/graphql", answer, methods=["POST"]), Route("/health", healthy)])


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


async def in_process(folder: Path) -> None:
    """A line for each size, with both in this process."""
    async with served(folder) as app:
        say(f"{'in process':<12} {HEAD}")
        for name, query in QUERIES.items():
            request = scope(query)
            for _ in range(3):
                said = await once(app, request)
            whole = b"".join(one.get("body", b"") for one in said[1:])
            if not any(key == b"age" for key, _ in said[0]["headers"]):
                raise SystemExit(f"{name}: not from memory")
            plain = bare(whole)
            pairs = [(await spent(lambda: once(plain, request)), await spent(lambda: once(app, request))) for _ in range(ROUNDS)]  # noqa: B023
            say(f"{name:<12} {figures(len(whole), pairs)}")


async def over_sockets(folder: Path) -> None:
    """A line for each size, with both in processes of their own, on connections that are kept."""
    async with serving("serve", home=folder, CREWGRAPH_ANSWER_SECONDS="3600", CREWGRAPH_MOST_CALLS="100000") as mine:
        say(f"\n{'over sockets':<12} {HEAD}")
        for name, query in SOCKETS.items():
            async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
                for _ in range(3):
                    whole = (await client.post(f"{mine.address}/graphql", json={"query": query})).content
            (folder / "body").write_bytes(whole)
            program = (sys.executable, __file__, "--bare", str(folder / "body"))
            async with serving(home=folder, health="/health", program=program) as plain:
                pairs = [(await asked(plain, query), await asked(mine, query)) for _ in range(ROUNDS)]
            say(f"{name:<12} {figures(len(whole), pairs)}")


async def asked(one: Served, query: str) -> float:
    """The CPU milliseconds of a server for one answer among many."""
    fields, body = scope(query)
    lines = b"".join(b"%b: %b\r\n" % field for field in fields["headers"])
    request = b"POST /graphql HTTP/1.1\r\n%b\r\n%b" % (lines, body)
    began = used(one.process)
    for _ in range(CONNECTIONS):
        reader, writer = await asyncio.open_connection("127.0.0.1", one.port, limit=4_000_000)
        for _ in range(EACH):
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
        writer.close()
    return (used(one.process) - began) * 1000 / (CONNECTIONS * EACH)


def figures(size: int, pairs: Sequence[tuple[float, float]]) -> str:
    """Medians, and the median of the ratios with its spread."""
    theirs, mine = (statistics.median(pair[at] for pair in pairs) for at in (0, 1))
    ratios = [mine / theirs for theirs, mine in pairs if theirs]
    spread = f"({min(ratios):.1f} to {max(ratios):.1f})"
    return f"{size / 1000:>6.1f} {theirs:>9.3f} {mine:>10.3f} {statistics.median(ratios):>6.2f} {spread}"


async def main() -> None:
    """Both tables."""
    with TemporaryDirectory() as folder:
        await in_process(Path(folder))
        logs.configure("json", "warning")
        await over_sockets(Path(folder))


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for flag, kind in (("--bare", Path), ("--port", int)):
        parser.add_argument(flag, type=kind, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.bare:
        uvicorn.run(bare(given.bare.read_bytes()), host="127.0.0.1", port=given.port, log_level="warning", access_log=False)
    else:
        asyncio.run(main())
