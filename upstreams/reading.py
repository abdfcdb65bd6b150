"""How one answer is read: the year that two-digit years are near, and a tally of what could not be read (faults.md F11, F12, F21)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, TypeVar

from upstreams.records import Moment
from upstreams.values import clock, day, moment

T = TypeVar("T")


def this_year() -> int:
    """The calendar year of this machine."""
    return date.today().year


@dataclass(frozen=True)
class Reading:
    """Fields of one answer by name; a value that cannot be read is None and counted under its field, a lost row under `dropped`."""

    year: int = field(default_factory=this_year)
    tally: Counter[str] = field(default_factory=Counter)

    def day(self, raw: Mapping[str, Any], name: str) -> date | None:
        """The calendar day in this field."""
        return self.noted(raw, name, day(raw.get(name), this_year=self.year))

    def clock(self, raw: Mapping[str, Any], name: str) -> time | None:
        """The wall-clock time in this field."""
        return self.noted(raw, name, clock(raw.get(name)))

    def moment(self, raw: Mapping[str, Any], name: str) -> Moment | None:
        """The time with an offset in this field."""
        return self.noted(raw, name, moment(raw.get(name)))

    def noted(self, raw: Mapping[str, Any], name: str, value: T | None) -> T | None:
        """The value; counted when the upstream sent something and nothing could be read."""
        if value is None and raw.get(name) is not None:
            self.tally[name] += 1
        return value

    def rows(self, raw: Mapping[str, Any], name: str) -> list[Any]:
        """The list in this field; anything else is no rows, and counts as a lost one unless it is null."""
        found = raw.get(name)
        if isinstance(found, list):
            return found
        self.tally["dropped"] += found is not None
        return []

    def kept(self, read: list[T | None]) -> list[T]:
        """What could be read; the rest is counted as dropped."""
        kept = [one for one in read if one is not None]
        self.tally["dropped"] += len(read) - len(kept)
        return kept

    @property
    def dropped(self) -> int:
        """How many rows were lost."""
        return self.tally["dropped"]
