"""The breaker as a pure machine, against a naive one that writes everything down."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from upstreams import breaker
from upstreams.breaker import Closed, HalfOpen, Open, Rules, Verdict
from upstreams.errors import BadResponse, Missing, RateLimited, Refused, TimedOut, Unavailable, UpstreamError
from upstreams.sliding import SLOTS

RULES = Rules(window=10.0, share=0.5, least=4, rest=5.0, probes=2)


class Naive:
    """A breaker that keeps every ending, and works everything out from them."""

    def __init__(self) -> None:
        self.name = "closed"
        self.endings: list[tuple[float, bool]] = []
        self.until = 0.0
        self.out: list[object] = []
        self.passed = 0

    def admits(self, now: float) -> bool:
        """Whether a call may go now."""
        if self.name == "half-open":
            return len(self.out) + self.passed < RULES.probes
        return self.name == "closed" or now >= self.until

    def admit(self, now: float, ticket: object) -> None:
        """A call goes."""
        if self.name == "open":
            self.name, self.out, self.passed = "half-open", [], 0
        if self.name == "half-open":
            self.out.append(ticket)

    def end(self, now: float, ticket: object, born: str, verdict: Verdict) -> None:
        """A call that went in the state `born` ends."""
        if self.name == "half-open" and ticket in self.out:
            self.out.remove(ticket)
            self.passed += verdict is Verdict.GOOD
            if verdict is Verdict.BAD:
                self.open(now)
            elif self.passed >= RULES.probes:
                self.name, self.endings = "closed", []
        elif self.name == "closed" and born == "closed" and verdict is not Verdict.NEITHER:
            self.endings.append((now, verdict is Verdict.BAD))
            slot = RULES.window / SLOTS
            kept = [failed for at, failed in self.endings if int(at / slot) > int(now / slot) - SLOTS]
            if verdict is Verdict.BAD and len(kept) >= RULES.least and sum(kept) >= RULES.share * len(kept):
                self.open(now)

    def open(self, now: float) -> None:
        """No call may go for a while."""
        self.name, self.until, self.endings, self.out = "open", now + RULES.rest, [], []


class Machine(RuleBasedStateMachine):
    """Calls come, end as they like and in any order, and time passes."""

    @initialize()
    def begin(self) -> None:
        self.state, self.naive, self.now = breaker.fresh(RULES), Naive(), 0.0
        self.calls: list[tuple[int, object, str, int]] = []
        self.closings = 0

    @rule(seconds=st.sampled_from([0.0, 0.5, 1.0, 2.5, 5.0, 11.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def a_call_comes(self) -> None:
        state, ticket = breaker.admit(self.state, self.now, RULES), object()
        assert (state is not None) == self.naive.admits(self.now)
        if state is not None:
            self.naive.admit(self.now, ticket)
            self.state = state
            self.calls.append((state.epoch, ticket, state.name, self.closings))

    @precondition(lambda self: self.calls)
    @rule(which=st.integers(0, 1_000), verdict=st.sampled_from(Verdict))
    def a_call_ends(self, which: int, verdict: Verdict) -> None:
        epoch, ticket, born, closings = self.calls.pop(which % len(self.calls))
        before = self.state.name
        self.state = breaker.settle(self.state, epoch, verdict, self.now, RULES)
        self.naive.end(self.now, ticket, born if closings == self.closings else "earlier", verdict)
        self.closings += before != self.state.name

    @invariant()
    def both_are_in_the_same_state(self) -> None:
        assert self.state.name == self.naive.name

    @invariant()
    def a_half_open_breaker_never_has_more_calls_out_than_probes(self) -> None:
        if isinstance(self.state, HalfOpen):
            assert 0 <= self.state.out <= RULES.probes - self.state.passed

    @invariant()
    def an_open_breaker_says_when_it_may_be_tried(self) -> None:
        if isinstance(self.state, Open):
            wait = breaker.closed_for(self.state, self.now, RULES)
            assert breaker.admit(self.state, self.now + wait, RULES) is not None
            assert wait <= RULES.rest


TestBreakerKeepsToTheNaiveModel = Machine.TestCase


def ended(state: breaker.State, now: float, *verdicts: Verdict) -> breaker.State:
    """The state after calls that end at once."""
    for verdict in verdicts:
        admitted = breaker.admit(state, now, RULES)
        assert admitted is not None
        state = breaker.settle(admitted, admitted.epoch, verdict, now, RULES)
    return state


def test_it_opens_at_the_share_of_failures_and_not_before_there_are_enough_calls() -> None:
    assert isinstance(ended(breaker.fresh(RULES), 0, *[Verdict.BAD] * 3), Closed)
    assert isinstance(ended(breaker.fresh(RULES), 0, *[Verdict.BAD] * 4), Open)
    assert isinstance(ended(breaker.fresh(RULES), 0, *[Verdict.GOOD] * 3, *[Verdict.BAD] * 2), Closed)
    assert isinstance(ended(breaker.fresh(RULES), 0, *[Verdict.GOOD] * 3, *[Verdict.BAD] * 3), Open)


def test_no_success_opens_it_whatever_came_before() -> None:
    """An upstream that is well again is not left alone because by now there are enough calls to judge (faults.md F4)."""
    recovering = ended(breaker.fresh(RULES), 0, *[Verdict.BAD] * 3, *[Verdict.GOOD] * 3)
    assert isinstance(recovering, Closed)
    assert isinstance(ended(recovering, 0, Verdict.BAD), Open)


def test_failures_that_are_older_than_the_window_are_forgotten() -> None:
    state = ended(breaker.fresh(RULES), 0, *[Verdict.BAD] * 3)
    assert isinstance(ended(state, 11, Verdict.BAD), Closed)
    assert isinstance(ended(state, 8, Verdict.BAD), Open)


def test_a_late_failure_of_a_call_from_before_it_opened_does_not_close_the_door_again() -> None:
    opened = ended(breaker.fresh(RULES), 0, *[Verdict.BAD] * 4)
    probing = breaker.admit(opened, 5, RULES)
    assert isinstance(probing, HalfOpen)
    assert breaker.settle(probing, 0, Verdict.BAD, 5, RULES) == probing


ERRORS: list[tuple[UpstreamError, Verdict]] = [
    (Unavailable("w", status=503), Verdict.BAD),
    (Unavailable("w", reason="transport"), Verdict.BAD),
    (Unavailable("w", reason="tls"), Verdict.BAD),
    (TimedOut("w"), Verdict.BAD),
    *(
        (BadResponse("w", reason=reason), Verdict.BAD)
        for reason in ("protocol", "json", "shape", "content-type", "too-large", "other-page")
    ),
    *((BadResponse("w", status=status, reason="status"), Verdict.NEITHER) for status in (302, 400, 418)),
    (RateLimited("w", status=429), Verdict.NEITHER),
    (Refused("w", status=401), Verdict.NEITHER),
    (Refused("w", status=403), Verdict.NEITHER),
    (Missing("w", status=404), Verdict.NEITHER),
]


@pytest.mark.parametrize(("error", "verdict"), ERRORS)
def test_5xx_timeouts_a_broken_wire_and_unreadable_bodies_are_failures_and_no_4xx_is(error: UpstreamError, verdict: Verdict) -> None:
    """A 429 never trips it (faults.md F1)."""
    assert breaker.judged(error) is verdict
