"""Whether memory is flat, by what it was at some moments: bytes by seconds since the first."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

GROWTH, NOISE = 1.05, 8_000_000
"""How much memory may grow, by what it was or in bytes, and still be flat."""


def median(memory: Sequence[tuple[float, float]], begins: float, ends: float) -> float:
    """The median memory between two shares of the time."""
    last = memory[-1][0]
    return statistics.median(size for at, size in memory if begins * last <= at <= ends * last)


def flat(memory: Sequence[tuple[float, float]]) -> bool:
    """Whether memory has not grown, but for noise."""
    middle = median(memory, 0.25, 0.5)
    return median(memory, 0.75, 1) <= max(middle * GROWTH, middle + NOISE)


def slope(memory: Sequence[tuple[float, float]]) -> float:
    """Bytes a minute that memory grew after the first quarter, by least squares."""
    late = [(at, size) for at, size in memory if at >= memory[-1][0] / 4]
    return statistics.linear_regression(*zip(*late, strict=True)).slope * 60


def mega(size: float) -> str:
    """Bytes in megabytes."""
    return f"{size / 1e6:.1f} MB"
