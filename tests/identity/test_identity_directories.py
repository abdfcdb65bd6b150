"""The optional directories: they show namesakes that nothing else shows, and what is turned on is never silently done without."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from loaders.mapping import parse
from tests.identity.companies import MODES, Company, Modes, sandboxed, served
from tests.identity.verdicts import consistent, everybody, hold

ALL = pytest.mark.parametrize("modes", MODES, ids=str)
WHICH = pytest.mark.parametrize("which", ["people", "users"])
PATHS = {"people": "/v2/companies/sandbox/people", "users": "/api/v2/users/"}
CHECK_INS = "{ people(first: 100) { nodes { id checkIns(first: 5) { nodes { id } } } } }"
Page = dict[str, Any]


class Bent(httpx.AsyncBaseTransport):
    """An upstream whose directory at this path answers otherwise."""

    def __init__(self, inner: httpx.AsyncBaseTransport, path: str, bend: Callable[[httpx.Response, Page], httpx.Response]) -> None:
        self.inner, self.path, self.bend = inner, path, bend

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(request)
        return self.bend(answer, json.loads(await answer.aread())) if request.url.path == self.path else answer


def turned_on(which: str) -> dict[str, Any]:
    """The rules that turn one of them on."""
    return {f"{which}_directory": True}


def lee() -> Company:
    """Ann Lee, worker and account, who have the same email."""
    company = Company()
    company.worker("Ann Lee", "w", email="ann@example.com")
    company.user("Ann Lee", "ann@example.com", "a")
    return company


@ALL
async def test_a_namesake_who_never_checked_in_is_seen_in_the_list_of_users_only(tmp_path: Path, modes: Modes) -> None:
    company = lee()
    company.draft.user("Ann Lee", "lee@example.com", id="silent")
    async with served(company, tmp_path, modes, users_directory=True) as graph:
        assert (await consistent(company, graph))["w"].status == "AMBIGUOUS"
    async with served(company, tmp_path, modes) as graph:
        assert (await consistent(company, graph))["w"].method == "UNIQUE_NAME"


@ALL
async def test_a_namesake_without_work_is_seen_in_the_list_of_people_only(tmp_path: Path, modes: Modes) -> None:
    company = lee()
    company.draft.worker("Ann Lee", id="idle", email="ann@example.com")
    async with served(company, tmp_path, modes, people_directory=True) as graph:
        assert (await consistent(company, graph))["w"].status == "AMBIGUOUS"
    async with served(company, tmp_path, modes) as graph:
        assert (await consistent(company, graph))["w"].method == "UNIQUE_NAME"


@ALL
async def test_an_email_outranks_a_namesake_without_work_and_one_who_never_checked_in(tmp_path: Path, modes: Modes) -> None:
    company = lee()
    company.draft.worker("Ann Lee", id="idle")
    company.draft.user("Ann Lee", "lee@example.com", id="silent")
    async with served(company, tmp_path, modes, people_directory=True, users_directory=True) as graph:
        assert (await consistent(company, graph))["w"].method == "UNIQUE_EMAIL"


async def test_check_ins_of_somebody_without_work_lead_to_the_person_whose_email_they_have(tmp_path: Path) -> None:
    company = lee()
    company.draft.worker("Emily Carter", id="idle", email="emily@example.com")
    company.user("Emily Walsh", "emily@example.com", "b")
    async with served(company, tmp_path, people_directory=True) as graph:
        answer = await graph.data('{ checkIn(id: "b-0") { people { id identity { method } checkIns(first: 5) { nodes { id } } } } }')
    person = answer["checkIn"]["people"][0]
    assert (person["id"], person["identity"]["method"]) == ("idle", "UNIQUE_EMAIL")
    assert {one["id"] for one in person["checkIns"]["nodes"]} == company.rows["b"]


def unreadable(answer: httpx.Response, page: Page) -> httpx.Response:
    """One row is not readable."""
    rows = "data" if "data" in page else "results"
    return httpx.Response(200, json={**page, rows: [*page[rows][:-1], {"name": "Ann Lee"}]})


def shrinking(answer: httpx.Response, page: Page) -> httpx.Response:
    """More is promised than the only page holds, so somebody may have moved."""
    if "data" in page:
        return httpx.Response(
            200, json={**page, "possible_pages": 2 + page["current_page"], "data": page["data"][: 2 - page["current_page"]]}
        )
    return httpx.Response(200, json={**page, "results": page["results"][:1], "count": 1 + 2 * len(page["results"])})


@WHICH
@pytest.mark.parametrize("bend", [unreadable, shrinking])
async def test_a_directory_that_is_not_whole_leaves_no_weaker_guess(
    tmp_path: Path, which: str, bend: Callable[[httpx.Response, Page], httpx.Response]
) -> None:
    company = lee()
    company.worker("Ida Lind", "v")
    company.user("Ida Lind", "ida@example.com", "i")
    company.draft.worker("Ann Lee", id="idle")
    company.draft.user("Ann Lee", "lee@example.com", id="silent")
    async with served(company, tmp_path, **turned_on(which)) as graph:
        graph.switch.inner = Bent(graph.switch.inner, PATHS[which], bend)
        people = await everybody(graph)
        hold(company, people)
        assert {one.account for one in people.values()} == {None}


REFUSALS = [
    (401, "UPSTREAM_AUTH"),
    (403, "UPSTREAM_AUTH"),
    (404, "UPSTREAM_AUTH"),
    (500, "UPSTREAM_UNAVAILABLE"),
    (200, "UPSTREAM_BAD_RESPONSE"),
]


@WHICH
@pytest.mark.parametrize(("status", "code"), REFUSALS)
async def test_a_directory_that_cannot_be_had_is_an_error_and_no_weaker_guess(tmp_path: Path, which: str, status: int, code: str) -> None:
    company = lee()
    async with served(company, tmp_path, **turned_on(which)) as graph:
        graph.switch.inner = Bent(
            graph.switch.inner, PATHS[which], lambda answer, page: httpx.Response(status, json=[] if which == "users" else {})
        )
        answer = await graph.ask(CHECK_INS)
        assert [one["checkIns"] for one in answer["data"]["people"]["nodes"]] == [None]
        assert {one["extensions"]["code"] for one in answer["errors"]} == {code}
        graph.switch.inner = sandboxed(company, tmp_path)
        people = await everybody(graph)
        hold(company, people)
        assert people["w"].account == "a", "an outage is not remembered"


@WHICH
async def test_without_a_directory_mapped_people_and_remembered_links_are_served(tmp_path: Path, which: str) -> None:
    company = lee()
    company.worker("Bob Ray", "v")
    company.user("Bob Ray", "bob@example.com", "b")
    register = parse("person_id,email\nv,bob@example.com\n")
    async with served(company, tmp_path, register=register, directory_seconds=0.05, **turned_on(which)) as graph:
        graph.wire.cut = lambda path: path.startswith(PATHS[which])
        answer = await graph.ask(CHECK_INS)
        assert [one["checkIns"] is None for one in answer["data"]["people"]["nodes"]] == [True, False]
        graph.wire.cut = lambda path: False
        before = await everybody(graph)
        graph.wire.cut = lambda path: path.startswith(PATHS[which])
        assert await everybody(graph) == before
        assert {one.account for one in before.values()} == {"a", "b"}


async def test_what_is_turned_off_is_not_asked(tmp_path: Path) -> None:
    company = lee()
    for which, other in (("people", "users"), ("users", "people")):
        async with served(company, tmp_path, **turned_on(which)) as graph:
            await everybody(graph)
            asked = {path.split("?")[0] for path in graph.wire.calls}
        assert PATHS[which] in asked
        assert PATHS[other] not in asked


async def test_a_directory_costs_its_pages_once_for_everybody(tmp_path: Path) -> None:
    company = Company()
    for number in range(6):
        company.worker(f"Ann Lee{number}", f"w{number}", email=f"ann{number}@example.com")
        company.user(f"Ann Lee{number}", f"ann{number}@example.com", f"a{number}")
    async with served(company, tmp_path, people_directory=True, users_directory=True) as graph:
        for _ in range(2):
            await everybody(graph)
        asked = [path.split("?")[0] for path in graph.wire.calls]
    assert (asked.count(PATHS["people"]), asked.count(PATHS["users"])) == (1, 1)
