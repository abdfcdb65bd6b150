"""What is told of the upstreams' traffic goes to the metrics and to the traces."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from graph.operating.metrics import Metrics
from upstreams.errors import UpstreamError
from upstreams.observer import NO_HEADERS, Observer

OPENED = "breaker-"


class Metered:
    """Counts and times each try."""

    def __init__(self, metrics: Metrics, clock: Callable[[], float] = time.perf_counter) -> None:
        self.metrics, self.clock = metrics, clock

    @contextmanager
    def attempt(self, upstream: str, route: str, _number: int) -> Iterator[Mapping[str, str]]:
        """One try; it has no headers to send."""
        began, outcome, flying = self.clock(), "cancelled", self.metrics.of_flying(upstream)
        flying.inc()
        try:
            yield NO_HEADERS
            outcome = "ok"
        except UpstreamError as error:
            outcome = error.code.removeprefix("UPSTREAM_").lower()
            raise
        finally:
            flying.dec()
            self.metrics.of_attempt(upstream, route, outcome).observe(self.clock() - began)

    def event(self, upstream: str, name: str) -> None:
        """Counted; a breaker's new state is shown."""
        self.metrics.events.labels(upstream, name).inc()
        if name.startswith(OPENED) and name != "breaker-refused":
            self.metrics.breaker(upstream, name.removeprefix(OPENED))


class Both:
    """Two observers, each of which is told everything."""

    def __init__(self, first: Observer, second: Observer) -> None:
        self.first, self.second = first, second

    def attempt(self, upstream: str, route: str, number: int) -> AbstractContextManager[Mapping[str, str]]:
        """One try, with the headers of both."""
        return self.trying(upstream, route, number)

    @contextmanager
    def trying(self, upstream: str, route: str, number: int) -> Iterator[Mapping[str, str]]:
        """The second within the first."""
        with self.first.attempt(upstream, route, number) as headers, self.second.attempt(upstream, route, number) as more:
            yield {**headers, **more}

    def event(self, upstream: str, name: str) -> None:
        """Told to both."""
        self.first.event(upstream, name)
        self.second.event(upstream, name)
