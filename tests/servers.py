"""Real servers: uvicorn on loopback sockets, and the installed command as a process."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.types import ASGIApp

from graph.execution.planning import Planning
from tests.forked import ForkedCommand, fork_command, scratch_folder
from tests.graphs import TODAY
from tests.waiting import LONG, until

COMMAND = Path(sys.executable).with_name("crewgraph")
UNHURRIED = {
    "CREWGRAPH_QUEUE_SECONDS": "30",
    "CREWGRAPH_DEADLINE": "120",
    "CREWGRAPH_UPSTREAM_TIMEOUT": "60",
    "CREWGRAPH_UPSTREAM_CONNECT_TIMEOUT": "60",
}
"""Settings under which a test is never too slow, however busy the machine is."""

OURS = ("CREWGRAPH_", "OTEL_", "SSL_CERT_")
"""What begins the names of variables that a command would follow."""


@asynccontextmanager
async def served(app: ASGIApp, **options: Any) -> AsyncIterator[str]:
    """The address of an app on a socket of its own, with further options of uvicorn's."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", **options))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await until(lambda: server.started or serving.done())
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def reserved() -> Iterator[int]:
    """A port that is given to nobody else for so long, while a program that is told of it may listen there.

    It is bound and not listened on, which only Linux takes so; elsewhere it is merely free.
    """
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        port = int(held.getsockname()[1])
        if sys.platform != "linux":
            held.close()
        yield port


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int | None
    out: str
    err: str


def environment(home: Path, given: Mapping[str, str]) -> dict[str, str]:
    """A clean environment: none of the caller's settings, the tests' day in the sandbox, no grace for load balancers; no plans where tests have none."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OURS) and not name.endswith("_CA_BUNDLE")}
    return {
        **inherited,
        "XDG_CACHE_HOME": str(scratch_folder()),
        "XDG_STATE_HOME": str(home),
        "COLUMNS": "200",
        "CREWGRAPH_DRAIN_GRACE_SECONDS": "0",
        "CREWGRAPH_SANDBOX_TODAY": str(TODAY),
        **({"CREWGRAPH_COMPILED_EXECUTION": "false"} if Planning.when == "never" else {}),
        **given,
    }


async def command(*arguments: str, home: Path, **given: str) -> Process:
    """The command, started afresh in an empty folder, in no hurry unless it is told to be."""
    env = environment(home, UNHURRIED | given)
    return await asyncio.create_subprocess_exec(str(COMMAND), *arguments, stdout=PIPE, stderr=PIPE, cwd=home, env=env)


async def quick_command(*arguments: str, home: Path, **given: str) -> Process | ForkedCommand:
    """The same, forked where nothing is given but settings."""
    if all(name.startswith("CREWGRAPH_") for name in given):
        return fork_command(arguments, environment(home, UNHURRIED | given), home)
    return await command(*arguments, home=home, **given)


async def finished(*arguments: str, home: Path, **given: str) -> Ended:
    """The command, run to its end."""
    process = await quick_command(*arguments, home=home, **given)
    async with asyncio.timeout(LONG):
        out, err = await process.communicate()
    return Ended(process.returncode, out.decode(), err.decode())


@asynccontextmanager
async def running(*arguments: str, home: Path, health: str = "/health/ready", **given: str) -> AsyncIterator[str]:
    """The address of a command that serves, stopped by SIGTERM, which must end it with status 0."""
    with reserved() as port:
        process = await quick_command(*arguments, "--port", str(port), home=home, **given)
        async with stopping(process, f"http://127.0.0.1:{port}", health) as address:
            yield address


@asynccontextmanager
async def running_afresh(*arguments: str, home: Path, **given: str) -> AsyncIterator[str]:
    """The same for a command that is not forked, as its line in the table of processes shows."""
    with reserved() as port:
        process = await command(*arguments, "--port", str(port), home=home, **given)
        async with stopping(process, f"http://127.0.0.1:{port}", "/health/ready") as address:
            yield address


@asynccontextmanager
async def stopping(process: Process | ForkedCommand, address: str, health: str) -> AsyncIterator[str]:
    """The address of a process, from when it answers there; then it is stopped."""
    told = asyncio.create_task(process.communicate())  # all along: a full pipe would stop the command
    try:
        await answering(f"{address}{health}", process)
        yield address
    finally:
        if process.returncode is None:
            process.terminate()
        _, err = await told
    assert process.returncode == 0, err.decode()


async def answering(url: str, process: Process | ForkedCommand) -> None:
    """Wait until an address answers at all, or the command that should serve it ends."""
    async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(LONG):
        while process.returncode is None:
            try:
                await client.get(url)
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return
    raise AssertionError(f"the command has ended with {process.returncode}")
