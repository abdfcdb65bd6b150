"""Several processes on one port: one service to whoever asks."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import httpx

from tests.operating.asking import NAMES, numbers
from tests.servers import finished, running

SETTINGS = {"CREWGRAPH_SANDBOX_PEOPLE": "30"}


async def test_workers_share_a_port_are_told_of_together_and_are_replaced_when_they_die(tmp_path: Path) -> None:
    """The number of people comes from a flag, so flags reach the workers; a counter of one that died is not lost."""
    async with (
        running("serve", "--workers", "2", "--people", "25", home=tmp_path) as address,
        httpx.AsyncClient(base_url=address, trust_env=False, timeout=60) as client,
    ):
        counted = await until(client, 2)
        for _ in range(20):
            answer = await client.post("/graphql", json={"query": "{ people(first: 100) { totalCount } }"}, headers={"connection": "close"})
            assert answer.json()["data"]["people"]["totalCount"] <= 25
        counted = await numbers(client)
        assert counted['crewgraph_operations_total{kind="query",outcome="ok"}'] == 20
        os.kill(await worker(address), signal.SIGKILL)
        counted = await until(client, 1)
        counted = await until(client, 2)
        assert counted['crewgraph_operations_total{kind="query",outcome="ok"}'] == 20
        assert (await client.post("/graphql", json={"query": NAMES})).status_code == 200


async def until(client: httpx.AsyncClient, workers: int) -> dict[str, float]:
    """The numbers once there are so many workers."""
    async with asyncio.timeout(300):
        while True:
            try:
                if (counted := await numbers(client)).get("crewgraph_workers") == workers:
                    return counted
            except httpx.TransportError:  # the one that was killed had the connection
                pass
            await asyncio.sleep(0.05)


async def worker(address: str) -> int:
    """A process that a server has begun to serve on this port."""
    port = address.rpartition(":")[2]
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        words = path.read_bytes().split(b"\0")
        if port.encode() in words and b"serve" in words:
            parent = int(path.parent.name)
            children = (path.parent / "task" / str(parent) / "children").read_text().split()
            spawned = [int(one) for one in children if b"spawn_main" in (Path("/proc") / one / "cmdline").read_bytes()]
            return spawned[0]
    raise AssertionError("nobody serves there")


async def test_workers_that_cannot_begin_end_the_command(tmp_path: Path) -> None:
    ended = await finished("serve", "--workers", "2", home=tmp_path, **SETTINGS, CREWGRAPH_TIME_ZONE="Mars/Olympus")
    assert ended.status == 2
    assert "is no time zone" in ended.err
