"""What is told of an upstream's traffic while it happens, for metrics and traces: nothing of a person, an address or an answer."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol

NO_HEADERS: Mapping[str, str] = {}


class Observer(Protocol):
    """Whoever watches the calls; it is told in the event loop, and neither waits nor raises.

    The names of events are "retry", "retry-suppressed", "paused", "breaker-open", "breaker-half-open", "breaker-closed" and
    "breaker-refused".
    """

    def attempt(self, upstream: str, route: str, number: int) -> AbstractContextManager[Mapping[str, str]]:
        """Around one try on the wire, the first being 1: gives headers to send, and sees the UpstreamError that ends it, if one does."""

    def event(self, upstream: str, name: str) -> None:
        """One of the above happened to this upstream."""


class Silent:
    """Nobody watches."""

    def attempt(self, _upstream: str, _route: str, _number: int) -> AbstractContextManager[Mapping[str, str]]:
        """Nothing to send."""
        return nullcontext(NO_HEADERS)

    def event(self, _upstream: str, _name: str) -> None:
        """Not noted."""


SILENT = Silent()


@dataclass(frozen=True)
class Health:
    """How one upstream does as its calls show; seconds ago and for how long, None where it never happened.

    `breaker` is "closed", "open" or "half-open"; `failed_code` the code of the last failure, such as "UPSTREAM_TIMEOUT"; `paused_for`
    how many seconds the upstream still wants no call at all.
    """

    breaker: str = "closed"
    succeeded_ago: float | None = None
    failed_ago: float | None = None
    failed_code: str | None = None
    paused_for: float = 0.0
    in_flight: int = 0
    waiting: int = 0
    retries: int = 0
    suppressed: int = 0
