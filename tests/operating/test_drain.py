"""The end of a real server under load: nobody who was let in is sent away (faults.md F37)."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from tests.operating.asking import NAMES
from tests.operating.loads import Load
from tests.servers import answering, command, free_port, running

SETTINGS = {"CREWGRAPH_SANDBOX_PEOPLE": "30", "CREWGRAPH_LOG_LEVEL": "warning"}


async def ended(home: Path, arguments: Sequence[str], clients: int, **given: str) -> tuple[Load, list[int], int | None, str]:
    """A server that is told to end in the midst of load: the load, its readiness at each look since, its status, and what it logged."""
    port = free_port()
    process = await command("serve", "--port", str(port), *arguments, home=home, **{**SETTINGS, **given})
    told = asyncio.create_task(process.communicate())
    await answering(f"http://127.0.0.1:{port}/health/ready", process)
    load, ready = Load(port), list[int]()
    asking = [asyncio.create_task(load.client()) for _ in range(clients)]
    while len(load.statuses) < 50:
        await asyncio.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(300), httpx.AsyncClient(trust_env=False) as looking:
        while process.returncode is None:
            try:
                ready.append((await looking.get(f"http://127.0.0.1:{port}/health/ready")).status_code)
            except httpx.TransportError:
                break
            await asyncio.sleep(0.05)
        _, err = await told
        await asyncio.gather(*asking)
    return load, ready, process.returncode, err.decode()


@pytest.mark.parametrize("arguments", [(), ("--workers", "2")], ids=["one process", "two workers"])
async def test_a_server_that_is_told_to_end_under_load_answers_everybody_and_ends_well(tmp_path: Path, arguments: Sequence[str]) -> None:
    """(faults.md F37) Twelve clients without a pause; readiness fails for good, they are served on for the grace, and none is lost."""
    load, ready, status, err = await ended(tmp_path, arguments, 12, CREWGRAPH_DRAIN_GRACE_SECONDS="2")
    assert load.failures == []
    assert set(load.statuses) == {200}
    assert len(load.statuses) > 60
    assert load.refused == 12  # each stopped because nobody listened any more, and for no other reason
    assert ready == sorted(ready)  # workers hear of it from the process that began them, a moment later than it does
    assert 503 in ready
    assert status == 0
    assert err == ""


async def test_without_any_grace_nobody_is_lost_either(tmp_path: Path) -> None:
    """(faults.md F37)"""
    load, _, status, _ = await ended(tmp_path, (), 12)
    assert (load.failures, set(load.statuses), status) == ([], {200}, 0)


@pytest.mark.parametrize(("limit", "served"), [("20", True), ("0", False)])
async def test_an_operation_in_flight_is_finished_unless_it_takes_longer_than_the_drain(tmp_path: Path, limit: str, served: bool) -> None:
    """Upstreams that take two seconds a call, under a drain that is longer or shorter."""
    port = free_port()
    given = {**SETTINGS, "CREWGRAPH_DRAIN_SECONDS": limit, "CREWGRAPH_UPSTREAM_TIMEOUT": "10"}
    process = await command("serve", "--port", str(port), "--latency-ms", "2000", home=tmp_path, **given)
    told = asyncio.create_task(process.communicate())
    await answering(f"http://127.0.0.1:{port}/health/ready", process)
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        asking = asyncio.create_task(client.post(f"http://127.0.0.1:{port}/graphql", json={"query": NAMES}))
        await asyncio.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        try:
            status = (await asking).status_code
        except httpx.TransportError:
            status = 0
        await told
    assert process.returncode == 0
    assert (status == 200) is served


async def test_ctrl_c_ends_at_once_and_well_whatever_the_grace(tmp_path: Path) -> None:
    port = free_port()
    process = await command("serve", "--port", str(port), home=tmp_path, **{**SETTINGS, "CREWGRAPH_DRAIN_GRACE_SECONDS": "300"})
    told = asyncio.create_task(process.communicate())
    await answering(f"http://127.0.0.1:{port}/health/ready", process)
    process.send_signal(signal.SIGINT)
    _, err = await asyncio.wait_for(told, 300)
    assert process.returncode == 0
    assert b"Traceback" not in err


async def test_a_port_that_is_taken_is_a_sentence(tmp_path: Path) -> None:
    async with running("serve", home=tmp_path, **SETTINGS) as address:
        port = address.rpartition(":")[2]
        process = await command("serve", "--port", port, home=tmp_path, **SETTINGS)
        _, err = await process.communicate()
    assert process.returncode == 2
    assert f"127.0.0.1:{port}" in err.decode()
    assert "Traceback" not in err.decode()
