"""What an overload does to a server, with its line and without: answers a second and their latency at 1 and 5 times what it can do.

    python bench/overload.py [--seconds 10] [--people 300]

It starts `crewgraph serve` over the embedded sandbox, finds how many operations a second it can do, then sends them at a fixed rate,
whatever comes back (an open loop): latencies are those of the answers with 200, from the moment that a request was due. No question
comes twice, since a whole answer that is remembered is hardly any work.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.processes import serving

QUERIES = {
    "small": "{ q%d: projects(first: 5) { nodes { name } } }",
    "large": "{ q%d: projects(first: 5) { nodes { name people { name jobTitle { name } projects { name } } } } }",
}
HEAD = b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
WITHOUT = {"CREWGRAPH_MOST_OPERATIONS": "10000", "CREWGRAPH_QUEUE_SECONDS": "30"}
PATIENCE = 60.0
IDLE = 2.0


@dataclass
class Tally:
    """What came back: statuses, 0 for nothing, and seconds until each 200."""

    statuses: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def shown(self, took: float) -> str:
        """A line."""
        ordered = sorted(self.seconds) or [float("nan")]
        p50, p99 = (ordered[min(int(len(ordered) * part), len(ordered) - 1)] * 1000 for part in (0.5, 0.99))
        counts = {status: self.statuses.count(status) for status in sorted(set(self.statuses))}
        return f"{len(self.seconds) / took:7.0f}/s answered   p50 {p50:7.0f} ms   p99 {p99:7.0f} ms   {counts}"


class Client:
    """Keep-alive connections, as many as are needed."""

    def __init__(self, port: int, query: str) -> None:
        self.port, self.query, self.numbers = port, query, itertools.count()
        self.free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter, float]] = []

    async def ask(self) -> int:
        """The status of one answer, read whole."""
        reader, writer = self.taken() or await asyncio.open_connection("127.0.0.1", self.port)
        body = json.dumps({"query": self.query % next(self.numbers)}).encode()
        writer.write(HEAD % (len(body), body))
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
        if b"connection: close" in head:
            writer.close()
        else:
            self.free.append((reader, writer, time.perf_counter()))
        return int(head[9:12])

    def taken(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """A free connection, unless it is so old that the server may be closing it."""
        while self.free:
            reader, writer, since = self.free.pop()
            if time.perf_counter() - since < IDLE and not reader.at_eof():
                return reader, writer
            writer.close()
        return None

    async def noted(self, tally: Tally, due: float) -> None:
        """Ask once, and write down what came back."""
        try:
            async with asyncio.timeout(PATIENCE):
                status = await self.ask()
        except (OSError, EOFError, TimeoutError):
            status = 0
        tally.statuses.append(status)
        if status == 200:
            tally.seconds.append(time.perf_counter() - due)


async def capacity(client: Client, seconds: float) -> float:
    """How many operations a second eight clients get, each asking again once it was answered."""
    tally, until = Tally(), time.perf_counter() + seconds

    async def again() -> None:
        while (now := time.perf_counter()) < until:
            await client.noted(tally, now)

    await asyncio.gather(*(again() for _ in range(8)))
    return len(tally.seconds) / seconds


async def load(client: Client, rate: float, seconds: float) -> str:
    """A line on what came of this many operations a second."""
    tally, began, flying = Tally(), time.perf_counter(), set[asyncio.Task[None]]()
    for number in range(int(rate * seconds)):
        due = began + number / rate
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        flying.add(asyncio.create_task(client.noted(tally, due)))
    sent = time.perf_counter() - began
    await asyncio.gather(*flying)
    return f"sent {rate * seconds / sent:6.0f}/s  " + tally.shown(time.perf_counter() - began)


async def measured(client: Client, name: str, seconds: float) -> None:
    """Print what one server can do, and what comes of 1 and 5 times that."""
    await capacity(client, 3)
    able = await capacity(client, 5)
    sys.stdout.write(f"{name}: {able:.0f} operations a second\n")
    for times in (1, 5):
        sys.stdout.write(f"  {times} x: {await load(client, able * times, seconds)}\n")
        sys.stdout.flush()


async def main(seconds: float, people: int, most: list[str]) -> None:
    """All of it."""
    sides = {"without": WITHOUT} | {f"most {one}": {"CREWGRAPH_MOST_OPERATIONS": one} for one in most}
    with TemporaryDirectory() as home:
        for name, given in sides.items():
            for size, query in QUERIES.items():
                async with serving("serve", home=Path(home), CREWGRAPH_SANDBOX_PEOPLE=str(people), **given) as server:
                    await measured(Client(server.port, query), f"{name}, {size}", seconds)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--most", nargs="*", default=["64"])
    asked = parser.parse_args()
    asyncio.run(main(asked.seconds, asked.people, asked.most))
