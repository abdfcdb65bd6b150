"""A company that changes while its answers are remembered: what may be old, and what must not become wrong by it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from graph.app import create_app
from graph.limits import Limits
from loaders.known import Rules
from sandbox import Draft, Options
from sandbox import create_app as create_sandbox
from tests.clocks import Clock
from tests.graphs import CALM, TODAY, Graph, Wire, codes, noon, upstreams
from tests.identity.companies import Switch
from upstreams.cache import Cache

NO_CACHE = {"Cache-Control": "no-cache"}


@dataclass
class Changing(Graph):
    """A graph with a cache whose clock a test sets, over a company that it exchanges."""

    clock: Clock
    switch: Switch
    folder: Path

    def becomes(self, draft: Draft) -> None:
        """Put another company behind the wire."""
        draft.save(path := self.folder / f"{len(list(self.folder.iterdir()))}.sqlite")
        self.switch.inner = httpx.ASGITransport(create_sandbox(path, Options(clock=noon)))

    async def anew(self, query: str) -> Any:
        """The data for a client that wants nothing remembered."""
        answer = (await self.client.post("/graphql", json={"query": query}, headers=NO_CACHE)).json()
        assert "errors" not in answer, answer
        return answer["data"]


@asynccontextmanager
async def changing(folder: Path, draft: Draft, **rules: Any) -> AsyncIterator[Changing]:
    """The graph over a company that will change."""
    clock, switch = Clock(), Switch(httpx.MockTransport(lambda _: httpx.Response(500)))
    wire = Wire(switch)
    app = create_app(upstreams(wire), Rules(clock=noon, **rules), limits=Limits(cache=lambda: Cache(clock=clock)), operating=CALM)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://graph")
    async with app.router.lifespan_context(app), client:
        one = Changing(client, wire, clock, switch, folder)
        one.becomes(draft)
        yield one


def booked(*names: str, without: int | None = None) -> Draft:
    """A company of these people, in this order, all on one project; one of them may have left."""
    draft = Draft()
    draft.project("Bridge", id="bridge")
    for number, name in enumerate(names):
        draft.worker(name, id=f"w{number:03}")
        if number != without:
            draft.assign(f"w{number:03}", "bridge", TODAY - timedelta(days=1), TODAY + timedelta(days=1))
    return draft


def reporting(draft: Draft, name: str, *ids: str, user: str = "a", email: str = "ann@example.com") -> Draft:
    """The same with an account and its check-ins."""
    draft.user(name, email, id=user)
    for number, own in enumerate(ids):
        due = noon() - timedelta(days=number + 1)
        draft.check_in(user, due, id=own, submitted=due)
    return draft


def crowd(namesakes: int) -> list[str]:
    """150 names in alphabetical order, as workforce pages them; the one at this place and the one after it are the same."""
    return [f"Person {number - (number == namesakes + 1):03}" for number in range(150)]


WHO = """{ person(id: "w101") { name identity { status method checkInsId } checkIns(first: 9) { nodes { id } } } }"""


async def test_pages_of_different_ages_hide_no_namesake(tmp_path: Path) -> None:
    """The first page is remembered; then somebody on it leaves, and one of two namesakes moves from the second page onto it."""
    names = crowd(namesakes=100)
    before, after = (reporting(booked(*names, without=gone), names[100], "a-0") for gone in (None, 5))
    async with changing(tmp_path, before) as one:
        await one.data("{ assignments(first: 1) { nodes { id } } }")
        one.becomes(after)
        one.clock.now += 250
        answer = await one.ask(WHO)
        assert answer["data"]["person"]["identity"]["status"] == "AMBIGUOUS", "w100 has the same name"
        assert codes(answer) == [("IDENTITY_AMBIGUOUS", "person.checkIns")]


async def test_what_was_asked_anew_is_what_everybody_sees_from_then_on(tmp_path: Path) -> None:
    query = """{ person(id: "w000") { checkIns(first: 9) { totalCount nodes { id responses { personEmail } } } } checkIn(id: "a-0") { submittedAt } }"""
    before, after = reporting(booked("Ann Lee"), "Ann Lee", "a-0"), reporting(booked("Ann Lee"), "Ann Lee", "a-0", "a-1")
    async with changing(tmp_path, before) as one:
        await one.data(query)
        old = await one.data(query)
        one.becomes(after)
        one.clock.now += 10
        assert await one.data(query) == old
        new = await one.anew(query)
        assert [node["id"] for node in new["person"]["checkIns"]["nodes"]] == ["a-0", "a-1"]
        assert await one.data(query) == new


async def freshness(one: Graph, query: str) -> Any:
    """What an answer says of its age."""
    return (await one.ask(query))["extensions"]["freshness"]


async def test_an_answer_says_how_old_the_oldest_part_of_each_upstream_is(tmp_path: Path) -> None:
    query = "{ checkIns(first: 5) { nodes { id } } currentAssignments(first: 5) { nodes { id } } }"
    async with changing(tmp_path, reporting(booked("Ann Lee"), "Ann Lee", "a-0")) as one:
        assert await freshness(one, query) == {"checkins": {"oldestSeconds": 0}, "workforce": {"oldestSeconds": 0}}
        one.clock.now += 20
        assert await freshness(one, query) == {"checkins": {"oldestSeconds": 20}, "workforce": {"oldestSeconds": 20}}
        one.clock.now += 20
        assert await freshness(one, query) == {"checkins": {"oldestSeconds": 40}, "workforce": {"oldestSeconds": 40}}
        assert await freshness(one, query) == {"checkins": {"oldestSeconds": 0}, "workforce": {"oldestSeconds": 40}}
        assert await freshness(one, '{ checkIn(id: "a-0") { id } }') == {"checkins": {"oldestSeconds": 0}}


async def test_a_directory_made_of_remembered_pages_is_as_old_as_they_are(tmp_path: Path) -> None:
    async with changing(tmp_path, booked("Ann Lee")) as one:
        await one.data("{ assignments(first: 1) { nodes { id } } }")
        one.clock.now += 200
        first = await freshness(one, "{ people(first: 1) { nodes { name } } }")
        again = await freshness(one, "{ people(first: 1) { nodes { name } } }")
        assert first["workforce"]["oldestSeconds"] <= again["workforce"]["oldestSeconds"] + 0.1


Bent = Callable[[httpx.Request, httpx.Response], httpx.Response]


class Bending(httpx.AsyncBaseTransport):
    """An upstream whose answers are bent while `bend` is set."""

    def __init__(self, inner: httpx.AsyncBaseTransport, bend: Bent) -> None:
        self.inner, self.bend = inner, bend

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(request)
        await answer.aread()
        return self.bend(request, answer)


def other_id(_request: httpx.Request, answer: httpx.Response) -> httpx.Response:
    """Another check-in than the one asked for."""
    return httpx.Response(200, json={**msgspec.json.decode(answer.content), "api_id": "other"})


BENDS: dict[str, Bent] = {
    "another check-in": other_id,
    "a failure": lambda _request, _answer: httpx.Response(503),
    "a login page": lambda _request, _answer: httpx.Response(200, html="<form>"),
    "half an answer": lambda _request, answer: httpx.Response(
        200, content=answer.content[:-5], headers={"Content-Type": "application/json"}
    ),
    "not found": lambda _request, _answer: httpx.Response(404),
    "no list": lambda _request, _answer: httpx.Response(200, json={"api_id": "a-0", "responses": None}),
}


@pytest.mark.parametrize("how", BENDS)
async def test_an_upstream_that_fails_once_answers_next_time(tmp_path: Path, how: str) -> None:
    """(faults.md F40)"""
    query = '{ checkIn(id: "a-0") { id responses { personEmail } } }'
    async with changing(tmp_path, reporting(booked("Ann Lee"), "Ann Lee", "a-0")) as one:
        whole = one.switch.inner
        one.switch.inner = Bending(whole, BENDS[how])
        assert (await one.ask(query))["data"]["checkIn"] is None
        one.switch.inner = whole
        assert (await one.data(query))["checkIn"] == {"id": "a-0", "responses": [{"personEmail": "ann@example.com"}]}
