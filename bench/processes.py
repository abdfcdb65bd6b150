"""Commands that serve, each a process of its own on 127.0.0.1, under the default settings: those are what is measured."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers import COMMAND, answering, environment, free_port


@dataclass(frozen=True)
class Served:
    """A process, and the port that it serves on."""

    port: int
    process: Process

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def below(self) -> dict[str, str]:
        """The settings of a server whose upstreams it is."""
        return {"CREWGRAPH_CHECKINS_URL": self.address, "CREWGRAPH_WORKFORCE_URL": self.address, "CREWGRAPH_WORKFORCE_COMPANY": "sandbox"}


@asynccontextmanager
async def serving(
    *arguments: str, home: Path, health: str = "/health/ready", program: Sequence[str] = (str(COMMAND),), **given: str
) -> AsyncIterator[Served]:
    """A command that serves, from when it answers until it has ended; what it says is lost, so that no full pipe stops it."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *program, *arguments, "--port", str(port), stdout=DEVNULL, stderr=DEVNULL, cwd=home, env=environment(home, given)
    )
    try:
        served = Served(port, process)
        await answering(f"{served.address}{health}", process)
        yield served
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
