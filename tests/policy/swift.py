"""Virtual time: a loop that never waits, and an upstream on it that does as a script says."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import pytest

from tests.graphs import noon
from upstreams.cache import FORGETFUL, Cache
from upstreams.caller import Caller
from upstreams.calls import Call, Kind
from upstreams.dialect import Dialect
from upstreams.http import Http
from upstreams.policy import Policy
from upstreams.reading import Reading

T = TypeVar("T")
ONE = Call(Kind.ROWS, "/rows/{row}", "/rows/1")


class Leaping(selectors.DefaultSelector):
    """A selector that leaps over every wait."""

    now = 1_000.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout:
            self.now += timeout + 1e-9  # a timer is never early, however its time is rounded
        return super().select(0 if timeout is not None else None)


class Swift(asyncio.SelectorEventLoop):
    """A loop whose time stands still while it works, and leaps to the next timer when it has nothing to do."""

    def __init__(self) -> None:
        self.leaping = Leaping()
        super().__init__(self.leaping)

    def time(self) -> float:
        return self.leaping.now


def swiftly(work: Coroutine[Any, Any, T]) -> T:
    """What this work gives, in virtual time."""
    with asyncio.Runner(loop_factory=Swift) as runner:
        return runner.run(work)


def clock() -> float:
    """The time of the running loop."""
    return asyncio.get_running_loop().time()


def about(seconds: float) -> Any:
    """So many seconds, to a millionth."""
    return pytest.approx(seconds)


def call(row: int) -> Call:
    """One of many calls of one route."""
    return Call(Kind.ROWS, "/rows/{row}", f"/rows/{row}")


def raw(value: Any, _reading: Reading) -> Any:
    """The answer as it came."""
    return value


Step = httpx.Response | Exception | float
"""An answer, a failure of the wire, or how many seconds the upstream takes for an empty list."""


def fine() -> httpx.Response:
    """A good answer."""
    return httpx.Response(200, json=[])


def bad(status: int, **headers: str) -> httpx.Response:
    """A bad one."""
    return httpx.Response(status, json={}, headers={name.replace("_", "-"): value for name, value in headers.items()})


@dataclass
class Script(httpx.AsyncBaseTransport):
    """Does the next of its steps at each request, and the last one for ever; `times` are when requests came."""

    steps: list[Callable[[], Step]]
    times: list[float] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.times.append(clock())
        self.headers.append(request.headers)
        step = (self.steps.pop(0) if len(self.steps) > 1 else self.steps[0])()
        if isinstance(step, Exception):
            raise step
        if isinstance(step, float):
            await asyncio.sleep(step)
            return fine()
        return step

    @property
    def waits(self) -> list[float]:
        """The seconds from each request to the next."""
        return [later - earlier for earlier, later in zip(self.times, self.times[1:], strict=False)]


@dataclass
class Watch:
    """An observer that writes down what it is told."""

    events: list[str] = field(default_factory=list)
    attempts: list[tuple[str, str, int, str]] = field(default_factory=list)

    @contextmanager
    def attempt(self, upstream: str, route: str, number: int) -> Iterator[Mapping[str, str]]:
        outcome = "ok"
        try:
            yield {"traceparent": f"try-{number}"}
        except BaseException as error:  # being cancelled is an outcome, too
            outcome = type(error).__name__
            raise
        finally:
            self.attempts.append((upstream, route, number, outcome))

    def event(self, upstream: str, name: str) -> None:
        self.events.append(f"{upstream} {name}")


@dataclass
class Desk:
    """An upstream by script, and the ways to it."""

    script: Script
    watch: Watch
    http: Http
    caller: Caller

    async def ask(self, row: int = 1) -> Any:
        """One call, without a deadline."""
        return await self.http.ask(call(row), raw)


def desk(*steps: Callable[[], Step], policy: Policy | None = None) -> Desk:
    """A desk on the running loop."""
    script, watch = Script(list(steps)), Watch()
    http = Http(Dialect("checkins", "http://upstream.test", policy=policy or Policy()), script, observer=watch, clock=clock, wall=noon)
    return Desk(script, watch, http, Caller(http, Cache(FORGETFUL, clock=clock)))
