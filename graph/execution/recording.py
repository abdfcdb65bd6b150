"""What comes of a site whose values are at hand, put down parent by parent, to be remembered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from graph.execution.batches import Batch
from graph.execution.plans import Site
from graph.portions import Shelf
from loaders import resting
from loaders.request import Loaders
from loaders.resting import Basis


class Recording:
    """The values of one site of some objects while they are completed; `waiting` when not all of them are at once."""

    def __init__(self, batch: Batch, shelf: Shelf) -> None:
        self.batch, self.shelf, self.waiting = batch, shelf, False
        self.bases: list[list[Basis]] = [[] for _ in batch.sources]
        self.shown: list[dict[str, set[str]]] = [defaultdict(set) for _ in batch.sources]
        self.odd: set[int] = set()

    def rests(self, batch: Batch, bases: Iterable[Basis | None]) -> None:
        """Values of these objects rest on this; on None rests what is not to be remembered."""
        for number, basis in zip(batch.roots(self.batch), bases, strict=True):
            if basis is None:
                self.odd.add(number)
            else:
                self.bases[number].append(basis)

    def spoil(self, batch: Batch, number: int) -> None:
        """There is something odd about a value of this object."""
        while batch is not self.batch:
            if batch.up is None:  # it is above all of this
                self.waiting = True
                return
            number, batch = batch.place(number)[0], batch.up
        self.odd.add(number)

    def shows(self, of: str, batch: Batch, numbers: Sequence[int], values: Sequence[Any]) -> None:
        """Values of these objects are entities, or lists of them."""
        roots = batch.roots(self.batch)
        for number, value in zip(numbers, values, strict=True):
            every = value if isinstance(value, list | tuple) else [value]
            self.shown[roots[number]][of].update([one.id for one in every if hasattr(one, "id")])

    def keep(self, site: Site, loaders: Loaders) -> None:
        """Remember what is worth it."""
        if self.waiting:
            return
        for number, (parent, made, bases) in enumerate(zip(self.batch.sources, self.batch.made, self.bases, strict=True)):
            if number not in self.odd and bases:
                shown = [(of, frozenset(ids)) for of, ids in self.shown[number].items()]
                self.shelf.put(parent, made[site.key], resting.together(bases), shown, loaders)
