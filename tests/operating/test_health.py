"""What orchestrators are told, and what every answer carries."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from graph.operating.drain import Drain
from graph.operating.options import Operating
from graph.operating.visits import ident
from tests.clocks import Clock
from tests.graphs import codes, graph, is_check_ins
from tests.operating.asking import NAMES, WALK


async def test_an_upstream_that_is_down_makes_the_app_neither_dead_nor_unready_and_is_told_of_elsewhere(company: Path) -> None:
    """(faults.md F4)"""
    async with graph(company) as found:
        found.wire.cut = is_check_ins
        answer = await found.ask(WALK)
        told = [await found.client.get(f"/health/{one}") for one in ("live", "ready", "upstreams")]
    assert codes(answer)
    assert [one.status_code for one in told] == [200, 200, 200]
    upstreams = told[2].json()
    assert set(upstreams) == {"checkins", "workforce"}
    assert upstreams["checkins"]["failed_code"] == "UPSTREAM_UNAVAILABLE"
    assert upstreams["workforce"]["failed_code"] is None
    assert upstreams["workforce"]["breaker"] == "closed"
    assert "http" not in told[2].text


async def test_a_draining_app_is_alive_and_not_ready_and_still_serves_but_keeps_no_connection(company: Path) -> None:
    """(faults.md F37)"""
    drain = Drain(grace=5)
    async with graph(company, operating=Operating(drain=drain)) as found:
        before = await found.client.post("/graphql", json={"query": NAMES})
        drain.begin()
        ready, live = [await found.client.get(f"/health/{one}") for one in ("ready", "live")]
        served = await found.client.post("/graphql", json={"query": NAMES})
    assert "connection" not in before.headers
    assert (ready.status_code, live.status_code, served.status_code) == (503, 200, 200)
    assert {one.headers["connection"] for one in (ready, live, served)} == {"close"}


def test_a_drain_has_its_grace_and_a_second_signal_ends_it() -> None:
    clock = Clock(10.0)
    drain = Drain(grace=5, clock=clock)
    assert [drain.begun, drain.over] == [False, False]
    drain.begin()
    assert drain.begun
    assert not drain.over
    clock.now = 14.9
    assert not drain.over
    clock.now = 15.0
    assert drain.over
    hasty = Drain(grace=5, clock=clock)
    hasty.begin()
    hasty.begin()
    assert hasty.over
    interrupted = Drain(grace=5, clock=clock)
    interrupted.begin(at_once=True)
    assert interrupted.over


@pytest.mark.parametrize("path", ["/graphql", "/health/live", "/nowhere", "/graphql/static/nothing.js"])
async def test_every_answer_has_a_request_id_the_clients_own_if_it_can_be_one(company: Path, path: str) -> None:
    async with graph(company) as found:
        fresh = await found.client.post(path, json={"query": NAMES})
        given = await found.client.post(path, json={"query": NAMES}, headers={"x-request-id": "a-1._Z"})
        bad = await found.client.post(path, json={"query": NAMES}, headers={"x-request-id": "ann@example.com"})
    assert len(fresh.headers["x-request-id"]) == 16
    assert given.headers["x-request-id"] == "a-1._Z"
    assert "@" not in bad.headers["x-request-id"]


@pytest.mark.parametrize("given", [b"", b"x" * 65, b"a b", b"a\r\nb", "ä".encode(), b"a;b", b"ann@example.com"])
def test_an_id_that_could_do_harm_is_not_taken(given: bytes) -> None:
    scope = {"headers": [(b"x-request-id", given)]}
    assert ident(scope).encode() != given
    assert ident(scope) == ident(scope)


async def test_the_id_of_an_answer_is_in_its_errors(company: Path) -> None:
    async with graph(company) as found:
        answer = await found.client.post("/graphql", json={"query": "{ nothing }"}, headers={"x-request-id": "mine"})
        refused = await found.client.post("/graphql", content=b"{", headers={"content-type": "application/json", "x-request-id": "mine"})
    assert [one.json()["errors"][0]["extensions"]["requestId"] for one in (answer, refused)] == ["mine", "mine"]


@pytest.mark.parametrize(
    ("operating", "client", "headers", "status"),
    [
        (Operating(), "127.0.0.1", {}, 200),
        (Operating(), "::1", {}, 200),
        (Operating(), "192.0.2.1", {}, 404),
        (Operating(), "127.0.0.1", {"x-forwarded-for": "192.0.2.1"}, 404),
        (Operating(), "127.0.0.1", {"via": "1.1 proxy"}, 404),
        (Operating(metrics_token="t"), "127.0.0.1", {}, 404),
        (Operating(metrics_token="t"), "192.0.2.1", {"authorization": "Bearer t"}, 200),
        (Operating(metrics_token="t"), "192.0.2.1", {"authorization": "Bearer x"}, 404),
        (Operating(metrics="open"), "192.0.2.1", {}, 200),
        (Operating(metrics="off"), "127.0.0.1", {}, 404),
    ],
)
async def test_metrics_are_for_whoever_the_setting_says(
    company: Path, operating: Operating, client: str, headers: dict[str, str], status: int
) -> None:
    async with graph(company, operating=operating) as found:
        wire = httpx.ASGITransport(found.client._transport.app, client=(client, 1))  # type: ignore[attr-defined]
        async with httpx.AsyncClient(transport=wire, base_url="http://localhost") as reader:
            assert (await reader.get("/metrics", headers=headers)).status_code == status
