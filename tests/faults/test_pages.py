"""Pages that move, lie or point elsewhere, as a client of the graph sees them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.bent import Bend, at, bent
from tests.graphs import TODAY, codes, kind
from tests.upstreams.doubles import People, Rows, people, rows

ROWS = "{ checkIns(first: 9) { nodes { id } totalCount pageInfo { hasNextPage } completeness { complete reason } } }"
BOOKED = "{ currentAssignments(first: 50) { nodes { id } completeness { complete reason } } }"
STAFF = "{ people(first: 100) { totalCount nodes { id } completeness { complete } } }"


@dataclass
class Changing:
    """A list of check-ins: at its head one row more from the calls on that are named, those after `gone` lacking its second."""

    old: int
    grows: Callable[[int], int] = lambda call: 0
    gone: int = 10**9
    calls: int = field(default=0, init=False)

    def __call__(self, request: httpx.Request, content: Any) -> Any:
        if kind(request.url.raw_path.decode()) != "check-ins":
            return content
        new, kept = self.grows(self.calls), rows(self.old)
        if self.calls >= self.gone:
            del kept[1]
        self.calls += 1
        return Rows([*({"api_id": f"new-{number}"} for number in range(new, 0, -1)), *kept], clamp=3)(request)


def ids(found: Any) -> list[str]:
    """The rows of a connection."""
    return [node["id"] for node in found["nodes"]]


async def test_rows_that_come_while_a_list_is_read_are_read_in_a_second_pass(company: Path) -> None:
    """The total is read again with every page; what has settled by then is whole (faults.md F15)."""
    async with bent(company, Changing(20, grows=lambda call: min(call, 1)), page_size=3) as one:
        found = (await one.data(ROWS))["checkIns"]
        assert ids(found) == ["new-1", *map(str, range(8))]
        assert (found["completeness"], found["totalCount"]) == ({"complete": True, "reason": None}, 21)
        assert one.wire.kinds() == {"check-ins": 4 + 3}


async def test_a_row_that_goes_while_a_list_is_read_hides_no_other(company: Path) -> None:
    """What follows a deleted row moves up, so that the next page would begin behind one that nobody has seen (faults.md F15)."""
    async with bent(company, Changing(20, gone=1), page_size=3) as one:
        found = (await one.data(ROWS))["checkIns"]
        assert ids(found) == ["0", *map(str, range(2, 10))]
        assert found["completeness"]["complete"]


@pytest.mark.parametrize("pace", [1, 3, 7])
async def test_a_list_that_never_stands_still_is_read_twice_and_says_that_it_is_incomplete(company: Path, pace: int) -> None:
    """Each row once, also where a whole page has been pushed down, which is no loop (faults.md F15)."""
    async with bent(company, Changing(40, grows=lambda call: call * pace), page_size=3) as one:
        answer = await one.ask(ROWS)
        found = answer["data"]["checkIns"]
        assert "errors" not in answer
        assert len(set(ids(found))) == len(ids(found)) >= (9 if pace < 3 else 3)
        assert found["completeness"] == {
            "complete": False,
            "reason": "The check-ins changed while they were being read, twice: some may be missing.",
        }
        assert one.bending.bend.calls <= 24  # type: ignore[attr-defined]


async def test_a_list_of_one_page_costs_one_call_however_much_it_moves(company: Path) -> None:
    """(faults.md F15)"""
    async with bent(company, Changing(40, grows=lambda call: call), page_size=3) as one:
        found = (await one.data("{ checkIns(first: 3) { nodes { id } completeness { complete } } }"))["checkIns"]
        assert (len(ids(found)), found["completeness"], one.wire.kinds()) == (3, {"complete": True}, {"check-ins": 1})


async def test_a_second_pass_that_fails_leaves_what_the_first_one_found(company: Path) -> None:
    """(faults.md F15)"""
    changing = Changing(20, grows=lambda call: call)

    def bend(request: httpx.Request, content: Any) -> Any:
        return httpx.Response(403) if changing.calls >= 3 else changing(request, content)

    async with bent(company, bend, page_size=3) as one:
        found = (await one.data("{ checkIns(first: 7) { nodes { id } completeness { complete } } }"))["checkIns"]
        assert len(set(ids(found))) == len(ids(found)) > 3
        assert found["completeness"] == {"complete": False}


async def test_a_count_that_takes_reading_every_row_is_not_given_while_the_rows_move(company: Path) -> None:
    """(faults.md F15)"""
    window = f'{{submittedBetween: {{from: "{TODAY - timedelta(days=30)}", to: "{TODAY}"}}}}'
    query = f"{{ checkIns(first: 2, filter: {window}) {{ totalCount }} }}"
    for grows, total in ((lambda call: 0, 0), (lambda call: call, None)):
        async with bent(company, Changing(20, grows=grows), page_size=3) as one:
            assert (await one.data(query))["checkIns"]["totalCount"] == total


@dataclass
class Staff:
    """Current assignments on pages of ten people, of which there are as many as `total` says of a call."""

    total: Callable[[int], int]
    where: str = "current"
    calls: int = field(default=0, init=False)

    def __call__(self, request: httpx.Request, content: Any) -> Any:
        if kind(request.url.raw_path.decode()) != self.where:
            return content
        self.calls += 1
        return People(people(self.total(self.calls - 1)), size=10)(request)


async def test_pages_of_people_that_move_are_read_once_more_and_then_are_whole(company: Path) -> None:
    """(faults.md F15)"""
    async with bent(company, Staff(lambda call: 25 if call == 0 else 35)) as one:
        found = (await one.data(BOOKED))["currentAssignments"]
        assert (len(ids(found)), found["completeness"]) == (35, {"complete": True, "reason": None})
        assert one.wire.kinds() == {"current": 8}


async def test_pages_of_people_that_never_stand_still_are_read_twice_and_said_to_be_incomplete(company: Path) -> None:
    """Nor is a count given (faults.md F15)."""
    async with bent(company, Staff(lambda call: 25 + 10 * (call % 2))) as one:
        found = (await one.data(BOOKED))["currentAssignments"]
        assert len(set(ids(found))) == len(ids(found)) >= 25
        assert not found["completeness"]["complete"]
        assert one.bending.bend.calls <= 8  # type: ignore[attr-defined]
        assert (await one.data("{ currentAssignments(first: 1) { totalCount } }"))["currentAssignments"]["totalCount"] is None


@pytest.mark.parametrize(("settles", "complete"), [(True, True), (False, False)])
async def test_a_directory_whose_pages_move_is_read_once_more_and_then_says_so(company: Path, settles: bool, complete: bool) -> None:
    """(faults.md F15)"""
    staff = Staff(lambda call: 25 if call < 3 else 35 if settles else 25 + 10 * (call % 3), where="company")
    async with bent(company, staff) as one:
        found = (await one.data(STAFF))["people"]
        assert found["completeness"] == {"complete": complete}
        assert len(set(ids(found))) == len(ids(found)) >= 25


async def test_a_list_of_users_that_moves_is_read_once_more_before_it_proves_anything(company: Path) -> None:
    """A namesake may be on none of the pages that were read (faults.md F15)."""
    query = '{ person(id: "w0") { identity { status reason } } }'
    for moves, status in ((1, "MATCHED"), (10**9, "AMBIGUOUS")):
        calls = 0

        def bend(request: httpx.Request, content: Any, moves: int = moves) -> Any:
            nonlocal calls
            if request.url.path != "/api/v2/users/":
                return content
            calls += 1
            return {**content, "count": content["count"] + (calls % 2 if calls <= moves else 0)}

        async with bent(company, bend, page_size=4, users_directory=True) as one:
            assert (await one.data(query))["person"]["identity"]["status"] == status


ELSEWHERE: dict[str, Any] = {
    "another host": "http://elsewhere.test/api/v2/checkins/?limit=3&offset=3",
    "another scheme": "https://checkins/api/v2/checkins/?limit=3&offset=3",
    "another port": "http://checkins:8080/api/v2/checkins/?limit=3&offset=3",
    "another path": "http://checkins/api/v2/users/?limit=3&offset=3",
    "another host behind a user's name": "http://checkins@elsewhere.test/api/v2/checkins/?limit=3&offset=3",
    "another host without a scheme": "//elsewhere.test/api/v2/checkins/?limit=3&offset=3",
    "a file": "file:///etc/passwd",
    "no address": "http://[",
    "no text": {"href": "http://elsewhere.test/"},
    "itself": "http://checkins/api/v2/checkins/?limit=3&offset=0",
    "behind itself": "http://checkins/api/v2/checkins/?limit=3&offset=-3",
    "no offset": "http://checkins/api/v2/checkins/?limit=3&offset=many",
}


def linked(link: Any, hosts: set[str], count: Callable[[Any], Any] = lambda count: count) -> Bend:
    """Lists of check-ins whose `next` is this link; whoever is asked is noted."""

    def bend(request: httpx.Request, content: Any) -> Any:
        hosts.add(f"{request.url.scheme}://{request.url.netloc.decode()}{request.url.path}")
        return {**content, "next": link, "count": count(content["count"])} if "results" in content else content

    return bend


@pytest.mark.parametrize("link", ELSEWHERE.values(), ids=ELSEWHERE)
async def test_a_next_that_leads_elsewhere_is_ignored_and_told_on_the_security_log(
    company: Path, link: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """No other place is ever asked, no row is lost, and the line holds no address (faults.md F16)."""
    hosts: set[str] = set()
    async with bent(company, page_size=3) as one:
        before = (await one.data(ROWS))["checkIns"]
        assert caplog.messages == []
        one.bending.bend = linked(link, hosts)
        assert (await one.data(ROWS))["checkIns"] == before
        assert hosts == {"http://checkins/api/v2/checkins/"}
        assert one.counted("next") > 1
    assert [(one.name, one.levelno, one.getMessage()) for one in caplog.records] == [
        ("crewgraph.security", logging.WARNING, "checkins: a link to the next page leads elsewhere and is not followed, 1 so far")
    ]


@pytest.mark.parametrize("link", [None, "", "?limit=3&offset=3000", "/api/v2/checkins/?offset=3000", "http://checkins:80/api/v2/checkins/"])
async def test_a_next_that_leads_on_in_the_same_list_is_nothing_to_tell(company: Path, link: Any, caplog: pytest.LogCaptureFixture) -> None:
    """(faults.md F16)"""
    async with bent(company, linked(link, set()), page_size=3) as one:
        assert len(ids((await one.data(ROWS))["checkIns"])) == 9
        assert one.counted("next") == 0
    assert caplog.messages == []


LIES: list[Any] = [0, 1, 9, -7, 10**8, 10**30, "many", "", "9" * 5000, None, 2.5, True, [], {}]


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: str(lie)[:9])
async def test_a_lie_about_the_count_of_check_ins_loses_none_and_ends_at_an_empty_page(company: Path, lie: Any) -> None:
    """(faults.md F18)"""
    async with bent(company, at("check-ins", lambda content: {**content, "count": lie}), page_size=7) as one:
        found = (await one.data("{ checkIns(first: 100) { nodes { id } totalCount completeness { complete } } }"))["checkIns"]
        assert len(ids(found)) == 38
        assert found["totalCount"] in (None, 38, 10**8)
        assert found["completeness"]["complete"] is (lie != 10**8)
        assert len(one.wire.calls) <= 8


@pytest.mark.parametrize("lie", [0, -3, 10**9, "many", "", None, 2.5, True, [], {}], ids=str)
async def test_a_lie_about_the_possible_pages_loses_nobody_and_ends_at_an_empty_page(company: Path, lie: Any) -> None:
    """What does not add up is said to be incomplete (faults.md F18)."""
    bend = at("current", lambda content: {**content, "possible_pages": lie})
    staff = Staff(lambda call: 25)
    async with bent(company, lambda request, content: bend(request, staffed(staff, request, content))) as one:
        found = (await one.data(BOOKED))["currentAssignments"]
        assert sorted(ids(found)) == sorted(f"a{number}" for number in range(25))
        assert len(one.wire.calls) <= 2 * 4


def staffed(staff: Staff, request: httpx.Request, content: Any) -> Any:
    """The JSON of a bent answer."""
    found = staff(request, content)
    return found.json() if isinstance(found, httpx.Response) else found


async def test_lists_without_an_end_are_left_at_the_page_cap(company: Path) -> None:
    """(faults.md F18)"""

    def endless(request: httpx.Request, content: Any) -> Any:
        place = int(request.url.params.get("page", request.url.params.get("offset", "0")))
        if kind(request.url.raw_path.decode()) == "check-ins":
            return {"count": 10**8, "next": None, "results": [{"api_id": f"row-{place}"}]}
        return {"possible_pages": 10**6, "current_page": place, "data": people(place + 1)[place:]}

    async with bent(company, endless, most_pages=12) as one:
        for query in (ROWS.replace("9", "50"), BOOKED, STAFF, "{ currentAssignments(first: 1) { totalCount } }"):
            one.wire.calls.clear()
            answer = await one.ask(query)
            assert {code for code, _ in codes(answer)} <= {"UPSTREAM_BAD_RESPONSE"}
            assert 0 < len(one.wire.calls) <= 12 * 2 * 3


async def test_a_list_that_is_empty_is_over_whatever_it_says_of_more(company: Path) -> None:
    """(faults.md F18)"""
    lie = {"count": 50, "next": "http://checkins/api/v2/checkins/?offset=100", "results": []}
    async with bent(company, at("check-ins", lambda content: lie)) as one:
        found = (await one.data("{ checkIns(first: 9) { nodes { id } pageInfo { hasNextPage } completeness { complete } } }"))["checkIns"]
        assert found == {"nodes": [], "pageInfo": {"hasNextPage": False}, "completeness": {"complete": False}}
        assert len(one.wire.calls) == 1
