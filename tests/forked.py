"""The command as a process that is forked from one in which it is imported already: that saves each of the many starts a second and a half.

The server that forks (multiprocessing's own) has done nothing but import the command, so that a fork is what a fresh start is once its
imports are done. What imports look at, such as `PYTHON...` variables, needs a fresh start: `servers.command`.
"""

from __future__ import annotations

import asyncio
import atexit
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import count
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

from graph import cli

NUMBERS = count()


@cache
def start_server() -> ForkServerContext:
    """The server that forks; it begins with the first fork."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([cli.__name__])
    return context


@cache
def scratch_folder() -> Path:
    """A folder that goes when this process of pytest ends."""
    folder = tempfile.mkdtemp(prefix="crewgraph-tests-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


@dataclass(frozen=True)
class ForkedCommand:
    """A command that runs; what it prints goes to two files."""

    process: ForkServerProcess
    out: Path
    err: Path

    @property
    def returncode(self) -> int | None:
        """Its exit status, once it has ended."""
        return self.process.exitcode

    def terminate(self) -> None:
        """Send it SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        if self.process.pid is not None and self.returncode is None:
            os.kill(self.process.pid, number)

    async def communicate(self) -> tuple[bytes, bytes]:
        """What it printed, when it has ended."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self.process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self.process.sentinel)
        self.process.join()
        return self.out.read_bytes(), self.err.read_bytes()


def fork_command(arguments: tuple[str, ...], env: Mapping[str, str], folder: Path) -> ForkedCommand:
    """Start the command with these arguments and this environment in a folder."""
    out, err = (scratch_folder() / f"{next(NUMBERS)}.{name}" for name in ("out", "err"))
    process = start_server().Process(target=run_command, args=(arguments, dict(env), folder, out, err))
    process.start()
    return ForkedCommand(process, out, err)


def run_command(arguments: tuple[str, ...], env: dict[str, str], folder: Path, out: Path, err: Path) -> None:
    """Be the command, in a process of its own."""
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    os.chdir(folder)
    for path, descriptor in ((out, 1), (err, 2)):
        with path.open("wb") as file:
            os.dup2(file.fileno(), descriptor)
    sys.argv = ["crewgraph", *arguments]
    cli.main()
