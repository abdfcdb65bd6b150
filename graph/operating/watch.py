"""What watches over the app for as long as the process lives: each operation is let in, timed, counted, traced and told of."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from graph.execution.counts import COUNTS
from graph.operating.line import Line
from graph.operating.lines import Lines, log
from graph.operating.metrics import Metrics, Risen, resident
from graph.operating.options import Operating
from graph.operating.quota import Exhausted, Quota
from graph.operating.tracing import Untraced
from graph.operating.visits import UNASKED, Visit
from graph.operating.watching import Both, Metered
from upstreams.engine import Engine, Redis
from upstreams.http import Http
from upstreams.lane import Notices
from upstreams.observer import Observer

PULSE = 0.1
"""Seconds between two looks at the event loop and at what others count."""


@dataclass(frozen=True)
class Connections:
    """What the process is connected to: a client for each upstream, and the engine of the shared cache, if there is one."""

    upstreams: Sequence[Http]
    engine: Engine | None = None


@dataclass
class Watch:
    """One for each app."""

    options: Operating = field(default_factory=Operating)
    metrics: Metrics = field(default_factory=Metrics)
    connections: Connections = field(default_factory=lambda: Connections(()))

    def __post_init__(self) -> None:
        self.tracer, self.drain = self.options.tracer(), self.options.drain
        self.line = Line(self.options.most, self.options.patience)
        self.lines = Lines()
        self.quota = Quota(self.options.quota)
        metered = Metered(self.metrics)
        self.observer: Observer = metered if isinstance(self.tracer, Untraced) else Both(metered, self.tracer)
        self.risen = {"engine": Risen(), "execution": Risen(COUNTS)}
        self.notices = Notices(log, "letting everybody in")
        self.started, self.answering = False, 0

    @property
    def ready(self) -> bool:
        """Whether the app has started and not begun to end; an upstream that is down does not make it unready (faults.md F4)."""
        return self.started and not self.drain.begun

    @contextmanager
    def operation(self, headers: Mapping[str, str]) -> Iterator[Visit]:
        """Around one operation; whoever answers it fills the visit."""
        visit, began = Visit(), time.perf_counter()
        self.answering += 1
        try:
            with self.tracer.operation(headers, visit):
                yield visit
        finally:
            self.answering -= 1
            self.note(visit, time.perf_counter() - began)
            visit.ledger = UNASKED  # its deadline asks the visit who has gone: a circle, for which the garbage collector would have to come

    def note(self, visit: Visit, seconds: float) -> None:
        """Count an operation that has ended, and tell of it in a line without its address, its text or anybody's name."""
        self.metrics.ended(visit.kind, visit.outcome, visit.source, seconds)
        self.metrics.asked(visit.ledger.sources, visit.ledger.found)
        for code, times in visit.codes.items():
            self.metrics.broke(code, times)
        if not log.isEnabledFor(logging.INFO):
            return
        told = {
            "kind": visit.kind,
            "outcome": visit.outcome,
            "status": visit.status,
            "source": visit.source,
            "milliseconds": round(seconds * 1000, 1),
            "calls": visit.ledger.spent + visit.ledger.own,
            "codes": sorted(visit.codes),
        }
        self.lines.tell(told)

    def shed(self) -> None:
        """Count an operation that is sent away without a look, and tell of it in one line an interval."""
        self.metrics.operations.labels("none", "shed").inc()
        self.metrics.broke("OVERLOADED")
        self.notices.tell("too much to do")

    async def wait(self) -> None:
        """Until an operation may run, which leaves the line when it is done. Raises Overloaded when it does not come to that soon."""
        began = time.perf_counter()
        await self.line.wait()
        self.metrics.wait_seconds.observe(time.perf_counter() - began)

    def charge(self, client: str, points: int, paid: int = 0) -> None:
        """Have a client pay what it has not paid yet. Raises Exhausted with the seconds until it can."""
        wait = self.quota.take(client, points, time.monotonic(), paid)
        if wait is not None:
            raise Exhausted(max(1, round(wait + 0.5)))

    @asynccontextmanager
    async def watching(self, connections: Connections) -> AsyncIterator[None]:
        """While the app is up: its pulse is taken, and it is ready until it drains."""
        self.connections = connections
        for one in connections.upstreams:
            self.metrics.breaker(one.dialect.name, "closed")
        self.metrics.workers.set(1)
        pulse = asyncio.create_task(self.beat())
        self.started = True
        try:
            yield
        finally:
            self.started = False
            self.metrics.workers.set(0)
            pulse.cancel()
            await asyncio.wait([pulse])
            await self.tracer.aclose()

    async def beat(self) -> None:
        """Measure how late the event loop is, again and again."""
        while True:
            due = time.perf_counter() + PULSE
            await asyncio.sleep(PULSE)
            lag = max(time.perf_counter() - due, 0.0)
            self.metrics.lag.observe(lag)
            self.line.adapt(lag)
            self.look()

    def look(self) -> None:
        """Take over what others count."""
        self.metrics.memory.set(resident())
        self.metrics.in_flight.set(self.answering)
        self.metrics.waiting.set(len(self.line.waiting))
        for one in self.connections.upstreams:
            name = one.dialect.name
            self.metrics.attempts_in_flight.labels(name).set(one.health.in_flight)
            for what, count in self.risen.setdefault(name, Risen()).by(one.unreadable).items():
                self.metrics.unreadable.labels(name, what).inc(count)
        for what, count in self.risen["execution"].by(COUNTS).items():
            self.metrics.execution.labels(what).inc(count)
        if isinstance(self.connections.engine, Redis):
            risen = self.risen["engine"].by({"failures": self.connections.engine.counts.failures})
            self.metrics.shared.inc(risen.get("failures", 0))
