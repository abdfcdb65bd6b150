"""Where people are: at work on a day, or on leave."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from sandbox import Draft
from tests.graphs import TODAY, Graph, graph, names


def after(days: int) -> date:
    """So many days after today, a Wednesday."""
    return TODAY + timedelta(days)


async def test_a_current_project_has_a_working_day_on_the_day(draft: Draft, path: Path) -> None:
    """Trap 21: a Monday-to-Friday job is not current on a Saturday."""
    ann = draft.worker("Ann Lee")
    for name, first, last, work_days in (
        ("Weekdays", -9, 9, {1, 2, 3, 4, 5}),
        ("Weekends", -8, 9, {0, 6}),
        ("Over", -9, -1, set(range(7))),
        ("Every day", 0, 9, set(range(7))),
    ):
        draft.assign(ann, draft.project(name), after(first), after(last), work_days=work_days)
    draft.save(path)
    query = """query ($id: ID!, $on: Date!) { person(id: $id) {
      today: currentProjects { name } then: currentProjects(on: $on) { name } active: projects { name } } }"""
    async with graph(path) as one:
        found = (await one.data(query, id=ann, on=str(after(3))))["person"]
    assert names(found["today"]) == ["Weekdays", "Every day"]
    assert names(found["then"]) == ["Weekends", "Every day"]
    assert names(found["active"]) == ["Weekdays", "Weekends", "Every day"]


async def test_on_leave_means_that_time_off_includes_the_day(draft: Draft, path: Path) -> None:
    tower = draft.project("Tower")
    for name, first, last in (("Away", -1, 0), ("Back", -9, -1), ("Leaving", 1, 2), ("Here", None, None)):
        worker = draft.worker(name)
        draft.assign(worker, tower, after(-20), after(20))
        if first is not None and last is not None:
            draft.time_off(worker, after(first), after(last), reason="family")
    draft.save(path)
    query = """query ($on: Date!) { people(first: 9) { nodes { name onLeave tomorrow: onLeave(on: $on) } }
      away: people(first: 9, onLeave: true) { totalCount nodes { name } } here: people(first: 2, onLeave: false) { totalCount nodes { name } } }"""
    async with graph(path) as one:
        data = await one.data(query, on=str(after(1)))
    assert data["people"]["nodes"] == [
        {"name": "Away", "onLeave": True, "tomorrow": False},
        {"name": "Back", "onLeave": False, "tomorrow": False},
        {"name": "Here", "onLeave": False, "tomorrow": False},
        {"name": "Leaving", "onLeave": False, "tomorrow": True},
    ]
    assert data["away"] == {"totalCount": 1, "nodes": [{"name": "Away"}]}
    assert data["here"] == {"totalCount": 3, "nodes": [{"name": "Back"}, {"name": "Here"}]}


async def test_somebody_known_to_check_ins_only_is_nowhere_and_neither_on_leave_nor_not(whole: Graph) -> None:
    query = '{ person(email: "grace.whitfield@example.com") { name currentProjects { name } onLeave } }'
    assert (await whole.data(query))["person"] == {"name": "Grace Whitfield", "currentProjects": None, "onLeave": None}
