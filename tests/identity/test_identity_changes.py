"""Companies that change while the graph runs, and upstreams whose answers are not what they seem."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from loaders.mapping import parse
from tests.graphs import TODAY
from tests.identity.companies import EXACT, MODES, Company, Modes, sandboxed, served
from tests.identity.verdicts import consistent, everybody, hold

ALL = pytest.mark.parametrize("modes", MODES, ids=str)
FRESH: dict[str, Any] = {"identity_seconds": 0, "link_seconds": 0, "directory_seconds": 0}
"""Links and the directory are decided anew by every request; owners of check-ins are remembered all the same."""


def lee(email: str, name: str = "Ann Lee", **more: Any) -> Company:
    """Ann Lee, worker and account."""
    company = Company()
    company.worker(name, "w")
    company.user(name, email, "a", **more)
    return company


@ALL
async def test_a_new_email_is_learned(tmp_path: Path, modes: Modes) -> None:
    """(faults.md F33)"""
    before, after = lee("lee@example.com"), lee("jones@example.com")
    async with served(before, tmp_path, modes, **FRESH) as graph:
        await consistent(before, graph)
        graph.switch.inner = sandboxed(after, tmp_path, modes)
        people = await everybody(graph)
        hold(after, people)
        assert people["w"].account == "a"


@ALL
async def test_a_new_name_on_both_sides_is_learned(tmp_path: Path, modes: Modes) -> None:
    """(faults.md F33)"""
    before, after = lee("ann@example.com"), lee("ann@example.com", name="Ann Jones")
    async with served(before, tmp_path, modes, **FRESH) as graph:
        await consistent(before, graph)
        graph.switch.inner = sandboxed(after, tmp_path, modes)
        people = await everybody(graph)
        hold(after, people)
        assert people["w"].account == "a"


@ALL
async def test_a_mapped_email_that_comes_true_later_is_found(tmp_path: Path, modes: Modes) -> None:
    before, after = lee("lee@example.com"), lee("jones@example.com")
    async with served(before, tmp_path, modes, register=parse("person_id,email\nw,jones@example.com\n"), **FRESH) as graph:
        for row in sorted(before.rows["a"]):
            await graph.ask("query ($id: ID!) { checkIn(id: $id) { responses { personName } } }", id=row)
        graph.switch.inner = sandboxed(after, tmp_path, modes)
        people = await everybody(graph)
        hold(after, people)
        assert people["w"].rows


@ALL
async def test_a_remembered_link_whose_email_changed_shows_no_empty_list(tmp_path: Path, modes: Modes) -> None:
    before, after = lee("lee@example.com"), lee("jones@example.com")
    async with served(before, tmp_path, modes) as graph:
        await everybody(graph)
        graph.switch.inner = sandboxed(after, tmp_path, modes)
        assert (await everybody(graph))["w"].rows != frozenset()


@ALL
async def test_an_email_that_passes_to_a_namesake_takes_nothing_along(tmp_path: Path, modes: Modes) -> None:
    before, after = lee("ann@example.com"), lee("ann.1@example.com")
    after.user("Ann Lee", "ann@example.com", "b")
    async with served(before, tmp_path, modes, **FRESH) as graph:
        await consistent(before, graph)
        graph.switch.inner = sandboxed(after, tmp_path, modes)
        people = await everybody(graph)
        hold(after, people)
        assert people["w"].status == "AMBIGUOUS"


@ALL
async def test_a_namesake_who_was_renamed_is_none_any_more(tmp_path: Path, modes: Modes) -> None:
    before, after = lee("ann@example.com"), lee("ann@example.com", name="Ann Jones")
    after.worker("Ann Lee", "new")
    after.user("Ann Lee", "lee@example.com", "b")
    async with served(before, tmp_path, modes, **FRESH) as graph:
        await consistent(before, graph)
        graph.switch.inner = sandboxed(after, tmp_path, modes)
        await consistent(after, graph)
        assert {key: one.account for key, one in (await everybody(graph)).items()} == {"w": "a", "new": "b"}


async def test_a_namesakes_first_check_in_between_two_counts_is_noticed(tmp_path: Path) -> None:
    """By name there are three rows, two of Ann and one of her namesake; by name and email there are three of Ann a moment later."""
    before, after = lee("ann@example.com"), lee("ann@example.com", submitted=3)
    before.user("Ann Lee", "lee@example.com", "b", submitted=1)
    after.user("Ann Lee", "lee@example.com", "b", submitted=1)
    async with served(before, tmp_path) as graph:
        later = sandboxed(after, tmp_path)

        def move_on(request: httpx.Request) -> None:
            if request.url.params.get("person_name") == "Ann Lee" and "person_email" not in request.url.params:
                graph.switch.inner = later

        graph.switch.after = move_on
        people = await everybody(graph)
        hold(after, people)
        assert people["w"].status == "AMBIGUOUS"


@pytest.mark.parametrize("kept", ["person_name", "person_email"])
async def test_filters_that_do_not_narrow_each_other_prove_nothing(tmp_path: Path, kept: str) -> None:
    """The document does not say what two filters mean together; here the upstream heeds one of them."""
    company = lee("ann@example.com")
    company.user("Ann Lee", "lee@example.com", "b")
    dropped = ({"person_name", "person_email"} - {kept}).pop()

    def one_filter(request: httpx.Request) -> httpx.Request:
        both = kept in request.url.params and dropped in request.url.params
        return httpx.Request("GET", request.url.copy_remove_param(dropped), headers=request.headers) if both else request

    async with served(company, tmp_path) as graph:
        graph.switch.bend = one_filter
        people = await everybody(graph)
        hold(company, people)
        assert people["w"].account is None


class Warned(httpx.AsyncBaseTransport):
    """Workforce hides one person, and says so by a row that cannot be read or by a warning."""

    def __init__(self, inner: httpx.AsyncBaseTransport, hidden: str, how: str) -> None:
        self.inner, self.hidden, self.how = inner, hidden, how

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(request)
        if not request.url.path.endswith("/sandbox/assignments"):
            return answer
        page = json.loads(await answer.aread())
        rows = [row for row in page["data"] if row["person_id"] != self.hidden]
        if self.how == "warning":
            return httpx.Response(200, json={**page, "data": rows, "warning": "Some people are missing."})
        return httpx.Response(200, json={**page, "data": [*rows, {"person_id": None, "person_name": "Ann Lee"}]})


@pytest.mark.parametrize("how", ["warning", "unreadable row"])
async def test_a_directory_that_is_not_whole_proves_no_name_unique(tmp_path: Path, how: str) -> None:
    """(faults.md F12, F15)"""
    company = lee("ann@example.com")
    company.worker("Ann Lee", "hidden")
    async with served(company, tmp_path) as graph:
        graph.switch.inner = Warned(graph.switch.inner, "hidden", how)
        assert (await everybody(graph))["w"].account is None


async def test_somebody_with_time_off_only_is_a_namesake_too(tmp_path: Path) -> None:
    company = lee("ann@example.com")
    company.draft.time_off(company.draft.worker("Ann Lee", id="away"), TODAY, TODAY, reason="family")
    async with served(company, tmp_path) as graph:
        assert {one.status for one in (await everybody(graph)).values()} == {"AMBIGUOUS"}


@ALL
async def test_a_link_is_the_same_whoever_is_asked_for_first(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "now")
    company.worker("Ann Lee", "then", days_ago=600)
    company.user("Ann Lee", "ann@example.com", "a")
    verdicts = []
    for order in (("now", "then"), ("then", "now")):
        async with served(company, tmp_path, modes) as graph:
            found = {}
            for one in order:
                answer = await graph.ask("query ($id: ID!) { person(id: $id) { identity { status } } }", id=one)
                found[one] = answer["data"]["person"]["identity"]["status"]
            verdicts.append(found)
    assert verdicts[0] == verdicts[1]


async def test_an_unlucky_name_does_not_make_every_later_question_dear(tmp_path: Path) -> None:
    """An account called "Ann" makes the first word of "Ann Lee" find something, which looks like a substring match."""
    company = lee("ann@example.com", submitted=20)
    company.user("Ann", "just.ann@example.com", "x")
    company.worker("Bob Ray", "v")
    company.user("Bob Ray", "bob@example.com", "b", submitted=20)
    async with served(company, tmp_path, EXACT, **FRESH) as graph:
        await everybody(graph)
        graph.wire.calls.clear()
        await everybody(graph)
        assert graph.wire.kinds().get("check-in", 0) <= 2, "at most one detail a person"


async def test_an_upstream_that_begins_to_match_by_substring_shows_nobody_elses_check_ins(tmp_path: Path) -> None:
    """Trap 4: a link names its rows by a filter that was exact when it was made."""
    company = Company()
    for name, email, key in (("Ann Lee", "ann.lee@example.com", "a"), ("Joann Lee", "joann.lee@example.com", "b")):
        company.worker(name, f"w{key}")
        company.user(name, email, key)
    async with served(company, tmp_path, EXACT, calibration_seconds=0) as graph:
        assert (await consistent(company, graph))["wa"].account == "a"
        graph.switch.inner = sandboxed(company, tmp_path, MODES[-1])
        people = await everybody(graph)
        hold(company, people)
        assert set(people["wa"].rows or ()) == company.rows["a"]
