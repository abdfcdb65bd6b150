"""What 100,000 remembered records take: `python -m bench.records` prints the table.

Each row is a process of its own, twice: once for the memory that it holds, once for the bytes that Python counts, which takes memory
itself. It asks for what the sandbox answers over sockets, with the graph's own clients, and is measured before and after, when all garbage
is gone. A few records are read and forgotten before, so that what is made once for all of them is not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import sys
import tracemalloc
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.machine import resident
from bench.processes import started
from graph.app import Upstreams, knowing
from graph.limits import Limits
from loaders.known import Known, Rules
from loaders.mapping import Register
from sandbox import Draft
from sandbox.names import email, full
from tests.servers import free_port
from upstreams.cache import Cache
from upstreams.check_ins import Filter
from upstreams.dialect import Dialect
from upstreams.ledger import Ledger
from upstreams.records import Bookings, Listing

RECORDS = 100_000
EACH = 8
"""How many check-ins, and how many assignments, each person has."""
PEOPLE = RECORDS // EACH
CREW = 250
"""How many people share the projects that they are on, one after the other."""
AT_ONCE = 100
"""How many answers are asked for side by side."""
FEW = 0.005
"""The share of the records that is read and forgotten before."""
HEAD = "| remembered | records | answers | as sent, MB | memory, MB | counted by Python, MB |\n|---|---:|---:|---:|---:|---:|\n"
IDS = "ids.json"
"""Where a process finds what it asks for."""


@dataclass(frozen=True)
class Taken:
    """What a process came to hold: how many records in how many answers, their bytes as they were sent, and as they are held."""

    records: int
    answers: int
    sent: int
    memory: float


@dataclass(frozen=True)
class Reader:
    """A process that reads a share of the records, of the company whose ids it was told."""

    known: Known
    check_ins: Sequence[str]
    projects: Sequence[str]

    async def rows(self, share: float) -> None:
        """Check-ins as rows of lists."""
        client, size = self.known.check_ins, self.known.check_ins.page_size
        for offset in range(0, int(RECORDS * share), size):
            await client.listing(Filter(), limit=size, offset=offset)

    async def details(self, share: float) -> None:
        """Check-ins with their responses."""
        await each(self.known.check_ins.check_in, self.check_ins[: int(RECORDS * share)])

    async def lists(self, share: float) -> None:
        """Assignments in lists of projects."""
        starts = self.known.starts((self.known.today() - timedelta(days=364), self.known.today()))
        await each(lambda one: self.known.workforce.project(one, starts), self.projects[: int(len(self.projects) * share)])

    async def directory(self, share: float) -> None:
        """Assignments in the directory, and in the pages that it was read from; all of them or none."""
        if share == 1:
            await self.known.directory(Ledger())


WAYS: Mapping[str, Callable[[Reader, float], Awaitable[None]]] = {
    "check-ins, as rows of lists": Reader.rows,
    "check-ins with their responses": Reader.details,
    "assignments, in lists of projects": Reader.lists,
    "assignments, in the directory and the pages it was read from": Reader.directory,
}


async def each(ask: Callable[[str], Awaitable[object]], ids: Sequence[str]) -> None:
    """Ask for all of these, some side by side."""
    for at in range(0, len(ids), AT_ONCE):
        await asyncio.gather(*(ask(one) for one in ids[at : at + AT_ONCE]))


def held(cache: Cache, known: Known) -> int:
    """How many records are remembered, in answers and in the directory; those of its pages are the directory's own."""
    directory = known.directories.peek("company")
    return len(directory.assignments) if directory is not None else sum(records(one.value) for one in cache.kept.values())


def records(answer: object) -> int:
    """How many records an answer has."""
    return len(answer.items) if isinstance(answer, Listing | Bookings) else 1


async def read(port: int, ids: Sequence[Sequence[str]], name: str, *, counted: bool) -> Taken:
    """What one kind of records comes to in this process."""
    address, cache = f"http://127.0.0.1:{port}", Cache()
    upstreams = Upstreams(Dialect("checkins", address), Dialect("workforce", address), "sandbox")
    async with knowing(upstreams, Rules(), Register(), Limits(cache=lambda: cache)) as known:
        reader = Reader(known, *ids)
        for way in WAYS.values():
            await way(reader, FEW)
        while cache.kept:
            cache.drop(next(iter(cache.kept)))
        gc.collect()
        if counted:
            tracemalloc.start()
        before = memory(counted=counted)
        await WAYS[name](reader, 1)
        gc.collect()
        return Taken(held(cache, known), len(cache.kept), cache.bytes, memory(counted=counted) - before)


def memory(*, counted: bool) -> float:
    """The bytes that this process holds, or those that Python counts."""
    return float(tracemalloc.get_traced_memory()[0]) if counted else resident(os.getpid()) * 1e6


def company(path: Path, today: date) -> tuple[list[str], list[str]]:
    """A company as a file for the sandbox, and the ids of its check-ins and projects: each person goes from project to project."""
    draft, check_ins, projects = Draft(), list[str](), list[str]()
    for number in range(PEOPLE):
        if number % CREW == 0:
            projects += (crew := [draft.project(f"Project {number // CREW}-{at}", number=f"P-{number + at}") for at in range(EACH)])
        name = full(number)
        worker = draft.worker(name, employee_number=f"E-{number}", email=email(name), job_title="Fitter")
        user = draft.user(name, email(name), department="Structures", properties={"Site": "North"})
        for at, project in enumerate(crew):
            draft.assign(worker, project, today - timedelta(days=45 * at), today - timedelta(days=45 * at - 40))
            deadline = datetime.combine(today - timedelta(days=7 * at), time(12), UTC)
            check_ins.append(draft.check_in(user, deadline, submitted=deadline - timedelta(hours=1)))
    draft.save(path)
    return check_ins, projects


async def taken(port: int, home: Path, name: str, *flags: str) -> Taken:
    """The same in a process of its own."""
    words = ("-m", "bench.records", "--port", str(port), "--read", name, *flags)
    process = await asyncio.create_subprocess_exec(sys.executable, *words, stdout=PIPE, cwd=home)
    said, _ = await process.communicate()
    return Taken(**json.loads(said))


async def main() -> None:
    """Print the table as it comes."""
    sys.stdout.write(HEAD)
    with TemporaryDirectory() as folder:
        home, port = Path(folder), free_port()
        path = home / "company.sqlite"
        (home / IDS).write_text(json.dumps(company(path, datetime.now(UTC).date())))
        async with started((sys.executable, "-m", "bench.stub", str(path), str(port)), port, home, {}):
            for name in WAYS:
                plain, counted = [await taken(port, home, name, *flags) for flags in ((), ("--counted",))]
                figures = (plain.sent, plain.memory, counted.memory)
                told = " | ".join(f"{one / 1e6:.1f}" for one in figures)
                sys.stdout.write(f"| {name} | {plain.records:,} | {plain.answers:,} | {told} |\n")
                sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--read", help=argparse.SUPPRESS)
    parser.add_argument("--counted", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.read:
        found = asyncio.run(read(asked.port, json.loads(Path(IDS).read_text()), asked.read, counted=asked.counted))
        sys.stdout.write(json.dumps(asdict(found)))
    else:
        asyncio.run(main())
