"""The addresses that commands listen on, and those that they print."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from graph.operating.drain import Drain
from graph.operating.server import configured, listening, origin
from graph.settings import load
from tests.optional import optional
from tests.servers import command
from tests.waiting import LONG


@pytest.mark.parametrize("host", ["::1", "[::1]", "127.0.0.1"])
@pytest.mark.parametrize("name", ["serve", "sandbox"])
async def test_the_address_that_is_printed_can_be_opened(tmp_path: Path, name: str, host: str) -> None:
    if ":" in host and not has_ipv6():
        optional("this machine has no IPv6")
    process = await command(name, "--host", host, "--port", "0", "--people", "20", home=tmp_path)
    assert process.stderr is not None
    told = (await process.stderr.readuntil(b"/graphql" if name == "serve" else b"/api/v2/checkins/")).decode()
    (address,) = re.findall(r"http://\S+", told)
    assert address.startswith("http://[::1]:" if ":" in host else "http://127.0.0.1:")
    async with httpx.AsyncClient(trust_env=False, timeout=LONG, transport=httpx.AsyncHTTPTransport(retries=20)) as client:
        answer = await client.get(address, params={"query": "{ __typename }"}, headers={"apollo-require-preflight": "1"})
    process.terminate()
    await process.communicate()
    assert answer.status_code == 200


def has_ipv6() -> bool:
    """Whether the loopback interface has an address of IPv6."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def test_an_address_that_means_all_is_printed_as_one_that_can_be_opened() -> None:
    with listening("0.0.0.0", 0) as everywhere:
        assert origin(everywhere) == f"http://127.0.0.1:{everywhere.getsockname()[1]}"
    if has_ipv6():
        with listening("::", 0) as everywhere:
            assert origin(everywhere) == f"http://[::1]:{everywhere.getsockname()[1]}"


def test_an_idle_connection_is_kept_longer_than_load_balancers_keep_theirs() -> None:
    assert load().keep_alive_seconds == configured(Starlette(), Drain()).timeout_keep_alive == 75
    assert configured(Starlette(), Drain(), load(keep_alive_seconds=620).keep_alive_seconds).timeout_keep_alive == 620
