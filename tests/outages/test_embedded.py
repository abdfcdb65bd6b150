"""The embedded sandbox under a plan: in this process faults have the effect that they have on a socket."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from graph.app import create_app
from graph.embedded import over
from graph.limits import Limits
from graph.settings import load
from loaders.known import Rules
from sandbox import Options, Plan
from sandbox import create_app as create_sandbox
from sandbox.faults.kinds import AnyFault, Body, Hang, Huge, Redirect, Status
from tests.graphs import codes, forgetful, noon
from tests.outages.halves import HALVES

FAULTS: dict[str, tuple[AnyFault, str]] = {
    "status": (Status(code=503, upstream="checkins"), "UPSTREAM_UNAVAILABLE"),
    "hang": (Hang(upstream="checkins"), "UPSTREAM_TIMEOUT"),
    "disconnect": (Body(kind="disconnect", upstream="checkins"), "UPSTREAM_BAD_RESPONSE"),
    "huge": (Huge(gzip=True, upstream="checkins"), "UPSTREAM_BAD_RESPONSE"),
    "redirect": (Redirect(upstream="checkins"), "UPSTREAM_BAD_RESPONSE"),
}


@pytest.mark.parametrize(("fault", "code"), FAULTS.values(), ids=FAULTS)
async def test_a_fault_in_this_process_costs_its_own_half_and_leaves_no_task(company: Path, fault: AnyFault, code: str) -> None:
    """F3, F5, F8, F9, F17 without a socket."""
    before = asyncio.all_tasks()
    sandbox = create_sandbox(company, Options(clock=noon, faults=Plan(faults=(fault,))))
    settings = load(upstream_timeout=4, upstream_tries=1)
    app = create_app(over(sandbox, settings), Rules(clock=noon), limits=Limits(cache=forgetful))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://graph", timeout=None)
    async with app.router.lifespan_context(app), client:
        answer = (await client.post("/graphql", json={"query": HALVES})).json()
    assert [found for found, _ in codes(answer)] == [code]
    assert len(answer["data"]["currentAssignments"]["nodes"]) == 3
    assert asyncio.all_tasks() == before
