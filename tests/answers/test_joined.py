"""Equal operations that come while one runs wait for it, unless it helps none of them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx

from graph.answers import Answers, Basis, Key
from tests.answers.asking import Moment, post, remembered
from tests.graphs import TODAY, Graph, codes, graph
from tests.operating.asking import numbers
from tests.waiting import settled, until
from upstreams.deadline import NEVER, within

ROWS = '{ checkIns(first: 3, filter: { department: "Structures" }) { nodes { id responses { id } } } }'
KEY: Key = (("{ a }", None, b"{}", False), (frozenset(), None))
BASIS: Basis = (0, TODAY)


class Gate(httpx.AsyncBaseTransport):
    """A wire on which no call goes on before it is let, and the first so many then fail."""

    def __init__(self, one: Graph, failing: int = 0) -> None:
        self.inner, self.open, self.waiting, self.failing = one.wire.inner, asyncio.Event(), 0, failing
        one.wire.inner = self

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.waiting += 1
        await self.open.wait()
        self.failing -= 1
        if self.failing >= 0:
            raise httpx.ConnectError("cut", request=request)
        return await self.inner.handle_async_request(request)


async def joining(one: Graph, size: int, **headers: str) -> list[asyncio.Task[httpx.Response]]:
    """So many who ask, and have come as far as they can."""
    found = [asyncio.create_task(post(one, ROWS, headers)) for _ in range(size)]
    await settled()
    return found


async def sources(one: Graph) -> dict[str, float]:
    """Where answers came from so far."""
    found = await numbers(one.client)
    return {name: found.get(f'crewgraph_answers_total{{source="{name}"}}', 0) for name in ("run", "joined", "memory")}


async def test_many_who_ask_the_same_at_once_are_answered_by_one_run(company: Path) -> None:
    async with graph(company, limits=Moment().limits()) as one:
        gate = Gate(one)
        asking = await joining(one, 30)
        await until(lambda: gate.waiting == 1)
        gate.open.set()
        answers = [await task for task in asking]
        assert len({answer.text for answer in answers}) == 1
        assert "errors" not in answers[0].json()
        assert not any(remembered(answer) for answer in answers)  # they waited for it: it is new
        assert await sources(one) == {"run": 1, "joined": 29, "memory": 0}


async def test_whoever_waits_for_one_that_fails_runs_itself(company: Path) -> None:
    async with graph(company, limits=Moment().limits()) as one:
        gate = Gate(one, failing=1)
        [first] = await joining(one, 1)
        others = await joining(one, 3)
        gate.open.set()
        assert codes((await first).json())
        assert [codes((await other).json()) for other in others] == [[]] * len(others)
        assert await sources(one) == {"run": 4, "joined": 0, "memory": 0}


async def test_whoever_has_less_time_than_the_one_they_wait_for_waits_no_longer_than_that(company: Path) -> None:
    async with graph(company, limits=Moment().limits()) as one:
        gate = Gate(one)
        [first] = await joining(one, 1)
        [hurried] = await joining(one, 1, **{"x-crewgraph-deadline-ms": "40"})
        assert codes((await hurried).json())
        assert not first.done()
        gate.open.set()
        assert not codes((await first).json())


async def test_whoever_waits_for_a_client_that_leaves_is_answered(company: Path) -> None:
    async with graph(company, limits=Moment().limits()) as one:
        gate, left = Gate(one), asyncio.Event()
        body = httpx.Request("POST", "http://graph/graphql", json={"query": ROWS})
        heard = iter([{"type": "http.request", "body": body.content, "more_body": False}])

        async def receive() -> dict[str, Any]:
            if (message := next(heard, None)) is not None:
                return message
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(_message: Any) -> None:
            """Nobody is there."""

        fields = [(name.lower(), value) for name, value in body.headers.raw]
        scope = {"type": "http", "method": "POST", "path": "/graphql", "root_path": "", "query_string": b"", "headers": fields}
        leaver = asyncio.create_task(one.client._transport.app(scope, receive, send))  # type: ignore[attr-defined]
        await until(lambda: gate.waiting == 1)
        others = await joining(one, 2)
        left.set()
        await settled()
        gate.open.set()
        await leaver
        assert [codes((await other).json()) for other in others] == [[]] * len(others)
        assert (await sources(one))["joined"] == 0


async def test_what_is_dropped_meanwhile_counts_for_whoever_comes_after_it(company: Path) -> None:
    async with graph(company, limits=Moment().limits()) as one:
        gate = Gate(one)
        before = await joining(one, 2)
        one.client._transport.app.state.service.known.unlink("somebody")  # type: ignore[attr-defined]
        after = await joining(one, 2)
        gate.open.set()
        assert [codes((await task).json()) for task in (*before, *after)] == [[]] * 4
        assert await sources(one) == {"run": 3, "joined": 1, "memory": 0}


async def test_nobody_waits_for_what_could_not_be_kept_a_moment_ago() -> None:
    answers = Answers(seconds=5)
    with answers.flight(KEY, BASIS):
        waiting = asyncio.create_task(answers.joined(KEY, BASIS, NEVER))
        await settled()
        assert not waiting.done()
        answers.hopeless(KEY)
        assert await answers.joined(KEY, BASIS, NEVER) is None
    assert await waiting is None


async def test_a_run_that_is_cancelled_holds_nobody_up() -> None:
    answers = Answers(seconds=5)

    async def run() -> None:
        with answers.flight(KEY, BASIS):
            await asyncio.Event().wait()

    running = asyncio.create_task(run())
    await settled()
    waiting = asyncio.create_task(answers.joined(KEY, BASIS, within(60)))
    await settled()
    running.cancel()
    assert await waiting is None
    assert not answers.flights


async def test_one_who_waits_and_is_cancelled_takes_nobody_else_along() -> None:
    answers = Answers(seconds=5)
    with answers.flight(KEY, BASIS):
        waiting = [asyncio.create_task(answers.joined(KEY, BASIS, NEVER)) for _ in range(2)]
        await settled()
        waiting[0].cancel()
        await settled()
        assert not waiting[1].done()
    assert await waiting[1] is None
