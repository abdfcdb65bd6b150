"""Which faults strike a call: decided by the seed and by the call alone, so that a rehearsal repeats itself."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from typing import Any
from zlib import crc32

from sandbox.clocks import utc_now
from sandbox.faults.kinds import ENDING, Fault
from sandbox.faults.plan import Plan

SLOTS = 1 << 16
"""How many calls can be told apart when it is counted how often each came."""


class Rehearsal:
    """A plan under way since it was made: its clocks, and how many calls and faults there were, by upstream and by kind."""

    def __init__(self, plan: Plan, clock: Callable[[], float], wall: Callable[[], datetime] = utc_now) -> None:
        self.plan, self.clock, self.wall = plan, clock, wall
        self.began = clock()
        self.times = array("L", bytes(array("L").itemsize * SLOTS))
        self.asked: Counter[str] = Counter()
        self.injected: Counter[str] = Counter()

    @property
    def seconds(self) -> float:
        """How long it has been under way."""
        return self.clock() - self.began

    def strikes(self, upstream: str, path: str, query: str) -> list[Fault]:
        """The faults that strike this call, in the order of the plan; none after one that leaves no answer."""
        self.asked[upstream] += 1
        call, seconds, struck = self.again(f"{path}?{query}"), self.seconds, list[Fault]()
        for number, fault in enumerate(self.plan.faults):
            if fault.covers(upstream, path, seconds) and chance(self.plan.seed, number, call) < fault.rate:
                struck.append(fault)
                if isinstance(fault, ENDING):
                    break
        return struck

    def again(self, call: str) -> str:
        """The call with how often it came before: equal calls meet their fates in the same order, whatever comes between them."""
        slot = crc32(call.encode()) % SLOTS
        self.times[slot] += 1
        return f"{call} {self.times[slot]}"

    def note(self, fault: Fault) -> None:
        """A fault has had its effect."""
        self.injected[fault.kind] += 1

    def shown(self) -> dict[str, Any]:
        """The figures as data."""
        return {"seconds": round(self.seconds, 3), "asked": dict(self.asked), "injected": dict(self.injected)}


def chance(seed: int, number: int, call: str) -> float:
    """A number from 0 to 1 that looks drawn by lot and is always the same for the same fault and call."""
    return int.from_bytes(blake2b(f"{seed} {number} {call}".encode(), digest_size=8).digest()) / 2**64
