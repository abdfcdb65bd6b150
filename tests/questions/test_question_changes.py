"""Everything that changed since a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox import Draft
from tests.graphs import TODAY, Graph, codes, graph

CHANGES = """query ($since: Date, $first: Int!, $assignments: String, $checkIns: String) { changes(since: $since) {
  assignments(first: $first, after: $assignments) { totalCount nodes { id createdOn updatedOn } pageInfo { hasNextPage endCursor } }
  checkIns(first: $first, after: $checkIns) { totalCount nodes { id submittedAt } pageInfo { hasNextPage endCursor } } } }"""


def before(days: int) -> date:
    """So many days before today."""
    return TODAY - timedelta(days)


async def everything(one: Graph, since: date) -> dict[str, list[str]]:
    """The ids of all changes, page after page, which are as many as they are said to be."""
    found: dict[str, list[str]] = {"assignments": [], "checkIns": []}
    for name, ids in found.items():
        page: dict[str, Any] = {"pageInfo": {"hasNextPage": True, "endCursor": None}}
        while page["pageInfo"]["hasNextPage"]:
            data = await one.data(CHANGES, since=str(since), first=2, **{name: page["pageInfo"]["endCursor"]})
            page = data["changes"][name]
            ids += [node["id"] for node in page["nodes"]]
        assert page["totalCount"] == len(ids)
    return found


async def test_changes_are_what_was_created_or_updated_since_each_once(draft: Draft, path: Path) -> None:
    """Trap 24: two questions, one list."""
    ann, tower = draft.worker("Ann Lee"), draft.project("Tower")
    for id_, start, created, updated in (
        ("new", 5, before(1), None),
        ("new-and-updated", -400, before(1), before(0)),
        ("updated", -500, before(300), before(1)),
        ("both-long-ago", 5, before(300), before(2)),
        ("old", 5, before(2), None),
        ("far-ahead", 181, before(0), None),
    ):
        first = TODAY + timedelta(start)
        draft.assign(ann, tower, first, first, id=id_, created=created, updated=updated)
    draft.save(path)
    async with graph(path) as one:
        found = await everything(one, before(1))
    assert found["assignments"] == ["new", "new-and-updated", "updated"]


async def test_changes_hold_the_check_ins_submitted_since_and_not_those_that_were_only_due(draft: Draft, path: Path) -> None:
    user = draft.user("Ann Lee", "ann@example.com")
    noon = datetime.combine(TODAY, time(10), UTC)
    ids = [draft.check_in(user, noon - timedelta(days=3), submitted=noon - timedelta(days=day)) for day in (0, 1, 2)]
    draft.check_in(user, noon)
    draft.save(path)
    async with graph(path) as one:
        found = await everything(one, before(1))
        usual = await one.data(CHANGES, first=9)
    assert sorted(found["checkIns"]) == sorted(ids[:2])
    assert usual["changes"]["checkIns"]["totalCount"] == 2


async def test_changes_of_a_whole_company_are_those_that_its_assignments_tell_of(whole: Graph) -> None:
    since = before(3)
    found = await everything_at_once(whole, since)
    query = 'query ($after: String) { assignments(first: 100, after: $after, startingBetween: {from: "%s", to: "%s"}) { nodes { id createdOn updatedOn } pageInfo { hasNextPage endCursor } } }'
    wanted, page = set[str](), {"pageInfo": {"hasNextPage": True, "endCursor": None}}
    while page["pageInfo"]["hasNextPage"]:
        text = query % (before(729), TODAY + timedelta(180))
        page = (await whole.data(text, after=page["pageInfo"]["endCursor"]))["assignments"]
        wanted |= {one["id"] for one in page["nodes"] if max(one["createdOn"], one["updatedOn"] or "") >= str(since)}
    assert len(found) == len(set(found))
    assert set(found) == wanted
    assert len(wanted) > 100


async def everything_at_once(one: Graph, since: date) -> list[str]:
    """The ids of all changed assignments, a hundred a page."""
    found: list[str] = []
    page: dict[str, Any] = {"pageInfo": {"hasNextPage": True, "endCursor": None}}
    while page["pageInfo"]["hasNextPage"]:
        page = (await one.data(CHANGES, since=str(since), first=100, assignments=page["pageInfo"]["endCursor"]))["changes"]["assignments"]
        found += [node["id"] for node in page["nodes"]]
    return found


@pytest.mark.parametrize("since", ["2026-03-05", "2010-01-01", "1960-01-01"])
async def test_changes_since_a_day_to_come_or_long_ago_are_refused_before_any_call(whole: Graph, since: str) -> None:
    answer = await whole.ask(CHANGES, since=since, first=1)
    assert codes(answer) == [("BAD_USER_INPUT", "changes")]
    assert whole.wire.calls == []
