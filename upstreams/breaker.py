"""The circuit breaker of one upstream as a pure state machine: time is passed in, and a state is never changed, only replaced.

    closed ──(enough of the last calls failed)──> open ──(it has rested)──> half-open ──(its probes succeed)──> closed
                                                    ^                          │
                                                    └──────(a probe fails)─────┘

Failures are 5xx, timeouts, a wire that breaks, and bodies that cannot be read. A 429 is the limiter's matter, and other 4xx tell of
the question or of the credentials: they are neither failure nor success.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from upstreams.errors import BadResponse, TimedOut, Unavailable, UpstreamError
from upstreams.sliding import Sliding


@dataclass(frozen=True)
class Rules:
    """It opens when a `share` of at least `least` calls in `window` seconds failed, rests for `rest` seconds, then takes `probes`."""

    window: float = 10.0
    share: float = 0.5
    least: int = 20
    rest: float = 5.0
    probes: int = 2


class Verdict(Enum):
    """What the end of a call tells of the upstream."""

    GOOD = "good"
    BAD = "bad"
    NEITHER = "neither"


class Closed(Struct, frozen=True):
    """Every call may go; failures are counted. `epoch` grows with each change of state, so that late endings count for nothing."""

    seen: Sliding
    epoch: int = 0
    name = "closed"


class Open(Struct, frozen=True):
    """No call may go until then."""

    until: float
    epoch: int
    name = "open"


class HalfOpen(Struct, frozen=True):
    """Probes: those on their way, and those that succeeded."""

    epoch: int
    out: int = 0
    passed: int = 0
    name = "half-open"


State = Closed | Open | HalfOpen


def fresh(rules: Rules) -> State:
    """A breaker that has seen nothing."""
    return Closed(Sliding(rules.window))


def admit(state: State, now: float, rules: Rules) -> State | None:
    """The state with one more call on its way, whose ticket is the state's epoch; None when it may not go."""
    if isinstance(state, Closed):
        return state
    if isinstance(state, Open):
        return HalfOpen(state.epoch + 1, out=1) if now >= state.until else None
    return replace(state, out=state.out + 1) if state.out + state.passed < rules.probes else None


def settle(state: State, ticket: int, verdict: Verdict, now: float, rules: Rules) -> State:
    """The state after a call that was admitted with this ticket has ended; every admitted call must end here, once."""
    if ticket != state.epoch or isinstance(state, Open):
        return state
    if isinstance(state, Closed):
        return state if verdict is Verdict.NEITHER else counted(state, verdict, now, rules)
    if verdict is Verdict.BAD:
        return Open(now + rules.rest, state.epoch + 1)
    passed = state.passed + (verdict is Verdict.GOOD)
    return Closed(Sliding(rules.window), state.epoch + 1) if passed >= rules.probes else replace(state, out=state.out - 1, passed=passed)


def counted(state: Closed, verdict: Verdict, now: float, rules: Rules) -> State:
    """A closed breaker after one more call, open if that was one failure too many; no success opens it."""
    seen = state.seen.add(now, marked=verdict is Verdict.BAD)
    if verdict is Verdict.BAD:
        failed, calls = seen.counts(now)
        if calls >= rules.least and failed >= rules.share * calls:
            return Open(now + rules.rest, state.epoch + 1)
    return Closed(seen, state.epoch)


def closed_for(state: State, now: float, rules: Rules) -> float:
    """In how many seconds a call that was refused may be tried again; while probes are out, at the latest when another rest would end."""
    return max(state.until - now, 0.0) if isinstance(state, Open) else rules.rest


def judged(error: UpstreamError) -> Verdict:
    """What an error tells of its upstream."""
    if isinstance(error, (Unavailable, TimedOut)):
        return Verdict.BAD
    return Verdict.BAD if isinstance(error, BadResponse) and error.reason != "status" else Verdict.NEITHER
