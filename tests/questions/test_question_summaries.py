"""How a project's people kept to their check-ins, counted from list rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sandbox import Draft
from tests.graphs import TODAY, Graph, graph

FIELDS = "people known due submitted overdue onVacation adHoc onTimeRate completeness { complete reason }"
SUMMARY = f"query ($id: ID!, $from: Date!, $to: Date!) {{ project(id: $id) {{ checkInSummary(between: {{from: $from, to: $to}}) {{ {FIELDS} }} }} }}"


def at(days: int, hour: int = 9, minute: int = 0) -> datetime:
    """A time on the day that is so many days after today; the tests' clock shows noon."""
    return datetime.combine(TODAY + timedelta(days), time(hour, minute), UTC)


def booked(draft: Draft, tower: str, name: str) -> str:
    """Somebody at work today, and their account."""
    draft.assign(draft.worker(name), tower, TODAY, TODAY)
    return draft.user(name, f"{name.split()[0].lower()}@example.com")


async def summary(path: Path, tower: str, first: date, last: date) -> Any:
    """The summary for check-ins due on these days."""
    async with graph(path) as one:
        return (await one.data(SUMMARY, id=tower, **{"from": str(first), "to": str(last)}))["project"]["checkInSummary"]


async def test_the_summary_counts_what_was_due_on_the_days_and_judges_what_is_over(draft: Draft, path: Path) -> None:
    """Traps 16 and 17: overdue is the upstream's word; late by minutes may be on time."""
    tower = draft.project("Tower")
    ann, bob = booked(draft, tower, "Ann Lee"), booked(draft, tower, "Bob Ray")
    draft.check_in(ann, at(-8), submitted=at(-8))
    draft.check_in(ann, at(-7), submitted=at(-7, 9, 19))
    draft.check_in(ann, at(-3), submitted=at(-1), overdue=True)
    draft.check_in(ann, at(-2), overdue=True)
    draft.check_in(bob, at(-7), on_vacation=True)
    draft.check_in(bob, at(-5), submitted=at(-5), is_adhoc=True)
    draft.check_in(bob, at(0, 11))
    draft.check_in(bob, at(0, 13))
    draft.check_in(bob, at(0, 14), submitted=at(0, 8))
    draft.check_in(bob, at(1))
    draft.save(path)
    assert await summary(path, tower, at(-7).date(), TODAY) == {
        "people": 2,
        "known": 2,
        "due": 8,
        "submitted": 4,
        "overdue": 2,
        "onVacation": 1,
        "adHoc": 1,
        "onTimeRate": 3 / 6,
        "completeness": {"complete": True, "reason": None},
    }


async def test_the_days_are_those_of_the_companys_zone(draft: Draft, path: Path) -> None:
    """Trap 14: a deadline at half past midnight in London is yesterday's in UTC."""
    tower = draft.project("Tower")
    ann = booked(draft, tower, "Ann Lee")
    london = datetime.fromisoformat(f"{TODAY}T00:30:00+01:00")
    draft.check_in(ann, london, submitted=london)
    draft.save(path)
    yesterday = TODAY - timedelta(1)
    assert (await summary(path, tower, TODAY, TODAY))["due"] == 0
    assert (await summary(path, tower, yesterday, yesterday))["due"] == 1


async def test_nothing_due_has_no_rate_and_who_is_not_certain_is_counted_but_not_guessed(draft: Draft, path: Path) -> None:
    tower = draft.project("Tower")
    booked(draft, tower, "Ann Lee")
    draft.assign(draft.worker("Victor Stone"), tower, TODAY, TODAY)
    for email in ("sofia@example.com", "rossi@example.com"):
        user = draft.user("Sofia Rossi", email)
        draft.check_in(user, at(-1), submitted=at(-1))
    draft.assign(draft.worker("Sofia Rossi"), tower, TODAY, TODAY)
    draft.save(path)
    found = await summary(path, tower, at(-7).date(), TODAY)
    assert (found["people"], found["known"], found["due"], found["onTimeRate"]) == (3, 0, 0, None)


async def test_the_window_says_whose_check_ins_are_counted(draft: Draft, path: Path) -> None:
    tower = draft.project("Tower")
    ann = booked(draft, tower, "Ann Lee")
    draft.check_in(ann, at(-7), submitted=at(-7))
    draft.assign(draft.worker("Gone"), tower, TODAY - timedelta(20), TODAY - timedelta(10))
    draft.save(path)
    query = """query ($id: ID!) { project(id: $id) {
      now: checkInSummary(between: {days: -14}) { people known due }
      month: checkInSummary(between: {days: -14}, activeBetween: {days: -28}) { people known due }
    } none: project(id: "nobody") { checkInSummary(between: {days: -14}) { due } } }"""
    async with graph(path) as one:
        data = await one.data(query, id=tower)
    assert data["project"] == {"now": {"people": 1, "known": 1, "due": 1}, "month": {"people": 2, "known": 1, "due": 1}}
    assert data["none"] is None


async def test_the_summary_of_known_people_asks_one_list_each_and_no_detail(whole: Graph) -> None:
    query = '{ project(number: "HB-1000") { checkInSummary(between: {days: %d}) { people known due } } }'
    await whole.data(query % -28)
    assert await whole.calls(query % -28) == {"check-ins": 40}
    assert await whole.calls(query % -365) == {"check-ins": 40}


async def test_the_summary_counts_what_the_walk_shows(whole: Graph) -> None:
    """Against the person's own check-ins, page after page."""
    query = """{ project(number: "HB-1000") { checkInSummary(between: {from: "2025-03-05", to: "2026-03-04"}) { due submitted overdue onVacation adHoc }
      people { checkIns(first: 100) { nodes { deadline submittedAt overdue onVacation isAdhoc } } } } }"""
    found = (await whole.data(query))["project"]
    rows = [row for person in found["people"] for row in person["checkIns"]["nodes"]]
    due = [row for row in rows if "2025-03-05" <= str(datetime.fromisoformat(row["deadline"]).astimezone(UTC).date()) <= "2026-03-04"]
    assert found["checkInSummary"] == {
        "due": len(due),
        "submitted": sum(row["submittedAt"] is not None for row in due),
        "overdue": sum(row["overdue"] for row in due),
        "onVacation": sum(row["onVacation"] for row in due),
        "adHoc": sum(row["isAdhoc"] for row in due),
    }
    assert len(due) > 1000


async def test_a_range_beyond_the_first_page_is_read_as_far_back_as_it_goes(draft: Draft, path: Path) -> None:
    tower = draft.project("Tower")
    ann = booked(draft, tower, "Ann Lee")
    for day in range(300):
        draft.check_in(ann, at(-day), submitted=at(-day))
    draft.save(path)
    query = "{ projects(first: 1) { nodes { checkInSummary(between: {days: %d}) { due } } } }"
    async with graph(path) as one:
        await one.data(query % -1)
        for days, calls in ((24, 1), (25, 2), (90, 2), (99, 1), (150, 2), (300, 3)):
            assert (await one.data(query % -days))["projects"]["nodes"][0]["checkInSummary"]["due"] == days
            assert await one.calls(query % -days) == {"check-ins": calls}
