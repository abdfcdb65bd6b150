"""Minutes of unique queries at a server whose upstreams fail and whose clients leave: `python bench/soak.py` says what that left behind.

A sandbox under a fault plan and a server over it are processes of their own and speak over sockets; the server's cache is small, so that
it is soon full. It exits with 1 when a slot of the upstreams was lost, when an operation got no answer, a 5xx or an uncoded error, or when
memory was not flat: in the last quarter of the time its median is more than 5 % and 8 MB above that of the second quarter.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from bench.memory import flat, median, mega, slope
from bench.processes import serving
from bench.unique import IDS, Company

PLAN = """
[[fault]]
kind = "latency"
milliseconds = 50
jitter = 150
rate = 0.1
[[fault]]
kind = "truncated"
rate = 0.01
[[fault]]
kind = "disconnect"
rate = 0.01
[[fault]]
kind = "status"
code = 503
rate = 0.02
[[fault]]
kind = "status"
code = 429
retry_after = 1
rate = 0.0005
[[fault]]
kind = "hang"
rate = 0.002
"""
HEAD = "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"
HEALTHY = "{ projects(first: 5) { nodes { name } } }"
SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)
CACHE = "8"
"""Megabytes of answers, as the upstreams sent them."""
WRONG = ("no answer", "500", "502", "504", "INTERNAL_SERVER_ERROR")
PATIENCE = 60.0
"""Seconds for one answer, and for the upstreams to come to rest at the end."""


@dataclass
class Tally:
    """What came back: operations that were answered, those that were left alone, and what the answers held."""

    answered: int = 0
    aborted: int = 0
    codes: Counter[str] = field(default_factory=Counter)

    def note(self, answer: bytes) -> None:
        """Write down one answer."""
        head, _, content = answer.partition(b"\r\n\r\n")
        self.answered += 1
        if not content:
            self.codes["no answer"] += 1
            return
        if (status := head[9:12].decode()) != "200":
            self.codes[status] += 1
        self.codes.update({error["extensions"]["code"] for error in json.loads(content).get("errors", ())} or {"ok"})


@dataclass(frozen=True)
class Soak:
    """A server under load: how to reach it and its upstreams, and what its memory was, in bytes by seconds since the load began."""

    server: httpx.AsyncClient
    sandbox: httpx.AsyncClient
    tally: Tally = field(default_factory=Tally)
    memory: list[tuple[float, float]] = field(default_factory=list)

    async def ask(self, query: str, patience: float) -> None:
        """One operation on a connection of its own, which is cut when the patience ends."""
        body = json.dumps({"query": query}).encode()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.base_url.port)
        try:
            async with asyncio.timeout(patience):
                writer.write(HEAD.format(len(body)).encode() + body)
                self.tally.note(await reader.read(-1))
        except TimeoutError:
            self.tally.aborted += 1
        except ConnectionError:
            self.tally.note(b"")
        finally:
            writer.transport.abort()

    async def client(self, queries: Iterator[str], rng: random.Random, share: float) -> None:
        """Somebody who asks for ever, and leaves in the middle of a share of it."""
        for query in queries:
            await self.ask(query, rng.uniform(0.001, 0.2) if rng.random() < share else PATIENCE)
            await asyncio.sleep(rng.uniform(0, 0.05))

    async def watch(self) -> None:
        """Read the memory every two seconds."""
        first = time.perf_counter()
        while True:
            self.memory.append((time.perf_counter() - first, (await self.metrics())["crewgraph_resident_memory_bytes"]))
            await asyncio.sleep(2)

    async def metrics(self) -> dict[str, float]:
        """Each sample by its name and labels."""
        text = (await self.server.get("/metrics")).text
        return {f"{name}{{{labels}}}" if labels else name: float(value) for name, labels, value in SAMPLE.findall(text)}

    async def under_way(self) -> dict[str, float]:
        """What is under way: operations, tries of upstream calls, and calls that each upstream has in flight and waiting."""
        health, metrics = (await self.server.get("/health/upstreams")).json(), await self.metrics()
        calls = {f"{name} {what}": one[what] for name, one in health.items() for what in ("in_flight", "waiting")}
        return {**calls, **{name: size for name, size in metrics.items() if "_in_flight" in name or name.endswith("_operations_waiting")}}

    async def rest(self) -> dict[str, float]:
        """What never ends of it, once nobody asks any more: what was begun may be ended first."""
        until = time.perf_counter() + PATIENCE
        while True:
            left = {name: size for name, size in (await self.under_way()).items() if size}
            if not left or time.perf_counter() > until:
                return left
            await asyncio.sleep(0.2)

    async def healthy(self) -> float:
        """The median milliseconds of a healthy query, alone."""
        took = list[float]()
        for _ in range(50):
            began = time.perf_counter()
            await self.server.post("/graphql", json={"query": HEALTHY})
            took.append((time.perf_counter() - began) * 1000)
        return statistics.median(took)

    async def company(self) -> Company:
        """The ids, asked for until no fault is in the way."""
        while True:
            found = (await self.server.post("/graphql", json={"query": IDS})).json()
            if "errors" not in found:
                return Company(*([one["id"] for one in found["data"][name]["nodes"]] for name in ("people", "projects", "checkIns")))


@asynccontextmanager
async def started(people: int) -> AsyncIterator[Soak]:
    """The sandbox, the server over it, and clients of both."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "faults.toml").write_text(PLAN)
        upstreams = serving("sandbox", "--people", str(people), "--rehearse", "faults.toml", home=home, health="/sandbox/faults")
        async with (
            upstreams as upstream,
            serving("serve", home=home, CREWGRAPH_CACHE_MEGABYTES=CACHE, **upstream.below) as above,
            httpx.AsyncClient(base_url=upstream.address, trust_env=False, timeout=PATIENCE) as sandbox,
            httpx.AsyncClient(base_url=above.address, trust_env=False, timeout=PATIENCE) as server,
        ):
            yield Soak(server, sandbox)


