"""Assignments that clash with time off."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sandbox import Draft
from tests.graphs import TODAY, Graph, graph

QUERY = """{
  all: assignments(first: 99) { totalCount }
  with: assignments(first: 99, conflicting: true) { totalCount nodes { id person { name } conflictingTimeOff { startDay } } }
  without: assignments(first: 99, conflicting: false) { totalCount nodes { id person { name } } }
}"""


def after(days: int) -> date:
    """So many days after today, a Wednesday."""
    return TODAY + timedelta(days)


def worker(draft: Draft, name: str, *absences: tuple[int, int]) -> None:
    """Somebody who works from Monday to Friday, for three weeks around today, and is away from and to these days."""
    one = draft.worker(name)
    draft.assign(one, draft.project("Tower"), after(-9), after(9))
    for first, last in absences:
        draft.time_off(one, after(first), after(last), reason="family")


def people(found: dict[str, Any]) -> list[str]:
    """Whose assignments were found."""
    return [node["person"]["name"] for node in found["nodes"]]


async def test_time_off_conflicts_where_a_worked_day_falls_into_it(draft: Draft, path: Path) -> None:
    worker(draft, "Away", (0, 0))
    worker(draft, "Over the weekend", (3, 4))
    worker(draft, "Into Monday", (3, 5))
    worker(draft, "Afterwards", (10, 20))
    worker(draft, "Twice", (8, 30), (-30, -9))
    draft.save(path)
    query = """{ people(first: 9) { nodes { name assignments {
      conflictingTimeOff { startDay } soon: conflictingTimeOff(between: {days: 6}) { startDay } } } } }"""
    async with graph(path) as one:
        nodes = (await one.data(query))["people"]["nodes"]
    found = {node["name"]: node["assignments"][0] for node in nodes}
    starts = {name: [off["startDay"] for off in one["conflictingTimeOff"]] for name, one in found.items()}
    assert starts == {
        "Afterwards": [],
        "Away": [str(TODAY)],
        "Into Monday": [str(after(3))],
        "Over the weekend": [],
        "Twice": [str(after(-30)), str(after(8))],
    }
    assert {name for name, one in found.items() if one["soon"]} == {"Away", "Into Monday"}


async def test_an_active_window_asks_for_clashes_on_its_own_days_and_others_for_any(draft: Draft, path: Path) -> None:
    worker(draft, "Away today", (0, 0))
    worker(draft, "Away next week", (6, 7))
    worker(draft, "Never away")
    draft.save(path)
    query = "{ found: assignments(first: 9, conflicting: true, %s) { totalCount nodes { person { name } } } }"
    async with graph(path) as one:
        found = {
            window: sorted(people((await one.data(query % window))["found"]))
            for window in (
                "activeBetween: {days: 1}",
                "activeBetween: {days: 9}",
                "startingBetween: {days: -10}",
                "endingBetween: {days: 10}",
            )
        }
    both = ["Away next week", "Away today"]
    assert list(found.values()) == [["Away today"], both, both, both]


async def test_an_assignment_outside_the_directorys_days_shows_no_conflict_rather_than_none(draft: Draft, path: Path) -> None:
    ann = draft.worker("Ann Lee")
    draft.assign(ann, draft.project("Tower"), date(2018, 6, 25), date(2018, 7, 2))
    draft.time_off(ann, date(2018, 6, 26), date(2018, 6, 27), reason="family")
    draft.save(path)
    query = '{ assignments(first: 1, startingBetween: {from: "2018-06-01", to: "2018-06-30"}) { nodes { conflictingTimeOff { id } } } }'
    async with graph(path) as one:
        assert (await one.data(query))["assignments"]["nodes"] == [{"conflictingTimeOff": None}]


async def test_every_assignment_is_either_with_or_without_conflicts_and_pages_hold_each_once(whole: Graph) -> None:
    data = await whole.data(QUERY)
    assert data["with"]["totalCount"] == len(data["with"]["nodes"]) > 0
    assert data["with"]["totalCount"] + data["without"]["totalCount"] == data["all"]["totalCount"]
    assert all(node["conflictingTimeOff"] for node in data["with"]["nodes"])
    query = "query ($after: String) { assignments(first: 2, after: $after, conflicting: true) { nodes { id } pageInfo { hasNextPage endCursor } } }"
    found, page = [], {"pageInfo": {"hasNextPage": True, "endCursor": None}}
    while page["pageInfo"]["hasNextPage"]:
        page = (await whole.data(query, after=page["pageInfo"]["endCursor"]))["assignments"]
        found += [node["id"] for node in page["nodes"]]
    assert found == [node["id"] for node in data["with"]["nodes"]]
