"""Ranges of days, and the window of bookings that end."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox import Draft
from tests.graphs import TODAY, Graph, codes, graph

ENDING = "endingBetween: {days: 14}"


def after(days: int) -> date:
    """So many days after today."""
    return TODAY + timedelta(days)


async def test_ending_between_finds_the_bookings_whose_last_day_lies_in_the_range_wherever_windows_are(draft: Draft, path: Path) -> None:
    tower, crew = draft.project("Tower"), draft.group("Crew")
    spans = {"Ends today": (-30, 0), "Ends last": (-700, 13), "Over": (-30, -1), "Later": (-30, 14), "Begins and ends": (3, 5)}
    for name, (first, last) in spans.items():
        draft.assign(draft.worker(name, groups=[crew]), tower, after(first), after(last))
    ann = draft.worker("Ann Lee", groups=[crew])
    draft.assign(ann, tower, after(-9), after(9))
    draft.time_off(ann, after(-3), after(0), reason="family")
    draft.time_off(ann, after(-3), after(20), reason="family")
    draft.save(path)
    query = f"""query ($project: ID!, $group: ID!, $ann: ID!) {{
      project(id: $project) {{ people({ENDING}) {{ name }} assignments({ENDING}) {{ person {{ name }} }} }}
      group(id: $group) {{ people(first: 9, {ENDING}) {{ nodes {{ name }} }} assignments(first: 9, {ENDING}) {{ totalCount }} }}
      assignments(first: 9, {ENDING}) {{ totalCount nodes {{ person {{ name }} }} }}
      person(id: $ann) {{ assignments({ENDING}) {{ endDay }} projects({ENDING}) {{ name }} timeOff({ENDING}) {{ endDay }} }}
    }}"""
    async with graph(path) as one:
        data = await one.data(query, project=tower, group=crew, ann=ann)
    wanted = ["Ann Lee", "Begins and ends", "Ends last", "Ends today"]
    assert [person["name"] for person in data["project"]["people"]] == wanted
    assert sorted(one["person"]["name"] for one in data["project"]["assignments"]) == wanted
    assert [person["name"] for person in data["group"]["people"]["nodes"]] == wanted
    assert data["group"]["assignments"]["totalCount"] == data["assignments"]["totalCount"] == 4
    assert sorted(one["person"]["name"] for one in data["assignments"]["nodes"]) == wanted
    assert data["person"] == {
        "assignments": [{"endDay": str(after(9))}],
        "projects": [{"name": "Tower"}],
        "timeOff": [{"endDay": str(TODAY)}],
    }


async def test_a_company_wide_roll_off_is_found_though_it_began_before_the_look_back(draft: Draft, path: Path) -> None:
    """Trap 20."""
    draft.assign(draft.worker("Old"), draft.project("Tower"), after(-2000), after(5))
    draft.save(path)
    async with graph(path) as one:
        data = await one.data(f"{{ assignments(first: 9, {ENDING}) {{ nodes {{ person {{ name }} }} }} }}")
    assert data["assignments"]["nodes"] == [{"person": {"name": "Old"}}]


async def test_days_count_from_today_ahead_and_back_with_today_among_them(draft: Draft, path: Path) -> None:
    ann, tower = draft.worker("Ann Lee"), draft.project("Tower")
    for offset in range(-4, 5):
        draft.assign(ann, tower, after(offset), after(offset))
    draft.save(path)
    query = "query ($days: Int) { person(id: %s) { assignments(startingBetween: {days: $days}) { startDay } } }"
    async with graph(path) as one:

        async def starts(days: int) -> list[str]:
            data = await one.data(query % f'"{ann}"', days=days)
            return [item["startDay"] for item in data["person"]["assignments"]]

        assert await starts(1) == await starts(-1) == [str(TODAY)]
        assert await starts(3) == [str(after(ahead)) for ahead in (0, 1, 2)]
        assert await starts(-3) == [str(after(back)) for back in (-2, -1, 0)]


@pytest.mark.parametrize(
    "given",
    [
        "{}",
        "{days: 0}",
        "{days: 4000}",
        "{days: -999999999}",
        '{from: "2026-01-01"}',
        '{to: "2026-01-01"}',
        '{from: "2026-01-01", days: 3}',
        '{from: "2026-01-01", to: "2026-01-02", days: 3}',
        '{from: "2026-01-01", to: "2026-01-02"}, startingBetween: {days: 3}',
        '{days: 3}, activeOn: "2026-01-01"',
    ],
)
async def test_a_range_that_is_not_given_in_exactly_one_way_is_refused_before_any_call(whole: Graph, given: str) -> None:
    answer = await whole.ask(f"{{ assignments(first: 1, endingBetween: {given}) {{ totalCount }} }}")
    assert codes(answer) == [("BAD_USER_INPUT", "assignments")]
    assert whole.wire.calls == []


async def test_a_booking_that_begins_where_two_years_meet_is_on_one_page_only(draft: Draft, path: Path) -> None:
    """Trap 19: the earlier year's answer holds the later year's first day as well."""
    tower = draft.project("Tower")
    for name in ("Ann", "Bob", "Cid"):
        draft.assign(draft.worker(name), tower, after(-364), after(9))
    draft.save(path)
    query = (
        "query ($after: String) { assignments(first: 1, after: $after) { nodes { person { name } } pageInfo { hasNextPage endCursor } } }"
    )
    found: list[Any] = []
    async with graph(path) as one:
        page: dict[str, Any] = {"pageInfo": {"hasNextPage": True, "endCursor": None}}
        while page["pageInfo"]["hasNextPage"]:
            page = (await one.data(query, after=page["pageInfo"]["endCursor"]))["assignments"]
            found += [node["person"]["name"] for node in page["nodes"]]
    assert found == ["Ann", "Bob", "Cid"]
