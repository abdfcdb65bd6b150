"""How many upstream calls a walk makes, and how long a cold one takes: `python bench/calls.py` prints both tables of the README.

Everything is a process of its own and speaks over sockets: the upstreams, which answer after 50 ms, and a server for each measurement.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import uvicorn

from bench.processes import Served, serving
from sandbox import Options, create_app
from tests.companies import SIZES, sized

LATENCY_MS = 50
IN_FLIGHT = (16, 64, 512)
RUNS = 5
SHOWN = 5
"""How many check-ins of each person a walk shows."""
LISTS = 2
"""The lists of a project that the default window takes: a year each."""
PROJECTS = ("Five", "Fifty", "Five hundred")

WALK = (
    f"query ($id: ID!) {{ project(id: $id) {{ people {{ id name checkIns(first: {SHOWN}) {{ nodes {{ id deadline submittedAt }} }} }} }} }}"
)
RESPONSES = WALK.replace("submittedAt }", "submittedAt responses { id personName } }")
QUERIES = {"walk": WALK, "walk + responses": RESPONSES}


def one_a_key(people: int, *, responses: bool) -> int:
    """The calls of a tree of resolvers, one a key: the project's lists, a list for each person, a detail for each check-in shown."""
    return LISTS + people + (people * SHOWN if responses else 0)


@dataclass(frozen=True)
class Walk:
    """One walk as it was measured: seconds on the clock, CPU seconds of the server and of the upstreams, waves, and upstream calls."""

    seconds: float
    cpu: float
    upstream_cpu: float
    waves: int
    calls: int

    @property
    def path(self) -> float:
        """The seconds of the critical path: one latency a wave."""
        return self.waves * LATENCY_MS / 1000

    @property
    def ratio(self) -> float:
        """The seconds against what was to be reached: 1.5 times the critical path, and the CPU."""
        return self.seconds / (1.5 * self.path + self.cpu)


@dataclass
class Bench:
    """The upstreams of one company, and where they write down what they are asked."""

    home: Path
    upstream: Served
    log: Path
    projects: dict[str, str]

    @asynccontextmanager
    async def server(self, **given: str) -> AsyncIterator[Served]:
        """A server that knows nothing yet."""
        state = str(self.home / f"state-{time.monotonic_ns()}")
        given |= {"CREWGRAPH_MOST_CALLS": "10000", "CREWGRAPH_DEADLINE": "600", "XDG_STATE_HOME": state}
        async with serving("serve", home=self.home, **self.upstream.below, **given) as server:
            yield server

    async def walk(self, server: Served, query: str, project: str) -> Walk:
        """One walk, measured."""
        lines, cpu, upstream = self.asked(), used(server.process), used(self.upstream.process)
        async with httpx.AsyncClient(trust_env=False, timeout=300) as client:
            began = time.perf_counter()
            given = {"query": query, "variables": {"id": self.projects[project]}}
            answer = (await client.post(f"{server.address}/graphql", json=given, headers={"x-crewgraph-trace": "1"})).json()
            seconds = time.perf_counter() - began
        check(answer, SIZES[project])
        spent = used(server.process) - cpu, used(self.upstream.process) - upstream
        return Walk(seconds, *spent, answer["extensions"]["trace"]["waves"], self.asked() - lines)

    def asked(self) -> int:
        """How many calls the upstreams have answered."""
        return self.log.read_bytes().count(b"\n") if self.log.exists() else 0


def check(answer: dict[str, Any], people: int) -> None:
    """A figure counts only if the answer is whole."""
    if "errors" in answer:
        raise SystemExit(f"{len(answer['errors'])} errors, the first: {answer['errors'][0]}")
    shown = [len(person["checkIns"]["nodes"]) for person in answer["data"]["project"]["people"]]
    if shown != [SHOWN] * people:
        raise SystemExit(f"the answer is not whole: {shown}")


def used(process: Process) -> float:
    """The CPU seconds that a process has used, on Linux."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def opened() -> AsyncIterator[Bench]:
    """The company and its upstreams."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        projects = sized(home / "sized.sqlite", today=datetime.now(UTC).date())
        log = home / "calls.log"
        flags = ("--serve", str(home / "sized.sqlite"), "--log", str(log))
        async with serving(*flags, home=home, health="/health", program=(sys.executable, __file__)) as upstream:
            yield Bench(home, upstream, log, dict(projects))


async def counted(bench: Bench) -> AsyncIterator[str]:
    """The table of calls."""
    yield "| people | query | one call a key | cold | identities known | cache warm |"
    yield "|---:|---|---:|---:|---:|---:|"
    for project, (name, query) in product(PROJECTS, QUERIES.items()):
        async with bench.server() as server:
            cold, warm = [await bench.walk(server, query, project) for _ in range(2)]
        async with bench.server(CREWGRAPH_CACHE="false") as server:
            known = [await bench.walk(server, query, project) for _ in range(2)][1]
        people = SIZES[project]
        naive = one_a_key(people, responses=query is RESPONSES)
        yield f"| {people} | {name} | {naive:,} | {cold.calls:,} | {known.calls:,} | {warm.calls:,} |"


async def timed(bench: Bench) -> AsyncIterator[str]:
    """The table of cold walks of the largest project, by how many calls may be in flight to one upstream."""
    yield f"| in flight | seconds | waves | waves x {LATENCY_MS} ms | CPU, server | CPU, upstreams | seconds / (1.5 x waves + CPU) |"
    yield "|---:|---|---:|---:|---|---|---|"
    for in_flight in IN_FLIGHT:
        walks = []
        for _ in range(RUNS):
            async with bench.server(CREWGRAPH_UPSTREAM_CONCURRENCY=str(in_flight)) as server:
                walks.append(await bench.walk(server, WALK, PROJECTS[-1]))
        waves, path = max(one.waves for one in walks), max(one.path for one in walks)
        spread = (figures([one.cpu for one in walks]), figures([one.upstream_cpu for one in walks]), figures([one.ratio for one in walks]))
        yield f"| {in_flight} | {figures([one.seconds for one in walks])} | {waves} | {path:.2f} | " + " | ".join(spread) + " |"


def figures(of: list[float]) -> str:
    """Median and spread of some figures."""
    return f"{statistics.median(of):.2f} ({min(of):.2f} to {max(of):.2f})"


async def main() -> None:
    """Print the tables as they come."""
    async with opened() as bench:
        async for line in counted(bench):
            say(line)
        say(f"\nCold walk of 500 people, {RUNS} runs each, median and spread, in seconds:\n")
        async for line in timed(bench):
            say(line)


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for flag, kind in (("--serve", Path), ("--port", int), ("--log", Path)):
        parser.add_argument(flag, type=kind, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        app = create_app(asked.serve, Options(latency_ms=LATENCY_MS, request_log=asked.log))
        uvicorn.run(app, host="127.0.0.1", port=asked.port, log_level="warning", access_log=False)
    else:
        asyncio.run(main())
