"""Several processes that serve on one socket: started, replaced when they die, and told to end together."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from types import FrameType
from typing import Any

from graph.operating.metrics import FOLDER

LOOK = 0.2
"""Seconds between two looks at the signals that came."""
RESPITE, RETRY = 1.0, 5.0
"""Seconds before a worker that died, or could not begin, is replaced."""
MARGIN = 10.0
"""Seconds that workers have to end beyond what they were given."""
UNUSABLE = 3
"""How a worker ends that could not begin."""
HELD = (signal.SIGTERM, signal.SIGINT)
"""What a worker hears of once it can heed it."""

log = logging.getLogger("crewgraph.workers")
spawn = get_context("spawn")


@contextmanager
def counting_together() -> Iterator[None]:
    """While this lasts, prometheus_client counts in files of a folder that workers share; without one, `/metrics` is each worker's own."""
    try:
        temporary = tempfile.TemporaryDirectory(prefix="crewgraph-metrics-")
    except OSError:
        log.warning("no temporary folder can be written, so /metrics tells of one worker at a time: set TMPDIR to a folder that can")
        yield
        return
    with temporary as folder:
        os.environ[FOLDER] = folder
        yield


@dataclass
class Workers:
    """`count` processes that each run `work`, which must be importable, with an order and the socket to serve on.

    All of them end within `patience` seconds of a signal. `work` must `listen` for signals: a worker begins with them held back.
    """

    count: int
    work: Callable[[Any, socket.socket], None]
    order: object
    listener: socket.socket
    patience: float
    processes: list[SpawnProcess] = field(default_factory=list)
    told: list[int] = field(default_factory=list)

    def run(self) -> int:
        """Serve until told to stop: the exit status, 0 when every worker ended in order."""
        resource_tracker.ensure_running()  # it lets signals through when it begins
        for one in HELD:
            signal.signal(one, self.tell)
        with counting_together():
            self.processes = [self.started() for _ in range(self.count)]
            while not self.told:
                if self.unusable():
                    self.told.append(signal.SIGTERM)
            return self.ended()

    def tell(self, sig: int, _frame: FrameType | None) -> None:
        """A signal came."""
        self.told.append(sig)

    def started(self) -> SpawnProcess:
        """A new worker."""
        process = spawn.Process(target=self.work, args=(self.order, self.listener))
        signal.pthread_sigmask(signal.SIG_BLOCK, HELD)
        process.start()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD)
        return process

    def unusable(self) -> bool:
        """Wait a moment, and replace who died; whether none is left and one could not even begin."""
        wait([process.sentinel for process in self.processes], timeout=LOOK)
        dead = self.dead()
        if not dead or self.told:
            return False
        unable = any(process.exitcode == UNUSABLE for process in dead)
        log.warning("%d of %d workers %s", len(dead), self.count, "could not begin" if unable else "died")
        self.rest(RETRY if unable else RESPITE)
        if unable and len(self.dead()) == self.count:
            return True
        if not self.told:
            self.processes = [self.started() if process.exitcode is not None else process for process in self.processes]
        return False

    def dead(self) -> list[SpawnProcess]:
        """The workers that have ended."""
        return [process for process in self.processes if process.exitcode is not None]

    def rest(self, seconds: float) -> None:
        """Wait, unless told to stop."""
        until = time.monotonic() + seconds
        while not self.told and time.monotonic() < until:
            time.sleep(LOOK)

    def ended(self) -> int:
        """Pass on each signal, and wait; whoever does not end in time is killed.

        The socket is the workers' alone from here on: it must close when they have, or people would knock where nobody opens.
        """
        self.listener.close()
        until, passed = time.monotonic() + self.patience + MARGIN, 0
        while any(process.exitcode is None for process in self.processes) and time.monotonic() < until:
            for sig in self.told[passed:]:
                self.signal(sig)
                passed += 1
            wait([process.sentinel for process in self.processes if process.exitcode is None], timeout=LOOK)
        for process in self.processes:
            process.kill()
            process.join()
        return max(abs(process.exitcode or 0) for process in self.processes)

    def signal(self, sig: int) -> None:
        """Pass on one signal."""
        for process in self.processes:
            if process.exitcode is None and process.pid is not None:
                os.kill(process.pid, sig)


def listen() -> None:
    """Let signals through from here on; until there is a server that heeds them, they end this process, and well."""
    for one in HELD:
        signal.signal(one, lambda *_: sys.exit(0))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD)
