"""Walking the pages of people: one by one or side by side, each person once, with an end in every case."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date
from typing import Any

import httpx
import pytest

from tests.upstreams.doubles import Double, Object, People, numbers, people, reply, workforce
from upstreams.errors import BadResponse, Refused, Unavailable
from upstreams.records import Page, Scan
from upstreams.workforce import COMPANY, CURRENT, Current, Route, Starts, Workforce

DAY = date(2024, 1, 1)
STARTS = Starts(DAY, DAY, UTC)
GROUP = Route("group", "g")


async def walked(client: Workforce, route: Route = COMPANY) -> list[Page]:
    """All pages, one at a time."""
    return [page async for page in client.pages(route, STARTS)]


async def scanned(client: Workforce, route: Route = COMPANY) -> Scan:
    """All pages, side by side."""
    found = await client.scan(route, STARTS)
    assert found is not None
    return found


def ids(found: Scan | list[Page]) -> list[int]:
    """The people, in order."""
    pages: list[Any] = found if isinstance(found, list) else [found]
    return numbers(booking.person.id for page in pages for booking in page.bookings)


@pytest.mark.parametrize(("total", "calls"), [(0, 1), (1, 1), (10, 1), (11, 2), (30, 3), (700, 70)])
@pytest.mark.parametrize("route", [COMPANY, CURRENT, GROUP])
async def test_a_scan_takes_as_many_calls_as_there_are_pages(total: int, calls: int, route: Route) -> None:
    double = Double(People(people(total), size=10))
    found = await workforce(double).scan(route, Current(DAY) if route is CURRENT else STARTS)
    assert found is not None
    assert ids(found) == list(range(total))
    assert found.complete
    assert len(double.requests) == calls


async def test_a_walk_asks_for_a_page_only_when_it_is_wanted() -> None:
    # trap 31
    double = Double(People(people(30), size=10))
    async for page in workforce(double).pages(COMPANY, STARTS):
        assert ids([page]) == list(range(10))
        break
    assert len(double.requests) == 1
    assert ids(await walked(workforce(double))) == list(range(30))
    assert len(double.requests) == 4


async def test_the_page_parameter_is_called_page_and_counts_from_zero() -> None:
    # trap 30: "pageNumber" in seed B is a flattened table
    double = Double(People(people(30), size=10))
    await walked(workforce(double))
    assert [request.url.params["page"] for request in double.requests] == ["0", "1", "2"]
    assert all("pageNumber" not in request.url.params for request in double.requests)


@pytest.mark.parametrize("current", [lambda page: 0, lambda page: page + 1, lambda page: "first", lambda page: -1, lambda page: []])
async def test_another_page_than_the_one_asked_for_is_an_error_and_no_loop(current: Any) -> None:
    # trap 30
    double = Double(People(people(30), size=10, current=current))
    with pytest.raises(BadResponse) as caught:
        await scanned(workforce(double))
    assert caught.value.reason == "other-page"
    assert len(double.requests) <= 3


async def test_a_page_number_as_text_or_not_given_at_all_is_believed() -> None:
    # trap 30
    assert ids(await scanned(workforce(Double(People(people(30), size=10, current=str))))) == list(range(30))
    assert ids(await scanned(workforce(Double(People(people(30), size=10, current=lambda page: None))))) == list(range(30))


async def test_a_server_that_says_neither_which_page_nor_of_how_many_is_an_error() -> None:
    # trap 30: nothing else would end its circle
    double = Double(lambda request: reply({"data": people(10)}))
    with pytest.raises(BadResponse):
        await walked(workforce(double))
    assert len(double.requests) == 1


LIES: list[Any] = [0, -3, 10**9, "many", "", None, 2.5, True, [], {}]


@pytest.mark.parametrize("lie", LIES)
async def test_a_lie_about_the_pages_loses_nobody_and_ends_at_the_first_empty_page(lie: Any) -> None:
    # fault F18
    for read in (walked, scanned):
        double = Double(People(people(30), size=10, possible=lambda honest: lie))
        assert ids(await read(workforce(double))) == list(range(30))
        assert len(double.requests) <= 4


async def test_a_scan_that_was_lied_to_says_that_it_may_be_incomplete() -> None:
    # fault F18
    assert not (await scanned(workforce(Double(People(people(30), size=10, possible=lambda honest: 0))))).complete


async def test_a_believable_lie_costs_one_wave_and_no_more() -> None:
    # fault F18: 4,000 pages are possible, so the scan asks 32 of them side by side and finds the last of them empty
    double = Double(People(people(30), size=10, possible=lambda honest: 4000))
    assert ids(await scanned(workforce(double))) == list(range(30))
    assert len(double.requests) == 33


async def test_a_believable_lie_ends_a_walk_at_the_first_empty_page() -> None:
    # fault F18
    double = Double(People(people(30), size=10, possible=lambda honest: 4000))
    assert ids(await walked(workforce(double))) == list(range(30))
    assert len(double.requests) == 4


async def test_a_server_without_an_end_is_left_at_the_page_cap() -> None:
    # fault F18
    for read in (walked, scanned):
        double = Double(endless)
        assert ids(await read(workforce(double, most_pages=7))) == list(range(7))
        assert len(double.requests) == 7


def endless(request: httpx.Request) -> httpx.Response:
    """One more person, for ever."""
    page = int(request.url.params["page"])
    return reply({"possible_pages": None, "current_page": page, "data": people(page + 1)[page:]})


class Moving:
    """People of whom the last `late` come only after the first call."""

    def __init__(self, total: int, late: int) -> None:
        self.total, self.late = total, late
        self.calls = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        return People(people(self.total if self.calls > 1 else self.total - self.late), size=10)(request)


@pytest.mark.parametrize("read", [walked, scanned])
async def test_pages_that_are_added_while_reading_are_read_too(read: Any) -> None:
    # trap 31, fault F15: the number of pages is read again from every page
    assert ids(await read(workforce(Double(Moving(35, 20))))) == list(range(35))


async def test_a_scan_whose_pages_moved_says_that_it_may_be_incomplete() -> None:
    # trap 31, fault F15
    assert not (await scanned(workforce(Double(Moving(35, 20))))).complete
    assert not (await scanned(workforce(Double(Moving(20, -20))))).complete
    assert (await scanned(workforce(Double(Moving(35, 0))))).complete


async def test_a_warning_is_given_on_and_makes_a_scan_incomplete() -> None:
    # trap 31: seed B:52
    double = Double(lambda request: reply({"possible_pages": 1, "current_page": 0, "data": people(1), "warning": "half of it"}))
    assert [page.warning for page in await walked(workforce(double))] == ["half of it"]
    assert not (await scanned(workforce(double))).complete


async def test_a_page_out_of_bounds_is_empty_with_its_warning() -> None:
    # trap 31
    page = await workforce(Double(People(people(3)))).page(COMPANY, STARTS, 9)
    assert page is not None
    assert (page.bookings, page.warning, page.number) == ((), "out of bounds", 9)


def named(person_id: str, name: str, *assignments: Object, timeoff: list[Object] | None = None) -> Object:
    """A person's row."""
    return {"person_id": person_id, "person_name": name, "assignments": list(assignments), "timeoff": timeoff or []}


