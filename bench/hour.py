"""As many unique queries as an hour makes at twenty a second, as fast as they go: `python -m bench.hour` says whether memory was flat.

A sandbox and a server over it are processes of their own; the server's cache is small, so that it is soon full. No document comes twice,
so nothing that is kept of documents or plans is of use to anybody. Memory is what the server's process holds, looked at again and again;
each line is an eighth of the queries. It exits with 1 when memory was not flat (`bench/memory.py` says what that is), or when an answer
holds a fault of the server's own.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.connection import Connection, connected
from bench.machine import resident, used
from bench.memory import flat
from bench.processes import Served, serving
from bench.soak import CACHE, WRONG
from bench.unique import IDS, Company

HOUR = 72_000
EIGHTHS = 8
LOOK = 50
"""Queries between two looks at the memory."""
HEAD = "| queries | memory, median (most), MB | CPU, ms a query | queries a second |\n|---:|---:|---:|---:|\n"


@dataclass(frozen=True)
class Mark:
    """How many queries there had been, and what CPU and time it was, in seconds."""

    done: int
    cpu: float
    clock: float


@dataclass
class Hour:
    """What came of the queries so far, and the server's memory in bytes by how many there had been."""

    server: Served
    total: int
    queries: Iterator[str]
    done: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    memory: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.last = self.mark()

    def mark(self) -> Mark:
        """Now."""
        return Mark(self.done, used(self.server.process.pid), time.perf_counter())

    async def client(self) -> None:
        """Somebody who asks one query after the other, until all have been asked."""
        async with connected(self.server.port) as connection:
            for query in self.queries:
                self.note(await asked(connection, query))

    def note(self, codes: set[str]) -> None:
        """Write down one answer; as an eighth ends, print it."""
        self.done += 1
        self.codes.update(codes or {"ok"})
        if self.done % LOOK == 0:
            self.memory.append((self.done, resident(self.server.process.pid) * 1e6))
        if self.done * EIGHTHS // self.total > self.last.done * EIGHTHS // self.total:
            sys.stdout.write(f"{self.line()}\n")
            sys.stdout.flush()

    def line(self) -> str:
        """What there was since the last line."""
        before, now = self.last, self.mark()
        self.last, number = now, now.done - before.done
        sizes = [size for at, size in self.memory if before.done < at <= now.done]
        figures = f"{statistics.median(sizes) / 1e6:.1f} ({max(sizes) / 1e6:.1f})"
        return f"| {now.done:,} | {figures} | {(now.cpu - before.cpu) / number * 1000:.1f} | {number / (now.clock - before.clock):.0f} |"


async def asked(connection: Connection, query: str) -> set[str]:
    """The codes of a query's errors."""
    found = json.loads(await connection.post(json.dumps({"query": query}).encode()))
    return {error["extensions"]["code"] for error in found.get("errors", ())}


async def company(server: Served) -> Company:
    """The ids that are asked for."""
    async with connected(server.port) as connection:
        found = json.loads(await connection.post(json.dumps({"query": IDS}).encode()))["data"]
    return Company(*([one["id"] for one in found[name]["nodes"]] for name in ("people", "projects", "checkIns")))


async def main(total: int, clients: int, people: int, seed: int) -> int:
    """Ask, print the table as it comes, and say whether all is well."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        async with (
            serving("sandbox", "--people", str(people), home=home) as upstream,
            serving("serve", home=home, CREWGRAPH_CACHE_MEGABYTES=CACHE, **upstream.below) as server,
        ):
            rng = random.Random(seed)  # noqa: S311 - the same queries every time, nothing secret
            hour = Hour(server, total, itertools.islice((await company(server)).queries(rng), total))
            sys.stdout.write(HEAD)
            await asyncio.gather(*(hour.client() for _ in range(clients)))
    even = flat(hour.memory)
    sys.stdout.write(f"\nmemory was {'flat' if even else 'NOT FLAT'}; answers that held: {dict(hour.codes.most_common())}\n")
    return 0 if even and hour.codes["ok"] and not hour.codes.keys() & set(WRONG) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--queries", type=int, default=HOUR, help="How many.")
    parser.add_argument("--clients", type=int, default=4, help="How many ask at a time.")
    parser.add_argument("--people", type=int, default=300, help="People in the sandbox.")
    parser.add_argument("--seed", type=int, default=1, help="Of the queries.")
    given = parser.parse_args()
    sys.exit(asyncio.run(main(given.queries, given.clients, given.people, given.seed)))
