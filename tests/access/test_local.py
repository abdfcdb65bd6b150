"""Without authentication a graph is for its own machine: a proxy on that machine asks for somebody else."""

from __future__ import annotations

import asyncio
import shutil
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests.access.signing import said
from tests.optional import optional
from tests.servers import reserved, running
from tests.waiting import LONG

HELLO = {"query": "{ __typename }"}
PROXY = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass {address}; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; }}
  }}
}}
"""


@asynccontextmanager
async def proxied(address: str, folder: Path) -> AsyncIterator[str]:
    """The address of an nginx in front of a server, configured as its guides say."""
    binary = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin") or optional("nginx is not installed")
    with reserved() as port:
        (folder / "nginx.conf").write_text(PROXY.format(folder=folder, port=port, address=address))
        process = await asyncio.create_subprocess_exec(
            binary, "-c", str(folder / "nginx.conf"), "-p", str(folder), stdout=DEVNULL, stderr=DEVNULL
        )
        try:
            async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(LONG):
                while True:
                    try:
                        await client.get(f"http://127.0.0.1:{port}/health/live")
                        break
                    except httpx.TransportError:
                        await asyncio.sleep(0.02)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            await process.wait()


async def test_a_proxy_on_the_same_machine_is_not_this_machine(tmp_path: Path) -> None:
    """The graph and its metrics answer alike; who asks directly is answered."""
    async with (
        running("serve", home=tmp_path, CREWGRAPH_SANDBOX_PEOPLE="20") as address,
        proxied(address, tmp_path) as front,
        httpx.AsyncClient(trust_env=False, timeout=LONG) as client,
    ):
        direct = await client.post(f"{address}/graphql", json=HELLO), await client.get(f"{address}/metrics")
        through = await client.post(f"{front}/graphql", json=HELLO)
        metrics = await client.get(f"{front}/metrics")
        health = await client.get(f"{front}/health/ready")
    assert [one.status_code for one in direct] == [200, 200]
    assert said(through)[:2] == (403, "LOCAL_ONLY")
    assert "CREWGRAPH_AUTH" in through.text
    assert (metrics.status_code, health.status_code) == (404, 200)


async def test_a_proxy_may_pass_requests_on_where_everybody_is_let_in(tmp_path: Path) -> None:
    given = {"CREWGRAPH_SANDBOX_PEOPLE": "20", "CREWGRAPH_OPEN_TO_ALL": "true"}
    async with (
        running("serve", home=tmp_path, **given) as address,
        proxied(address, tmp_path) as front,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        assert (await client.post(f"{front}/graphql", json=HELLO)).status_code == 200


HEADERS = ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host", "X-Forwarded-Proto"]


async def test_each_header_of_a_proxy_tells_it(tmp_path: Path) -> None:
    async with running("serve", home=tmp_path, CREWGRAPH_SANDBOX_PEOPLE="20") as address, httpx.AsyncClient(trust_env=False) as client:
        for name in HEADERS:
            answer = await client.post(f"{address}/graphql", json=HELLO, headers={name: "127.0.0.1"})
            assert said(answer)[:2] == (403, "LOCAL_ONLY"), name
            assert (await client.get(f"{address}/metrics", headers={name: "127.0.0.1"})).status_code == 404, name
        assert (await client.get(f"{address}/metrics", headers={"host": "evil.example.com"})).status_code == 404


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]:8000", "localhost:8000", "LOCALHOST"])
async def test_every_name_of_this_machine_is_taken(tmp_path: Path, host: str) -> None:
    async with running("serve", home=tmp_path, CREWGRAPH_SANDBOX_PEOPLE="20") as address, httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(f"{address}/graphql", json=HELLO, headers={"host": host})).status_code == 200