async def test_a_person_on_several_pages_is_one_person_with_all_their_bookings() -> None:
    # trap 10, faults F13 and F15
    first, second = {"id": "a1", "project_id": "j"}, {"id": "a2", "project_id": "j"}
    newer = {**first, "updated_at": "7/01/18", "project_name": "New"}
    holiday, sick = {"start_day": "7/09/18"}, {"start_day": "8/09/18"}
    given = [
        named("p", "Ann Lee", newer, timeoff=[holiday]),
        named("q", "Bob"),
        named("p", "Ann Lee-May", first, second, timeoff=[holiday, sick]),
    ]
    scan = await scanned(workforce(Double(People(given, size=1))))
    ann, bob = scan.bookings
    assert (ann.person.name, bob.person.name) == ("Ann Lee-May", "Bob")  # trap 10: the most recent spelling
    assert [(one.id, one.project.name) for one in ann.assignments] == [("a1", "New"), ("a2", None)]
    assert [one.start for one in ann.time_off] == [date(2018, 7, 9), date(2018, 8, 9)]


async def test_rows_that_cannot_be_read_do_not_end_a_scan_but_make_it_incomplete() -> None:
    # faults F11 and F12
    given: list[Any] = [None, *people(1), {}, "row", *people(3)[1:]]
    for read in (walked, scanned):
        assert ids(await read(workforce(Double(People(given, size=1))))) == [0, 1, 2]
    scan = await scanned(workforce(Double(People(given, size=1))))
    assert (scan.complete, scan.everybody) == (False, False)


async def test_a_booking_that_cannot_be_read_costs_no_person() -> None:
    # fault F11: the bookings are incomplete, the people are not
    scan = await scanned(workforce(Double(People([named("p", "Ann Lee", {"id": "a1"})]))))
    assert [booking.person.id for booking in scan.bookings] == ["p"]
    assert (scan.complete, scan.everybody) == (False, True)


class Vanishing:
    """Three pages of which those that `gone` names are answered with 404."""

    def __init__(self, *gone: int) -> None:
        self.gone = gone
        self.asked: Counter[int] = Counter()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        self.asked[page] += 1
        return reply({}, 404) if page in self.gone else People(people(30), size=10)(request)


@pytest.mark.parametrize(("gone", "left"), [((1,), [*range(10), *range(20, 30)]), ((2,), list(range(20))), ((1, 2), list(range(10)))])
async def test_a_group_that_vanishes_midway_ends_the_scan_without_asking_again(gone: tuple[int, ...], left: list[int]) -> None:
    # trap 31, trap 38: a 404 on a later page must neither loop nor pass for the end
    pages = Vanishing(*gone)
    scan = await scanned(workforce(Double(pages)), GROUP)
    assert ids(scan) == left
    assert (scan.complete, scan.everybody) == (False, False)
    assert pages.asked == {0: 1, 1: 1, 2: 1}


async def test_a_group_that_is_not_known_is_none_and_a_company_that_is_not_known_is_a_refusal() -> None:
    # trap 38, fault F19
    client = workforce(Double(lambda request: reply({}, 404)))
    assert await client.scan(GROUP, STARTS) is None
    assert await walked(client, GROUP) == []
    for route in (COMPANY, CURRENT):
        with pytest.raises(Refused):
            await client.scan(route, STARTS)


async def test_a_failure_of_one_page_is_raised_as_itself_and_not_in_a_group() -> None:
    honest = People(people(30), size=10)
    double = Double(lambda request: reply({}, 503) if request.url.params["page"] == "2" else honest(request))
    with pytest.raises(Unavailable) as caught:
        await scanned(workforce(double))
    assert caught.value.status == 503
