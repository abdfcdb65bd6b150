"""From an id back to time off."""

from __future__ import annotations

from datetime import date

from loaders.request import Loaders
from loaders.window import EARLIEST, LATEST, Window
from upstreams.errors import TooExpensive
from upstreams.records import TimeOff


async def reference(loaders: Loaders, id: str) -> TimeOff | None:  # noqa: A002 - a key field's name
    """The time off with this id, which names its person and its first day; None for any other text."""
    person_id, first, _ = [*id.rsplit(":", 2), "", ""][:3]
    start = day(first)
    if not person_id or start is None:
        return None
    window = Window("starting", start, start)
    if not loaders.known.listed((start, start)) and not loaders.may_search(first):
        raise TooExpensive("Ask for the time off of fewer distant days in one request.")
    found = await loaders.time_off.load((person_id, window))
    return next((one for one in found or () if one.id == id), None)


def reason(absence: TimeOff) -> str | None:
    """Why the person is away (upstreams.md 28)."""
    return absence.reason


def day(text: str) -> date | None:
    """A day from ISO text that a window may have, or None."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if EARLIEST <= found <= LATEST else None
