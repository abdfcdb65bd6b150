"""Every mode of access in every deployment, with all other settings as they are by default: the same data, or a coded error.

The servers are processes on real sockets. Each answer is compared with what a server without authentication gives to the same question,
less what the caller's scopes take away.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from graph.access.keys import hashed
from graph.access.scopes import SCOPES
from graph.door.persisted import digest
from graph.graphiql import STATIC
from tests.access.signing import AUDIENCE, ISSUER, RSA, issuing, signed
from tests.optional import optional
from tests.servers import running
from tests.stores.servers import serving
from tests.waiting import LONG

pytestmark = pytest.mark.asyncio(loop_scope="module")

MODES = ("none", "api-key", "jwt by file", "jwt by address", "gateway")
DEPLOYMENTS = ("one process", "two workers", "redis")
SECRET = "the gateway's own secret"
ALWAYS: dict[str, Any] = {"iat": 1, "exp": 4_102_444_800}
"""When tokens hold: from 1970 until 2100, so that no clock matters."""


@dataclass(frozen=True)
class Who:
    """Somebody who asks: their scopes, and the email by which check-ins know them."""

    name: str
    scopes: frozenset[str] = frozenset(SCOPES)
    email: str | None = None


EVERYTHING = Who("everything")
PLANNER = Who("planner", frozenset({"assignments:read"}))
LEADER = Who("leader", frozenset({"assignments:read", "checkins:team"}))
"""Who sees their own check-ins; `start_server` fills their email in."""
CALLERS = (EVERYTHING, PLANNER, LEADER)

WALK = """{ project(number: "HB-1000") { id name people { id name
  checkIns(first: 3) { totalCount nodes { id state: overdue responses { id personName } } } } } }"""
ENTITIES = """query ($them: [_Any!]!) { _entities(representations: $them) {
  ... on Person { id name checkIns(first: 1) { nodes { id } } } ... on Project { id name } } }"""
SECRETS = '{ project(number: "HB-1000") { id people { id name email timeOff(activeOn: "2026-01-01") { id reason } } } }'
PEOPLE = '{ project(number: "HB-1000") { id people { id email } } }'


@dataclass(frozen=True)
class Cell:
    """A running server: how to speak to it as each caller, and what a server without authentication answers."""

    client: httpx.AsyncClient
    mode: str
    headers: Mapping[str, Mapping[str, str]]
    plain: httpx.AsyncClient

    @property
    def callers(self) -> Sequence[Who]:
        """Who can be told apart here."""
        return CALLERS if self.mode in ("api-key", "jwt by file", "jwt by address") else (EVERYTHING,)

    async def ask(self, who: Who, query: str, headers: Mapping[str, str] | None = None, **variables: Any) -> dict[str, Any]:
        """The answer to this caller, which is neither a failure nor an error without a code."""
        sent = {**self.headers[who.name], **(headers or {})}
        return checked(await self.client.post("/graphql", json={"query": query, "variables": variables}, headers=sent))

    async def expected(self, query: str, **variables: Any) -> Any:
        """The data that everybody may see where nobody is told apart."""
        answer = checked(await self.plain.post("/graphql", json={"query": query, "variables": variables}))
        assert "errors" not in answer, answer["errors"]
        return answer["data"]


def checked(response: httpx.Response) -> dict[str, Any]:
    """An answer whose status is 200 and whose errors all have codes."""
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    assert all(error["extensions"]["code"] != "INTERNAL_SERVER_ERROR" for error in answer.get("errors", ())), answer["errors"]
    return answer


def withheld(data: Any, errors: Sequence[Mapping[str, Any]]) -> Any:
    """The data with null wherever an error says that the caller may not see it."""
    left = json.loads(json.dumps(data))
    for error in errors:
        assert error["extensions"]["code"] == "FORBIDDEN", error
        *way, last = error["path"]
        place = left
        for step in way:
            place = place[step]
        place[last] = None
    return left


async def start_server(
    stack: AsyncExitStack, mode: str, deployment: str, folder: Path, email: str | None
) -> tuple[str, dict[str, dict[str, str]]]:
    """Start a server in this mode and deployment: its address, and the headers of each caller."""
    given: dict[str, str] = {}
    callers = [replace(one, email=email) if one is LEADER else one for one in CALLERS]
    headers: dict[str, dict[str, str]] = {one.name: {} for one in callers}
    if mode == "api-key":
        (folder / "keys.toml").write_text("".join(key_table(one) for one in callers))
        given = {"CREWGRAPH_AUTH": "api-key", "CREWGRAPH_KEY_FILE": str(folder / "keys.toml")}
        headers = {one.name: {"x-api-key": f"cg_{one.name}"} for one in callers}
    elif mode.startswith("jwt"):
        given = {"CREWGRAPH_AUTH": "jwt", "CREWGRAPH_JWT_ISSUER": ISSUER, "CREWGRAPH_JWT_AUDIENCE": AUDIENCE}
        headers = {one.name: {"authorization": f"Bearer {token(one)}"} for one in callers}
        if mode == "jwt by file":
            (folder / "keys.json").write_text(json.dumps({"keys": [RSA.as_dict(private=False)]}))
            given["CREWGRAPH_JWT_KEYS_FILE"] = str(folder / "keys.json")
        else:
            _, server = await stack.enter_async_context(issuing(RSA))
            given["CREWGRAPH_JWT_KEYS_URL"] = server.url
    elif mode == "gateway":
        given = {"CREWGRAPH_GATEWAY_SECRET": SECRET}
        headers = {one.name: {"x-crewgraph-gateway": SECRET} for one in callers}
    if deployment == "two workers":
        given["CREWGRAPH_WORKERS"] = "2"
    elif deployment == "redis":
        given["CREWGRAPH_REDIS_URL"] = (await stack.enter_async_context(serving(folder))).url
    return await stack.enter_async_context(running("serve", home=folder, **given)), headers


def key_table(who: Who) -> str:
    """A key as its file has it."""
    email = f"email = {json.dumps(who.email)}\n" if who.email else ""
    return f'[[key]]\nname = "{who.name}"\nhash = "{hashed(f"cg_{who.name}")}"\nscopes = {json.dumps(sorted(who.scopes))}\n{email}\n'


def token(who: Who) -> str:
    """A token of the issuer's."""
    return signed(sub=who.name, scope=" ".join(["openid", *sorted(who.scopes)]), email=who.email, **ALWAYS)


