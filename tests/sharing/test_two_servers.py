"""Two servers that share Redis: the second answers what the first has read without a call; Redis may die at any time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph.limits import Limits
from loaders.stores import RedisStore
from tests.graphs import Graph, graph
from tests.servers import running
from tests.sharing.firms import firm
from tests.stores.servers import Server, serving
from upstreams.engine import Redis

WALK = """{ project(id: "bridge") { name people { name jobTitle { name } timeOff { reason } checkIns(first: 3) { totalCount nodes { id responses { personEmail } } } } } }"""
WINDOW = """{ project(id: "bridge") { people { checkIns(first: 3, submittedBetween: {from: "2026-02-24", to: "2026-03-04"}) { totalCount nodes { id } } } } }"""
ENTITY = """query { _entities(representations: [{__typename: "Person", id: "w0"}, {__typename: "CheckIn", id: "a3-1"}]) { ... on Person { name } ... on CheckIn { submittedAt } } }"""
QUERIES = (WALK, WINDOW, ENTITY)
BUSIEST = "{ projects(first: 3) { nodes { name people { name checkIns(first: 2) { nodes { id responses { personEmail } } } } } } }"


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


def sharing(url: str) -> Limits:
    """What `CREWGRAPH_REDIS_URL` makes of a server."""
    return Limits(engine=lambda: Redis(url), store=lambda: RedisStore(url, "firm", seconds=0.01))


@asynccontextmanager
async def pair(company: Path, url: str) -> AsyncIterator[tuple[Graph, Graph]]:
    """Two servers, each with a wire of its own."""
    async with graph(company, limits=sharing(url)) as one, graph(company, limits=sharing(url)) as other:
        yield one, other


async def written(redis: Server) -> None:
    """Wait until nothing new has come for a moment."""
    async with redis.client() as client, asyncio.timeout(10):
        before, now = -1, await client.dbsize()
        while before != now:
            await asyncio.sleep(0.1)
            before, now = now, await client.dbsize()


async def asked(one: Graph) -> list[Any]:
    """The data of all queries."""
    return [(await one.ask(query))["data"] for query in QUERIES]


async def posted(address: str, query: str) -> Any:
    """The data of a query over a socket."""
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        answer = (await client.post(f"{address}/graphql", json={"query": query})).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]


async def test_the_second_server_answers_the_walk_of_the_first_without_any_upstream_call(company: Path, redis: Server) -> None:
    async with pair(company, redis.url) as (one, other):
        found = await asked(one)
        assert len(one.wire.calls) > 30
        await written(redis)
        assert await asked(other) == found
        assert other.wire.calls == []


async def test_a_server_that_starts_later_knows_who_is_who_and_needs_no_proof(company: Path, redis: Server) -> None:
    async with graph(company, limits=sharing(redis.url)) as one:
        found = await asked(one)
        await written(redis)
    async with redis.client() as client:
        for key in await client.keys("crewgraph:checkins:*"):
            await client.delete(key)
    async with graph(company, limits=sharing(redis.url)) as late:
        assert await asked(late) == found
        people = [person for person in found[0]["project"]["people"] if person["checkIns"] is not None]
        assert [path for path in late.wire.calls if path.startswith("/api/v2/checkins/?person_name") and "limit=25" in path] == []
        assert sum("person_email" in path and "date_from" not in path and "limit=100" not in path for path in late.wire.calls) == len(
            people
        )


async def test_keys_show_no_name_and_no_email(company: Path, redis: Server) -> None:
    async with pair(company, redis.url) as (one, other):
        await asked(one)
        await asked(other)
        await written(redis)
    async with redis.client() as client:
        keys = [str(key, "utf-8") for key in await client.keys() if isinstance(key, bytes)]
        lives = [await client.ttl(key) for key in keys if not key.startswith("crewgraph:links:")]
    assert len(keys) > 20
    assert not [
        key for key in keys if not key.startswith("crewgraph:") or any(word in key for word in ("Lee", "Bob", "example", "%40", "@"))
    ]
    assert all(0 <= life <= 300 for life in lives)


async def test_when_redis_is_killed_both_go_on_with_the_same_answers_and_no_more_calls_than_alone(company: Path, redis: Server) -> None:
    async with graph(company, limits=Limits()) as alone:
        plain, cold = await asked(alone), len(alone.wire.calls)
    async with pair(company, redis.url) as (one, other):
        await redis.kill()
        for server in (one, other):
            assert await asked(server) == plain
            assert len(server.wire.calls) == cold
            assert await asked(server) == plain


@pytest.mark.parametrize("after", [1, 20, 40])
async def test_redis_may_be_killed_in_the_middle_of_a_walk(company: Path, redis: Server, after: int) -> None:
    async with graph(company, limits=Limits()) as alone:
        plain, cold = await asked(alone), len(alone.wire.calls)
    async with pair(company, redis.url) as (one, other):
        walks = [asyncio.create_task(asked(server)) for server in (one, other)]
        async with asyncio.timeout(10):
            while len(one.wire.calls) + len(other.wire.calls) < after:
                await asyncio.sleep(0)
        await redis.kill()
        assert [await walk for walk in walks] == [plain, plain]
        assert max(len(one.wire.calls), len(other.wire.calls)) <= cold
        await redis.start()
        assert await asked(one) == plain


async def test_as_processes_the_second_server_asks_nothing_of_the_upstreams(redis: Server, tmp_path: Path) -> None:
    log, given = tmp_path / "calls.log", {"CREWGRAPH_REDIS_URL": redis.url, "CREWGRAPH_WORKFORCE_COMPANY": "sandbox"}
    async with running("sandbox", "--people", "120", "--request-log", str(log), home=tmp_path, health="/api/v2/checkins/") as upstream:
        urls = ("--checkins-url", upstream, "--workforce-url", upstream)
        async with running("serve", *urls, home=tmp_path, **given) as one, running("serve", *urls, home=tmp_path, **given) as other:
            log.write_text("")
            found = await posted(one, BUSIEST)
            await written(redis)
            cold = log.read_text().splitlines()
            assert await posted(other, BUSIEST) == found
            assert len(cold) > 20
            assert log.read_text().splitlines()[len(cold) :] == []
            await redis.kill()
            assert await posted(one, BUSIEST) == await posted(other, BUSIEST) == found
