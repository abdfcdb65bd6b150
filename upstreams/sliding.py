"""Counts over the last seconds, as a value: what is older is forgotten, a tenth of the time at once."""

from __future__ import annotations

from msgspec import Struct

SLOTS = 10


class Sliding(Struct, frozen=True, gc=False):
    """How many things happened in the last `seconds`, and how many of them were marked; each slot is (its number, marked, all)."""

    seconds: float
    slots: tuple[tuple[int, int, int], ...] = ()

    def number(self, now: float) -> int:
        """The slot that a time belongs to."""
        return int(now * SLOTS / self.seconds)

    def add(self, now: float, *, marked: bool) -> Sliding:
        """One more; time does not run backwards."""
        number = self.number(now)
        last, some, every = self.slots[-1] if self.slots else (number - 1, 0, 0)
        if last >= number:
            return Sliding(self.seconds, (*self.slots[:-1], (last, some + marked, every + 1)))
        kept = tuple(slot for slot in self.slots if number - SLOTS < slot[0])
        return Sliding(self.seconds, (*kept, (number, int(marked), 1)))

    def counts(self, now: float) -> tuple[int, int]:
        """How many were marked, and how many there were."""
        oldest = self.number(now) - SLOTS
        kept = [slot for slot in self.slots if slot[0] > oldest]
        return sum(slot[1] for slot in kept), sum(slot[2] for slot in kept)