def client(address: str) -> httpx.AsyncClient:
    """A client that opens a connection for each request, so that both workers are met."""
    return httpx.AsyncClient(base_url=address, trust_env=False, timeout=LONG, limits=httpx.Limits(max_keepalive_connections=0))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plain(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """A server without authentication that remembers nothing."""
    nothing = {"CREWGRAPH_ANSWER_SECONDS": "0", "CREWGRAPH_PORTION_MEGABYTES": "0", "CREWGRAPH_CACHE": "false"}
    async with running("serve", home=tmp_path_factory.mktemp("plain"), **nothing) as address, client(address) as one:
        yield one


@pytest_asyncio.fixture(
    scope="module", loop_scope="module", params=[(mode, where) for mode in MODES for where in DEPLOYMENTS], ids=" in ".join
)
async def cell(request: pytest.FixtureRequest, plain: httpx.AsyncClient, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cell]:
    """A server in each mode and each deployment."""
    mode, deployment = request.param
    people = checked(await plain.post("/graphql", json={"query": PEOPLE}))["data"]["project"]["people"]
    email = next(one["email"] for one in people if one["email"])
    async with AsyncExitStack() as stack:
        address, headers = await start_server(stack, mode, deployment, tmp_path_factory.mktemp("cell"), email)
        yield Cell(await stack.enter_async_context(client(address)), mode, headers, plain)


async def test_a_walk_is_the_same_at_first_and_again(cell: Cell) -> None:
    """Often enough that each worker remembers it; callers of other rights ask between."""
    expected = await cell.expected(WALK)
    ages = []
    for _ in range(4):
        for who in cell.callers:
            answer = await cell.ask(who, WALK)
            errors = answer.get("errors", [])
            assert bool(errors) is (who is not EVERYTHING)
            assert answer["data"] == withheld(expected, errors)
        response = await cell.client.post("/graphql", json={"query": WALK}, headers=cell.headers[EVERYTHING.name])
        ages.append("age" in response.headers)
    assert any(ages), "no answer came from memory"


async def test_entities_are_the_same(cell: Cell) -> None:
    project = (await cell.expected(PEOPLE))["project"]
    them = [{"__typename": "Project", "id": project["id"]}, *({"__typename": "Person", "id": one["id"]} for one in project["people"][:5])]
    expected = await cell.expected(ENTITIES, them=them)
    for _ in range(2):
        assert (await cell.ask(EVERYTHING, ENTITIES, them=them))["data"] == expected
        if PLANNER in cell.callers:
            answer = await cell.ask(PLANNER, ENTITIES, them=them)
            assert answer["data"] == withheld(expected, answer["errors"])


async def test_a_persisted_query_is_asked_by_its_hash(cell: Cell) -> None:
    """Two workers each have to be taught, as a client does when it is told that its hash is not known."""
    expected, named = await cell.expected(WALK), json.dumps({"persistedQuery": {"version": 1, "sha256Hash": digest(WALK)}})
    sent = {**cell.headers[EVERYTHING.name], "accept": "application/json", "apollo-require-preflight": "1"}
    for _ in range(4):
        answer = checked(await cell.client.get("/graphql", params={"extensions": named}, headers=sent))
        if "data" not in answer:
            assert answer["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
            answer = checked(await cell.client.get("/graphql", params={"query": WALK, "extensions": named}, headers=sent))
        assert answer["data"] == expected


async def test_who_sees_all_check_ins_or_none_or_their_own(cell: Cell) -> None:
    people = (await cell.expected(WALK))["project"]["people"]
    for _ in range(2):
        for who in cell.callers:
            answer = await cell.ask(who, WALK)
            shown = [one for one in answer["data"]["project"]["people"] if one["checkIns"] is not None]
            assert len(shown) == {EVERYTHING: len(people), PLANNER: 0, LEADER: 1}[who]
            assert all(one in people for one in shown)


async def test_a_forbidden_field_is_null_and_its_siblings_are_not(cell: Cell) -> None:
    expected = await cell.expected(SECRETS)
    for who in cell.callers:
        answer = await cell.ask(who, SECRETS)
        assert bool(answer.get("errors")) is (who is not EVERYTHING)
        assert answer["data"] == withheld(expected, answer.get("errors", []))


async def test_a_trace_is_shown_to_who_may_see_what_it_tells(cell: Cell) -> None:
    expected = await cell.expected(WALK)
    for who in cell.callers:
        answer = await cell.ask(who, WALK, {"x-crewgraph-trace": "1"})
        assert ("trace" in answer.get("extensions", {})) is (who is EVERYTHING)
        assert answer["data"] == withheld(expected, answer.get("errors", []))


async def test_the_page_is_there_unless_a_gateway_stands_in_front(cell: Cell) -> None:
    if not (STATIC / "index.html").exists():
        optional("the GraphiQL page is not built")
    response = await cell.client.get("/graphql", headers={"accept": "text/html"})
    assert response.status_code == (403 if cell.mode == "gateway" else 200)
    assert "text/html" in response.headers["content-type"] or cell.mode == "gateway"
