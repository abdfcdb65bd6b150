"""What an estimate is made of: the calls that fields need, what is known before they are made, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from loaders import plans
from loaders.accounts import HEAD
from loaders.booked import UNSEEN
from loaders.directory import Directory, Whose
from loaders.evidence import holding
from loaders.known import Known
from loaders.links import Identity
from loaders.request import Wants
from loaders.window import Days, Window
from upstreams.calls import Call, Mode
from upstreams.check_ins import Filter
from upstreams.check_ins import detail as detail_call
from upstreams.check_ins import rows as rows_call
from upstreams.errors import BadInput
from upstreams.records import Bookings
from upstreams.workforce import Current, Route, Starts


class Need(NamedTuple):
    """Calls that a field needs: equal keys are the same calls, paid for once; `least` of them are sure unless one is `free`."""

    key: Hashable
    likely: int = 1
    least: int = 0
    free: bool = False


@dataclass(frozen=True)
class Cost:
    """Some needs in words, `instead` of what they were chosen, and how many calls in a row they take."""

    calls: str
    needs: tuple[Need, ...]
    waves: int = 1
    instead: str | None = None


@dataclass(frozen=True)
class Many:
    """The values that a field has in all, told apart from other values by `key`.

    `ids` are theirs where it is known which, `sure` that they are all there; `read` is how many check-ins among them have been read in
    detail by then, `linked` that it is known whose they are; `types` are the values by type where there are
    several, and `days` the days that they are about.
    """

    key: Hashable
    likely: int = 1
    ids: frozenset[str] | None = None
    sure: bool = False
    read: int = 0
    linked: bool = False
    types: Mapping[str, Many] | None = None
    days: Window | None = None

    def of(self, type_name: str) -> Many:
        """Those of one type."""
        return self if self.types is None else self.types.get(type_name, Many((self.key, type_name), 0))


@dataclass(frozen=True)
class Step:
    """The calls of one field for all its parents: what they are, how many at least and likely, and the wave in which the last are made."""

    path: str
    calls: str
    least: int
    likely: int
    wave: int
    instead: str | None = None


@dataclass(frozen=True)
class Estimate:
    """A whole operation: `least` is what it is sure to cost in upstream calls if it runs to its end, `likely` what is expected."""

    steps: tuple[Step, ...] = ()
    wants: Wants = field(default_factory=Wants)

    @property
    def least(self) -> int:
        """The calls that it makes at the least."""
        return sum(step.least for step in self.steps)

    @property
    def likely(self) -> int:
        """The calls that it is expected to make."""
        return sum(step.likely for step in self.steps)

    @property
    def waves(self) -> int:
        """How many calls wait for one another at the most."""
        return max((step.wave for step in self.steps), default=0)


@dataclass
class View:
    """What is known before an operation runs; `alone` when nothing in it may read the directory. It asks nothing of anybody."""

    known: Known
    wants: Wants = field(default_factory=Wants)
    mode: Mode = Mode.USUAL
    alone: bool = False
    outcomes: dict[str, Identity | None] = field(default_factory=dict)

    @cached_property
    def directory(self) -> Directory | None:
        """The directory, if it was read lately."""
        return self.known.directories.fresh().get("company")

    @cached_property
    def indexes(self) -> list[Directory]:
        """The scans that need not be made any more, as far as they are whole."""
        return [one for one in self.known.indexes() if one.complete] if self.mode is not Mode.NONE else []

    @property
    def reads(self) -> bool:
        """Whether the operation reads the directory before it asks for a list, so that what lies in its days is free."""
        unknown = self.wants.identities and not self.known.links.kept
        return self.mode is not Mode.NONE and not self.indexes and (self.wants.directory or unknown)

    @cached_property
    def strangers(self) -> float:
        """The share of people of whom it is not remembered who they are."""
        decided = len(self.known.links.kept) + len(self.known.verdicts.kept)
        return max(1 - decided / max(len(self.directory.people), 1), 0.0) if self.directory else float(not decided)

    @cached_property
    def most(self) -> int:
        """The most rows of a page of check-ins."""
        return self.known.check_ins.page_size

    @cached_property
    def still(self) -> Callable[[str, Identity], bool]:
        """Whether a remembered outcome holds."""
        return holding(self.known)

    def outcome(self, person_id: str) -> Identity | None:
        """Who a person was found to be, as long as that holds; looked up once."""
        if person_id not in self.outcomes:
            found = self.known.outcome(person_id)
            self.outcomes[person_id] = found if found is not None and self.still(person_id, found) else None
        return self.outcomes[person_id]

    def booked(self, whose: Whose, own_id: str, ranges: Iterable[Days]) -> list[Bookings] | None:
        """The assignments of a project or person that start in these ranges, if scans show all of them for certain."""
        seen = ((index.bookings(whose, own_id, days, exists=False) for index in self.indexes) for days in ranges)
        found = [next((one for one in each if one is not None), None) for each in seen]
        return None if None in found else [one for one in found if one is not None]

    def covered(self, days: Days) -> bool:
        """Whether a scan that was made, or will be without cost, has all that starts in these days."""
        return any(one.covers(days) for one in self.indexes) or (self.reads and self.known.listed(days))

    def listed_free(self, days: Days) -> bool:
        """Whether the directory, which no operation pays for, may be read for what starts in these days."""
        return self.mode is not Mode.NONE and self.known.listed(days)

    def pages(self, ranges: Iterable[Days]) -> int:
        """How many pages company scans of these ranges are expected to have."""
        seen = self.known.pages.fresh()
        return sum(plans.pages(days, seen, unknown=UNSEEN) for days in ranges)

    def remembers(self, call: Call) -> bool:
        """Whether a call is answered without its upstream."""
        upstream = self.known.workforce.calls if call.path.startswith(self.known.workforce.root) else self.known.check_ins.calls
        return self.mode is not Mode.NONE and upstream.remembers(call)

    def detail(self, check_in_id: str, *, sure: bool) -> Need:
        """The one call for a check-in; none for an id that nobody could ask for."""
        try:
            call = detail_call(check_in_id)
        except BadInput:
            return Need(("detail", check_in_id), 0)
        return Need(("detail", check_in_id), 1, int(sure), self.remembers(call))

    def rows(self, where: Filter, limit: int, *, sure: bool) -> Need:
        """The first page of a filter's rows, which serves everybody who asks for them; a longer page that is remembered will do."""
        return self.heads([(where, limit)], sure=sure)[0]

    def heads(self, pages: Sequence[tuple[Filter, int]], *, sure: bool) -> list[Need]:
        """The same of many filters, each with how many rows are asked for."""
        remembered = self.known.check_ins.calls.remembered
        if self.mode is Mode.NONE:
            return [Need(("rows", where), 1, int(sure)) for where, _ in pages]
        longer = HEAD, self.most
        free = remembered([rows_call(where, limit, 0) for where, limit in pages])
        for at in [at for at, one in enumerate(free) if not one]:
            where, limit = pages[at]
            free[at] = any(remembered([rows_call(where, one, 0) for one in longer if one > limit]))
        return [Need(("rows", where), 1, int(sure), one) for (where, _), one in zip(pages, free, strict=True)]

    def page(self, route: Route, question: Starts | Current, *, sure: bool) -> Need:
        """The first page of a paged question; it may be one that the directory reads anyway."""
        certain = sure and (self.alone or self.directory is not None)
        try:
            free = self.remembers(self.known.workforce.paged(route, question))
        except BadInput:
            return Need(("page", route, question), 0)
        return Need(("page", route, question), 1, int(certain), free)

    def listed(self, whose: Whose, own_id: str, days: Days, *, sure: bool) -> Need:
        """The list of one project or person; none for an id that nobody could ask for."""
        starts = Starts(days[0], days[1], self.known.rules.zone)
        try:
            free = self.remembers(self.known.workforce.listing(whose, own_id, starts))
        except BadInput:
            return Need(("list", whose, own_id, starts), 0)
        return Need(("list", whose, own_id, starts), 1, int(sure), free)
