"""Who is believed to be the upstream: whoever shows a certificate for its host, from an authority that is trusted, that is good today."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.certificates import EXPIRED, Authority
from tests.policies import ONCE
from tests.wire.servers import GOOD, Answering, Hangup, reaching, says, serving
from upstreams.answers import why
from upstreams.calls import Call, Kind
from upstreams.dialect import Dialect
from upstreams.errors import Unavailable
from upstreams.http import Http
from upstreams.tls import make_client_context

CALL = Call(Kind.DETAIL, "/one", "/one")


async def test_a_certificate_of_a_trusted_authority_is_believed_and_its_connection_is_kept(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with serving(says(*[GOOD] * 20), authority.server()) as server:
        async with reaching(server.address, ca_file=authority.file) as network:
            assert [(await network.get("/", {})).body for _ in range(20)] == [b"[]"] * 20
        assert [len(heads) for heads in server.requests] == [20]


@pytest.mark.parametrize("size", [1_000, 3_000_000])
async def test_bodies_come_whole_through_tls(tmp_path: Path, size: int) -> None:
    authority, body = Authority(tmp_path), b"[" + b" " * size + b"]"
    message = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    async with (
        serving(says(message, message), authority.server()) as server,
        reaching(server.address, ca_file=authority.file) as network,
    ):
        assert [(await network.get("/", {})).body for _ in range(2)] == [body, body]


async def test_a_body_without_a_length_ends_with_its_connection_in_tls_too(tmp_path: Path) -> None:
    async def answering(_head: bytes, writer: asyncio.StreamWriter, _number: int) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n[]")
        await writer.drain()
        raise Hangup

    authority = Authority(tmp_path)
    async with serving(answering, authority.server()) as server, reaching(server.address, ca_file=authority.file) as network:
        assert (await network.get("/", {})).body == b"[]"


async def refused(authority: Authority, answering: Answering, *, trusting: bool = True, **certificate: object) -> str:
    """Why a server with such a certificate is not asked anything."""
    tls = authority.server(**certificate)  # type: ignore[arg-type] # they are its parameters
    async with serving(answering, tls) as server:
        async with reaching(server.address, ca_file=authority.file if trusting else None) as network:
            with pytest.raises(httpx.ConnectError) as caught:
                await network.get("/", {})
        assert not any(server.requests)
    return why(caught.value)


async def test_a_certificate_of_nobody_known_of_another_host_or_an_expired_one_is_not_believed(tmp_path: Path) -> None:
    # fault F7
    authority = Authority(tmp_path)
    assert await refused(authority, says(GOOD), trusting=False) == "tls"
    assert await refused(authority, says(GOOD), address="127.0.0.2") == "tls"
    assert await refused(authority, says(GOOD), end=EXPIRED) == "tls"


async def test_an_authority_of_one_upstream_is_trusted_for_that_one_alone(tmp_path: Path) -> None:
    ours, theirs = Authority(tmp_path, "ours"), Authority(tmp_path, "theirs")
    async with serving(says(GOOD), theirs.server()) as server:
        good, bad = (Http(Dialect("checkins", server.address, policy=ONCE, ca_file=file)) for file in (theirs.file, ours.file))
        assert await good.ask(CALL, lambda raw, _: raw) == []
        with pytest.raises(Unavailable) as caught:
            await bad.ask(CALL, lambda raw, _: raw)
        await good.aclose()
        await bad.aclose()
    assert caught.value.reason == "tls"


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
async def test_openssls_variables_are_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    authority = Authority(tmp_path)
    folder = tmp_path / "authorities"
    folder.mkdir()
    hashed = subprocess.run(["openssl", "x509", "-hash", "-noout", "-in", authority.file], capture_output=True, text=True, check=True)
    (folder / f"{hashed.stdout.strip()}.0").write_bytes(authority.file.read_bytes())
    async with serving(says(GOOD), authority.server()) as server:
        assert await refused(authority, says(GOOD), trusting=False) == "tls"
        monkeypatch.setenv(variable, str({"SSL_CERT_FILE": authority.file, "SSL_CERT_DIR": folder}[variable]))
        async with reaching(server.address) as network:
            assert (await network.get("/", {})).body == b"[]"


def test_a_connection_costs_no_reading_of_certificates(tmp_path: Path) -> None:
    """The system's are some 150, which took 30 ms, and were read again for each connection."""
    context = make_client_context(Authority(tmp_path).file)
    before = context.cert_store_stats()
    shown = context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="127.0.0.1")
    assert shown.context is context
    assert context.cert_store_stats() == before


async def test_a_server_that_never_finishes_its_greeting_is_given_up_in_time(tmp_path: Path) -> None:
    # fault F5
    stop = asyncio.Event()

    async def mute(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await stop.wait()
        writer.close()

    server = await asyncio.start_server(mute, "127.0.0.1", 0)
    address = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with reaching(address, replace(ONCE, connect=0.1), Authority(tmp_path).file) as network:
        with pytest.raises(httpx.ConnectTimeout):
            await network.get("/", {})
    stop.set()
    server.close()
    await server.wait_closed()


async def test_a_server_that_hangs_up_in_its_greeting_may_have_been_restarting(tmp_path: Path) -> None:
    # fault F7: unlike a certificate, this may pass

    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.close()

    server = await asyncio.start_server(rude, "127.0.0.1", 0)
    address = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with reaching(address, ca_file=Authority(tmp_path).file) as network:
        with pytest.raises(httpx.ConnectError) as caught:
            await network.get("/", {})
    assert why(caught.value) == "transport"
    server.close()
    await server.wait_closed()
