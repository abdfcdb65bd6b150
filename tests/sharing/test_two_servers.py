"""Two servers that share Redis: the second answers what the first has read without a call; Redis may die at any time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph.limits import Limits
from loaders.stores import RedisStore
from tests.graphs import Graph, graph, timeless
from tests.servers import running
from tests.sharing.firms import firm
from tests.stores.engines import PATIENT
from tests.stores.links import on
from tests.stores.servers import Server, serving
from tests.waiting import LONG, until
from upstreams.cache import Cache
from upstreams.engine import Redis

WALK = """{ project(id: "bridge") { name people { name jobTitle { name } timeOff { reason } checkIns(first: 3) { totalCount nodes { id responses { personEmail } } } } } }"""
WINDOW = """{ project(id: "bridge") { people { checkIns(first: 3, submittedBetween: {from: "2026-02-24", to: "2026-03-04"}) { totalCount nodes { id } } } } }"""
ENTITY = """query { _entities(representations: [{__typename: "Person", id: "w0"}, {__typename: "CheckIn", id: "a3-1"}]) { ... on Person { name } ... on CheckIn { submittedAt } } }"""
QUERIES = (WALK, WINDOW, ENTITY)
BUSIEST = """{ projects(first: 3, after: %s) { pageInfo { endCursor } nodes { name people { name checkIns(first: 2) { nodes { id responses { personEmail } } } } } } }"""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company of two pages."""
    firm(path := tmp_path_factory.mktemp("two") / "firm.sqlite", crowd=120)
    return path


@pytest.fixture
async def redis(tmp_path: Path) -> AsyncIterator[Server]:
    """A running server."""
    async with serving(tmp_path) as server:
        yield server


@dataclass
class Shared:
    """What `CREWGRAPH_REDIS_URL` makes of a server that may take its time, and who speaks to it."""

    url: str
    engines: list[Redis] = field(default_factory=list)
    stores: list[RedisStore] = field(default_factory=list)

    def limits(self, cache: Callable[[], Cache] = timeless) -> Limits:
        """Those of one more server."""
        return Limits(cache=cache, engine=self.engine, store=self.store)

    def engine(self) -> Redis:
        """Another engine."""
        self.engines.append(Redis(self.url, patience=PATIENT))
        return self.engines[-1]

    def store(self) -> RedisStore:
        """Another store of links."""
        self.stores.append(on(self.url, "firm"))
        return self.stores[-1]

    async def written(self) -> None:
        """Wait until all is written."""
        await until(lambda: all(one.writes.task is None for one in self.engines) and all(one.task is None for one in self.stores))


@pytest.fixture
def shared(redis: Server) -> Shared:
    """The running server, shared."""
    return Shared(redis.url)


@asynccontextmanager
async def pair(company: Path, shared: Shared, cache: Callable[[], Cache] = timeless) -> AsyncIterator[tuple[Graph, Graph]]:
    """Two servers, each with a wire of its own."""
    async with graph(company, limits=shared.limits(cache)) as one, graph(company, limits=shared.limits(cache)) as other:
        yield one, other


async def asked(one: Graph) -> list[Any]:
    """The data of all queries."""
    return [(await one.ask(query))["data"] for query in QUERIES]


async def posted(address: str, query: str) -> Any:
    """The data of a query over a socket."""
    async with httpx.AsyncClient(trust_env=False, timeout=LONG) as client:
        answer = (await client.post(f"{address}/graphql", json={"query": query})).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]


async def test_the_second_server_answers_the_walk_of_the_first_without_any_upstream_call(company: Path, shared: Shared) -> None:
    async with pair(company, shared) as (one, other):
        found = await asked(one)
        assert len(one.wire.calls) > 30
        await shared.written()
        assert await asked(other) == found
        assert other.wire.calls == []


