"""Which tries are repeated: only what another try may mend, in the time that is left, and within a budget (faults.md F3, F7, F8)."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from upstreams.deadline import Deadline
from upstreams.errors import BadResponse, RateLimited, TimedOut, Unavailable, UpstreamError
from upstreams.observer import Observer
from upstreams.policy import Policy
from upstreams.sliding import Sliding

FINAL = frozenset({"tls", "configuration", "open", "paused", "deadline"})
"""Why a call failed that fails again at once: certificates, our own settings, and refusals of our own."""
GARBLED = frozenset({"protocol", "json", "shape", "content-type"})
"""What may have been garbled on its way, or sent by a load balancer or a server that was just starting."""


class Turn(Struct):
    """One call on its way: how many tries have gone out, how many seconds it waited for them, and what is not forgiven twice."""

    deadline: Deadline
    number: int = 0
    waited: float = 0.0
    forgiven: frozenset[type[UpstreamError]] = frozenset()


class Retries:
    """The budget of one upstream: retries are a small share of the calls, so that they cannot keep it down when it is down."""

    def __init__(self, name: str, policy: Policy, observer: Observer, clock: Callable[[], float]) -> None:
        self.name, self.policy, self.observer, self.clock = name, policy, observer, clock
        self.seen = Sliding(policy.window)
        self.made = self.suppressed = 0

    def called(self, now: float) -> None:
        """A call goes out for the first time."""
        self.seen = self.seen.add(now, marked=False)

    def allowed(self, turn: Turn, error: UpstreamError, paused: float) -> bool:
        """Whether to try again after this error and the pause that is in force; says on the error when it was for want of time."""
        wait = paused or self.policy.backoff(turn.number)
        if turn.number >= self.policy.tries or not worth(turn, error) or paused > self.policy.patience:
            return False
        if wait >= turn.deadline.left:
            error.own = True
            return False
        return self.spent()

    def spent(self) -> bool:
        """Whether the budget has room for one more retry, which is taken."""
        now = self.clock()
        retries, all_tries = self.seen.counts(now)
        if retries >= self.policy.floor + self.policy.share * (all_tries - retries):
            self.suppressed += 1
            self.observer.event(self.name, "retry-suppressed")
            return False
        self.seen = self.seen.add(now, marked=True)
        self.made += 1
        self.observer.event(self.name, "retry")
        return True


def worth(turn: Turn, error: UpstreamError) -> bool:
    """Whether another try may end otherwise; an answer that is garbled, or a pause that was asked for, is forgiven once."""
    if error.reason in FINAL:
        return False
    if isinstance(error, (Unavailable, TimedOut)):
        return True
    if isinstance(error, RateLimited) or (isinstance(error, BadResponse) and error.reason in GARBLED):
        again = type(error) not in turn.forgiven
        turn.forgiven |= {type(error)}
        return again
    return False
