"""The end of a real server under load: nobody who was let in is sent away (faults.md F37)."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import pytest

from graph.operating.server import LINGER
from tests.operating.asking import NAMES, numbers
from tests.operating.loads import Load
from tests.servers import answering, quick_command, reserved, running
from tests.waiting import LONG, undisturbed, until

CLIENTS = 12
SETTINGS = {"CREWGRAPH_SANDBOX_PEOPLE": "30", "CREWGRAPH_LOG_LEVEL": "warning"}


@dataclass(frozen=True)
class End:
    """How a server ended in the midst of load: the load, its readiness at each look since it was told to, its status, what it logged."""

    load: Load
    ready: list[int]
    status: int | None
    err: str


async def ended(home: Path, *arguments: str, **given: str) -> End:
    """A server that twelve clients without a pause ask, and that is told to end."""
    with reserved() as port:
        process = await quick_command("serve", "--port", str(port), *arguments, home=home, **{**SETTINGS, **given})
        told = asyncio.create_task(process.communicate())
        await answering(f"http://127.0.0.1:{port}/health/ready", process)
        load, ready = Load(port), list[int]()
        asking = [asyncio.create_task(load.client()) for _ in range(CLIENTS)]
        await until(lambda: len(load.statuses) >= 50)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(300), httpx.AsyncClient(trust_env=False, timeout=LONG) as looking:
            while process.returncode is None:
                try:
                    ready.append((await looking.get(f"http://127.0.0.1:{port}/health/ready")).status_code)
                except httpx.TransportError:
                    break
                await asyncio.sleep(0.05)
            _, err = await told
            await asyncio.gather(*asking)
    return End(load, ready, process.returncode, err.decode())


@pytest.mark.parametrize("arguments", [(), ("--workers", "2")], ids=["one process", "two workers"])
async def test_a_server_that_is_told_to_end_under_load_answers_everybody_and_ends_well(tmp_path: Path, arguments: Sequence[str]) -> None:
    """(faults.md F37) Readiness fails long before the end and stays so, all are served on for the grace, and none is lost."""
    end = await ended(tmp_path, *arguments, CREWGRAPH_DRAIN_GRACE_SECONDS="4")
    assert end.load.failures == []
    assert set(end.load.statuses) == {200}
    assert len(end.load.statuses) > 60
    assert end.load.refused == CLIENTS  # each stopped because nobody listened any more, and for no other reason
    assert set(end.ready) <= {200, 503}
    assert end.ready.count(503) > end.ready.count(200)
    assert arguments or end.ready == sorted(end.ready), "one process does not change its mind"
    assert (end.status, end.err) == (0, "")


async def test_without_any_grace_nobody_is_lost_either(tmp_path: Path) -> None:
    """(faults.md F37) A connection is left open for a moment, which clients that stand still themselves miss."""
    end = await undisturbed(partial(ended, tmp_path), LINGER / 2)
    assert (end.load.failures, set(end.load.statuses), end.status) == ([], {200}, 0)


@pytest.mark.parametrize(("limit", "served"), [("60", True), ("0", False)])
async def test_an_operation_in_flight_is_finished_unless_it_takes_longer_than_the_drain(tmp_path: Path, limit: str, served: bool) -> None:
    """Upstreams that take five seconds a call, under a drain that is longer or shorter."""
    with reserved() as port:
        given = {**SETTINGS, "CREWGRAPH_DRAIN_SECONDS": limit}
        process = await quick_command("serve", "--port", str(port), "--latency-ms", "5000", home=tmp_path, **given)
        told = asyncio.create_task(process.communicate())
        await answering(f"http://127.0.0.1:{port}/health/ready", process)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=LONG) as client:
            asking = asyncio.create_task(client.post("/graphql", json={"query": NAMES}))
            while not (await numbers(client))["crewgraph_operations_in_flight"]:
                await asyncio.sleep(0.05)
            process.send_signal(signal.SIGTERM)
            try:
                status = (await asking).status_code
            except httpx.TransportError:
                status = 0
            await told
    assert process.returncode == 0
    assert (status == 200) is served


async def test_ctrl_c_ends_at_once_and_well_whatever_the_grace(tmp_path: Path) -> None:
    with reserved() as port:
        process = await quick_command("serve", "--port", str(port), home=tmp_path, **{**SETTINGS, "CREWGRAPH_DRAIN_GRACE_SECONDS": "300"})
        told = asyncio.create_task(process.communicate())
        await answering(f"http://127.0.0.1:{port}/health/ready", process)
        process.send_signal(signal.SIGINT)
        _, err = await asyncio.wait_for(told, 200)
    assert process.returncode == 0
    assert b"Traceback" not in err


async def test_a_port_that_is_taken_is_a_sentence(tmp_path: Path) -> None:
    async with running("serve", home=tmp_path, **SETTINGS) as address:
        port = address.rpartition(":")[2]
        process = await quick_command("serve", "--port", port, home=tmp_path, **SETTINGS)
        _, err = await process.communicate()
    assert process.returncode == 2
    assert f"127.0.0.1:{port}" in err.decode()
    assert "Traceback" not in err.decode()
