"""How one answer is read: the year that two-digit years are near, and a tally of what could not be read (faults.md F11-F13, F21)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, TypeVar

import httpx

from upstreams.clocks import utc_now
from upstreams.records import Moment
from upstreams.values import clock, day, moment, text

T = TypeVar("T")


def onward(link: object, address: str, offset: int) -> bool:
    """Whether a link leads on in the list at this address, from a later offset if it names one."""
    try:
        here = httpx.URL(address)
        there = here.join(link) if isinstance(link, str) else httpx.URL()
        later = int(there.params.get("offset", offset + 1)) > offset
    except (httpx.InvalidURL, ValueError):
        return False
    return later and (there.scheme, there.host, there.port, there.path) == (here.scheme, here.host, here.port, here.path)


class Reading:
    """Fields of one answer by name; a value that cannot be read is None and counted under its field, a lost row under `dropped`.

    `conflict` counts the rows that say otherwise than another one of the same id, `next` the links that lead anywhere but to the next page.
    """

    __slots__ = ("calendar", "counts", "given")

    def __init__(self, year: int | None = None, calendar: Callable[[], datetime] = utc_now) -> None:
        self.given, self.calendar = year, calendar
        self.counts: Counter[str] | None = None

    @property
    def year(self) -> int:
        """The year that was given, else the calendar's; few answers have days, and to ask which day it is costs something."""
        if self.given is None:
            self.given = self.calendar().year
        return self.given

    @property
    def tally(self) -> Counter[str]:
        """The counts; nothing is counted in most answers, so that they are made when they are wanted."""
        if self.counts is None:
            self.counts = Counter()
        return self.counts

    def day(self, raw: Mapping[str, Any], name: str) -> date | None:
        """The calendar day in this field."""
        value = raw.get(name)
        return None if value is None else self.noted(name, day(value, this_year=self.year))

    def clock(self, raw: Mapping[str, Any], name: str) -> time | None:
        """The wall-clock time in this field."""
        value = raw.get(name)
        return None if value is None else self.noted(name, clock(value))

    def moment(self, raw: Mapping[str, Any], name: str) -> Moment | None:
        """The time with an offset in this field."""
        value = raw.get(name)
        return None if value is None else self.noted(name, moment(value))

    def text(self, raw: Mapping[str, Any], name: str) -> str | None:
        """The text in this field, a number printed; an empty one is None, and nothing is wrong with it."""
        value = raw.get(name)
        if value is None or isinstance(value, str):
            return value or None
        return self.noted(name, text(value))

    def flag(self, raw: Mapping[str, Any], name: str) -> bool | None:
        """The JSON boolean in this field."""
        value = raw.get(name)
        return value if value is None or isinstance(value, bool) else self.noted(name, None)

    def noted(self, name: str, value: T | None) -> T | None:
        """What was made of something that the upstream sent in this field; counted when nothing could be."""
        if value is None:
            self.tally[name] += 1
        return value

    def rows(self, raw: Mapping[str, Any], name: str) -> list[Any]:
        """The list in this field; anything else is no rows, and counts as a lost one unless it is null."""
        found = raw.get(name)
        if isinstance(found, list):
            return found
        if found is not None:
            self.tally["dropped"] += 1
        return []

    def link(self, link: object, address: str, offset: int) -> None:
        """Count a link to the page after `offset` that leads anywhere else; nothing is ever asked of it (faults.md F16)."""
        if link and address and not onward(link, address, offset):
            self.tally["next"] += 1

    def kept(self, read: list[T | None]) -> list[T]:
        """What could be read; the rest is counted as dropped."""
        kept = [one for one in read if one is not None]
        if lost := len(read) - len(kept):
            self.tally["dropped"] += lost
        return kept

    @property
    def dropped(self) -> int:
        """How many rows were lost."""
        return self.counts["dropped"] if self.counts else 0
