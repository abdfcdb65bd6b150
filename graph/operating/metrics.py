"""What Prometheus is told. Labels are routes, codes and words of this program: never a client's text, a name or an id."""

from __future__ import annotations

import os
import re
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache, partial
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which prometheus_client has several processes count together, in files of this folder."""
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
LAGS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
CODE = re.compile(r"[A-Z][A-Z_]{0,39}")
BREAKER = ("closed", "half-open", "open")


class Metrics:
    """The metrics of one process, in a registry of their own; processes that share a folder are told of together."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        count, measure = partial(Counter, registry=self.registry), partial(Histogram, registry=self.registry)
        sums = partial(Gauge, registry=self.registry, multiprocess_mode="livesum")
        self.operations = count("crewgraph_operations", "GraphQL operations, by kind and outcome.", ("kind", "outcome"))
        self.operation_seconds = measure("crewgraph_operation_seconds", "How long operations took.", ("kind",), buckets=SECONDS)
        self.replies = count("crewgraph_answers", "Where the answers to operations came from.", ("source",))
        self.errors = count("crewgraph_operation_errors", "Errors that answers list, by code.", ("code",))
        self.unauthenticated = count(
            "crewgraph_unauthenticated_requests", "Requests whose token or key was refused, by reason and claim.", ("reason", "claim")
        )
        self.in_flight = sums("crewgraph_operations_in_flight", "Operations that are being answered.")
        self.waiting = sums("crewgraph_operations_waiting", "Operations in line.")
        self.wait_seconds = measure("crewgraph_operation_wait_seconds", "How long operations were in line.", buckets=SECONDS)
        self.attempts = measure(
            "crewgraph_upstream_attempt_seconds",
            "Tries of calls on the wire, by route template and outcome.",
            ("upstream", "route", "outcome"),
            buckets=SECONDS,
        )
        self.attempts_in_flight = sums("crewgraph_upstream_attempts_in_flight", "Tries that are on the wire.", ("upstream",))
        self.events = count("crewgraph_upstream_events", "Retries, suppressed retries, pauses and breakers.", ("upstream", "event"))
        self.breakers = sums("crewgraph_upstream_breaker", "Processes whose breaker is in this state.", ("upstream", "state"))
        self.answers = count("crewgraph_upstream_answers", "Where calls were answered from.", ("upstream", "source"))
        self.identities = count("crewgraph_identities", "Links that operations asked for, by result.", ("status", "method"))
        self.unreadable = count("crewgraph_unreadable_values", "Upstream values that could not be read.", ("upstream", "field"))
        self.shared = count("crewgraph_shared_cache_failures", "Batches of the shared cache that failed.")
        self.execution = count(
            "crewgraph_execution_events", "Selections compiled, faults of that, odd values, portions shown again.", ("event",)
        )
        self.lag = measure("crewgraph_event_loop_lag_seconds", "How late the event loop is.", buckets=LAGS)
        self.memory = sums("crewgraph_resident_memory_bytes", "Memory in use.")
        self.workers = sums("crewgraph_workers", "Processes that serve.")
        self.of_operation: Callable[[str, str], Counter] = cache(self.operations.labels)  # looking a label up costs more than counting
        self.of_kind: Callable[[str], Histogram] = cache(self.operation_seconds.labels)
        self.of_source: Callable[[str], Counter] = cache(self.replies.labels)
        self.of_answers: Callable[[str, str], Counter] = cache(self.answers.labels)
        self.of_identities: Callable[[str, str], Counter] = cache(self.identities.labels)
        self.of_attempt: Callable[[str, str, str], Histogram] = cache(self.attempts.labels)

    def ended(self, kind: str, outcome: str, source: str, seconds: float) -> None:
        """An operation has ended."""
        self.of_operation(kind, outcome).inc()
        self.of_kind(kind).observe(seconds)
        self.of_source(source).inc()

    def broke(self, code: str, times: int = 1) -> None:
        """An answer lists so many errors with this code."""
        self.errors.labels(code if CODE.fullmatch(code) else "OTHER").inc(times)

    def breaker(self, upstream: str, state: str) -> None:
        """This process's breaker of an upstream is now in this state."""
        for one in BREAKER:
            self.breakers.labels(upstream, one).set(one == state)

    def asked(self, sources: Mapping[tuple[str, str], int], identities: Mapping[tuple[str, str], int]) -> None:
        """What one operation's books say: answers by upstream and source, and links by status and method."""
        for (upstream, source), times in sources.items():
            self.of_answers(upstream, source).inc(times)
        for (status, method), times in identities.items():
            self.of_identities(status, method).inc(times)

    def shown(self, accept: str) -> tuple[bytes, str]:
        """All metrics, and the media type that they are written in."""
        encode, kind = choose_encoder(accept)
        return encode(self.collected()), kind

    def collected(self) -> CollectorRegistry:
        """This process's registry, or the sum over all processes; gauges of those that have ended are taken out first."""
        folder = os.environ.get(FOLDER)
        if not folder:
            return self.registry
        for path in Path(folder).glob("gauge_live*_*.db"):
            pid = int(path.stem.rpartition("_")[2])
            if not alive(pid):
                with suppress(FileNotFoundError):  # another worker was faster
                    mark_process_dead(pid, folder)  # type: ignore[no-untyped-call]
        together = CollectorRegistry()
        together.register(Sums(Path(folder)))
        return together


class Sums:
    """What all processes have counted, from their files; that of one that is just beginning is empty, and says nothing yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def collect(self) -> Iterable[Metric]:
        """Each metric, summed."""
        files = [str(path) for path in self.folder.glob("*.db") if begun(path)]
        found: Iterable[Metric] = MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
        return found


class Risen:
    """How far counters of others have risen since they were last looked at."""

    def __init__(self, seen: Mapping[str, int] | None = None) -> None:
        self.seen: Tally[str] = Tally(seen)

    def by(self, now: Mapping[str, int]) -> dict[str, int]:
        """What is more than before, and by how much."""
        risen = {name: count - self.seen[name] for name, count in now.items() if count > self.seen[name]}
        self.seen.update(risen)
        return risen


def begun(path: Path) -> bool:
    """Whether there is anything in a file; one may be gone by now."""
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False


def alive(pid: int) -> bool:
    """Whether a process of this user lives."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def resident() -> int:
    """The bytes of memory that this process uses; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
