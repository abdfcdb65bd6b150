"""A person's last check-in and overdue ones, from one page of rows."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import httpx

from sandbox import Draft
from tests.graphs import TODAY, Graph, graph

LAST = "query ($id: ID!) { person(id: $id) { lastCheckIn { deadline submittedAt overdue } overdueCheckIns { deadline } } }"


def at(days: int, hour: int = 9) -> datetime:
    """An hour of the day that is so many days after today; the tests' clock shows noon."""
    return datetime.combine(TODAY + timedelta(days), time(hour), UTC)


def booked(draft: Draft, name: str = "Ann Lee") -> tuple[str, str]:
    """Somebody at work today, and their account."""
    worker = draft.worker(name)
    draft.assign(worker, draft.project("Tower"), TODAY, TODAY)
    return worker, draft.user(name, f"{name.split()[0].lower()}@example.com")


async def test_the_last_check_in_was_submitted_or_was_due_by_now(draft: Draft, path: Path) -> None:
    """Next week's, which nobody has submitted yet, is not it; an early one is."""
    ann, account = booked(draft)
    bob, other = booked(draft, "Bob Ray")
    for user in (account, other):
        draft.check_in(user, at(7))
        draft.check_in(user, at(-7), submitted=at(-8))
    draft.check_in(account, at(0, 15), submitted=at(-1))
    draft.check_in(other, at(0, 11), overdue=True)
    draft.check_in(other, at(0, 13))
    draft.save(path)
    async with graph(path) as one:
        early = (await one.data(LAST, id=ann))["person"]
        late = (await one.data(LAST, id=bob))["person"]
    assert early == {
        "lastCheckIn": {"deadline": "2026-03-04T15:00:00+00:00", "submittedAt": "2026-03-03T09:00:00+00:00", "overdue": False},
        "overdueCheckIns": [],
    }
    assert late["lastCheckIn"] == {"deadline": "2026-03-04T11:00:00+00:00", "submittedAt": None, "overdue": True}
    assert late["overdueCheckIns"] == [{"deadline": "2026-03-04T11:00:00+00:00"}]


async def test_overdue_is_what_check_ins_says_and_older_ones_than_the_newest_25_are_not_looked_at(draft: Draft, path: Path) -> None:
    ann, account = booked(draft)
    for week in range(60):
        draft.check_in(account, at(-7 * week), submitted=at(-7 * week + 1) if week % 2 else None, overdue=week % 5 < 2)
    draft.save(path)
    query = (
        "query ($id: ID!) { person(id: $id) { all: overdueCheckIns { deadline } two: overdueCheckIns(first: 2) { deadline submittedAt } } }"
    )
    async with graph(path) as one:
        found = (await one.data(query, id=ann))["person"]
    assert [row["deadline"] for row in found["all"]] == [at(-7 * week).isoformat() for week in range(25) if week % 5 < 2]
    assert [row["deadline"] for row in found["two"]] == [row["deadline"] for row in found["all"][:2]]
    assert [row["submittedAt"] is None for row in found["two"]] == [True, False]


async def test_without_check_ins_there_is_neither_a_last_one_nor_a_list(draft: Draft, path: Path) -> None:
    ann, _ = booked(draft)
    draft.save(path)
    async with graph(path) as one:
        assert await one.data(LAST, id=ann) == {"person": {"lastCheckIn": None, "overdueCheckIns": None}}


class Backwards(httpx.AsyncBaseTransport):
    """Upstreams that list check-ins oldest first, at most 100 of them."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/api/v2/checkins/":
            return await self.inner.handle_async_request(request)
        limit, offset = int(request.url.params["limit"]), int(request.url.params["offset"])
        url = request.url.copy_merge_params({"limit": "100", "offset": "0"})
        answer = await self.inner.handle_async_request(httpx.Request("GET", url, headers=request.headers))
        page = json.loads(await answer.aread())
        rows = page["results"][::-1]
        return httpx.Response(200, json={**page, "results": rows[offset : offset + limit], "next": None})


async def test_where_rows_do_not_come_newest_first_they_are_read_to_their_end(draft: Draft, path: Path) -> None:
    """The order is not documented (seed A:58-80)."""
    ann, account = booked(draft)
    for week in range(60):
        draft.check_in(account, at(-7 * week), submitted=at(-7 * week))
    draft.save(path)
    query = 'query ($id: ID!) { person(id: $id) { lastCheckIn { deadline } } project(id: "%s") { checkInSummary(between: {days: -28}) { due } } }'
    async with graph(path) as one:
        tower = (await one.data("{ projects(first: 1) { nodes { id } } }"))["projects"]["nodes"][0]["id"]
        usual = await one.data(query % tower, id=ann)
        one.wire.inner = Backwards(one.wire.inner)
        assert await one.data(query % tower, id=ann) == usual
    assert usual == {"person": {"lastCheckIn": {"deadline": at(0).isoformat()}}, "project": {"checkInSummary": {"due": 4}}}


async def test_last_and_overdue_ones_of_a_known_person_share_one_call(whole: Graph) -> None:
    query = '{ project(number: "HB-1000") { people { lastCheckIn { id } overdueCheckIns { id } checkIns(first: 2) { totalCount nodes { id } } } } }'
    await whole.data(query)
    assert await whole.calls(query) == {"check-ins": 40}
