"""A manager's reports, from the check-ins that the manager filter finds."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from loaders.known import Rules
from sandbox import Draft, Options
from tests.graphs import TODAY, Graph, codes, graph, names, noon

REPORTS = """query ($email: String!, $first: Int!, $after: String) { reports(managerEmail: $email, first: $first, after: $after) {
  totalCount nodes { id name currentProjects { name } } completeness { complete reason } pageInfo { hasNextPage endCursor } } }"""
SILENT = "Reports who submitted no check-in on these days cannot be seen."


def account(draft: Draft, name: str, manager: str, submitted: int | None = -1) -> str:
    """Somebody with a check-in submitted so many days from today, or one that never was."""
    user = draft.user(name, f"{name.split()[0].lower()}@example.com", manager_email=manager)
    due = datetime.combine(TODAY + timedelta(submitted or -1), time(9), UTC)
    draft.check_in(user, due, submitted=due if submitted is not None else None)
    return user


def office(draft: Draft) -> str:
    """The reports of eve@example.com, and people of other managers; Ann's workforce id."""
    ann = draft.worker("Ann Lee")
    draft.assign(ann, draft.project("Tower"), TODAY, TODAY, work_days=range(7))
    for name, manager, submitted in (
        ("Ann Lee", "eve@example.com", -1),
        ("Bob Ray", "eve@example.com", -20),
        ("Cid Fox", "eve@example.com", -28),
        ("Dan Day", "eve@example.com", None),
        ("Fay Kay", "steve@example.com", -1),
    ):
        account(draft, name, manager, submitted)
    return ann


async def reports(one: Graph, **variables: Any) -> Any:
    """The answer about eve's reports."""
    return (await one.data(REPORTS, **{"email": "eve@example.com", "first": 9, **variables}))["reports"]


async def test_reports_are_whoever_submitted_within_four_weeks_as_workforce_people_where_linked(draft: Draft, path: Path) -> None:
    ann = office(draft)
    draft.save(path)
    async with graph(path) as one:
        found = await reports(one)
    assert names(found["nodes"]) == ["Ann Lee", "Bob Ray"]
    assert found["nodes"][0] == {"id": ann, "name": "Ann Lee", "currentProjects": [{"name": "Tower"}]}
    assert found["nodes"][1]["currentProjects"] is None
    assert (found["totalCount"], found["completeness"]) == (2, {"complete": False, "reason": SILENT})


async def test_reports_are_paged_by_name_and_other_days_can_be_asked_for(draft: Draft, path: Path) -> None:
    office(draft)
    draft.save(path)
    wider = REPORTS.replace("first: $first", "first: $first, submittedBetween: {days: -60}")
    async with graph(path) as one:
        first = await reports(one, first=1)
        rest = await reports(one, first=1, after=first["pageInfo"]["endCursor"])
        longer = (await one.data(wider, email="eve@example.com", first=9))["reports"]
    assert names([*first["nodes"], *rest["nodes"]]) == ["Ann Lee", "Bob Ray"]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    assert names(longer["nodes"]) == ["Ann Lee", "Bob Ray", "Cid Fox"]


async def test_whose_a_check_in_is_is_read_once_and_for_all(draft: Draft, path: Path) -> None:
    office(draft)
    draft.save(path)
    query = REPORTS.replace("currentProjects { name }", "")
    async with graph(path) as one:
        assert (await one.calls(query, email="eve@example.com", first=9))["check-in"] == 2
        assert await one.calls(query, email="eve@example.com", first=9) == {"check-ins": 1}


async def test_a_filter_that_matches_parts_of_emails_is_noticed_and_said(draft: Draft, path: Path) -> None:
    """Trap 4: steve@example.com holds eve@example.com."""
    office(draft)
    draft.save(path)
    async with graph(path, options=Options(clock=noon, email_match="substring")) as one:
        found = await reports(one)
    assert names(found["nodes"]) == ["Ann Lee", "Bob Ray", "Fay Kay"]
    assert "parts of emails" in found["completeness"]["reason"]


async def test_check_ins_that_are_too_many_to_attribute_leave_the_list_short_and_it_says_so(draft: Draft, path: Path) -> None:
    user = account(draft, "Ann Lee", "eve@example.com")
    for day in range(2, 130):
        due = datetime.combine(TODAY, time(9), UTC) - timedelta(hours=day)
        draft.check_in(user, due, submitted=due)
    draft.save(path)
    async with graph(path, rules=Rules(clock=noon, most_attributions=50)) as one:
        found = await reports(one)
    assert names(found["nodes"]) == ["Ann Lee"]
    assert "could not be read" in found["completeness"]["reason"]


@pytest.mark.parametrize("email", ["", "eve", "@example.com", "eve@", " @ ", "eve@exa mple.com"])
async def test_what_is_no_whole_email_is_refused_before_any_call(whole: Graph, email: str) -> None:
    """Trap 5: an empty filter would be everybody."""
    answer = await whole.ask(REPORTS, email=email, first=1)
    assert codes(answer) == [("BAD_USER_INPUT", "reports")]
    assert whole.wire.calls == []


async def test_a_manager_without_reports_has_none(whole: Graph) -> None:
    found = await reports(whole, email="nobody@example.com")
    assert (found["nodes"], found["totalCount"]) == ([], 0)
