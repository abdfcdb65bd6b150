"""The shared cache engine on a real server: what it keeps, refuses and drops."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest
from redis.asyncio.connection import ConnectionPool, SSLConnection

from tests.stores.engines import engine, stored
from tests.stores.servers import saying, serving
from tests.waiting import LONG
from upstreams.engine import EACH, BadAddress, Redis
from upstreams.lane import Bounds, Patience


async def test_a_value_comes_back_as_it_was_put_also_to_another_server_process(tmp_path: Path) -> None:
    async with serving(tmp_path) as server, engine(server.url) as one, engine(server.url) as other:
        await one.put("k", b"\x00\r\n\xff", 60)
        await one.put("empty", b"", 60)
        await stored(one, 2)
        assert [await other.get("k"), await other.get("empty"), await other.get("none")] == [b"\x00\r\n\xff", b"", None]
        assert (other.counts.hits, other.counts.misses, other.counts.failures, other.counts.dropped) == (2, 1, 0, 0)


async def test_keys_are_under_our_prefix_and_expire(tmp_path: Path) -> None:
    async with serving(tmp_path) as server, engine(server.url) as one, server.client() as client:
        await one.put("k", b"v", 60)
        await one.put("short", b"v", 0.05)
        await stored(one, 2)
        assert 0 < await client.pttl("crewgraph:k") <= 60_000
        await asyncio.sleep(0.1)
        assert [await one.get("k"), await one.get("short")] == [b"v", None]


async def test_reads_that_come_together_are_asked_together_on_few_connections(tmp_path: Path) -> None:
    async with serving(tmp_path) as server, engine(server.url) as one, server.client() as client:
        for number in range(200):
            await one.put(str(number), str(number).encode(), 60)
        await stored(one, 200)
        before = (await client.info("commandstats")).get("cmdstat_mget", {"calls": 0})["calls"]
        assert await asyncio.gather(*(one.get(str(number)) for number in range(200))) == [str(number).encode() for number in range(200)]
        assert (await client.info("commandstats"))["cmdstat_mget"]["calls"] - before == 13
        assert len(await client.client_list()) <= 3


async def test_a_caller_that_leaves_disturbs_nobody_and_mixes_up_no_answers(tmp_path: Path) -> None:
    async with serving(tmp_path) as server, engine(server.url) as one:
        for number in range(50):
            await one.put(str(number), str(number).encode(), 60)
        await stored(one, 50)
        for turn in range(100):
            asking = [asyncio.create_task(one.get(str(number))) for number in range(50)]
            for _ in range(turn % 10):
                await asyncio.sleep(0)
            for task in asking[::3]:
                task.cancel()
            answers = await asyncio.gather(*asking, return_exceptions=True)
            for number, found in enumerate(answers):
                assert found == str(number).encode() or isinstance(found, asyncio.CancelledError)
            assert not any(isinstance(found, asyncio.CancelledError) for at, found in enumerate(answers) if at % 3)
        assert one.counts.failures == 0


async def test_values_too_large_or_already_dead_are_not_stored(tmp_path: Path) -> None:
    async with serving(tmp_path) as server, engine(server.url) as one, server.client() as client:
        await one.put("large", bytes(2_000_001), 60)
        await one.put("largest", bytes(2_000_000), 60)
        await one.put("dead", b"v", 0)
        await stored(one, 1)
        assert await client.keys() == [b"crewgraph:largest"]
        assert one.counts.dropped == 2


async def test_writes_that_do_not_fit_in_the_queue_are_dropped_and_counted() -> None:
    async with saying(None) as url, engine(url, writes=Bounds(waiting=3 * (EACH + 100), at_once=1)) as one:
        for number in range(10):
            await one.put(str(number), bytes(100), 60)
        assert one.counts.dropped == 7


@pytest.mark.parametrize("ticks", range(15))
async def test_closing_ends_what_is_on_its_way_at_any_moment_and_lets_nobody_wait_later(ticks: int) -> None:
    async with saying(None) as url, engine(url, Patience(limit=LONG)) as one:
        asking = [asyncio.create_task(one.get(str(number))) for number in range(40)]
        await one.put("k", b"v", 60)
        for _ in range(ticks):
            await asyncio.sleep(0)
        async with asyncio.timeout(LONG / 2):
            await one.aclose()
            assert await asyncio.gather(*asking) == [None] * 40
            assert await one.get("k") is None
        await one.put("k", b"v", 60)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hush-hush",
        "http://u:hush-hush@h:1",
        "unix:///hush-hush",
        "redis://",
        "redis://u:hush-hush@h:port",
        "redis://:hush-hush#@h:1",
        "redis://h:99999?hush-hush",
        "redis://h?socket_timeout=60",
        "rediss://h?ssl_cert_reqs=none&retry_on_timeout=yes",
        "rediss://h?ssl_nothing=1",
        "rediss://h?ssl_cert_reqs=perhaps",
        "redis://[hush-hush",
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_being_quoted(url: str) -> None:
    with pytest.raises(BadAddress) as refused:
        Redis(url)
    assert "hush" not in str(refused.value)
    assert refused.value.__suppress_context__


async def test_an_address_may_say_how_tls_is_checked() -> None:
    async with engine("rediss://user:p%40ss@h:6380/3?ssl_ca_certs=ca.pem") as one:
        assert one.client.connection_pool.connection_kwargs["password"] == "p@ss"


@pytest.mark.parametrize("options", ["", "?ssl_cert_reqs=none"])
async def test_connections_by_tls_share_one_context(options: str) -> None:
    """redis-py makes one for each connection, which reads the system's certificates each time."""
    async with engine(f"rediss://h{options}") as one:
        pool: ConnectionPool = one.client.connection_pool
        first, second = (pool.connection_class(**pool.connection_kwargs) for _ in range(2))
    assert isinstance(first, SSLConnection)
    assert isinstance(second, SSLConnection)
    assert first.ssl_context.get() is second.ssl_context.get()
    assert (first.ssl_context.get().verify_mode is ssl.CERT_REQUIRED) == (not options)
