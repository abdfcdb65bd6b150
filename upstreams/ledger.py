"""What one operation asked of the upstreams: its budget, the age of what it was given and, when it is traced, every call."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import asdict

from upstreams.deadline import NEVER, Deadline
from upstreams.errors import TooExpensive

T = TypeVar("T")
UNBOUNDED = 1 << 60
HINT = "Narrow the window, ask for a smaller `first`, or for fewer people at once."
AT_ONCE = frozenset({"cache", "stale", "none"})
"""Where answers come from for which nobody waits: they end no wave."""
MOST_TRACED = 2_000
"""How many calls a trace lists one by one."""


class Record(Struct, gc=False):
    """One call of a trace; `start`, `duration` and `waited` are milliseconds, the first since the operation began.

    `keys` is how many things it answers for: the people on a page of the company, else one. `attempt` is how many tries on the wire
    it took, 0 where it was refused before the first.
    """

    upstream: str
    route: str
    wave: int
    start: float
    duration: float = 0.0
    waited: float = 0.0
    source: str = "network"
    attempt: int = 1
    outcome: str = "ok"
    keys: int = 1

    def shown(self) -> dict[str, Any]:
        """The call as data, times to a tenth of a millisecond."""
        times = {name: round(getattr(self, name), 1) for name in ("start", "duration", "waited")}
        return {**asdict(self), **times}


@dataclass(frozen=True)
class Planned:
    """A plan that was chosen: for how many keys, at which cost in calls, instead of what."""

    plan: str
    keys: int
    chosen: str
    calls: int
    alternatives: tuple[tuple[str, int], ...]
    wave: int

    def shown(self) -> dict[str, Any]:
        """The plan as data."""
        return {**vars(self), "alternatives": [{"choice": choice, "calls": calls} for choice, calls in self.alternatives]}


@dataclass
class Ledger:
    """One for each operation. A call's wave is one more than the highest wave that had ended when it was asked.

    `spent` are the calls that the operation pays for, `own` those that the server made for itself meanwhile. `deadline` is when
    whoever waits for this operation's sake gives up; `fresh` is for how many seconds all that it was given stays fresh. `sources`
    counts where answers came from, by upstream, and `found` links by status and method.
    """

    limit: int = UNBOUNDED
    traced: bool = False
    deadline: Deadline = NEVER
    clock: Callable[[], float] = time.perf_counter
    spent: int = 0
    own: int = 0
    estimate: tuple[int, int] | None = None
    calls: list[Record] = field(default_factory=list)
    omitted: int = 0
    plans: list[Planned] = field(default_factory=list)
    identities: dict[str, dict[str, Any]] = field(default_factory=dict)
    oldest: dict[str, float] = field(default_factory=dict)
    fresh: float = math.inf
    sources: Counter[tuple[str, str]] = field(default_factory=Counter)
    found: Counter[tuple[str, str]] = field(default_factory=Counter)
    ended: int = 0
    began: float = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.clock()

    @property
    def room(self) -> int:
        """How many calls the operation may still make."""
        return max(self.limit - self.spent, 0)

    def spend(self, *, charged: bool = True) -> None:
        """Pay for one call. Raises TooExpensive when the budget is used up."""
        self.own += not charged
        if not charged:
            return
        if not self.room:
            raise TooExpensive(f"It has made all {self.limit} upstream calls that one operation may make.", limit=self.limit)
        self.spent += 1

    def foresee(self, least: int, likely: int) -> None:
        """Note what the operation is expected to cost. Raises TooExpensive, before its first call, when it cannot fit."""
        self.estimate = (least, likely)
        if least > self.limit:
            raise TooExpensive(HINT, estimate=least, limit=self.limit)

    def afford(self, calls: int, hint: str = HINT) -> None:
        """Refuse a wave of calls that cannot fit, before its first. Raises TooExpensive with what the operation would come to."""
        if calls > self.room:
            raise TooExpensive(hint, estimate=self.spent + calls, limit=self.limit)

    def asked(self, upstream: str, route: str) -> Record:
        """The record of a call that begins now."""
        record = Record(upstream, route, self.ended + 1, self.now())
        if self.traced and len(self.calls) < MOST_TRACED:
            self.calls.append(record)
        else:
            self.omitted += self.traced
        return record

    def answered(self, record: Record, source: str, outcome: str = "ok", *, age: float = 0.0, life: float = math.inf) -> None:
        """The call has ended; what it gave was `age` seconds old, of the `life` seconds for which it is fresh."""
        record.source, record.outcome, record.duration = source, outcome, self.now() - record.start
        self.sources[record.upstream, source] += 1
        if source not in AT_ONCE:
            self.ended = max(self.ended, record.wave)
        self.aged(record.upstream, age, life if outcome == "ok" else 0.0)

    def given(self, upstream: str, calls: int, age: float, life: float) -> None:
        """So many calls of a kind were answered from the cache at once; the oldest of what they gave was `age` seconds old."""
        self.sources[upstream, "cache"] += calls
        self.aged(upstream, age, life)

    def waits(self, upstream: str) -> Callable[[asyncio.Future[T]], Awaitable[T]]:
        """How this operation waits for what others share, and this upstream is asked for: no longer than it has time."""
        return lambda work: self.deadline.wait(work, upstream)

    def aged(self, upstream: str, age: float, life: float = math.inf) -> None:
        """Something of an upstream that is this many seconds old, and is fresh for `life`, went into the answer."""
        self.fresh = min(self.fresh, life - age)
        self.oldest[upstream] = max(self.oldest.get(upstream, 0.0), age)

    def planned(self, plan: str, keys: int, chosen: str, calls: int, alternatives: tuple[tuple[str, int], ...]) -> None:
        """A plan was chosen."""
        if self.traced:
            self.plans.append(Planned(plan, keys, chosen, calls, alternatives, self.ended + 1))

    def identified(self, person: str, status: str, method: str | None, *, remembered: bool) -> None:
        """It was decided, or remembered, who a person is; people are named by their ids only."""
        self.found[status, method or "none"] += 1
        if self.traced:
            self.identities[person] = {"person": person, "status": status, "method": method, "remembered": remembered}

    def now(self) -> float:
        """Milliseconds since the operation began."""
        return (self.clock() - self.began) * 1000

    def shown(self) -> dict[str, Any]:
        """The trace as data."""
        least, likely = self.estimate or (None, None)
        return {
            "milliseconds": round(self.now(), 1),
            "waves": self.ended,
            "calls": [record.shown() for record in self.calls],
            "omitted": self.omitted,
            "plans": [plan.shown() for plan in self.plans],
            "identities": list(self.identities.values()),
            "budget": {"limit": self.limit, "spent": self.spent, "own": self.own, "least": least, "likely": likely},
        }
