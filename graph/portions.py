"""Portions of answers, remembered as JSON: what a link shows of one parent, for as long as all that it rests on is as it was.

Callers of other scopes have other portions. Those who may not see everybody's check-ins have none, nor have operations that are traced
or want nothing remembered. A portion has no error in it, and holds nothing that had to be waited for.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from graph.access.rights import Rights
from graph.access.scopes import Needs
from graph.execution.bounded import Bounded
from graph.execution.counts import COUNTS
from loaders import resting
from loaders.request import Loaders
from loaders.resting import Basis
from upstreams.calls import Mode
from upstreams.check_ins import NAME

OVERHEAD = 500
"""Bytes that a portion takes beside its JSON."""
MOST_SHELVES = 1_000


@dataclass(frozen=True, slots=True)
class Portion:
    """The JSON of a link's value, what it rests on, and the ids of the entities in it, by type."""

    json: msgspec.Raw
    mark: object
    basis: Basis
    shown: Sequence[tuple[str, frozenset[str]]]


class Shelf:
    """The portions of one question: one link, its arguments, what is asked of its value, and the scopes of who asks.

    `needs` are those of every link in it. Parents are told apart by all that their records hold.
    """

    def __init__(self, kept: Bounded[tuple[Shelf, Hashable], Portion], needs: Iterable[Needs]) -> None:
        self.kept, self.needs = kept, tuple(needs)

    def take(self, parents: Sequence[Any], loaders: Loaders, rights: Rights) -> list[Portion | None]:
        """The portions of these parents that still hold, which are thereby in the answer."""
        mark, now, kept = loaders.known.mark(), loaders.check_ins.calls.now(), self.kept.get
        found = [kept((self, parent)) for parent in parents]
        found = [one if one is not None and one.mark is mark and one.basis.until > now else None for one in found]
        taken = [(parent.id, one) for parent, one in zip(parents, found, strict=True) if one is not None]
        if taken:
            COUNTS["portion"] += len(taken)
            resting.shown(loaders.ledger, NAME, now, [(about, one.basis) for about, one in taken])
            for needs in self.needs:
                rights.need(needs)
            for _, one in taken:
                for of, ids in one.shown:
                    rights.shown[of].update(ids)
        return found

    def put(self, parent: Any, value: Any, basis: Basis, shown: Sequence[tuple[str, frozenset[str]]], loaders: Loaders) -> None:
        """Keep what has been found of a parent."""
        written = msgspec.json.encode(value)
        portion = Portion(msgspec.Raw(written), loaders.known.mark(), basis, shown)
        self.kept.put((self, parent), portion, len(written) + OVERHEAD)


class Portions:
    """One for each process: no more than `size` bytes of them in all, and none where that is 0."""

    def __init__(self, size: int = 0) -> None:
        self.kept: Bounded[tuple[Shelf, Hashable], Portion] = Bounded(size)
        self.shelves: Bounded[Hashable, Shelf] = Bounded(MOST_SHELVES)

    def shelf(self, question: Hashable, needs: Iterable[Needs], loaders: Loaders, rights: Rights) -> Shelf | None:
        """Where the portions of a question lie, if this operation may have any."""
        if not self.kept.most or loaders.mode is not Mode.USUAL or loaders.ledger.traced or loaders.reach is not None:
            return None
        key = question, rights.caller.scopes
        if (found := self.shelves.get(key)) is None:
            self.shelves.put(key, found := Shelf(self.kept, needs), 1)
        return found
