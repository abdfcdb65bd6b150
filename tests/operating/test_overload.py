"""Too much to do, or too much of one client: who is sent away, how, and who never is."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from graph.operating.options import Operating
from tests.graphs import Graph, graph
from tests.operating.asking import NAMES, numbers
from tests.waiting import LONG

ASKED = {"query": NAMES}


@asynccontextmanager
async def busy(company: Path, operating: Operating) -> AsyncIterator[tuple[Graph, asyncio.Event]]:
    """A graph whose upstreams answer when they are let."""
    async with graph(company, operating=operating) as found:
        go, inner = asyncio.Event(), found.wire.inner

        class Slow(httpx.AsyncBaseTransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                await go.wait()
                return await inner.handle_async_request(request)

        found.wire.inner = Slow()
        yield found, go
        go.set()


async def test_what_cannot_be_served_soon_is_sent_away_with_a_code_and_when_to_come_again(company: Path) -> None:
    async with busy(company, Operating(most=1, patience=0.05)) as (found, go):
        first = asyncio.create_task(found.client.post("/graphql", json=ASKED))
        await asyncio.sleep(0.05)
        refused = await found.client.post("/graphql", json=ASKED)
        healthy = [
            (await found.client.get(path)).status_code for path in ("/health/live", "/health/ready", "/health/upstreams", "/metrics")
        ]
        go.set()
        served = await first
        again = await found.client.post("/graphql", json=ASKED)
    error = refused.json()["errors"][0]["extensions"]
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "1"
    assert error == {"code": "OVERLOADED", "retryable": True, "retryAfter": 1, "requestId": refused.headers["x-request-id"]}
    assert healthy == [200, 200, 200, 200]
    assert (served.status_code, again.status_code) == (200, 200)


async def test_a_full_line_refuses_at_the_door_and_counts_whom_it_refused(company: Path) -> None:
    async with busy(company, Operating(most=1, patience=LONG)) as (found, go):
        waiting = [asyncio.create_task(found.client.post("/graphql", json=ASKED)) for _ in range(9)]
        await asyncio.sleep(0.1)
        refused = await found.client.post("/graphql", json=ASKED)
        go.set()
        served = await asyncio.gather(*waiting)
        counted = await numbers(found.client)
    assert refused.status_code == 503
    assert refused.json()["errors"][0]["extensions"]["code"] == "OVERLOADED"
    assert {one.status_code for one in served} == {200}
    assert counted['crewgraph_operations_total{kind="none",outcome="shed"}'] == 1
    assert counted['crewgraph_operation_errors_total{code="OVERLOADED"}'] == 1
    assert counted['crewgraph_operations_total{kind="query",outcome="ok"}'] == 9


async def test_operations_that_wait_for_nothing_are_too_many_too_if_they_come_at_once(company: Path) -> None:
    """Each is over before the next begins, and all the same the last of a thousand would be answered after a second."""
    async with graph(company, operating=Operating(most=2, patience=0)) as found:
        at_once = [found.client.post("/graphql", json={"query": f"{{ q{number}: __typename }}"}) for number in range(10)]
        statuses = Counter(one.status_code for one in await asyncio.gather(*at_once))
        later = [await found.client.post("/graphql", json={"query": f"{{ r{number}: __typename }}"}) for number in range(10)]
    assert statuses[200] >= 2
    assert statuses[503] >= 1
    assert statuses.total() == statuses[200] + statuses[503]
    assert {one.status_code for one in later} == {200}


async def test_a_client_that_asks_for_too_much_is_told_so_and_others_are_not(company: Path) -> None:
    async with graph(company, operating=Operating(quota=2)) as found:
        answers = [await found.client.post("/graphql", json={"query": "{ __typename }"}) for _ in range(3)]
        app = found.client._transport.app  # type: ignore[attr-defined]
        elsewhere = httpx.ASGITransport(app, client=("127.0.0.9", 1))
        async with httpx.AsyncClient(transport=elsewhere, base_url="http://graph") as other:
            theirs = await other.post("/graphql", json=ASKED)
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert [one.headers["ratelimit"].split(";")[1] for one in answers] == ["r=1", "r=0", "r=0"]
    error = answers[-1].json()["errors"][0]["extensions"]
    assert error["code"] == "RATE_LIMITED"
    assert error["retryable"] is True
    assert 1 <= int(answers[-1].headers["retry-after"]) == error["retryAfter"] <= 31
    assert theirs.status_code == 200


async def test_an_operation_that_costs_more_than_a_minutes_points_runs_once_there_are_all_of_them(company: Path) -> None:
    async with graph(company, operating=Operating(quota=2)) as found:
        answers = [await found.client.post("/graphql", json=ASKED) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 429]
    assert int(answers[1].headers["retry-after"]) > 60
