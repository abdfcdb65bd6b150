"""Whoever waits gets an answer, whatever happens to those beside them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx

from tests.faults.bent import Bending, bent
from tests.graphs import codes, kind
from tests.upstreams.doubles import People, people

SIBLINGS = """{
  broken: currentAssignments(first: 50) { nodes { id } totalCount pageInfo { hasNextPage } }
  sound: currentAssignments(first: 5) { nodes { id } totalCount }
  other: group(id: "everybody") { id }
}"""


class Uneven(httpx.AsyncBaseTransport):
    """Current assignments on three pages: the second is refused at once, the third comes late."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if kind(request.url.raw_path.decode()) != "current":
            return await self.inner.handle_async_request(request)
        page = request.url.params["page"]
        await asyncio.sleep({"0": 0.0, "1": 0.0, "2": 0.1}[page])
        return httpx.Response(403) if page == "1" else People(people(30), size=10)(request)


async def test_a_branch_that_fails_leaves_its_siblings_what_they_wait_for_together(company: Path) -> None:
    """A non-null field that fails takes its own branch with it, and never the answer (faults.md F23)."""
    async with bent(company) as one:
        one.wire.inner = Uneven(one.wire.inner)
        async with asyncio.timeout(30):
            answer = await one.ask(SIBLINGS)
        assert answer["data"]["broken"] is None
        assert [node["id"] for node in answer["data"]["sound"]["nodes"]] == [f"a{number}" for number in range(5)]
        assert answer["data"]["sound"]["totalCount"] is None
        assert answer["data"]["other"] == {"id": "everybody"}
        assert {code for code, _ in codes(answer)} == {"UPSTREAM_AUTH"}
        assert "sound.totalCount" in {path for _, path in codes(answer)}


class Cancelling(Bending):
    """Upstreams whose calls are cancelled under those who wait, while `times` are left."""

    times = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.times and kind(request.url.raw_path.decode()) == "check-in":
            self.times -= 1
            raise asyncio.CancelledError
        return await super().handle_async_request(request)


async def test_a_call_that_is_cancelled_is_an_error_at_its_field_and_no_hang(company: Path) -> None:
    """The others of its batch are answered, and so is the next who asks (faults.md F24)."""
    query = '{ a: checkIn(id: "a0-0") { id responses { id } } b: checkIn(id: "a1-0") { id } c: checkIn(id: "a0-0") { id } }'
    async with bent(company) as one:
        one.wire.inner = cancelling = Cancelling(one.wire.inner)
        cancelling.times = 1
        async with asyncio.timeout(30):
            answer = await one.ask(query)
        assert answer["data"] == {"a": None, "b": {"id": "a1-0"}, "c": None}
        assert [path for _, path in codes(answer)] == ["a", "c"]
        assert {code for code, _ in codes(answer)} == {"INTERNAL_SERVER_ERROR"}
        assert (await one.data(query))["a"]["id"] == "a0-0"


async def test_answers_reach_the_keys_that_asked_in_whatever_order_they_come(company: Path) -> None:
    """Of one batch of check-ins the last is answered first, and one is unknown (faults.md F24)."""
    ids = [f"a{number}-0" for number in range(6)]

    class Late(Bending):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            own = request.url.path.split("/")[-2]
            await asyncio.sleep(0.02 * (len(ids) - ids.index(own)) if own in ids else 0)
            return await super().handle_async_request(request)

    fields = " ".join(f'f{number}: checkIn(id: "{own}") {{ id }}' for number, own in enumerate([*ids[:3], "gone", *ids[3:]]))
    async with bent(company) as one:
        one.wire.inner = Late(one.wire.inner)
        found = await one.data(f"{{ {fields} }}")
        assert [row and row["id"] for row in found.values()] == [*ids[:3], None, *ids[3:]]


async def test_500_who_ask_for_one_thing_that_is_refused_cost_one_call(company: Path) -> None:
    """Nothing is remembered of it: they wait for the same flight (faults.md F25)."""
    async with bent(company) as one:
        one.wire.inner = Slow(one.wire.inner)
        answers = await asyncio.gather(*(one.ask('{ checkIn(id: "a0-0") { id submittedAt } }') for _ in range(500)))
        assert len(one.wire.calls) == 1
        assert {tuple(codes(answer)) for answer in answers} == {(("UPSTREAM_AUTH", "checkIn"),)}


class Slow(Bending):
    """Refusals that come when everything else has long come to rest, so that all who ask meanwhile wait for the same one."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        for _ in range(1_000):
            await asyncio.sleep(0)
        return httpx.Response(403)
