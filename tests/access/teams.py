"""Small companies with managers, the truth about them, and every way to ask for check-ins."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from graph.access.rights import Caller
from sandbox import Draft
from tests.access.callers import EVERYTHING, Guarded, caller
from tests.graphs import TODAY, noon

PROJECT = "bridge"
ROOT = "{ checkIns(first: %d, after: %s) { totalCount nodes { __typename id } pageInfo { hasNextPage endCursor } } }"
CHECK_IN = "{ __typename id responses { __typename id checkIn { __typename id } person { ...walk } } people { ...walk } }"
WALK = """
fragment walk on Person {
  checkIns(first: 3) { totalCount nodes { __typename id } edges { node { __typename id } } }
  lastCheckIn { __typename id }
  overdueCheckIns { __typename id }
}"""
QUERIES = (
    f"{{ checkIns(first: 100) {{ nodes {CHECK_IN} }} }}" + WALK,
    f'{{ checkIns(first: 100, filter: {{personName: "Ann Lee"}}) {{ nodes {CHECK_IN} }} }}' + WALK,
    '{ checkIns(first: 100, filter: {department: "Crew"}) { totalCount nodes { __typename id } } }',
    "{ checkIns(first: 100, filter: {submittedBetween: {days: -60}}) { totalCount nodes { __typename id } } }",
    '{ checkIns(first: 100, filter: {managerEmail: "boss@example.com"}) { totalCount nodes { __typename id } } }',
    '{ checkIns(first: 100, filter: {personEmail: "ann@example.com"}) { totalCount nodes { __typename id } } }',
    f'{{ project(id: "{PROJECT}") {{ people {{ ...walk }} checkInSummary(between: {{days: -60}}) {{ due submitted }} }} }}' + WALK,
    f'{{ project(id: "{PROJECT}") {{ people {{ checkIns(first: 5, submittedBetween: {{days: -60}}) {{ nodes {CHECK_IN} }} }} }} }}' + WALK,
    "{ people(first: 100) { nodes { ...walk } } }" + WALK,
    f'{{ changes(since: "{TODAY - timedelta(days=60)}") {{ checkIns(first: 100) {{ totalCount nodes {CHECK_IN} }} }} }}' + WALK,
    '{ reports(first: 10, managerEmail: "boss@example.com") { nodes { id } } }',
)
ENTITIES = f"query ($r: [_Any!]!) {{ _entities(representations: $r) {{ ... on CheckIn {CHECK_IN} ... on Response {{ __typename id checkIn {{ __typename id }} }} }} }}{WALK}"


@dataclass(frozen=True)
class User:
    """An account, the number of its manager's, and its check-ins of each kind; `other` ones are answered by the account before."""

    name: str
    email: str | None
    manager: int | None
    submitted: int
    unsubmitted: int = 0
    other: int = 0


def company(path: Path, users: Sequence[User], workers: Sequence[str]) -> Path:
    """The company as a file; everybody named works on the project."""
    draft = Draft()
    draft.project("Bridge", id=PROJECT)
    for index, name in enumerate(workers):
        draft.worker(name, id=f"w{index}")
        draft.assign(f"w{index}", PROJECT, TODAY - timedelta(days=9), TODAY + timedelta(days=9))
    for index, user in enumerate(users):
        draft.user(user.name, user.email, id=f"580:u{index}", department="Crew")
    for index, user in enumerate(users):
        if user.manager is not None:
            draft.records.managers[index] = users[user.manager].name, users[user.manager].email
        checked_in(draft, users, index)
    draft.save(path)
    return path


def checked_in(draft: Draft, users: Sequence[User], index: int) -> None:
    """One account's check-ins."""
    user, before = users[index], (index - 1) % len(users)
    for number in range(user.unsubmitted + user.submitted + user.other):
        due, handed_in = noon() - timedelta(hours=25 * number + index), number >= user.unsubmitted
        answers = [f"580:u{before}"] if number >= user.unsubmitted + user.submitted else None
        submitted = due - timedelta(hours=1) if handed_in else None
        draft.check_in(f"580:u{index}", due, id=f"580:c{index}-{number}", submitted=submitted, responses=answers, overdue=number == 1)


def truth(path: Path, email: str | None) -> set[str]:
    """The check-ins of whoever has this very email, and of those whose manager has it, straight from the database."""
    sql = """SELECT c.uid FROM check_ins c JOIN users u ON u.id = c.user LEFT JOIN users m ON m.id = u.manager
        WHERE u.email = :email OR m.email = :email"""
    with closing(sqlite3.connect(path)) as db:
        return {uid for (uid,) in db.execute(sql, {"email": email})}


def everything(path: Path) -> set[str]:
    """All check-ins of the company."""
    with closing(sqlite3.connect(path)) as db:
        return {uid for (uid,) in db.execute("SELECT uid FROM check_ins")}


def lead(email: str | None, *scopes: str) -> Caller:
    """A caller with all scopes, but that check-ins are those of their own and their team's only."""
    return caller(*(EVERYTHING - {"checkins:read"}), *scopes, email=email, name=f"lead {email}")


READER = caller(*EVERYTHING, name="reader")


def seen(value: Any) -> Iterator[str]:
    """The ids of all check-ins in an answer."""
    if isinstance(value, dict):
        if value.get("__typename") == "CheckIn":
            yield value["id"]
        for one in value.values():
            yield from seen(one)
    elif isinstance(value, list):
        for one in value:
            yield from seen(one)


async def paged(served: Guarded, who: Caller, first: int) -> tuple[list[str], int | None]:
    """All check-ins of the root, page by page, and how many it says there are."""
    ids: list[str] = []
    after = "null"
    while True:
        found = (await served.data(who, ROOT % (first, after)))["checkIns"]
        ids += [one["id"] for one in found["nodes"]]
        if not found["pageInfo"]["hasNextPage"]:
            return ids, found["totalCount"]
        after = f'"{found["pageInfo"]["endCursor"]}"'
