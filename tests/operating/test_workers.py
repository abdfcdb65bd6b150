"""Several processes on one port: one service to whoever asks."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import httpx

from tests.operating.asking import NAMES, numbers
from tests.servers import finished, running
from tests.waiting import LONG

SETTINGS = {"CREWGRAPH_SANDBOX_PEOPLE": "30"}


async def test_workers_share_a_port_are_told_of_together_and_are_replaced_when_they_die(tmp_path: Path) -> None:
    """The number of people comes from a flag, so flags reach the workers; a counter of one that died is not lost."""
    async with (
        running("serve", "--workers", "2", "--people", "25", home=tmp_path) as address,
        httpx.AsyncClient(base_url=address, trust_env=False, timeout=LONG) as client,
    ):
        await told(client, 2)
        for _ in range(20):
            answer = await client.post("/graphql", json={"query": "{ people(first: 100) { totalCount } }"}, headers={"connection": "close"})
            assert answer.json()["data"]["people"]["totalCount"] <= 25
        counted = await numbers(client)
        assert counted['crewgraph_operations_total{kind="query",outcome="ok"}'] == 20
        os.kill(workers(address)[0], signal.SIGKILL)
        await told(client, 1)
        counted = await told(client, 2)
        assert counted['crewgraph_operations_total{kind="query",outcome="ok"}'] == 20
        assert (await client.post("/graphql", json={"query": NAMES})).status_code == 200


async def told(client: httpx.AsyncClient, workers: int) -> dict[str, float]:
    """The numbers once they tell of so many workers."""
    async with asyncio.timeout(LONG):
        while True:
            try:
                if (counted := await numbers(client)).get("crewgraph_workers") == workers:
                    return counted
            except httpx.TransportError:  # the one that was killed had the connection
                pass
            await asyncio.sleep(0.05)


def workers(address: str) -> list[int]:
    """The processes that a server has begun to serve on this port."""
    port = address.rpartition(":")[2]
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        words = read(path).split(b"\0")
        if port.encode() in words and b"serve" in words:
            children = read(path.parent / "task" / path.parent.name / "children").split()
            return [int(one) for one in children if b"spawn_main" in read(Path("/proc") / one.decode() / "cmdline")]
    raise AssertionError("nobody serves there")


def read(path: Path) -> bytes:
    """A file of a process; nothing when it has just ended."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


async def test_workers_that_cannot_begin_end_the_command(tmp_path: Path) -> None:
    ended = await finished("serve", "--workers", "2", home=tmp_path, **SETTINGS, CREWGRAPH_TIME_ZONE="Mars/Olympus")
    assert ended.status == 2
    assert "is no time zone" in ended.err
