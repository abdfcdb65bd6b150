"""Commands that serve, each a process of its own on 127.0.0.1, under the default settings: those are what is measured."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from bench.connection import Failed
from bench.machine import on
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
    """A command that serves on the `--port` that it is told, which comes last. Raises Failed."""
    port = free_port()
    async with started((*program, *arguments, "--port", str(port)), port, home, given, health) as served:
        yield served


@asynccontextmanager
async def started(
    words: Sequence[str],
    port: int,
    home: Path,
    given: Mapping[str, str],
    health: str = "/health/ready",
    cores: frozenset[int] | None = None,
) -> AsyncIterator[Served]:
    """A command in a folder, from when it answers on a port until it has ended; on any core unless these are given. Raises Failed."""
    with TemporaryFile() as said:  # a pipe that is full would stop it
        with on(cores or frozenset(os.sched_getaffinity(0))):
            process = await asyncio.create_subprocess_exec(*words, stdout=DEVNULL, stderr=said, cwd=home, env=environment(home, given))
        served = Served(port, process)
        try:
            await begun(served, health, said)
            yield served
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def begun(served: Served, health: str, said: IO[bytes]) -> None:
    """Wait until a command answers. Raises Failed with the end of what it said when it ends before."""
    try:
        await answering(f"{served.address}{health}", served.process)
    except AssertionError as ended:
        said.seek(0)
        raise Failed(f"{ended}: {said.read()[-2000:].decode(errors='replace')}") from ended
