"""Nothing about the server of the shared cache can fail or slow a request (faults.md F38)."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path

import pytest

from tests.stores.engines import QUICK, engine, lines, stored, timed
from tests.stores.servers import PASSWORD, saying, serving, slowed
from upstreams.engine import READS, Redis
from upstreams.lane import Patience

PROMPT = 0.1
"""Seconds within which what touches no network is done, however busy the machine is."""


async def test_a_killed_server_costs_one_failure_and_then_no_time_and_is_used_again_when_it_is_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(tmp_path) as server, engine(server.url) as one:
        await one.put("k", b"v", 60)
        await stored(one, 1)
        assert await one.get("k") == b"v"
        await server.kill()
        assert await timed(one) < 1
        assert one.counts.failures == 1
        began = time.monotonic()
        assert await asyncio.gather(*(one.get("k") for _ in range(500))) == [None] * 500
        assert one.counts.failures == 1 or time.monotonic() - began > QUICK.pause
        await server.start()
        await asyncio.sleep(QUICK.pause)
        await one.put("k", b"w", 60)
        await stored(one, 2)
        assert await one.get("k") == b"w"
        assert await asyncio.gather(*(one.get("k") for _ in range(100))) == [b"w"] * 100
    assert lines(caplog) == ["the shared cache failed: ConnectionError, 1 so far; going on without"]


async def test_requests_go_on_while_the_server_dies_and_returns_under_load(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with serving(tmp_path) as server, engine(server.url, Patience(pause=0.05)) as one:
        load = [asyncio.create_task(use(one, number)) for number in range(20)]
        for _ in range(3):
            await asyncio.sleep(0.1)
            await server.kill()
            await asyncio.sleep(0.1)
            await server.start()
        await asyncio.gather(*load)
        assert one.counts.failures > 0
        assert one.counts.hits > 0
    assert len(lines(caplog)) == 1


async def use(one: Redis, number: int) -> None:
    """Put and get for a while; whatever comes back was put under that key."""
    for turn in range(150):
        key = f"{number}:{turn % 7}"
        await one.put(key, key.encode(), 60)
        assert await one.get(key) in {None, key.encode()}
        await asyncio.sleep(0.005)


async def test_a_server_that_never_answers_delays_one_read_by_the_limit_and_no_other(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with saying(None) as url, engine(url, Patience(limit=0.25, pause=60)) as one:
        assert 0.2 < await timed(one) < 1
        assert await timed(one) < PROMPT
        began = time.monotonic()
        for _ in range(100):
            await one.put("k", b"v", 60)
        assert time.monotonic() - began < PROMPT
    assert lines(caplog) == ["the shared cache failed: TimeoutError, 1 so far; going on without"]


async def test_a_slow_server_delays_no_read_beyond_the_limit_however_many_wait(tmp_path: Path) -> None:
    async with serving(tmp_path) as server, slowed(server, 0.1) as url, engine(url, Patience(limit=0.8)) as one:
        await one.put("k", b"v", 60)
        await stored(one, 1)
        began = time.monotonic()
        found = await asyncio.gather(*(one.get("k") for _ in range(40 * READS.at_once)))
        assert time.monotonic() - began < 2
        assert found[0] == b"v"
        assert found[-1] is None
        assert one.counts.failures == 0


async def test_after_the_pause_one_read_tries_and_the_others_do_not_wait_for_it() -> None:
    async with saying(None) as url, engine(url, Patience(limit=0.5, pause=0.1)) as one:
        await timed(one)
        await asyncio.sleep(0.15)
        trying = asyncio.create_task(timed(one))
        await asyncio.sleep(0.05)
        assert await timed(one) < PROMPT
        assert 0.4 < await trying < 2


@pytest.mark.parametrize(
    "said", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"*1\r\n", b"$abc\r\n", b":1\r\n", b"\xff\xfe\r\n", b"*-1\r\n", b"+OK\r\n"]
)
async def test_something_that_is_no_redis_is_gone_on_without(said: bytes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with saying(said) as url, engine(url) as one:
        assert await timed(one) < 1
        async with asyncio.timeout(10):
            while not one.counts.failures:
                await timed(one)
    assert len(lines(caplog)) == 1


async def test_a_wrong_password_is_a_failure_that_shows_neither_password_nor_address(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(tmp_path) as server, engine(server.url.replace(PASSWORD, "guessed-secret")) as one:
        assert await timed(one) < 1
    assert lines(caplog) == ["the shared cache failed: AuthenticationError, 1 so far; going on without"]
    assert "guessed-secret" not in caplog.text


async def test_a_server_that_takes_no_writes_is_still_read_from(tmp_path: Path) -> None:
    async with serving(tmp_path) as server, engine(server.url, Patience(pause=60)) as one, server.client() as client:
        await one.put("k", b"v", 60)
        await stored(one, 1)
        await client.config_set("maxmemory", 1)
        await one.put("l", b"v", 60)
        async with asyncio.timeout(10):
            while not one.counts.failures:
                await asyncio.sleep(0.005)
        assert [await one.get("k"), await one.get("l")] == [b"v", None]


async def test_a_busy_process_does_not_blame_its_server(tmp_path: Path) -> None:
    async with serving(tmp_path) as server, engine(server.url, Patience(limit=1, pause=60)) as one:
        await one.put("k", b"v", 60)
        await stored(one, 1)
        for _ in range(3):
            asking = asyncio.create_task(one.get("k"))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            time.sleep(1.2)
            assert await asking in {b"v", None}
        await asyncio.sleep(0.05)
        assert one.counts.failures == 0
        assert await one.get("k") == b"v"
