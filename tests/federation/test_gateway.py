"""A real gateway over real sockets: other teams' types lead into ours by every key, ours lead back, and errors keep their codes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from sandbox import HARBOUR_BRIDGE, build
from sandbox.cast import SHARED_MAILBOX
from sandbox.documents import AARON_KELLY, CHECK_INS
from tests.apps import crewgraph
from tests.federation import teams
from tests.federation.composing import HERE, compose
from tests.graphs import TODAY, codes
from tests.node import Node
from tests.servers import served
from tests.waiting import LONG

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORKLIFT = {"title": "Forklift"}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["apollo", "guild"])
async def gateway(request: pytest.FixtureRequest, node: Node, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the gateway, over the supergraph of each composer that makes one, out of what the server itself says of its schema.

    Apollo's gateway for Node refuses a schema with scopes, and the server tells nobody apart.
    """
    database = tmp_path_factory.mktemp("company") / "60.sqlite"
    build(database, people=60, today=TODAY)
    async with served(crewgraph(database)) as graph, served(teams.app()) as others:
        async with httpx.AsyncClient(trust_env=False, timeout=LONG) as asking:
            ours = (await asking.post(f"{graph}/graphql", json={"query": "{ _service { sdl } }"})).json()["data"]["_service"]["sdl"]
        composed = await compose(node, request.param, ours=ours, graph=graph, others=others)
        async with (
            node.serving(HERE / "gateway.mjs", composed.supergraph) as url,
            httpx.AsyncClient(base_url=url, timeout=LONG, trust_env=False) as client,
        ):
            yield client


async def ask(gateway: httpx.AsyncClient, query: str, **variables: Any) -> dict[str, Any]:
    """The whole answer to a query."""
    answer = await gateway.post("", json={"query": query, "variables": variables})
    found: dict[str, Any] = answer.json()
    return found


async def data(gateway: httpx.AsyncClient, query: str, **variables: Any) -> Any:
    """The data of an answer without errors."""
    answer = await ask(gateway, query, **variables)
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


async def named(gateway: httpx.AsyncClient, name: str) -> str:
    """The id of a person of this name."""
    found = await data(gateway, "query ($name: String) { people(first: 1, name: $name) { nodes { id } } }", name=name)
    return str(found["people"]["nodes"][0]["id"])


async def test_another_team_reaches_a_person_by_id_and_comes_back(gateway: httpx.AsyncClient) -> None:
    query = "query ($id: ID!) { badge(id: $id) { holder { name email badges(first: 1) { edges { node { title } } pageInfo { hasNextPage } } } } }"
    holder = (await data(gateway, query, id=f"forklift-{await named(gateway, 'Joann Lee')}"))["badge"]["holder"]
    page = {"edges": [{"node": FORKLIFT}], "pageInfo": {"hasNextPage": False}}
    assert holder == {"name": "Joann Lee", "email": "joann@example.com", "badges": page}


async def test_another_team_reaches_a_person_by_email_and_comes_back(gateway: httpx.AsyncClient) -> None:
    desk = (await data(gateway, '{ desk(code: "A-12") { floor occupant { name employeeNumber desk { code } hourlyRate { amount } } } }'))[
        "desk"
    ]
    assert desk == {
        "floor": 3,
        "occupant": {"name": "Ann Lee", "employeeNumber": "C-001", "desk": {"code": "A-12"}, "hourlyRate": {"amount": "42.00"}},
    }


async def test_another_team_reaches_a_person_by_employee_number_and_comes_back(gateway: httpx.AsyncClient) -> None:
    query = '{ payslip(employeeNumber: "C-001") { gross { amount } person { name email hourlyRate { currency } desk { floor } } } }'
    person = (await data(gateway, query))["payslip"]["person"]
    assert person == {"name": "Ann Lee", "email": "ann@example.com", "hourlyRate": {"currency": "GBP"}, "desk": {"floor": 3}}


async def test_another_team_reaches_a_project_by_number_and_its_people_lead_on(gateway: httpx.AsyncClient) -> None:
    query = '{ budget(projectNumber: "HB-1000") { project { name number budget { total { amount } } people { name badges(first: 1) { edges { node { title } } } } } } }'
    project = (await data(gateway, query))["budget"]["project"]
    assert (project["name"], project["budget"]) == (HARBOUR_BRIDGE, {"total": {"amount": "1000000.00"}})
    assert len(project["people"]) == 12
    assert all(person["badges"]["edges"] == [{"node": FORKLIFT}] for person in project["people"])


async def test_another_team_points_at_a_check_in_that_it_cannot_resolve(gateway: httpx.AsyncClient) -> None:
    query = "query ($id: ID!) { badge(id: $id) { awardedAt announcedIn { id submittedAt responses { personName } } } }"
    assert (await data(gateway, query, id=f"forklift-{AARON_KELLY}"))["badge"] == {
        "awardedAt": "2026-01-05T09:00:00Z",
        "announcedIn": {
            "id": CHECK_INS[0],
            "submittedAt": "2025-04-11T12:06:00.882601+01:00",
            "responses": [{"personName": "Michael Test"}],
        },
    }


async def test_an_entity_that_cannot_be_told_keeps_its_code_and_costs_only_itself(gateway: httpx.AsyncClient) -> None:
    answer = await ask(
        gateway, '{ shared: desk(code: "S-01") { floor occupant { email name } } own: desk(code: "A-12") { occupant { name } } }'
    )
    assert [code for code, _ in codes(answer)] == ["IDENTITY_AMBIGUOUS"]
    assert answer["data"]["shared"] == {"floor": 3, "occupant": {"email": SHARED_MAILBOX, "name": None}}
    assert answer["data"]["own"] == {"occupant": {"name": "Ann Lee"}}


async def test_a_field_that_cannot_be_told_keeps_its_code_below_another_teams_type(gateway: httpx.AsyncClient) -> None:
    query = "query ($id: ID!) { badge(id: $id) { holder { name checkIns(first: 1) { nodes { id } } } } }"
    answer = await ask(gateway, query, id=f"forklift-{await named(gateway, 'Daniel Murphy')}")
    assert answer["data"]["badge"]["holder"] == {"name": "Daniel Murphy", "checkIns": None}
    assert [code for code, _ in codes(answer)] == ["IDENTITY_AMBIGUOUS"]


async def test_a_bad_argument_keeps_its_code_and_the_request_its_id(gateway: httpx.AsyncClient) -> None:
    answer = await ask(gateway, "{ people(first: 0) { nodes { id } } }")
    assert codes(answer) == [("BAD_USER_INPUT", "people")]
    assert answer["errors"][0]["extensions"]["requestId"]
