"""What clients notice of an outage: `python bench/rehearsal.py` takes check-ins down for a minute under 20 queries a second.

A sandbox and a server over it are processes of their own and speak over sockets. The server remembers no answers, so that each query asks
both upstreams; who is who it knows from before. Every figure is of the answers as a client got them, by the sandbox's own clock.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from bench.processes import serving

SLOW = 1_000
"""Milliseconds of a median before the outage beyond which the machine is too busy for its figures to mean anything."""
LEAD, AFTER = 40, 45
"""Seconds from the sandbox's start to the outage, of which the first go into learning who is who, and from its end to the end."""
MANY = httpx.Limits(max_connections=500)
WARMING = 60
PEOPLE = "{ people(first: 100) { nodes { id checkIns(first: 1) { totalCount } } } }"
PERSON = """
query ($id: ID!) {
  person(id: $id) { name assignments { id startDay } checkIns(first: 2) { totalCount nodes { submittedAt } } }
}
"""
PLAN = '[[fault]]\nupstream = "checkins"\n{kind}\nfrom = {begins}\nuntil = {ends}\n'
KINDS = {"status": 'kind = "status"\ncode = 503', "hang": 'kind = "hang"', "disconnect": 'kind = "disconnect"'}


@dataclass(frozen=True)
class Seen:
    """One answer: when it was asked in seconds of the sandbox, how many milliseconds it took, and what it held.

    `refused` is whether a call to check-ins was ended without being made.
    """

    at: float
    took: float
    works: bool
    whole: bool
    refused: bool


@dataclass
class Watch:
    """The sandbox's clock, and how many calls check-ins had got when."""

    client: httpx.AsyncClient
    offset: float = 0.0
    counted: list[tuple[float, int]] = field(default_factory=list)

    def now(self) -> float:
        """Seconds of the sandbox."""
        return time.perf_counter() - self.offset

    async def look(self) -> None:
        """Read the clock and the count once."""
        told = (await self.client.get("/sandbox/faults")).json()
        self.offset = time.perf_counter() - told["seconds"]
        self.counted.append((told["seconds"], told["asked"].get("checkins", 0)))

    async def keep_looking(self) -> None:
        """Read them four times a second."""
        while True:
            await self.look()
            await asyncio.sleep(0.25)

    def between(self, begins: float, ends: float) -> int:
        """How many calls check-ins got between two moments."""
        inside = [count for at, count in self.counted if begins <= at <= ends]
        return inside[-1] - inside[0] if inside else 0


@dataclass(frozen=True)
class Load:
    """Queries at a server, about these people; `booked` is what workforce says of each."""

    client: httpx.AsyncClient
    watch: Watch
    booked: dict[str, Any]

    async def ask(self, number: int) -> Seen:
        """One query."""
        ids = list(self.booked)
        person, at, began = ids[number % len(ids)], self.watch.now(), time.perf_counter()
        answer = await asked(self.client, PERSON, id=person)
        took = (time.perf_counter() - began) * 1000
        found = answer.get("data", {}).get("person") or {}
        calls = answer["extensions"]["trace"]["calls"]
        refused = any(call["upstream"] == "checkins" and call["outcome"] != "ok" and not call["attempt"] for call in calls)
        return Seen(at, took, works(found) == self.booked[person], found.get("checkIns") is not None, refused)

    async def run(self, seconds: float, rate: int) -> list[Seen]:
        """So many seconds of queries, so many a second, which wait for none before them."""
        began, tasks = time.perf_counter(), list[asyncio.Task[Seen]]()
        for number in range(int(seconds * rate)):
            await asyncio.sleep(began + number / rate - time.perf_counter())
            tasks.append(asyncio.create_task(self.ask(number)))
        return await asyncio.gather(*tasks)


def works(person: dict[str, Any]) -> Any:
    """What an answer says of a person that workforce knows."""
    return person.get("name"), person.get("assignments")


async def asked(client: httpx.AsyncClient, query: str, **variables: str) -> Any:
    """The whole answer."""
    return (await client.post("/graphql", json={"query": query, "variables": variables}, headers={"x-crewgraph-trace": "1"})).json()


