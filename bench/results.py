"""What was measured, as values that JSON can keep."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

from bench.sides import State


@dataclass(frozen=True)
class Row:
    """One side's answers to one question in one state, over upstreams that take `latency` milliseconds a call.

    `cpu` has the milliseconds of CPU an operation, of each run; `wall` those on the clock, of each operation. `calls` are upstream calls
    an operation, `megabytes` what the server held afterwards, `size` the bytes of an answer, `digest` the hash of what it means.
    """

    side: str
    title: str
    question: str
    people: int
    state: State
    latency: int
    company: int
    check_ins: int
    cpu: list[float]
    wall: list[float]
    calls: float
    megabytes: float
    size: int
    digest: str

    @property
    def typical(self) -> float:
        """The median of the runs' CPU."""
        return median(self.cpu)

    def within(self, share: float) -> float:
        """The milliseconds on the clock within which this share of the operations was answered."""
        return sorted(self.wall)[math.ceil(len(self.wall) * share) - 1]


@dataclass(frozen=True)
class Results:
    """All rows, and what is to be said about them: where they were measured, and how noisy that was."""

    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def save(self, path: Path) -> None:
        """As JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1))

    def of(self, company: int, check_ins: int) -> list[Row]:
        """The rows of one company."""
        return [one for one in self.rows if (one.company, one.check_ins) == (company, check_ins)]


def load(path: Path) -> Results:
    """What was saved."""
    found = json.loads(path.read_text())
    return Results([Row(**one) for one in found["rows"]], found["notes"])


def find(rows: Iterable[Row], *, side: str, question: str, people: int, state: State, latency: int = 0) -> Row | None:
    """The one row of this kind, if it was measured."""
    wanted = (side, question, people, state, latency)
    return next((one for one in rows if (one.side, one.question, one.people, one.state, one.latency) == wanted), None)
