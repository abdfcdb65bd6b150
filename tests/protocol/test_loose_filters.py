"""A filter of check-ins that matches more than it asks for says so, where the rows of others could be taken for what was asked."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox import Draft, Options
from tests.graphs import codes, graph, noon

QUERY = """query ($where: CheckInFilter) {
  checkIns(first: 10, filter: $where) { totalCount nodes { id responses { personName } } completeness { complete reason } } }"""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ann Lee and Joann Lee, each with a check-in, and their manager."""
    draft, path = Draft(), tmp_path_factory.mktemp("company") / "lees.sqlite"
    for name, email in (("Ann Lee", "ann@example.com"), ("Joann Lee", "joann@example.com")):
        user = draft.user(name, email, department="Structures", manager_name="Bo Boss", manager_email="bo@example.com")
        draft.check_in(user, noon(), submitted=noon() - timedelta(hours=1))
    draft.save(path)
    return path


async def ask(company: Path, options: Options, **where: Any) -> dict[str, Any]:
    """The answer to a filtered list."""
    async with graph(company, options=options) as one:
        answer = await one.ask(QUERY, where=where)
    assert codes(answer) == []
    return answer


@pytest.mark.parametrize("where", [{"personName": "Ann Lee"}, {"personEmail": "ann@example.com"}], ids=["name", "email"])
async def test_a_filter_that_matches_parts_says_so(company: Path, where: dict[str, str]) -> None:
    answer = await ask(company, Options(name_match="substring", email_match="substring", ignore_case=True, clock=noon), **where)
    found, (name,) = answer["data"]["checkIns"], where
    assert {one["personName"] for node in found["nodes"] for one in node["responses"]} == {"Ann Lee", "Joann Lee"}
    (said,) = answer["extensions"]["approximations"]
    assert said.startswith(f"`{name}` matches more than it asks for")
    assert found["completeness"] == {"complete": True, "reason": said}
    assert "Lee" not in said
    assert "example.com" not in said


@pytest.mark.parametrize(
    "where",
    [
        {"personName": "Ann Lee"},
        {"personEmail": "ann@example.com"},
        {"managerName": "Bo Boss"},
        {"managerEmail": "bo@example.com"},
        {"department": "Structures", "personName": "Ann Lee"},
    ],
    ids=" ".join,
)
async def test_an_exact_filter_says_nothing(company: Path, where: dict[str, str]) -> None:
    answer = await ask(company, Options(clock=noon), **where)
    assert answer["data"]["checkIns"]["completeness"] == {"complete": True, "reason": None}
    assert answer["data"]["checkIns"]["nodes"]
    assert "approximations" not in answer.get("extensions", {})


async def test_what_a_filter_does_is_learnt_once_and_nobody_pays_for_it(company: Path) -> None:
    async with graph(company, options=Options(name_match="substring", clock=noon)) as one:
        first = await one.calls(QUERY, where={"personName": "Ann Lee"})
        again = await one.calls(QUERY, where={"personName": "Joann Lee"})
        budget = await one.ask(QUERY, where={"personName": "Ann Lee"})
    assert first["check-ins"] > 1
    assert again["check-ins"] == 1
    assert budget["extensions"]["approximations"]
