"""Where the sides meet: the upstreams of one company, servers over them, and what was answered about it."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from bench.company import Company
from bench.connection import connected
from bench.machine import Cores, Noise
from bench.processes import started
from bench.questions import Question, Unequal, difference, digest, meaning
from bench.sides import Side, State
from bench.stub import TAKEN
from tests.servers import free_port

HELLO = json.dumps({"query": "{ __typename }"}).encode()
"""What a server that has just started is asked first; it makes no upstream call."""


@dataclass(frozen=True)
class Ground:
    """What all companies have in common: the cores, how noisy they are, and how many calls Crewgraph has in flight to one upstream."""

    cores: Cores
    noise: Noise
    in_flight: int


@dataclass(frozen=True)
class Server:
    """A side at work."""

    side: Side
    port: int
    process: int


@dataclass(frozen=True)
class Arena:
    """The upstreams of one company, and what was answered about it: by whom first, and what."""

    home: Path
    company: Company
    stub: int
    ground: Ground
    said: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    @asynccontextmanager
    async def server(self, side: Side, state: State, question: Question) -> AsyncIterator[Server]:
        """A server that has just started, in a folder of its own, and has said hello."""
        home, port = Path(mkdtemp(dir=self.home)), free_port()
        facts = {"upstream": f"http://127.0.0.1:{self.stub}", "port": port, "home": home, "in_flight": self.ground.in_flight}
        given = {name: value.format(**facts, answer=self.kept(question)) for name, value in side.states[state].items()}
        words = [word.format(**facts) for word in side.words]
        async with started(words, port, home, given, cores=self.ground.cores.servers) as served:
            async with connected(port) as connection:
                await connection.post(HELLO)
            yield Server(side, port, served.process.pid)

    async def taken(self, latency: int = 0) -> tuple[int, int]:
        """How many upstream calls there were since this was last asked, and how many the stub had to learn; next ones take the latency."""
        async with connected(self.stub) as connection:
            told = json.loads(await connection.get(f"{TAKEN.decode()}{latency}"))
        return told["calls"], told["learnt"]

    def kept(self, question: Question) -> Path:
        """Where the first answer to a question is."""
        return self.home / f"{question.label}.json"

    def check(self, side: Side, question: Question, answer: bytes) -> str:
        """The hash of what the answer means. Raises Unequal unless the first one meant the same."""
        if question.label not in self.said:
            self.said[question.label] = side.name, answer
            self.kept(question).write_bytes(answer)
        first, other = self.said[question.label]
        found = digest(answer)
        if found != digest(other):
            raise Unequal(f"{question.name}: {side.name} differs from {first}: {difference(meaning(answer), meaning(other))}")
        return found


@asynccontextmanager
async def opened(company: Company, ground: Ground) -> AsyncIterator[Arena]:
    """The company and its upstreams."""
    with TemporaryDirectory() as folder:
        home, port = Path(folder), free_port()
        company.save(home / "company.sqlite", datetime.now(UTC).date())
        words = (sys.executable, "-m", "bench.stub", str(home / "company.sqlite"), str(port))
        async with started(words, port, home, {}, cores=ground.cores.others):
            yield Arena(home, company, port, ground)