@asynccontextmanager
async def opened(kind: str, seconds: float) -> AsyncIterator[Load]:
    """The outage that is to come, a server over it, and whom to ask about."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "outage.toml").write_text(PLAN.format(kind=KINDS[kind], begins=LEAD, ends=LEAD + seconds))
        async with (
            serving("sandbox", "--rehearse", "outage.toml", home=home, health="/sandbox/faults") as upstream,
            serving("serve", home=home, CREWGRAPH_CACHE="false", **upstream.below) as server,
            httpx.AsyncClient(base_url=upstream.address, trust_env=False) as sandbox,
            httpx.AsyncClient(base_url=server.address, trust_env=False, timeout=WARMING, limits=MANY) as client,
        ):
            watch = Watch(sandbox)
            await watch.look()
            yield Load(client, watch, await known(client))


async def known(client: httpx.AsyncClient) -> dict[str, Any]:
    """What workforce says of everybody whose check-ins are found; from now on the server knows who they are."""
    nodes = (await asked(client, PEOPLE))["data"]["people"]["nodes"]
    ids = [one["id"] for one in nodes if one["checkIns"] is not None]
    return {one: works((await asked(client, PERSON, id=one))["data"]["person"]) for one in ids}


def report(seen: Sequence[Seen], watch: Watch, begins: float, ends: float) -> list[str]:
    """The figures."""
    opened = min((one.at for one in seen if one.refused), default=ends)
    phases = {
        "before": [one for one in seen if one.at < begins],
        "down, breaker closed": [one for one in seen if begins <= one.at < ends and not one.refused],
        "down, breaker open": [one for one in seen if begins <= one.at < ends and one.refused],
        "after": [one for one in seen if one.at >= ends],
    }
    lines = ["| phase | answers | workforce intact | check-ins whole | p50 ms | p99 ms |", "|---|---:|---:|---:|---:|---:|"]
    lines += [f"| {name} | {figures(part)} |" for name, part in phases.items() if part]
    whole = [one.at + one.took / 1000 for one in seen if one.at >= opened and one.whole and one.at + one.took / 1000 >= ends]
    failed = [one.at for one in seen if one.at >= ends and not one.whole]
    before, during = phases["before"], phases["down, breaker open"]
    return [
        *lines,
        "",
        f"workforce intact in {share([one.works for one in seen])} of all answers",
        f"breaker open {opened - begins:.1f} s after the outage began, after {watch.between(begins, opened)} calls to check-ins",
        f"calls to check-ins from then until its end: {watch.between(opened, ends)}, in {ends - opened:.0f} s",
        f"added latency once open: p50 {median(during) - median(before):+.1f} ms, p99 {high(during) - high(before):+.1f} ms",
        f"first whole answer {min(whole, default=0) - ends:.1f} s after the end of the outage, "
        f"last without check-ins {max(failed, default=ends) - ends:.1f} s after it",
    ]


def figures(part: Sequence[Seen]) -> str:
    """One row."""
    return (
        f"{len(part)} | {share([one.works for one in part])} | {share([one.whole for one in part])} | {median(part):.1f} | {high(part):.1f}"
    )


def share(of: Sequence[bool]) -> str:
    """How many of them are so, in per cent."""
    return f"{100 * sum(of) / max(len(of), 1):.1f} %"


def median(part: Sequence[Seen]) -> float:
    """The median latency."""
    return statistics.median(one.took for one in part) if part else 0.0


def high(part: Sequence[Seen]) -> float:
    """The latency that one answer in a hundred exceeds."""
    return sorted(one.took for one in part)[int(len(part) * 0.99)] if part else 0.0


async def main(kind: str, seconds: float, rate: int) -> None:
    """Rehearse, and print the figures."""
    begins, ends = LEAD, LEAD + seconds
    async with opened(kind, seconds) as load:
        if load.watch.now() > begins - 5:
            raise SystemExit("the machine was too slow: the outage begins before it is known who is who")
        looking = asyncio.create_task(load.watch.keep_looking())
        seen = await load.run(ends + AFTER - load.watch.now(), rate)
        looking.cancel()
    if median([one for one in seen if one.at < begins]) > SLOW:
        raise SystemExit("the machine is too busy: its answers are slow without any outage")
    sys.stdout.write("\n".join(report(seen, load.watch, begins, ends)) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="How long check-ins is down.")
    parser.add_argument("--kind", choices=KINDS, default="status", help="How it is down.")
    parser.add_argument("--rate", type=int, default=20, help="Queries a second.")
    asked_for = parser.parse_args()
    asyncio.run(main(asked_for.kind, asked_for.seconds, asked_for.rate))
