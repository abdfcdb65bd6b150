"""Several processes on one port: one service to whoever asks."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import httpx

from tests.operating.asking import NAMES, numbers
from tests.servers import command, finished, reserved, running_afresh
from tests.waiting import LONG, until

SETTINGS = {"CREWGRAPH_SANDBOX_PEOPLE": "30"}
GOOD = "person_id,email\n"


async def test_workers_share_a_port_are_told_of_together_and_are_replaced_when_they_die(tmp_path: Path) -> None:
    """The number of people comes from a flag, so flags reach the workers; a counter of one that died is not lost."""
    async with (
        running_afresh("serve", "--workers", "2", "--people", "25", home=tmp_path) as address,
        httpx.AsyncClient(base_url=address, trust_env=False, timeout=LONG) as client,
    ):
        await told(client, 2)
        for _ in range(20):
            answer = await client.post("/graphql", json={"query": "{ people(first: 100) { totalCount } }"}, headers={"connection": "close"})
            assert answer.json()["data"]["people"]["totalCount"] <= 25
        counted = await numbers(client)
        assert counted['crewgraph_operations_total{kind="query",outcome="ok"}'] == 20
        os.kill(workers(address.rpartition(":")[2])[0], signal.SIGKILL)
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


def workers(port: int | str) -> list[int]:
    """The processes that a server has begun to serve on this port; none before it has."""
    port = str(port)
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        words = read(path).split(b"\0")
        if port.encode() in words and b"serve" in words:
            children = read(path.parent / "task" / path.parent.name / "children").split()
            return [int(one) for one in children if b"spawn_main" in read(Path("/proc") / one.decode() / "cmdline")]
    return []


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


async def test_ctrl_c_before_the_workers_have_begun_ends_all_of_them_well(tmp_path: Path) -> None:
    """They are told in the midst of their imports, and end once they can."""
    with reserved() as port:
        process = await command("serve", "--workers", "2", "--port", str(port), home=tmp_path, **SETTINGS)
        await until(lambda: len(workers(port)) == 2)
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(LONG):
            _, err = await process.communicate()
    assert (process.returncode, "Traceback" in err.decode()) == (0, False)


async def test_a_worker_that_cannot_be_replaced_costs_nobody_the_others(tmp_path: Path) -> None:
    """A mapping file that was broken after the start: who runs goes on with the last good one, and who begins later cannot, until it is mended."""
    mapping = tmp_path / "people.csv"
    mapping.write_text(GOOD)
    async with (
        running_afresh("serve", "--workers", "2", "--identity-file", str(mapping), home=tmp_path, **SETTINGS) as address,
        httpx.AsyncClient(base_url=address, trust_env=False, timeout=LONG) as client,
    ):
        await told(client, 2)
        port = address.rpartition(":")[2]
        known = set(workers(port))
        mapping.write_text("nonsense")
        os.kill(min(known), signal.SIGKILL)
        await until(lambda: set(workers(port)) - known)
        await until(lambda: not set(workers(port)) - known)
        await told(client, 1)
        assert (await client.post("/graphql", json={"query": NAMES})).status_code == 200
        mapping.write_text(GOOD)
        await told(client, 2)
