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

    def attempt(self, upstream: str, route: str, _number: int) -> Try:
        """One try."""
        return Try(self, upstream, route)

    def event(self, upstream: str, name: str) -> None:
        """Counted; a breaker's new state is shown."""
        self.metrics.events.labels(upstream, name).inc()
        if name.startswith(OPENED) and name != "breaker-refused":
            self.metrics.breaker(upstream, name.removeprefix(OPENED))


class Try:
    """One try, which has no headers to send; no generator, because there is one for each call."""

    __slots__ = ("began", "metered", "route", "upstream")

    def __init__(self, metered: Metered, upstream: str, route: str) -> None:
        self.metered, self.upstream, self.route = metered, upstream, route

    def __enter__(self) -> Mapping[str, str]:
        self.began = self.metered.clock()
        return NO_HEADERS

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        seconds = self.metered.clock() - self.began
        self.metered.metrics.of_attempt(self.upstream, self.route, outcome(error)).observe(seconds)


def outcome(error: BaseException | None) -> str:
    """How a try ended, as its label says it."""
    if error is None:
        return "ok"
    return error.code.removeprefix("UPSTREAM_").lower() if isinstance(error, UpstreamError) else "cancelled"


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
