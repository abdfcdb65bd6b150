"""Company scans of one request: made once, shared with the next requests for a while, and read for bookings and absences."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from loaders.base import attempted
from loaders.directory import Directory, build
from loaders.known import Known
from loaders.window import Days, Window
from upstreams.calls import Mode
from upstreams.ledger import Ledger
from upstreams.records import Scan, TimeOff

Make = Callable[[Days], Coroutine[Any, Any, tuple[Scan, float]]]
Read = Callable[[], Coroutine[Any, Any, Directory]]


class Scans:
    """The scans of one request: `make` makes one and tells when its oldest page was read, `directory` reads the directory.

    A request that wants nothing remembered is answered from its own scans only.
    """

    def __init__(self, known: Known, ledger: Ledger, mode: Mode, make: Make, directory: Read) -> None:
        self.known, self.ledger, self.mode, self.make, self.directory = known, ledger, mode, make, directory
        self.made: list[Directory] = []

    async def index(self, days: Days) -> Directory:
        """The company scan of these starting days, made now, which teaches how large such scans are."""
        found, read = await self.make(days)
        self.known.pages.keep(days, found.pages)
        index = build([found], days, read)
        self.made.append(index)
        if self.mode is not Mode.NONE:
            self.known.scanned.keep(days, index)
        return index

    async def at_hand(self, *, needed: bool = False) -> Sequence[Directory]:
        """All that need not be made any more; where nothing is and the directory is `needed` anyway, the directory."""
        remembered = self.remembered()
        if needed and not remembered and self.mode is not Mode.NONE:
            remembered = [one for one in await attempted([self.directory()]) if isinstance(one, Directory)]
        return self.used(remembered)

    def lately(self) -> Sequence[Directory]:
        """All that is there now."""
        return self.used(self.remembered())

    def used(self, remembered: Sequence[Directory]) -> Sequence[Directory]:
        """What this request has scanned and what is remembered, which is as old as it is."""
        for one in remembered:
            self.ledger.aged("workforce", one.age, self.known.life(one))
        return [*self.made, *remembered]

    def remembered(self) -> list[Directory]:
        """What earlier requests have scanned."""
        return self.known.indexes() if self.mode is not Mode.NONE else []

    async def covering(self, days: Days) -> Directory | None:
        """A scan at hand that covers these days, or the directory where they are its own; None where one must be made."""
        found = next((one for one in (*self.made, *self.remembered()) if one.covers(days)), None)
        if found is None and self.known.listed(days) and self.mode is not Mode.NONE:
            found = await self.directory()
        if found is not None:
            self.ledger.aged("workforce", found.age, self.known.life(found))
        return found


def absences(indexes: Sequence[Directory], person_id: str, window: Window) -> tuple[TimeOff, ...]:
    """One person's time off in a window, by start, as these scans show it."""
    found = {one.id: one for index in indexes for one in index.time_off.get(person_id, ())}
    kept = [one for one in found.values() if window.keeps(one.start, one.end)]
    return tuple(sorted(kept, key=lambda one: (str(one.start), one.id)))