def late(metrics: dict[str, float]) -> float:
    """The milliseconds that the event loop was late by at most in 99 of 100 looks, rounded up to a bucket's end."""
    name = "crewgraph_event_loop_lag_seconds"
    ends = [float(end) for end in re.findall(rf'{name}_bucket{{le="([^"]+)"}}', "\n".join(metrics))]
    return next(end for end in ends if metrics[f'{name}_bucket{{le="{name_of(end)}"}}'] >= 0.99 * metrics[f"{name}_count"]) * 1000


def name_of(end: float) -> str:
    """A bucket's end as Prometheus writes it."""
    return "+Inf" if end == float("inf") else str(end)


@dataclass(frozen=True)
class Left:
    """What was left behind: what never ends, metrics, faults, a healthy query's milliseconds before and after, and clients that broke."""

    lost: dict[str, float]
    metrics: dict[str, float]
    faults: dict[str, Any]
    healthy: tuple[float, float]
    broken: list[BaseException | None]


async def soaked(soak: Soak, seconds: float, clients: int, share: float, seed: int) -> Left:
    """What so many seconds of so many clients leave behind."""
    rng = random.Random(seed)  # noqa: S311 - the same queries every time, nothing secret
    queries, before = (await soak.company()).queries(rng), await soak.healthy()
    tasks = [asyncio.create_task(one) for one in (soak.watch(), *(soak.client(queries, rng, share) for _ in range(clients)))]
    await asyncio.sleep(seconds)
    for task in tasks:
        task.cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    lost, metrics, after = await soak.rest(), await soak.metrics(), await soak.healthy()
    faults = (await soak.sandbox.get("/sandbox/faults")).json()
    return Left(lost, metrics, faults, (before, after), [one for one in ended if not isinstance(one, asyncio.CancelledError)])


def report(soak: Soak, left: Left) -> list[str]:
    """The figures."""
    middle, last = median(soak.memory, 0.25, 0.5), median(soak.memory, 0.75, 1)
    before, after = left.healthy
    return [
        f"operations: {soak.tally.answered} answered, {soak.tally.aborted} aborted by their clients",
        f"answers that held: {told(soak.tally.codes)}",
        f"upstream calls: {told(left.faults['asked'])}; faults: {told(left.faults['injected'])}",
        f"memory: {mega(soak.memory[0][1])} at the start, {mega(middle)} in the second quarter, {mega(last)} in the last, "
        f"{mega(soak.memory[-1][1])} at the end; {slope(soak.memory) / 1e6:+.2f} MB a minute since the first quarter: "
        + ("flat" if flat(soak.memory) else "NOT FLAT"),
        f"operations and upstream calls in flight or waiting at the end: {left.lost or 0}",
        f"event loop late by at most {late(left.metrics):g} ms in 99 of 100 looks",
        f"a healthy query alone: {before:.1f} ms before, {after:.1f} ms after",
        *(f"a client broke: {one!r}" for one in left.broken),
    ]


async def main(minutes: float, clients: int, share: float, people: int, seed: int) -> int:
    """Soak, print the figures, and say whether all is well."""
    async with started(people) as soak:
        left = await soaked(soak, minutes * 60, clients, share, seed)
    sys.stdout.write(f"{minutes:g} minutes, {clients} clients, {people} people\n" + "\n".join(report(soak, left)) + "\n")
    wrong = any(soak.tally.codes[code] for code in WRONG) or not soak.tally.codes["ok"]
    return 0 if flat(soak.memory) and not (left.lost or left.broken or wrong) else 1


def told(counts: Mapping[str, int]) -> str:
    """Counts, the most first."""
    return ", ".join(f"{name} {count}" for name, count in Counter(counts).most_common())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="How long.")
    parser.add_argument("--clients", type=int, default=8, help="How many ask at a time.")
    parser.add_argument("--aborts", type=float, default=0.2, help="The share of operations that their clients leave.")
    parser.add_argument("--people", type=int, default=300, help="People in the sandbox.")
    parser.add_argument("--seed", type=int, default=1, help="Of the queries.")
    asked_for = parser.parse_args()
    sys.exit(asyncio.run(main(asked_for.minutes, asked_for.clients, asked_for.aborts, asked_for.people, asked_for.seed)))