async def test_a_server_that_starts_later_knows_who_is_who_and_needs_no_proof(company: Path, redis: Server, shared: Shared) -> None:
    async with graph(company, limits=shared.limits()) as one:
        found = await asked(one)
        await shared.written()
    async with redis.client() as client:
        for key in await client.keys("crewgraph:checkins:*"):
            await client.delete(key)
    async with graph(company, limits=shared.limits()) as late:
        assert await asked(late) == found
        people = [person for person in found[0]["project"]["people"] if person["checkIns"] is not None]
        assert [path for path in late.wire.calls if path.startswith("/api/v2/checkins/?person_name") and "limit=25" in path] == []
        assert sum("person_email" in path and "date_from" not in path and "limit=100" not in path for path in late.wire.calls) == len(
            people
        )


async def test_keys_show_no_name_and_no_email(company: Path, redis: Server, shared: Shared) -> None:
    async with pair(company, shared, Cache) as (one, other):
        await asked(one)
        await asked(other)
        await shared.written()
    async with redis.client() as client:
        keys = [str(key, "utf-8") for key in await client.keys() if isinstance(key, bytes)]
        lives = [await client.ttl(key) for key in keys if not key.startswith("crewgraph:links:")]
    assert len(keys) > 20
    assert not [
        key for key in keys if not key.startswith("crewgraph:") or any(word in key for word in ("Lee", "Bob", "example", "%40", "@"))
    ]
    assert all(0 <= life <= 300 for life in lives)


async def test_when_redis_is_killed_both_go_on_with_the_same_answers_and_no_more_calls_than_alone(
    company: Path, redis: Server, shared: Shared
) -> None:
    async with graph(company, limits=Limits(cache=timeless)) as alone:
        plain, cold = await asked(alone), len(alone.wire.calls)
    async with pair(company, shared) as (one, other):
        await redis.kill()
        for server in (one, other):
            assert await asked(server) == plain
            assert len(server.wire.calls) == cold
            assert await asked(server) == plain


@pytest.mark.parametrize("after", [1, 20, 40])
async def test_redis_may_be_killed_in_the_middle_of_a_walk(company: Path, redis: Server, shared: Shared, after: int) -> None:
    async with graph(company, limits=Limits(cache=timeless)) as alone:
        plain, cold = await asked(alone), len(alone.wire.calls)
    async with pair(company, shared) as (one, other):
        walks = [asyncio.create_task(asked(server)) for server in (one, other)]
        async with asyncio.timeout(LONG):
            while len(one.wire.calls) + len(other.wire.calls) < after:
                await asyncio.sleep(0)
        await redis.kill()
        assert [await walk for walk in walks] == [plain, plain]
        assert max(len(one.wire.calls), len(other.wire.calls)) <= cold
        await redis.start()
        assert await asked(one) == plain


async def test_as_processes_the_second_server_asks_nothing_of_the_upstreams_by_the_machines_clock(redis: Server, tmp_path: Path) -> None:
    """A server does without what Redis does not give within a quarter of a second, so a busy machine is asked about other projects."""
    log, given = tmp_path / "calls.log", {"CREWGRAPH_REDIS_URL": redis.url, "CREWGRAPH_WORKFORCE_COMPANY": "sandbox"}
    async with running("sandbox", "--people", "120", "--request-log", str(log), home=tmp_path, health="/api/v2/checkins/") as upstream:
        urls = ("--checkins-url", upstream, "--workforce-url", upstream)
        async with running("serve", *urls, home=tmp_path, **given) as one, running("serve", *urls, home=tmp_path, **given) as other:
            query, calls = BUSIEST % "null", -1
            while calls:
                log.write_text("")
                found = await posted(one, query)
                await quiet(redis)
                cold = len(log.read_text().splitlines())
                assert await posted(other, query) == found
                assert cold > 20
                calls = len(log.read_text().splitlines()) - cold
                last, query = query, BUSIEST % f'"{found["projects"]["pageInfo"]["endCursor"]}"'
            await redis.kill()
            assert await posted(one, last) == await posted(other, last) == found


async def quiet(redis: Server) -> None:
    """Wait until nothing new has come for a moment."""
    async with redis.client() as client, asyncio.timeout(LONG):
        before, now = -1, await client.dbsize()
        while before != now:
            await asyncio.sleep(0.1)
            before, now = now, await client.dbsize()
