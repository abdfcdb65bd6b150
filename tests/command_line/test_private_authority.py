"""A company's own certificate authority: the whole command, and everything that it reaches by TLS, on real sockets.

One server plays both upstreams, the key server and the trace collector; Redis is the real one.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis
from starlette.types import ASGIApp, Receive, Scope, Send

from graph.settings import Settings, Unusable, load
from sandbox import Options, build
from sandbox import create_app as create_sandbox
from tests.access.signing import AUDIENCE, ISSUER, RSA, signed
from tests.certificates import Authority
from tests.graphs import codes
from tests.servers import finished, running, served
from tests.stores.servers import Server, serving
from tests.waiting import LONG

QUESTION = "{ currentAssignments(first: 1) { nodes { id } } checkIns(first: 1) { nodes { id } } }"
KEYS = json.dumps({"keys": [RSA.as_dict(private=False)]}).encode()


class Everything:
    """An app that is both upstreams, a key server at `/keys` and a trace collector; `asked` counts what reached it."""

    def __init__(self, sandbox: ASGIApp) -> None:
        self.sandbox, self.asked = sandbox, Counter[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.sandbox(scope, receive, send)
            return
        kind = next(kind for start, kind in STARTS.items() if scope["path"].startswith(start))
        self.asked[kind] += 1
        if kind in ("checkins", "workforce"):
            await self.sandbox(scope, receive, send)
            return
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": KEYS if kind == "keys" else b""})


STARTS = {"/api/v2/checkins/": "checkins", "/v2/companies/": "workforce", "/keys": "keys", "/v1/traces": "traces"}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty people."""
    path = tmp_path_factory.mktemp("company") / "30.sqlite"
    build(path, people=30, seed=1)
    return path


@asynccontextmanager
async def secured(company: Path, folder: Path, authority: Authority) -> AsyncIterator[tuple[dict[str, str], Everything, Server]]:
    """The settings of a server that reaches everything by TLS, and what it reaches."""
    everything, certificate = Everything(create_sandbox(company, Options(company="acme"))), authority.issue()
    async with served(everything, ssl_certfile=str(certificate)) as plain, serving(folder, certificate) as redis:
        address = plain.replace("http:", "https:")
        yield (
            {
                "CREWGRAPH_CHECKINS_URL": address,
                "CREWGRAPH_WORKFORCE_URL": address,
                "CREWGRAPH_WORKFORCE_COMPANY": "acme",
                "CREWGRAPH_AUTH": "jwt",
                "CREWGRAPH_JWT_ISSUER": ISSUER,
                "CREWGRAPH_JWT_AUDIENCE": AUDIENCE,
                "CREWGRAPH_JWT_KEYS_URL": f"{address}/keys",
                "CREWGRAPH_REDIS_URL": redis.url,
                "CREWGRAPH_ANSWER_SECONDS": "0",
                "CREWGRAPH_PORTION_MEGABYTES": "0",
                "CREWGRAPH_OPENTELEMETRY": "true",
                "OTEL_EXPORTER_OTLP_ENDPOINT": address,
            },
            everything,
            redis,
        )


async def ask(address: str) -> httpx.Response:
    """Ask for one assignment and one check-in, with a token."""
    token = signed(scope="assignments:read checkins:read")
    async with httpx.AsyncClient(trust_env=False, timeout=LONG) as client:
        return await client.post(f"{address}/graphql", json={"query": QUESTION}, headers={"Authorization": f"Bearer {token}"})


async def count_keys(redis: Server, authority: Authority) -> int:
    """Return how many values Redis holds."""
    async with Redis.from_url(redis.url, ssl_ca_certs=str(authority.file)) as client:
        return int(await client.dbsize())


def is_whole(answer: dict[str, Any]) -> bool:
    """Whether both upstreams have answered, whatever there is on this day."""
    return codes(answer) == [] and None not in answer["data"].values()


async def test_ssl_cert_file_is_trusted_by_every_client(company: Path, tmp_path: Path) -> None:
    """One variable, as OpenSSL has it, for both upstreams, the key server, Redis and the trace collector."""
    authority = Authority(tmp_path)
    async with secured(company, tmp_path, authority) as (settings, everything, redis):
        async with running("serve", home=tmp_path, SSL_CERT_FILE=str(authority.file), **settings) as address:
            answer = await ask(address)
        assert answer.status_code == 200, answer.text
        assert is_whole(answer.json())
        assert await count_keys(redis, authority) > 0
    assert set(everything.asked) == {"checkins", "workforce", "keys", "traces"}


async def test_each_client_may_be_told_of_an_authority_of_its_own(company: Path, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with secured(company, tmp_path, authority) as (settings, everything, redis):
        file = str(authority.file)
        own = dict.fromkeys(("CREWGRAPH_CHECKINS_CA_FILE", "CREWGRAPH_WORKFORCE_CA_FILE", "CREWGRAPH_JWT_KEYS_CA_FILE"), file)
        more = {"CREWGRAPH_REDIS_URL": f"{redis.url}?ssl_ca_certs={file}", "OTEL_EXPORTER_OTLP_CERTIFICATE": file}
        async with running("serve", home=tmp_path, **{**settings, **own, **more}) as address:
            answer = await ask(address)
        assert answer.status_code == 200, answer.text
        assert is_whole(answer.json())
        assert await count_keys(redis, authority) > 0
    assert set(everything.asked) == {"checkins", "workforce", "keys", "traces"}


async def test_an_authority_that_nobody_was_told_of_is_trusted_by_no_client(company: Path, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with secured(company, tmp_path, authority) as (settings, everything, redis):
        async with running("serve", home=tmp_path, **settings) as address:
            keyless = await ask(address)
        async with running("serve", home=tmp_path, **{**open_to_all(settings), "CREWGRAPH_UPSTREAM_TRIES": "1"}) as address:
            halved = await ask(address)
        assert await count_keys(redis, authority) == 0
    assert (keyless.status_code, codes(keyless.json())) == (503, [("KEYS_UNAVAILABLE", "")])
    assert {code for code, _ in codes(halved.json())} == {"UPSTREAM_UNAVAILABLE"}
    assert set(halved.json()["data"].values()) == {None}
    assert not everything.asked


def open_to_all(settings: dict[str, str]) -> dict[str, str]:
    """The settings without tokens."""
    return {name: value for name, value in settings.items() if not re.match("CREWGRAPH_(AUTH|JWT)", name)}


@pytest.mark.parametrize("content", [None, "", "-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----\n"])
@pytest.mark.parametrize("name", [name for name in Settings.model_fields if name.endswith("_ca_file")])
def test_a_file_without_certificates_is_refused(tmp_path: Path, name: str, content: str | None) -> None:
    file = tmp_path / "authority.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(Unusable) as caught:
        load(**{name: file})
    assert caught.value.problems == [f"CREWGRAPH_{name.upper()}: {file} is no readable file of certificates in PEM."]


async def test_a_missing_ssl_cert_file_is_refused(tmp_path: Path) -> None:
    ended = await finished("serve", home=tmp_path, SSL_CERT_FILE="/nonexistent.pem")
    assert (ended.status, ended.err) == (2, "crewgraph: SSL_CERT_FILE: /nonexistent.pem is no readable file of certificates in PEM.\n")
