"""What need not be waited for: portions of earlier answers, and links whose values all rest on remembered data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from graph.context import Context
from graph.execution.batches import Batch
from graph.execution.fallback import Fallback
from graph.execution.plans import Site
from graph.execution.recording import Recording


class AtHand(Fallback, ABC):
    """One part of an answer, and what of it goes on at once."""

    @abstractmethod
    def values(self, batch: Batch, site: Site, numbers: Sequence[int], values: Sequence[Any]) -> None:
        """Values of a site, and what is asked of them."""

    def not_at_hand(self, asked: Sequence[tuple[Batch, Site]]) -> list[tuple[Batch, Site]]:
        """The objects and sites that are left when those go on that need not wait."""
        left = []
        for batch, site in asked:
            part = self.remembered(batch, site)
            if part is not None and not self.recorded(part, site):
                left.append((part, site))
        return left

    def remembered(self, batch: Batch, site: Site) -> Batch | None:
        """Give objects what is remembered of a site of theirs; the others, if there are any."""
        shelf = self.executor.shelf(site) if self.recording is None else None
        if shelf is None:
            return batch
        context: Context = self.executor.context_value
        left = []
        for number, portion in enumerate(shelf.take(batch.sources, context.loaders, context.rights)):
            if portion is None:
                left.append(number)
            else:
                batch.made[number][site.key] = portion.json
        if len(left) == len(batch.sources):
            return batch
        assert batch.plan is not None
        return batch.part(batch.plan, left) if left else None

    def recorded(self, batch: Batch, site: Site) -> bool:
        """`at_hand`, and what comes of it is remembered."""
        shelf = self.executor.shelf(site) if self.recording is None else None
        if shelf is None:
            return self.at_hand(batch, site)
        self.recording = recording = Recording(batch, shelf)
        try:
            done = self.at_hand(batch, site)
        finally:
            self.recording = None
        if done:
            recording.keep(site, self.executor.context_value.loaders)
        return done

    def at_hand(self, batch: Batch, site: Site) -> bool:
        """Whether none of these objects need wait for a link of theirs; then they go on at once."""
        call = self.executor.call(site) if site.link is not None and site.link.at_hand is not None else None
        if call is None or call.many is None:
            return False
        try:
            values = call.many(batch.sources)
        except Exception:  # whatever it is, it is raised again, in its place
            return False
        if values is None:
            return False
        if self.recording is not None:
            self.recording.rests(batch, call.rests(batch.sources) if call.rests is not None else [None] * len(values))
        self.come(batch, site, values)
        return True

    def come(self, batch: Batch, site: Site, values: Sequence[Any]) -> None:
        """The values of these objects, or the errors of their fields."""
        failed = [(number, value) for number, value in enumerate(values) if isinstance(value, Exception)]
        for number, error in failed:
            self.fail(batch, number, site, error)
        if not failed:
            self.values(batch, site, range(len(values)), values)
            return
        good = [number for number, value in enumerate(values) if not isinstance(value, Exception)]
        self.values(batch, site, good, [values[number] for number in good])
