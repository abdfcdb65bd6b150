"""Operations that need no estimate: what they were given without a call is fresh still, so they make none this time either."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from weakref import ref

from graph.execution.bounded import Bounded
from upstreams.calls import Mode
from upstreams.ledger import Ledger

MOST = 1_000


class Free:
    """One for each process: by the looks that were had at them, which others keep, the operations that made no call."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.until: Bounded[int, tuple[ref[object], float]] = Bounded(MOST)

    def holds(self, looked: object, ledger: Ledger, mode: Mode) -> bool:
        """Whether this operation makes no call; one that is traced is to say what it was expected to cost."""
        found = self.until.get(id(looked)) if mode is Mode.USUAL and not ledger.traced else None
        return found is not None and found[0]() is looked and self.clock() < found[1]

    def note(self, looked: object, ledger: Ledger) -> None:
        """This operation has ended."""
        if not (ledger.spent or ledger.own) and ledger.fresh < math.inf:
            self.until.put(id(looked), (ref(looked), self.clock() + ledger.fresh), 1)
