"""What operators are told of tokens and keys that were refused: why, and which claim; nothing that these say, which may be secret."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from graph.access.who import NotAuthenticated

log = logging.getLogger("crewgraph.access")
PAUSE_SECONDS = 10.0
"""Between two lines that say the same: a flood of bad tokens must not fill a disk."""


@dataclass
class RefusalLog:
    """Logs refusals, each kind at most once in `PAUSE_SECONDS`, with how many there have been since the process began."""

    clock: Callable[[], float] = time.monotonic
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    logged: dict[tuple[str, str], float] = field(default_factory=dict)

    def note(self, refusal: NotAuthenticated) -> None:
        """Count a refusal, and log it unless one like it was logged a moment ago."""
        kind, now = (refusal.reason, refusal.claim), self.clock()
        self.counts[kind] += 1
        if now - self.logged.get(kind, float("-inf")) >= PAUSE_SECONDS:
            self.logged[kind] = now
            told = {"reason": refusal.reason, "claim": refusal.claim or None, "refused": self.counts[kind]}
            about = f"{refusal.reason} ({refusal.claim})" if refusal.claim else refusal.reason
            log.info("a token or key was refused: %s, %d so far", about, self.counts[kind], extra={"refusal": told})
