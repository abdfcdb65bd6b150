"""Assignments in a window: the questions that answer it, and the walk through their pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from loaders.known import Known, Rules
from loaders.window import EARLIEST, LATEST, Days, Window
from upstreams.errors import BadInput
from upstreams.records import Assignment, Page, TimeOff, WorkDays
from upstreams.workforce import COMPANY, CURRENT, Changed, Current, Route, Starts

Ask = Callable[[Route, Starts | Current, int], Awaitable[Page | None]]
Place = tuple[int, int, int]
"""Where an assignment stood: which question, which page, which index on it."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Part:
    """One paged question, and which of its assignments are ours to show: those that no earlier part shows."""

    route: Route
    question: Starts | Current
    window: Window | None = None
    before: date | None = None
    earlier: tuple[date, ...] = ()
    older: date | None = None

    def shows(self, assignment: Assignment) -> bool:
        """Whether the assignment belongs in the window and in this part, and was created before `older`."""
        if self.window is not None and not self.window.keeps(assignment.start, assignment.end):
            return False
        if self.older is not None and assignment.created is not None and assignment.created >= self.older:
            return False
        if not self.asks(assignment.start):
            return False
        if self.before is not None and (assignment.start is None or assignment.start >= self.before):
            return False
        return not any(runs(assignment, day) for day in self.earlier)

    def asks(self, start: date | None) -> bool:
        """Whether this first day is among those asked for: an answer may hold one day more, which is another part's (upstreams.md 19)."""
        return start is None or not isinstance(self.question, Starts) or self.question.first <= start <= self.question.last


def runs(assignment: Assignment, day: date) -> bool:
    """Whether an assignment has a working day on `day`, as `current` understands it (seed B:154)."""
    begun = assignment.start is None or assignment.start <= day
    return begun and (assignment.end is None or day <= assignment.end) and works(assignment.work_days, day)


def works(work_days: WorkDays | None, day: date) -> bool:
    """Whether that weekday is a working day; unknown counts as no."""
    return work_days is not None and getattr(work_days, WEEKDAYS[day.weekday()]) is True


def clashes(assignment: Assignment, absence: TimeOff, days: Days = (EARLIEST, LATEST)) -> bool:
    """Whether they share one of these days on which the assignment is worked: only a weekday that is said to be free is free."""
    first = max(assignment.start or EARLIEST, absence.start or EARLIEST, days[0])
    last = min(assignment.end or LATEST, absence.end or LATEST, days[1])
    week = [first + timedelta(days=ahead) for ahead in range(min(7, (last - first).days + 1))]
    return any(getattr(assignment.work_days, WEEKDAYS[day.weekday()], None) is not False for day in week)


def parts(route: Route, window: Window, changed: Changed, known: Known) -> list[Part]:
    """The parts of a window, disjoint in what they show: beginnings newest first, then, company-wide, what has run for longer.

    The last parts are `current` reads, so that an *active* window also holds what began before the look-back (upstreams.md 20).
    """
    rules, today = known.rules, known.today()
    ranges = window.starts(rules.look_back)
    begun = [Part(route, Starts(first, last, rules.zone, changed), window) for first, last in ranges]
    if route != COMPANY:
        return begun
    days = [day for day in window.running() if rules.current_on_any_day or day == today]
    earliest = ranges[-1][0]
    late = [current(day, changed, rules, today)[0] for day in days]
    return [*begun, *(replace(part, window=window, before=earliest, earlier=tuple(days[:at])) for at, part in enumerate(late))]


def current(day: date, changed: Changed, rules: Rules, today: date) -> list[Part]:
    """The one part of what has a working day on `day`; a deployment whose `current` takes no date knows today's only."""
    if rules.current_on_any_day:
        return [Part(CURRENT, Current(day, changed))]
    if day != today:
        raise BadInput("on", "must be today: this workforce deployment does not tell what is current on another day")
    return [Part(CURRENT, Current(None, changed))]


async def walk(ask: Ask, these: list[Part], place: Place = (0, 0, 0)) -> AsyncIterator[tuple[Place, Assignment]]:
    """Each assignment that the parts show, once, in upstream order from `place` on, reading no page before it is needed."""
    seen: set[str] = set()
    part, number, index = place
    while part < len(these):
        page = await ask(these[part].route, these[part].question, number)
        for at, assignment in enumerate(assignments(page)):
            if at >= index and assignment.id not in seen and these[part].shows(assignment):
                seen.add(assignment.id)
                yield (part, number, at), assignment
        part, number, index = following(part, number, page)


def assignments(page: Page | None) -> list[Assignment]:
    """All assignments on a page, in its order."""
    return [assignment for booking in page.bookings for assignment in booking.assignments] if page is not None else []


def following(part: int, number: int, page: Page | None) -> Place:
    """Where the next page is: the next of this part, else the first of the next part."""
    if page is None or not (page.bookings or page.dropped) or number + 1 >= page.pages:
        return (part + 1, 0, 0)
    return (part, number + 1, 0)
