"""How soon hostile requests are refused, and what a healthy query takes meanwhile: `python bench/hostile.py` prints the table.

The server is a process of its own on 127.0.0.1, over the sandbox. A further attack is a function in `ATTACKS`.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import statistics
import sys
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from bench.processes import serving
from graph.http import GRAPHQL
from tests.limits.hostile import ENTITIES, HOSTILE, READING, REFUSED, doubling

HEALTHY = '{ project(number: "HB-1000") { name } }'
PAUSE = 0.02
"""Seconds between two healthy queries."""
LONGEST = 60.0
"""Seconds after which an attack has failed to be refused."""
CHUNK = b"%x\r\n" % 65_536 + b" " * 65_536 + b"\r\n"


@dataclass(frozen=True)
class Outcome:
    """How one hostile request ended: the status and code that it got, and after how many seconds."""

    answer: str
    seconds: float


Attack = Callable[[int], Awaitable[list[Outcome]]]


def head(*fields: str) -> bytes:
    """The head of a POST of JSON, whose refusal has a status of its own."""
    lines = ["POST /graphql HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", f"Accept: {GRAPHQL}", *fields]
    return "\r\n".join([*lines, "", ""]).encode()


async def told(reader: StreamReader, began: float) -> Outcome:
    """The first answer on a connection, read to its end."""
    try:
        async with asyncio.timeout(LONGEST):
            first = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            content = await reader.readexactly(int(first.partition("content-length:")[2].split()[0]))
    except (TimeoutError, ConnectionError, asyncio.IncompleteReadError) as cause:
        return Outcome(type(cause).__name__, time.perf_counter() - began)
    return Outcome(" ".join([first.split()[1], *codes(json.loads(content))]), time.perf_counter() - began)


def codes(answer: Mapping[str, Any]) -> list[str]:
    """The codes of an answer's errors, each once."""
    return sorted({error["extensions"]["code"] for error in answer.get("errors", ())})


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[StreamReader, StreamWriter]]:
    """A connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def said(port: int, pieces: AsyncIterator[bytes]) -> Outcome:
    """What is answered to bytes that are sent until there is an answer."""
    async with connected(port) as (reader, writer):
        outcome = asyncio.create_task(told(reader, time.perf_counter()))
        async for piece in pieces:
            if outcome.done():
                break
            writer.write(piece)
            await writer.drain()
        return await outcome


async def pieces(*given: bytes, pause: float = 0.0, again: bytes = b"", times: int = 0) -> AsyncIterator[bytes]:
    """Some bytes, and others again and again."""
    for piece in itertools.chain(given, itertools.repeat(again, times)):
        yield piece
        await asyncio.sleep(pause)


def posted(body: bytes) -> Attack:
    """The attack of one body."""

    async def attack(port: int) -> list[Outcome]:
        return [await said(port, pieces(head(f"Content-Length: {len(body)}") + body))]

    return attack


def asked(query: str, variables: Mapping[str, Any] | None = None) -> Attack:
    """The attack of one question."""
    return posted(json.dumps({"query": query, "variables": variables}, separators=(",", ":")).encode())


def dripping(*given: bytes, connections: int = 50) -> Attack:
    """The attack of connections that send a byte ten times a second."""

    async def attack(port: int) -> list[Outcome]:
        drips = (said(port, pieces(*given, pause=0.1, again=b"x", times=int(LONGEST * 10))) for _ in range(connections))
        return list(await asyncio.gather(*drips))

    return attack


async def announced(port: int) -> list[Outcome]:
    """30 MB, of which only the length is sent."""
    return [await said(port, pieces(head("Content-Length: 30000000")))]


async def chunked(port: int) -> list[Outcome]:
    """30 MB in chunks, as fast as they go."""
    return [await said(port, pieces(head("Transfer-Encoding: chunked"), again=CHUNK, times=460))]


ATTACKS: Mapping[str, Attack] = {
    "30 MB by Content-Length": announced,
    "30 MB in chunks": chunked,
    "JSON 100,000 deep": posted(b'{"query":"{__typename}","variables":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001),
    "24 fragments that double": asked(doubling(24)),
    "10,000 aliases": asked(*HOSTILE["10,000 aliases"][:2]),
    "100,000 representations": asked(ENTITIES, {"of": [{"__typename": "Person", "id": str(at)} for at in range(100_000)]}),
    "100,000 empty representations": asked(*HOSTILE["100,000 empty representations"][:2]),
    "as many representations as fit": asked(ENTITIES, {"of": [{"__typename": "Person", "id": "1"}] * 30_000}),
    "the schema, read over and over": asked(READING),
    "4,000 refused arguments": asked(REFUSED),
    "4,000 of them below 150,000 lines": asked("\n" * 150_000 + REFUSED),
    "50 dripping bodies": dripping(head("Content-Length: 100000"), b"{"),
    "50 dripping heads": dripping(b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "),
}


async def healthy(address: str, until: asyncio.Event) -> list[float]:
    """The milliseconds of healthy queries, one after the other, at least twenty."""
    found = list[float]()
    async with httpx.AsyncClient(trust_env=False, timeout=LONGEST) as client:
        while not until.is_set() or len(found) < 20:
            began = time.perf_counter()
            answer = (await client.post(address, json={"query": HEALTHY})).json()
            found.append((time.perf_counter() - began) * 1000)
            if "errors" in answer:
                raise SystemExit(f"a healthy query failed: {answer['errors'][0]}")
            await asyncio.sleep(PAUSE)
    return found


async def measured(port: int, attack: Attack | None) -> tuple[list[Outcome], list[float]]:
    """An attack, and the healthy queries meanwhile."""
    over = asyncio.Event()
    queries = asyncio.create_task(healthy(f"http://127.0.0.1:{port}/graphql", over))
    outcomes = await attack(port) if attack is not None else []
    over.set()
    return outcomes, await queries


def row(name: str, outcomes: list[Outcome], latencies: list[float]) -> str:
    """One row of the table."""
    seconds = [one.seconds for one in outcomes]
    refusals = ", ".join(sorted({one.answer for one in outcomes})) or "-"
    took = f"{statistics.median(seconds):.3f} (to {max(seconds):.3f})" if seconds else "-"
    return f"| {name} | {refusals} | {took} | {statistics.median(latencies):.1f} (to {max(latencies):.1f}) |"


async def main(names: list[str]) -> None:
    """Print the table as it comes."""
    say("| attack | answer | seconds to it, median (most) | a healthy query meanwhile, ms, median (most) |")
    say("|---|---|---|---|")
    with TemporaryDirectory() as folder:
        async with serving("serve", home=Path(folder)) as server:
            await measured(server.port, None)  # who is who is found out once
            say(row("none", *await measured(server.port, None)))
            for name in names or ATTACKS:
                say(row(name, *await measured(server.port, ATTACKS[name])))


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("attacks", nargs="*", choices=[[], *ATTACKS], help="Only these; all without any.")
    asyncio.run(main(parser.parse_args().attacks))
