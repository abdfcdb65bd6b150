"""How a project's people kept to their check-ins, counted from list rows: no check-in is read in detail once identities are known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from loaders.accounts import HEAD
from loaders.links import Ambiguous
from loaders.recent import Recent, back, due, over
from loaders.request import Loaders
from loaders.window import Window
from resolvers.check_ins import UNSHOWN
from resolvers.paging import COMPLETE, Completeness
from resolvers.people import owned
from resolvers.projects import people
from upstreams.gathering import together
from upstreams.records import CheckIn, Person, Project

FAR = 90
"""Days back from today that a weekly form and an ad hoc one now and then fit into one head of rows."""


@dataclass(frozen=True)
class Summary:
    """Counts over the check-ins of the `known` among `people`; the rate is from 0 to 1, None when there is nothing to judge."""

    people: int
    known: int
    due: int
    submitted: int
    overdue: int
    on_vacation: int
    ad_hoc: int
    on_time_rate: float | None
    completeness: Completeness


async def summary(project: Project, loaders: Loaders, between: Window, window: Window) -> Summary | None:
    """The summary for the check-ins due in `between` of those booked in `window`; None when workforce does not know the project."""
    staff = await people(project, loaders, window)
    if staff is None:
        return None
    found = await together([rows(loaders, person, between) for person in staff])
    known = [one for one in found if one is not None]
    completeness = COMPLETE if all(one.complete for one in known) else UNSHOWN
    return counted(len(staff), len(known), [row for one in known for row in one.items], loaders.known.rules.clock(), completeness)


async def rows(loaders: Loaders, person: Person, between: Window) -> Recent | None:
    """The person's check-ins that were due in these days; None when it is not known, or not certain, which are theirs."""
    zone, back_to = loaders.known.rules.zone, between.first
    first = HEAD if (loaders.known.today() - back_to).days <= FAR else loaders.check_ins.page_size
    try:
        mine = await owned(person, loaders)
        found = await back(loaders, mine, lambda oldest: (due(oldest, zone) or back_to) < back_to, first) if mine is not None else None
    except Ambiguous:
        return None
    if found is None:
        return None
    return Recent(tuple(row for row in found.items if back_to <= (due(row, zone) or date.min) <= between.last), found.complete)


def counted(people: int, known: int, rows: Iterable[CheckIn], now: datetime, completeness: Completeness) -> Summary:
    """The counts. What is not over yet, was due on vacation, or is not said to be overdue or not, is left out of the rate."""
    every = list(rows)
    judged = [row for row in every if over(row, now) and not row.on_vacation and row.overdue is not None]
    on_time = [row for row in judged if row.submitted is not None and not row.overdue]
    return Summary(
        people=people,
        known=known,
        due=len(every),
        submitted=sum(row.submitted is not None for row in every),
        overdue=sum(row.overdue is True for row in every),
        on_vacation=sum(row.on_vacation is True for row in every),
        ad_hoc=sum(row.is_adhoc is True for row in every),
        on_time_rate=len(on_time) / len(judged) if judged else None,
        completeness=completeness,
    )
