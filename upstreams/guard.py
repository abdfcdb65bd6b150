"""What stands between calls and one upstream: breaker, gate, limiter and retries, under one policy (faults.md F1 to F8)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeVar

import stamina
from msgspec import Struct
from stamina.instrumentation import set_on_retry_hooks

from upstreams import breaker
from upstreams.breaker import Verdict
from upstreams.deadline import Deadline, late
from upstreams.errors import Missing, RateLimited, Unavailable, UpstreamError
from upstreams.limiter import Limiter
from upstreams.observer import SILENT, Health, Observer
from upstreams.policy import Policy
from upstreams.retries import Retries, Turn

T = TypeVar("T")
Work = Callable[[Mapping[str, str]], Awaitable[T]]
"""One try on the wire, with these headers beside its own. Raises UpstreamError."""

set_on_retry_hooks(())  # stamina's own would log the errors, or count them under names that nobody knows


class Done(Struct, Generic[T], frozen=True):
    """What a call came to, after so many tries, of which it waited for its turn so many milliseconds."""

    value: T
    tries: int
    waited: float


class Guard:
    """One for each upstream and process; `clock` is the event loop's, in seconds."""

    def __init__(self, name: str, policy: Policy, observer: Observer = SILENT, clock: Callable[[], float] = time.monotonic) -> None:
        self.name, self.policy, self.observer, self.clock = name, policy, observer, clock
        self.gate = asyncio.Semaphore(policy.concurrency)
        self.limiter = Limiter(name, policy, clock)
        self.retries = Retries(name, policy, observer, clock)
        self.state = breaker.fresh(policy.breaker)
        self.here = self.in_flight = 0
        self.succeeded: float | None = None
        self.failed: tuple[float, str] | None = None

    async def call(self, route: str, work: Work[T], deadline: Deadline) -> Done[T]:
        """What `work` gives, tried again as the policy allows. Raises UpstreamError; after the deadline no try begins."""
        turn = Turn(deadline)
        try:
            return await self.attempt(route, work, turn)
        except UpstreamError as error:
            return await self.retried(route, work, turn, error)

    async def retried(self, route: str, work: Work[T], turn: Turn, first: UpstreamError) -> Done[T]:
        """What the tries after one that failed so come to; those that succeed at once need not pay for stamina."""
        policy, failed = self.policy, [first]
        async for attempt in stamina.retry_context(
            on=lambda error: self.again(turn, error),
            attempts=policy.tries,
            timeout=None,
            wait_initial=policy.wait,
            wait_max=policy.longest_wait,
            wait_jitter=policy.jitter,
        ):
            with attempt:
                if failed:
                    raise failed.pop()
                return await self.attempt(route, work, turn)
        raise AssertionError("stamina tries at least once")

    def again(self, turn: Turn, error: Exception) -> bool | float:
        """Whether a try that failed so is repeated: after a backoff, or without one where a pause must be waited for anyway."""
        if not isinstance(error, UpstreamError) or isinstance(self.state, breaker.Open):
            return False
        paused = self.limiter.paused
        allowed = self.retries.allowed(turn, error, paused)
        return 0.0 if allowed and paused else allowed

    async def attempt(self, route: str, work: Work[T], turn: Turn) -> Done[T]:
        """One try, from its turn to its verdict; it keeps its place at the gate until it is over."""
        began, self.here = self.clock(), self.here + 1
        try:
            self.refuse(turn.deadline, began)
            if self.limiter.idle and not self.gate.locked():
                await self.gate.acquire()  # which waits for nothing
            else:
                await self.entered(turn.deadline)
            try:
                now = self.clock()
                ticket = self.admitted(now)
                turn.waited += now - began
                turn.number += 1
                if turn.number == 1:
                    self.retries.called(now)
                return Done(await self.judged(route, work, turn.number, ticket), turn.number, turn.waited * 1000)
            finally:
                self.gate.release()
        except UpstreamError as error:
            error.tries = turn.number
            raise
        finally:
            self.here -= 1

    async def entered(self, deadline: Deadline) -> None:
        """Take a place at the gate when it is one's turn; nobody waits past the deadline."""
        try:
            async with asyncio.timeout(deadline.limit):  # the try itself has a limit of its own, since others may wait for it
                await self.gate.acquire()
                try:
                    await self.limiter.turn(deadline)
                except BaseException:  # refused or cancelled, it leaves its place to another
                    self.gate.release()
                    raise
        except TimeoutError as cause:
            raise late(self.name) from cause

    def refuse(self, deadline: Deadline, now: float) -> None:
        """Raise what a call with this deadline could only wait for in vain: Unavailable, RateLimited or TimedOut."""
        if breaker.admit(self.state, now, self.policy.breaker) is None:
            raise self.refused()
        self.hurry(deadline)

    def hurry(self, deadline: Deadline) -> None:
        """Raise RateLimited or TimedOut where there is no time for any answer."""
        self.limiter.refuse(deadline)
        if deadline.over:
            raise late(self.name)

    def refused(self) -> Unavailable:
        """The breaker lets nobody through."""
        self.observer.event(self.name, "breaker-refused")
        return Unavailable(self.name, reason="open", retry_after=breaker.closed_for(self.state, self.clock(), self.policy.breaker))

    def admitted(self, now: float) -> int:
        """The breaker's ticket for one try."""
        state = breaker.admit(self.state, now, self.policy.breaker)
        if state is None:
            raise self.refused()
        self.become(state)
        return state.epoch

    async def judged(self, route: str, work: Work[T], number: int, ticket: int) -> T:
        """One try on the wire, and what it teaches of the upstream."""
        verdict = Verdict.NEITHER
        self.in_flight += 1
        try:
            with self.observer.attempt(self.name, route, number) as headers:
                value = await work(headers)
            verdict, self.succeeded = Verdict.GOOD, self.clock()
            self.limiter.answered()
            return value
        except UpstreamError as error:
            verdict = breaker.judged(error)
            self.heed(error)
            raise
        finally:
            self.in_flight -= 1
            self.become(breaker.settle(self.state, ticket, verdict, self.clock(), self.policy.breaker))

    def heed(self, error: UpstreamError) -> None:
        """Note a failure, and stop for as long as it asks; a 429 that says nothing stops everybody for a while too (faults.md F2)."""
        if not isinstance(error, Missing):
            self.failed = self.clock(), error.code
        if error.retry_after:
            self.limiter.pause(error.retry_after)
        elif isinstance(error, RateLimited):
            self.limiter.back_off()
        if self.limiter.paused and isinstance(error, (RateLimited, Unavailable)):
            self.observer.event(self.name, "paused")

    def become(self, state: breaker.State) -> None:
        """The breaker's next state, told where it has another name."""
        if state.name != self.state.name:
            self.observer.event(self.name, f"breaker-{state.name}")
        self.state = state

    def health(self) -> Health:
        """How the upstream does."""
        now = self.clock()
        return Health(
            breaker=self.state.name,
            succeeded_ago=now - self.succeeded if self.succeeded is not None else None,
            failed_ago=now - self.failed[0] if self.failed is not None else None,
            failed_code=self.failed[1] if self.failed is not None else None,
            paused_for=self.limiter.paused,
            in_flight=self.in_flight,
            waiting=self.here - self.in_flight,
            retries=self.retries.made,
            suppressed=self.retries.suppressed,
        )
