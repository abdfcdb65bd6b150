"""The machine under a bench, on Linux: its cores, what a process uses of it, and how noisy it is."""

from __future__ import annotations

import os
import platform
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

TURNS = 1_000_000
CPUCLOCK = 2
"""Which clock of another process the kernel is asked for: what it has run, in nanoseconds, over all its threads."""


@dataclass(frozen=True)
class Cores:
    """The cores of the servers that are measured, and of the stub and the client; both are all where there is only one."""

    servers: frozenset[int]
    others: frozenset[int]


def cores() -> Cores:
    """One core for whoever is measured, another for all else."""
    found = sorted(os.sched_getaffinity(0))
    if len(found) < 2:
        return Cores(frozenset(found), frozenset(found))
    return Cores(frozenset(found[-1:]), frozenset(found[:1]))


@contextmanager
def on(these: frozenset[int]) -> Iterator[None]:
    """This process, and whatever it starts meanwhile, on these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, these)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def used(process: int) -> float:
    """The CPU seconds that a process has used, all its threads together, to the nanosecond."""
    return time.clock_gettime((~process << 3) | CPUCLOCK)


def resident(process: int) -> float:
    """The megabytes of memory that a process holds."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024 / 1e6


def many_files() -> None:
    """Let this process, and what it starts, open as many connections as it may."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@dataclass
class Noise:
    """How long the same loop of pure Python took between the runs, on the core of the servers: seconds on the clock and of CPU."""

    walls: list[float] = field(default_factory=list)
    cpus: list[float] = field(default_factory=list)

    def listen(self, these: frozenset[int]) -> None:
        """Run the loop once."""
        with on(these):
            wall, cpu = time.perf_counter(), time.process_time()
            for _ in range(TURNS):
                pass
            self.walls.append(time.perf_counter() - wall)
            self.cpus.append(time.process_time() - cpu)

    def told(self) -> str:
        """A sentence on how much that varied."""
        return (
            f"A fixed loop of pure Python, run {len(self.walls)} times between the runs on the servers' core, "
            f"took {spread(self.walls)} ms on the clock and {spread(self.cpus)} ms of CPU (median; 5th to 95th of 100)."
        )


def spread(seconds: list[float]) -> str:
    """The median, and between what nine of ten lie, in milliseconds."""
    cuts = quantiles(seconds, n=20, method="inclusive") if len(seconds) > 1 else seconds
    return f"{median(seconds) * 1000:.1f} ({cuts[0] * 1000:.1f} to {cuts[-1] * 1000:.1f})"


def described() -> str:
    """What the machine is."""
    names = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    busy = os.getloadavg()[0]
    return (
        f"{len(os.sched_getaffinity(0))} cores ({names[0] if names else platform.machine()}), Linux {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}; load average at the start {busy:.1f}"
    )
