"""The end of a server, in order: it says that it is not ready, is left alone, and finishes what it has begun."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Drain:
    """Begins once. For `grace` seconds all are served as before, so that load balancers can look elsewhere; then nobody is let in.

    What is in flight after that has `limit` seconds to finish.
    """

    grace: float = 0.0
    limit: float = 20.0
    clock: Callable[[], float] = time.monotonic
    ends: float | None = None

    @property
    def begun(self) -> bool:
        """Whether the server is ending."""
        return self.ends is not None

    @property
    def over(self) -> bool:
        """Whether the grace has ended."""
        return self.ends is not None and self.clock() >= self.ends

    def begin(self, *, at_once: bool = False) -> None:
        """End, after the grace unless at once; asked again, at once."""
        self.ends = self.clock() + (0.0 if at_once or self.begun else self.grace)
