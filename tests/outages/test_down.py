"""An upstream that fails, is slow, or is not there at all."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from sandbox.faults.kinds import Hang, Status
from tests.certificates import self_signed
from tests.outages.halves import halves, late, struck, unavailable
from tests.outages.wire import Behaviour, closing, drip, healthy, once, silent, wired
from tests.policies import QUICK
from tests.servers import reserved
from tests.waiting import LONG

BRIEF = replace(QUICK, total=3, connect=3, tries=1)
"""One try, as short as a busy machine allows."""


@pytest.mark.parametrize("code", [500, 502, 503, 504])
async def test_two_failures_in_a_row_are_mended_by_a_third_try(company: Path, code: int) -> None:
    """F3: up to three tries."""
    async with struck(company, Status(code=code, ends=3.0)) as upstream, halves(company, upstream.url) as graph:
        await graph.whole()
    assert upstream.calls == 3


@pytest.mark.parametrize("code", [500, 502, 503, 504])
async def test_an_upstream_that_keeps_failing_costs_three_calls_and_its_own_field(company: Path, code: int) -> None:
    """F3: UPSTREAM_UNAVAILABLE on that field alone."""
    async with struck(company, Status(code=code)) as upstream, halves(company, upstream.url) as graph:
        assert await graph.lost() == unavailable()
    assert upstream.calls == 3


async def test_retries_are_a_tenth_of_the_calls_and_a_small_floor(company: Path) -> None:
    """F3: the budget. 30 failing questions, each worth two retries, get 10 and a tenth of them."""
    async with struck(company, Status(code=503)) as upstream, halves(company, upstream.url) as graph:
        for _ in range(30):
            await graph.lost()
    assert 30 + QUICK.floor <= upstream.calls <= 30 + QUICK.floor + 30 * QUICK.share


async def test_a_broken_upstream_is_left_alone_while_the_other_serves_and_the_service_stays_ready(company: Path) -> None:
    """F4: once the breaker is open no call is made, the error says when to come back, and the probes are ready and live."""
    policy = replace(QUICK, breaker=replace(QUICK.breaker, least=6, rest=600))
    async with struck(company, Status(code=503)) as upstream, halves(company, upstream.url, policy=policy) as graph:
        while upstream.calls < 6:
            await graph.lost()
        before = upstream.calls
        for _ in range(20):
            told = await graph.lost()
            assert (told.pop("retryAfter") in range(500, 601), told) == (True, unavailable())
        assert upstream.calls == before
        health = [(await graph.client.get(f"/health/{probe}")).status_code for probe in ("live", "ready")]
    assert health == [200, 200]


async def test_an_upstream_that_is_well_again_is_used_again(company: Path) -> None:
    """F4: after its rest the breaker lets probes through, and closes."""
    policy = replace(QUICK, tries=1, breaker=replace(QUICK.breaker, least=4, rest=0.2, probes=1))
    async with struck(company, Status(code=503, ends=5.0)) as upstream, halves(company, upstream.url, policy=policy) as graph:
        for _ in range(4):
            await graph.lost()
        assert upstream.calls == 4
        async with asyncio.timeout(LONG):
            while "errors" in await graph.ask():
                await asyncio.sleep(0.05)
        await graph.whole()
    assert upstream.calls == 6


async def test_a_dripping_upstream_is_ended_by_the_time_of_the_whole_try(company: Path) -> None:
    """F5: each byte comes in time, the answer does not."""
    async with wired(company, partial(drip, seconds=0.1)) as wire, halves(company, wire.url, policy=BRIEF) as graph:
        assert await graph.lost() == late()
        assert 3 <= graph.took < 30
    assert wire.calls == 1


@pytest.mark.parametrize("behaviour", [silent, partial(drip, seconds=0.1)], ids=["silent", "drip"])
async def test_a_slow_try_is_followed_by_a_quick_one(company: Path, behaviour: Behaviour) -> None:
    """F5: a try that was too slow is repeated like any failure."""
    policy = replace(BRIEF, tries=2)
    async with wired(company, behaviour, healthy) as wire, halves(company, wire.url, policy=policy) as graph:
        await graph.whole()
    assert wire.calls == 2


async def test_an_upstream_that_hangs_costs_its_half_and_no_more_than_the_deadline(company: Path) -> None:
    """F5: the deadline that a client asks for holds, whatever the tries."""
    policy = replace(QUICK, total=600)
    async with struck(company, Hang()) as upstream, halves(company, upstream.url, policy=policy) as graph:
        answer = await graph.ask(**{"x-crewgraph-deadline-ms": "5000"})
        assert graph.took < 30
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UPSTREAM_TIMEOUT"]
    assert len(answer["data"]["currentAssignments"]["nodes"]) == 3
    assert upstream.calls == 1


async def test_a_connection_that_died_while_it_was_idle_is_replaced_unseen(company: Path) -> None:
    """F6: one immediate retry on a fresh connection, even where there are no other retries."""
    async with wired(company, once) as wire, halves(company, wire.url, policy=replace(QUICK, tries=1)) as graph:
        for _ in range(4):
            await graph.whole()
    assert (wire.calls, wire.connections) == (7, 4)


async def test_a_fresh_connection_that_is_closed_at_once_is_an_error(company: Path) -> None:
    """F6: only a connection that has answered before is forgiven its death."""
    async with wired(company, closing) as wire, halves(company, wire.url, policy=replace(QUICK, tries=1)) as graph:
        assert await graph.lost() == unavailable()
    assert wire.calls == 1


@pytest.mark.parametrize("where", ["http://127.0.0.1:{port}", "http://check-ins.invalid"], ids=["refused", "dns"])
async def test_an_upstream_that_cannot_be_reached_is_unavailable(company: Path, where: str) -> None:
    """F7: refused and DNS, as F3."""
    with reserved() as port:
        async with halves(company, where.format(port=port)) as graph:
            assert await graph.lost() == unavailable()


async def test_a_refused_connection_is_tried_again(company: Path) -> None:
    """F7: a server that starts while it is asked is found."""
    policy = replace(QUICK, wait=1.0, longest_wait=2.0, tries=3)
    with reserved() as port:
        async with halves(company, f"http://127.0.0.1:{port}", policy=policy) as graph:
            asking = asyncio.create_task(graph.whole())
            await asyncio.sleep(0.2)
            async with wired(company, healthy, port=port) as wire:
                await asking
    assert wire.calls == 1


async def test_a_certificate_that_nobody_trusts_is_unavailable_and_not_tried_again(company: Path, tmp_path: Path) -> None:
    """F7: TLS failures are not retried: one handshake, and no request gets through."""
    greeted: list[str | None] = []
    context = self_signed(tmp_path)
    context.sni_callback = lambda _socket, name, _context: greeted.append(name)
    async with wired(company, healthy, tls=context) as wire, halves(company, wire.url) as graph:
        assert await graph.lost() == unavailable()
    assert len(greeted) == 1
    assert wire.calls == 0


async def test_a_server_that_speaks_no_tls_is_not_tried_again_either(company: Path) -> None:
    """F7: a scheme that is wrong in the settings stays wrong; a retry would come a minute later."""
    policy = replace(QUICK, wait=60, longest_wait=60)
    async with struck(company) as upstream, halves(company, upstream.url.replace("http:", "https:"), policy=policy) as graph:
        assert await graph.lost() == unavailable()
        assert graph.took < 30
    assert upstream.calls == 0
