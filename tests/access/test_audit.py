"""The audit: one line an operation, of who asked what and how much was shown, and nobody's data."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import build
from tests.access.callers import Guarded, caller, guarded
from tests.access.signing import RSA, issuing, signed, trusting
from tests.graphs import TODAY, graph

QUERY = """query Crew($number: String!) {
  a: person(employeeNumber: $number) { id name email timeOff { reason } assignments { id project { id } person { id } } }
  b: person(employeeNumber: $number) { id name assignments { id } }
  checkIn(id: "580:somebody") { id }
}"""


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Guarded]:
    """A graph that writes down what it is asked."""
    build(tmp_path / "60.sqlite", people=60, today=TODAY)
    async with guarded(tmp_path / "60.sqlite") as one:
        yield one


def audited(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """What was written down."""
    found = [record for record in caplog.records if record.name == "crewgraph.audit"]
    assert all(json.loads(record.getMessage()) == record.audit for record in found)  # type: ignore[attr-defined]
    return [record.audit for record in found]  # type: ignore[attr-defined]


async def test_an_operation_is_one_line_without_personal_data(served: Guarded, caplog: pytest.LogCaptureFixture) -> None:
    who = caller("assignments:read", "timeoff:read", name="payroll", email="pay@example.com")
    answer = await served.ask(who, QUERY, number="C-001")
    (line,) = audited(caplog)
    assert line == {
        "requestId": answer["errors"][0]["extensions"]["requestId"],
        "caller": "payroll",
        "auth": "test",
        "operation": "Crew",
        "document": line["document"],
        "scopesUsed": ["assignments:read", "timeoff:read"],
        "scopesRefused": sorted(
            {"people:email", "checkins:read", "checkins:team"} | ({"timeoff:reason"} if answer["data"]["a"]["timeOff"] else set())
        ),
        "entities": {
            "Assignment": len(answer["data"]["a"]["assignments"]),
            "Person": 1,
            "Project": len({one["project"]["id"] for one in answer["data"]["a"]["assignments"]}),
            **({"TimeOff": len(answer["data"]["a"]["timeOff"])} if answer["data"]["a"]["timeOff"] else {}),
        },
        "upstreamCalls": line["upstreamCalls"],
        "errors": {"FORBIDDEN": len(answer["errors"])},
    }
    assert len(line["document"]) == 64
    for private in ("Ann Lee", "C-001", "example.com", "580:somebody", answer["data"]["a"]["id"]):
        assert private not in caplog.text


async def test_equal_documents_have_one_hash(served: Guarded, caplog: pytest.LogCaptureFixture) -> None:
    for number in ("C-001", "C-002"):
        await served.ask(caller(), QUERY, number=number)
    await served.ask(caller(), "{ __typename }")
    one, same, other = (line["document"] for line in audited(caplog))
    assert one == same != other


async def test_a_query_that_is_wrong_is_written_down_too(served: Guarded, caplog: pytest.LogCaptureFixture) -> None:
    await served.ask(caller(), "{ nothing }")
    assert [line["errors"] for line in audited(caplog)] == [{"GRAPHQL_VALIDATION_FAILED": 1}]


async def test_so_is_whoever_was_not_let_in_without_their_token(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    build(tmp_path / "20.sqlite", people=20, today=TODAY)
    async with issuing(RSA) as (_, keys), graph(tmp_path / "20.sqlite", access=trusting(keys)) as served:
        await served.client.post("/graphql", json={"query": "{ __typename }"}, headers={"authorization": f"Bearer {signed(aud='x')}"})
        await served.client.post("/graphql", json={"query": "{ __typename }"}, headers={"authorization": f"Bearer {signed()}"})
    refused, let_in = audited(caplog)
    assert {**refused, "requestId": ""} == {"requestId": "", "status": 401, "errors": {"NOT_AUTHENTICATED": 1}}
    assert (let_in["caller"], let_in["auth"]) == ("user-1", "jwt")


async def test_nothing_is_written_where_callers_are_not_told_apart(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    build(tmp_path / "20.sqlite", people=20, today=TODAY)
    async with graph(tmp_path / "20.sqlite") as served:
        await served.data("{ __typename }")
    assert audited(caplog) == []


async def test_what_a_client_calls_an_operation_that_is_none_is_not_written_down(served: Guarded, caplog: pytest.LogCaptureFixture) -> None:
    served.said.callers["somebody"] = caller()
    body = {"query": "{ nothing", "operationName": "ann.lee@example.com"}
    await served.graph.client.post("/graphql", json=body, headers={"x-caller": "somebody"})
    assert [line["operation"] for line in audited(caplog)] == [None]
    assert "ann.lee" not in caplog.text
