"""`Query.identityReport`: counts of what is remembered, and pages that decide whom they show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from loaders.known import Rules
from sandbox import Options
from tests.graphs import Graph, codes, graph, is_check_ins, noon
from tests.identity.companies import Company, served
from tests.identity.test_identity_costs import CALIBRATION, check_ins
from tests.matching.test_suggestions import REPORT

COUNTS = "{ identityReport { people matched unmatched ambiguous undecided } }"


def crowd() -> Company:
    """Ten people of one account each, two namesakes, and one without an account."""
    company = Company()
    for number in range(10):
        company.worker(f"Ann {'ABCDEFGHIJ'[number]}bel", f"w{number}")
        company.user(f"Ann {'ABCDEFGHIJ'[number]}bel", f"ann{number}@example.com", f"a{number}")
    company.worker("Bob Ray", "x1")
    company.worker("Bob Ray", "x2")
    company.worker("Zed Quill", "z")
    return company


async def counts(graph: Graph) -> tuple[int, ...]:
    """People, matched, unmatched, ambiguous, undecided."""
    return tuple((await graph.data(COUNTS))["identityReport"].values())


async def entries(graph: Graph, **variables: Any) -> dict[str, Any]:
    """A page of the report."""
    found: dict[str, Any] = (await graph.data(REPORT, **variables))["identityReport"]["entries"]
    return found


async def test_the_counts_alone_ask_check_ins_nothing(tmp_path: Path) -> None:
    async with served(crowd(), tmp_path) as graph:
        assert await counts(graph) == (13, 0, 0, 0, 13)
        assert not any(is_check_ins(path) for path in graph.wire.calls)


async def test_a_page_decides_those_on_it_and_nobody_else_for_three_calls_each(tmp_path: Path) -> None:
    async with served(crowd(), tmp_path) as graph:
        graph.wire.calls.clear()
        page = await entries(graph, first=4)
        assert check_ins(graph.wire.kinds()) == (CALIBRATION + 4 + 4, 4)
        assert await counts(graph) == (13, 4, 0, 0, 9)
    assert [one["identity"]["status"] for one in page["nodes"]] == ["MATCHED"] * 4
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"], page["completeness"]["complete"]) == (13, True, True)


async def test_the_pages_together_are_everybody_by_name_each_once(tmp_path: Path) -> None:
    seen: list[dict[str, Any]] = []
    async with served(crowd(), tmp_path) as graph:
        after: str | None = None
        for _ in range(4):
            page = await entries(graph, first=4, after=after)
            seen, after = [*seen, *page["nodes"]], page["pageInfo"]["endCursor"]
        assert await counts(graph) == (13, 10, 1, 2, 0)
    assert [one["person"]["id"] for one in seen] == [*(f"w{number}" for number in range(10)), "x1", "x2", "z"]


async def test_a_status_shows_those_decided_already_and_asks_nothing_more_of_check_ins(tmp_path: Path) -> None:
    async with served(crowd(), tmp_path) as graph:
        assert (await entries(graph, first=100, status="UNMATCHED"))["nodes"] == []
        await entries(graph, first=100)
        graph.wire.calls.clear()
        shown = await entries(graph, first=100, status="AMBIGUOUS")
        assert check_ins(graph.wire.kinds()) == (0, 0)
    assert [(one["person"]["id"], one["identity"]["status"]) for one in shown["nodes"]] == [("x1", "AMBIGUOUS"), ("x2", "AMBIGUOUS")]


async def test_a_cursor_belongs_to_the_status_that_it_was_given_for(tmp_path: Path) -> None:
    async with served(crowd(), tmp_path) as graph:
        after = (await entries(graph, first=1))["pageInfo"]["endCursor"]
        assert codes(await graph.ask(REPORT, first=1, after=after, status="MATCHED")) == [("BAD_USER_INPUT", "identityReport.entries")]


@pytest.mark.parametrize("first", [0, 101])
async def test_a_page_never_holds_more_than_100_people(tmp_path: Path, first: int) -> None:
    async with served(crowd(), tmp_path) as graph:
        assert codes(await graph.ask(REPORT, first=first)) == [("BAD_USER_INPUT", "identityReport.entries")]


async def test_the_loss_of_check_ins_costs_only_what_it_would_have_told(tmp_path: Path) -> None:
    async with served(crowd(), tmp_path) as graph:
        graph.wire.cut = is_check_ins
        answer = await graph.ask(REPORT, first=2)
    found = answer["data"]["identityReport"]["entries"]["nodes"]
    assert [(one["person"]["id"], one["identity"], one["suggestions"]) for one in found] == [("w0", None, None), ("w1", None, None)]
    assert {code for code, _ in codes(answer)} == {"UPSTREAM_UNAVAILABLE"}


async def test_people_on_the_list_only_are_in_the_report_and_users_who_never_checked_in_are_suggested(tmp_path: Path) -> None:
    company = Company()
    company.worker("John Smith", "w")
    company.draft.worker("Idle Ida", id="i", email="ida@example.com")
    company.draft.user("Jon Smith", "jon@example.com", id="a")
    company.draft.user("Ida Idle-Jones", "ida@elsewhere.example", id="b")
    database = company.save(tmp_path)
    rules = Rules(clock=noon, people_directory=True, users_directory=True)
    async with graph(database, options=Options(clock=noon, directories=True), rules=rules) as one:
        found = await entries(one, first=10)
    shown = {entry["person"]["id"]: [(each["account"]["id"], each["reason"]) for each in entry["suggestions"]] for entry in found["nodes"]}
    assert shown == {"i": [("b", "same email before the @")], "w": [("a", "name 95% alike")]}
