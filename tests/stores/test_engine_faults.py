"""Nothing about the server of the shared cache can fail or slow a request (faults.md F38)."""

from __future__ import annotations

import asyncio
import logging
import time
from itertools import count
from pathlib import Path

import pytest

from tests.servers import reserved
from tests.stores.engines import LIMIT, engine, failed, lines, stored, waited
from tests.stores.servers import PASSWORD, saying, serving, slowed
from tests.waiting import LONG, at_once, stopwatch, until
from upstreams.engine import PREFIX, READS, Redis
from upstreams.lane import Patience


async def test_a_killed_server_costs_one_failure_and_then_no_time(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(tmp_path) as server, engine(server.url) as one:
        await one.put("k", b"v", 60)
        await stored(one, 1)
        assert await one.get("k") == b"v"
        await server.kill()
        assert await waited(one) < 1
        assert [at_once(one.get("k")) for _ in range(500)] == [None] * 500
        assert one.counts.failures == 1
    assert lines(caplog) == ["the shared cache failed: ConnectionError, 1 so far; going on without"]


async def test_a_killed_server_is_used_again_when_it_is_back(tmp_path: Path) -> None:
    async with serving(tmp_path) as server, engine(server.url, Patience(limit=LONG, pause=0.1)) as one:
        await server.kill()
        assert await one.get("k") is None
        await server.start()
        async with asyncio.timeout(LONG):
            while await one.get("k") != b"v":
                await one.put("k", b"v", 60)
                await asyncio.sleep(0.01)
        assert await asyncio.gather(*(one.get("k") for _ in range(100))) == [b"v"] * 100


async def test_requests_go_on_while_the_server_dies_and_returns_under_load(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    began, over = time.monotonic(), asyncio.Event()
    async with serving(tmp_path) as server, engine(server.url, Patience(limit=LONG, pause=0.05)) as one, asyncio.TaskGroup() as load:
        for number in range(20):
            load.create_task(use(one, number, over))
        for _ in range(3):
            await more(one, "hits")
            await server.kill()
            await more(one, "failures")
            await server.start()
        await more(one, "hits")
        over.set()
    assert 1 <= len(lines(caplog)) <= 1 + (time.monotonic() - began) // 10


async def use(one: Redis, number: int, over: asyncio.Event) -> None:
    """Put and get until it is over; whatever comes back was put under that key."""
    for turn in count():
        key = f"{number}:{turn % 7}"
        await one.put(key, key.encode(), 60)
        assert await one.get(key) in {None, key.encode()}
        await asyncio.sleep(0.005)
        if over.is_set():
            break


async def more(one: Redis, what: str) -> None:
    """Wait until a count has grown."""
    before = getattr(one.counts, what)
    await until(lambda: getattr(one.counts, what) > before)


async def test_a_server_that_never_answers_delays_one_read_by_the_limit_and_no_other(caplog: pytest.LogCaptureFixture) -> None:
    """A process that is kept waiting itself blames nobody, and asks again."""
    caplog.set_level(logging.DEBUG)
    async with saying(None) as url, engine(url, Patience(limit=LIMIT, pause=LONG)) as one:
        while not one.counts.failures:
            began = time.monotonic()
            assert await waited(one) < 2 * LIMIT
            assert time.monotonic() - began > 0.8 * LIMIT
        assert at_once(one.get("k")) is None
        for _ in range(100):
            at_once(one.put("k", b"v", 60))
        assert at_once(one.get("k")) is None
    assert lines(caplog) == ["the shared cache failed: TimeoutError, 1 so far; going on without"]


async def test_a_slow_server_delays_no_read_beyond_the_limit_however_many_wait(tmp_path: Path) -> None:
    """The limit is far above what one answer takes, and far below what all of them take."""
    limit = 4.0
    async with (
        serving(tmp_path) as server,
        server.client() as client,
        slowed(server, 0.2) as url,
        engine(url, Patience(limit=limit)) as one,
    ):
        await client.set(f"{PREFIX}k", b"v")
        async with stopwatch() as watch:
            found = await asyncio.gather(*(one.get("k") for _ in range(40 * READS.at_once)))
            assert watch.seconds < 1.5 * limit
        assert found[0] == b"v"
        assert found[-1] is None
        assert one.counts.failures == 0


async def test_after_the_pause_one_read_tries_and_the_others_do_not_wait_for_it() -> None:
    """First the server refuses, later it accepts and is silent."""
    limit = 3.0
    with reserved() as port:
        async with engine(f"redis://127.0.0.1:{port}", Patience(limit=limit, pause=0.1)) as one:
            assert await one.get("k") is None
            assert one.counts.failures == 1
            async with saying(None, port):
                await until(lambda: not one.reads.resting)
                trying = asyncio.create_task(waited(one))
                await until(lambda: one.reads.task is not None)
                assert at_once(one.get("k")) is None
                assert not trying.done()
                assert await trying < 1.5 * limit


@pytest.mark.parametrize(
    "said", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"*1\r\n", b"$abc\r\n", b":1\r\n", b"\xff\xfe\r\n", b"*-1\r\n", b"+OK\r\n"]
)
async def test_something_that_is_no_redis_is_gone_on_without(said: bytes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with saying(said) as url, engine(url, Patience(limit=LIMIT, pause=LONG)) as one:
        while not one.counts.failures:
            assert await waited(one) < 2 * LIMIT
    assert len(lines(caplog)) == 1


async def test_a_wrong_password_is_a_failure_that_shows_neither_password_nor_address(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(tmp_path) as server, engine(server.url.replace(PASSWORD, "guessed-secret")) as one:
        assert await one.get("k") is None
    assert lines(caplog) == ["the shared cache failed: AuthenticationError, 1 so far; going on without"]
    assert "guessed-secret" not in caplog.text


async def test_a_server_that_takes_no_writes_is_still_read_from(tmp_path: Path) -> None:
    async with serving(tmp_path) as server, engine(server.url) as one, server.client() as client:
        await one.put("k", b"v", 60)
        await stored(one, 1)
        await client.config_set("maxmemory", 1)
        await one.put("l", b"v", 60)
        await failed(one)
        assert [await one.get("k"), await one.get("l")] == [b"v", None]


async def test_a_busy_process_does_not_blame_its_server(tmp_path: Path) -> None:
    limit = 2.5
    async with serving(tmp_path) as server, engine(server.url, Patience(limit=limit, pause=LONG)) as one:
        await one.put("k", b"v", 60)
        await stored(one, 1)
        for _ in range(2):
            asking = asyncio.create_task(one.get("k"))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            time.sleep(limit + 0.2)
            assert await asking in {b"v", None}
        await asyncio.sleep(0.05)
        assert one.counts.failures == 0
        assert await one.get("k") == b"v"
