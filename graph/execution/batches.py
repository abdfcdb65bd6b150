"""Objects of one plan, side by side, and the place of each in the answer."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from graphql.pyutils import Path

from graph.execution.plans import Plan, Site


@dataclass(frozen=True, eq=False)
class Batch:
    """Some objects: what they are read from, and what is `made` of them.

    They are values of one site of the objects in `up`: of its `owners` one each or, where they are items of lists, all from one of
    the `starts` to the next. `kept` are their numbers among all these values, unless they are all of them.
    """

    plan: Plan | None
    sources: Sequence[Any]
    made: Sequence[dict[str, Any]]
    site: Site
    up: Batch | None = None
    owners: Sequence[int] = ()
    starts: Sequence[int] | None = None
    kept: Sequence[int] | None = None

    def part(self, plan: Plan, kept: Sequence[int] | None) -> Batch:
        """Some of these objects, by their numbers, or all of them, which are of one plan."""
        if kept is None:
            return replace(self, plan=plan)
        numbers = kept if self.kept is None else [self.kept[at] for at in kept]
        return replace(self, plan=plan, kept=numbers, sources=[self.sources[at] for at in kept], made=[self.made[at] for at in kept])

    def place(self, at: int) -> tuple[int, int | None]:
        """The owner of an object, and its place in the owner's list."""
        number = at if self.kept is None else self.kept[at]
        if self.starts is None:
            return self.owners[number], None
        which = bisect_right(self.starts, number) - 1
        return self.owners[which], number - self.starts[which]

    def roots(self, top: Batch) -> Sequence[int]:
        """For each of these objects, the number of the one of `top` in whose value it is."""
        if self is top:
            return range(len(self.sources))
        assert self.up is not None
        above = self.up.roots(top)
        return [above[self.place(at)[0]] for at in range(len(self.sources))]

    def path(self, at: int, key: str, top: Path) -> Path:
        """Where a field of an object is, in an answer whose part this is begins at `top`."""
        if self.up is None or self.plan is None:
            return top
        owner, index = self.place(at)
        own = self.up.path(owner, self.site.key, top)
        return Path(own if index is None else Path(own, index, None), key, self.plan.of.name)
