"""Time as a test tells it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Clock:
    """Seconds that pass only when a test says so, for whatever takes a monotonic or a wall clock."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now
