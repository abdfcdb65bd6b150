"""An answer from memory differs from a new one in nothing but its age: whatever lies between a client and it holds for both."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph.access.guard import Access, Gateway
from graph.answers import Answers
from graph.door.policy import Door
from graph.limits import Limits
from graph.operating.drain import Drain
from graph.operating.options import Operating
from tests.answers.asking import PEOPLE, PROJECTS, Moment, remembered
from tests.clocks import Clock
from tests.graphs import Graph, graph
from tests.waiting import LONG

JSON, GRAPHQL = "application/json", "application/graphql-response+json"
ASK: dict[str, Any] = {"json": {"query": PROJECTS}}
OWN = {"age", "content-length", "x-request-id"}
"""Headers that belong to one answer alone."""
OLD = re.compile(r'(?<="oldestSeconds":)[\d.]+')
KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "newer media type": {"headers": {"accept": GRAPHQL}},
    "by weight": {"headers": {"accept": f"{JSON};q=0.5, {GRAPHQL}"}},
    "neither media type": {"headers": {"accept": "text/csv"}},
    "another way to write it": {"content": b'{"operationName": null,\n "query": "%b"}' % PROJECTS.encode()},
    "a key twice": {"content": b'{"query": "%b", "query": "%b"}' % (PROJECTS.encode(), PROJECTS.encode())},
    "form": {"headers": {"content-type": "application/x-www-form-urlencoded"}},
    "other charset": {"headers": {"content-type": f"{JSON}; charset=latin-1"}},
    "compressed": {"headers": {"content-encoding": "gzip"}},
    "too large": {"content": b'{"query": "%b", "x": "%b"}' % (PROJECTS.encode(), b"x" * 2_000)},
    "framed twice": {"headers": {"transfer-encoding": "chunked"}},
    "get": {"method": "GET", "params": {"query": PROJECTS}, "headers": {"apollo-require-preflight": "1"}},
    "get of a page": {"method": "GET", "params": {"query": PROJECTS}},
    "put": {"method": "PUT"},
    "trace of the web": {"method": "TRACE"},
    "page": {"method": "GET", "headers": {"accept": "text/html"}},
    "somewhere else": {"url": "/graphql/"},
    "soon": {"headers": {"x-crewgraph-deadline-ms": "60000"}},
    "never": {"headers": {"x-crewgraph-deadline-ms": "never"}},
    "no trace": {"headers": {"x-crewgraph-trace": "0"}},
    "own cache": {"headers": {"cache-control": "max-stale, max-age=60"}},
    "credentials": {"headers": {"authorization": "Bearer x"}},
    "cookie": {"headers": {"cookie": "a=b"}},
    "own id": {"headers": {"x-request-id": "mine"}},
    "bad id": {"headers": {"x-request-id": "mine or yours"}},
    "large head": {"headers": {"x-large": "x" * 40_000}},
    "other site": {"headers": {"origin": "https://example.com", "sec-fetch-site": "cross-site"}},
}
FROM_MEMORY = {
    "plain", "newer media type", "by weight", "another way to write it", "get", "soon", "no trace", "own cache", "credentials", "cookie",
    "own id", "bad id", "other site",
}  # fmt: skip


class Pair:
    """A graph that remembers its answers, and its like that remembers none, on one clock."""

    def __init__(self, one: Graph, plain: Graph) -> None:
        self.graphs = one, plain

    async def ask(self, **given: Any) -> tuple[httpx.Response, httpx.Response]:
        """What both answer."""
        request: dict[str, Any] = {"method": "POST", "url": "/graphql", **(ASK if "content" not in given else {}), **given}
        if request["method"] != "POST":
            request.pop("json", None)
        request["headers"] = {"content-type": JSON, **request.get("headers", {})} if request["method"] == "POST" else request.get("headers")
        first, second = [await one.client.request(**request) for one in self.graphs]
        return first, second


async def paired(opened: AsyncExitStack, company: Path, access: Access | None = None, **operating: Any) -> Pair:
    """Both, of which each has answered the question twice."""
    moment = Moment(seconds=3_600)
    limits = replace(moment.limits(), door=Door(largest_body=2_000))
    less: Limits = replace(limits, answers=lambda: Answers(0.0, clock=moment.clock))
    graphs = [
        await opened.enter_async_context(graph(company, limits=one, access=access, operating=Operating(10_000, LONG, **operating)))
        for one in (limits, less)
    ]
    return Pair(*graphs)


def seen(answer: httpx.Response) -> tuple[int, dict[str, str], str]:
    """An answer but for what belongs to it alone: its id, and how old it and what went into it are."""
    assert answer.headers["content-length"] == str(len(answer.content))
    text = OLD.sub("", answer.text.replace(answer.headers["x-request-id"], ""))
    return answer.status_code, {name: value for name, value in answer.headers.items() if name not in OWN}, text


@pytest.mark.parametrize("kind", KINDS)
async def test_an_answer_from_memory_is_what_a_new_one_would_be(company: Path, kind: str) -> None:
    async with AsyncExitStack() as opened:
        pair = await paired(opened, company)
        for _ in range(2):
            await pair.ask()
        for _ in range(2):
            mine, plain = await pair.ask(**KINDS[kind])
            assert seen(mine) == seen(plain)
            assert not remembered(plain)
            assert remembered(mine) is (kind in FROM_MEMORY)
            assert (mine.headers["x-request-id"] == "mine") is (kind == "own id") is (plain.headers["x-request-id"] == "mine")


async def test_only_the_gateway_is_answered_from_memory_where_there_is_one(company: Path) -> None:
    async with AsyncExitStack() as opened:
        pair = await paired(opened, company, Access(gateway=Gateway("x-secret", "s" * 32)))
        for secret in ("s" * 32, "s" * 32, "", "s" * 31, "s" * 32):
            mine, plain = await pair.ask(headers={"x-secret": secret})
            assert seen(mine) == seen(plain)
            assert mine.status_code == (200 if secret == "s" * 32 else 403)
        assert remembered(mine)


async def test_only_this_machine_is_answered_from_memory_where_the_graph_is_its_own(company: Path) -> None:
    async with AsyncExitStack() as opened:
        pair = await paired(opened, company, Access(local=True))
        for host, status in (("localhost", 200), ("127.0.0.1:8000", 200), ("example.com", 403)):
            mine, plain = await pair.ask(headers={"host": host})
            assert (seen(mine), mine.status_code) == (seen(plain), status)


async def test_answers_from_memory_cost_their_clients_what_others_cost(company: Path) -> None:
    async with AsyncExitStack() as opened:
        pair = await paired(opened, company, quota=25)
        found = [await pair.ask() for _ in range(4)]
        points = [[one.headers.get("ratelimit", "").split(";t=")[0] for one in both] for both in found]
        assert [mine for mine, _ in points] == [plain for _, plain in points]
        assert [[one.status_code for one in both] for both in found] == [[one[0].status_code] * 2 for one in found]
        assert (found[0][0].status_code, found[-1][0].status_code) == (200, 429)


async def test_a_drain_is_told_with_answers_from_memory(company: Path) -> None:
    async with AsyncExitStack() as opened:
        drain = Drain(grace=LONG)
        pair = await paired(opened, company, drain=drain)
        for _ in range(2):
            await pair.ask()
        drain.begin()
        mine, plain = await pair.ask()
        assert remembered(mine)
        assert (mine.headers["connection"], seen(mine)) == ("close", seen(plain))


async def test_a_way_to_write_a_question_is_learnt_when_its_answer_is_remembered(company: Path) -> None:
    async with graph(company, limits=Moment(clock=Clock()).limits()) as one:
        answers = one.client._transport.app.state.service.answers  # type: ignore[attr-defined]
        for size in range(1, 4):
            content = b'{"query": "%b"%b}' % (PEOPLE.encode(), b" " * size)
            assert remembered(await one.client.post("/graphql", content=content, headers={"content-type": JSON})) is (size > 1)
            assert len(answers.questions.kept) == size
