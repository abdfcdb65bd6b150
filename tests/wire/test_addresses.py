"""A name is looked up once for all connections that are made meanwhile, and what it stands for is followed."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence

import httpx
import pytest

from tests.wire.servers import GOOD, reaching, says, serving
from upstreams.addresses import Addresses, Found

HERE: Found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))]


class Names:
    """What looking gives, one after another, once it may; errors are raised. `looks` counts."""

    def __init__(self, *given: Found | Exception) -> None:
        self.given, self.looks, self.may = list(given), 0, asyncio.Event()

    async def look(self) -> Found:
        self.looks += 1
        await self.may.wait()
        found = self.given.pop(0)
        if isinstance(found, Exception):
            raise found
        return found


async def asked(addresses: Addresses, times: int) -> Sequence[Found | BaseException]:
    """What so many askers get at once."""
    return await asyncio.gather(*(addresses.all() for _ in range(times)), return_exceptions=True)


async def test_one_look_serves_all_who_wait_and_those_who_come_soon_after() -> None:
    names = Names(HERE)
    names.may.set()
    addresses = Addresses(names.look)
    assert await asked(addresses, 50) == [HERE] * 50
    assert await addresses.all() == HERE
    assert names.looks == 1


async def test_a_failed_look_fails_for_all_who_wait_and_is_not_remembered() -> None:
    # fault F7
    names = Names(failed := socket.gaierror(), HERE)
    names.may.set()
    addresses = Addresses(names.look)
    assert await asked(addresses, 2) == [failed, failed]
    assert await addresses.all() == HERE


@pytest.mark.parametrize("forgotten", [True, False])
async def test_there_is_another_look_when_nobody_is_there_any_more_and_after_a_while(forgotten: bool) -> None:
    names = Names(HERE, [])
    names.may.set()
    addresses = Addresses(names.look, lasts=60 if forgotten else 0)
    assert await addresses.all() == HERE
    if forgotten:
        addresses.forget()
    assert await addresses.all() == []


async def test_who_leaves_does_not_end_the_look_of_the_others() -> None:
    # fault F22
    names = Names(HERE)
    addresses = Addresses(names.look)
    leaves, stays = asyncio.create_task(addresses.all()), asyncio.create_task(addresses.all())
    await asyncio.sleep(0)
    leaves.cancel()
    await asyncio.sleep(0)
    names.may.set()
    assert await stays == HERE
    assert leaves.cancelled()
    assert names.looks == 1


async def test_nobody_waits_for_a_look_once_the_network_is_closed() -> None:
    names = Names(HERE)
    addresses = Addresses(names.look)
    waits = asyncio.create_task(addresses.all())
    await asyncio.sleep(0)
    addresses.close()
    with pytest.raises(asyncio.CancelledError):
        await waits


async def test_an_upstream_that_has_moved_is_found_at_the_next_try() -> None:
    # fault F7
    async with serving(says(GOOD)) as server, reaching(server.address) as network:
        host, port = server.address.removeprefix("http://").split(":")
        names = Names([(*HERE[0][:4], ("127.0.0.1", 1))], [(*HERE[0][:4], (host, int(port)))])
        names.may.set()
        network.addresses = Addresses(names.look)
        with pytest.raises(httpx.ConnectError):
            await network.get("/", {})
        assert (await network.get("/", {})).body == b"[]"
