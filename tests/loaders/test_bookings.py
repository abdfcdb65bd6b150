"""The walk through pages: each assignment once, no page before it is needed, from any place on."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from loaders.bookings import WEEKDAYS, Part, Place, clashes, runs, walk
from loaders.window import Window
from upstreams.records import Assignment, Booking, Page, Person, Project, TimeOff, WorkDays
from upstreams.workforce import COMPANY, CURRENT, Current, Route, Starts

DAY = date(2026, 3, 4)
EVERY = WorkDays(*[True] * 7)


def booking(number: int, start: date = DAY, end: date = DAY, work_days: WorkDays | None = EVERY) -> Booking:
    """A person with one assignment."""
    person = Person(f"p{number}")
    return Booking(person, (Assignment(f"a{number}", person, Project("x"), start=start, end=end, work_days=work_days),))


class Pages:
    """An upstream of some parts' pages, which notes what it is asked."""

    def __init__(self, parts: list[list[list[Booking]]]) -> None:
        self.parts, self.asked = parts, list[tuple[int, int]]()

    async def ask(self, _route: Route, question: Starts | Current, number: int) -> Page | None:
        assert isinstance(question, Current)
        assert question.on is not None
        part = (question.on - DAY).days
        self.asked.append((part, number))
        pages = self.parts[part]
        return Page(tuple(pages[number]), number, len(pages))

    def asks(self) -> list[Part]:
        """The parts, told apart by their day."""
        return [Part(CURRENT, Current(DAY + timedelta(number))) for number in range(len(self.parts))]


async def everything(pages: Pages, start: Place = (0, 0, 0)) -> list[tuple[Place, str]]:
    return [(place, assignment.id) async for place, assignment in walk(pages.ask, pages.asks(), start)]


LAYOUT = st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=3), min_size=1, max_size=3)


def laid_out(layout: list[list[int]]) -> list[list[list[Booking]]]:
    """Bookings numbered through parts and pages of these sizes."""
    numbers = iter(range(1000))
    return [[[booking(next(numbers)) for _ in range(size)] for size in pages] for pages in layout]


@given(LAYOUT)
def test_the_walk_gives_each_assignment_once_in_order(layout: list[list[int]]) -> None:
    found = asyncio.run(everything(Pages(laid_out(layout))))
    assert [name for _, name in found] == [f"a{number}" for number in range(sum(map(sum, layout)))]


@given(LAYOUT, st.integers(0, 30))
def test_the_walk_goes_on_after_any_place_without_reading_what_came_before(layout: list[list[int]], at: int) -> None:
    whole = asyncio.run(everything(Pages(laid_out(layout))))
    (part, number, index), _ = whole[at % len(whole)]
    pages = Pages(laid_out(layout))
    rest = asyncio.run(everything(pages, (part, number, index + 1)))
    assert rest == whole[at % len(whole) + 1 :]
    assert min(pages.asked) == (part, number)


async def test_no_page_is_read_before_it_is_needed() -> None:
    pages = Pages(laid_out([[2, 2], [2]]))
    async for _ in walk(pages.ask, pages.asks()):
        break
    assert pages.asked == [(0, 0)]


async def test_an_assignment_that_a_shifted_page_shows_again_is_given_once() -> None:
    """Trap 31."""
    one, two, three = booking(1), booking(2), booking(3)
    found = await everything(Pages([[[one, two], [two, three]]]))
    assert [name for _, name in found] == ["a1", "a2", "a3"]


def test_a_current_part_shows_what_began_before_the_look_back_and_ran_on_none_of_its_earlier_days() -> None:
    """Trap 20."""
    mondays = WorkDays(monday=True)
    part = Part(CURRENT, Current(DAY), Window("active", DAY, DAY + timedelta(9)), before=DAY - timedelta(729), earlier=(DAY,))
    old = DAY - timedelta(2000)
    assert part.shows(booking(1, old, DAY + timedelta(9), mondays).assignments[0])
    assert not part.shows(booking(2, old, DAY + timedelta(9)).assignments[0])
    assert not part.shows(booking(3, DAY, DAY + timedelta(9), mondays).assignments[0])
    assert not part.shows(booking(4, old, DAY - timedelta(1), mondays).assignments[0])


def test_a_working_day_is_within_the_days_and_on_a_worked_weekday() -> None:
    """Trap 23: DAY is a Wednesday; Sunday comes first in the record."""
    assert DAY.strftime("%A") == "Wednesday"
    week = WorkDays(wednesday=True)
    assert runs(booking(1, DAY, DAY, week).assignments[0], DAY)
    assert not runs(booking(1, DAY, DAY + timedelta(1), week).assignments[0], DAY + timedelta(1))
    assert not runs(booking(1, DAY, DAY, None).assignments[0], DAY)


DAYS = st.one_of(st.none(), st.integers(-20, 20).map(lambda days: DAY + timedelta(days)))
WEEKS = st.one_of(st.none(), st.lists(st.sampled_from([True, False, None]), min_size=7, max_size=7).map(lambda flags: WorkDays(*flags)))


@given(DAYS, DAYS, WEEKS, DAYS, DAYS, st.integers(-20, 20), st.integers(0, 20))
def test_an_absence_clashes_where_a_day_that_may_be_worked_falls_into_it(
    start: date | None, end: date | None, week: WorkDays | None, away: date | None, back: date | None, first: int, length: int
) -> None:
    person = Person("p")
    assignment = Assignment("a", person, Project("x"), start=start, end=end, work_days=week)
    absence = TimeOff("t", person, start=away, end=back)
    window = (DAY + timedelta(first), DAY + timedelta(first + length))
    days = [window[0] + timedelta(ahead) for ahead in range(length + 1)]
    worked = [day for day in days if week is None or getattr(week, WEEKDAYS[day.weekday()]) is not False]
    expected = any(all((one or day) <= day for one in (start, away)) and all(day <= (one or day) for one in (end, back)) for day in worked)
    assert clashes(assignment, absence, window) is expected


def test_an_absence_of_unknown_days_clashes_with_any_work_of_unknown_days() -> None:
    person = Person("p")
    assert clashes(Assignment("a", person, Project("x")), TimeOff("t", person))
    assert not clashes(Assignment("a", person, Project("x"), work_days=WorkDays(*[False] * 7)), TimeOff("t", person))


def test_a_part_of_a_year_shows_nothing_that_begins_outside_it() -> None:
    """Trap 19: one day more than asked may come back."""
    part = Part(COMPANY, Starts(DAY, DAY + timedelta(9), UTC))
    starts = [-1, 0, 9, 10]
    assert [part.shows(booking(1, DAY + timedelta(start), DAY + timedelta(30)).assignments[0]) for start in starts] == [
        False,
        True,
        True,
        False,
    ]


def test_what_an_earlier_part_showed_as_created_is_not_shown_as_updated() -> None:
    """Trap 24."""
    part = Part(COMPANY, Starts(DAY, DAY, UTC), older=DAY)
    made = [Assignment("a", Person("p"), Project("x"), start=DAY, created=created) for created in (DAY - timedelta(1), DAY, None)]
    assert [part.shows(one) for one in made] == [True, False, True]
