"""An upstream behind a proxy: the proxy that is configured is asked, and is told no more than it must know."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.certificates import Authority
from tests.policies import ONCE
from tests.waiting import until
from tests.wire.proxies import proxying
from tests.wire.servers import GOOD, says, serving
from upstreams.calls import Call, Kind
from upstreams.dialect import Credentials, Dialect
from upstreams.errors import BadResponse, Unavailable, UpstreamError
from upstreams.http import Http

CALL = Call(Kind.DETAIL, "/one", "/one")
SECRET = Credentials(token="s3cret")
BASIC = b"Proxy-Authorization: Basic bWU6cHc="
"""What `me` and `pw` become."""


def dialect(base: str, proxy: str) -> Dialect:
    """An upstream behind a proxy."""
    return Dialect("checkins", base, SECRET, policy=ONCE, proxy=proxy)


async def test_an_upstream_is_asked_through_the_proxy_that_is_configured() -> None:
    async with serving(says(GOOD)) as upstream, proxying(BASIC) as proxy:
        http = Http(dialect(upstream.address, f"http://me:pw@{proxy.address}"))
        assert await http.ask(CALL, lambda raw, _: raw) == []
        await http.aclose()
        (head,), ((request,),) = proxy.heads, upstream.requests
    assert head.startswith(b"GET " + upstream.address.encode() + b"/one HTTP/1.1\r\n")
    assert b"Authorization: Bearer s3cret" in request


async def test_of_an_upstream_with_tls_a_proxy_learns_the_host_alone(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with serving(says(GOOD), authority.server()) as upstream, proxying(BASIC) as proxy:
        http = Http(replace(dialect(upstream.address, f"http://me:pw@{proxy.address}"), ca_file=authority.file))
        assert await http.ask(CALL, lambda raw, _: raw) == []
        await http.aclose()
        (head,) = proxy.heads
        assert head.startswith(b"CONNECT " + upstream.address.removeprefix("https://").encode() + b" HTTP/1.1\r\n")
        assert b"s3cret" not in head + proxy.read
        assert len(proxy.read) > len(GOOD)


async def test_a_proxy_with_tls_is_trusted_by_the_system_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by the authority of the upstream behind it."""
    ours, theirs = Authority(tmp_path, "ours"), Authority(tmp_path, "theirs")
    async with serving(says(GOOD), theirs.server()) as upstream, proxying(tls=ours.server()) as proxy:
        behind = replace(dialect(upstream.address, f"https://{proxy.address}"), ca_file=theirs.file)
        distrustful = Http(behind)
        with pytest.raises(Unavailable) as caught:
            await distrustful.ask(CALL, lambda raw, _: raw)
        await distrustful.aclose()
        assert (caught.value.reason, proxy.heads) == ("tls", [])
        monkeypatch.setenv("SSL_CERT_FILE", str(ours.file))
        trusting = Http(behind)
        assert await trusting.ask(CALL, lambda raw, _: raw) == []
        await trusting.aclose()


async def test_a_certificate_that_nobody_knows_is_not_believed_behind_a_proxy_either(tmp_path: Path) -> None:
    # fault F7
    async with serving(says(GOOD), Authority(tmp_path).server()) as upstream, proxying() as proxy:
        http = Http(dialect(upstream.address, f"http://{proxy.address}"))
        with pytest.raises(Unavailable) as caught:
            await http.ask(CALL, lambda raw, _: raw)
        await http.aclose()
    assert caught.value.reason == "tls"
    assert not any(upstream.requests)


@pytest.mark.parametrize("there", [True, False], ids=["lets nobody in", "is not there"])
@pytest.mark.parametrize("tls", [True, False])
async def test_a_proxy_that_does_not_serve_costs_its_upstream_and_tells_nobody_its_password(tmp_path: Path, there: bool, tls: bool) -> None:
    # fault F7
    context = Authority(tmp_path).server() if tls else None
    async with serving(says(GOOD), context) as upstream, proxying(b"other") as proxy:
        http = Http(dialect(upstream.address, f"http://me:pw@{proxy.address if there else '127.0.0.1:1'}"))
        with pytest.raises(UpstreamError) as caught:
            await http.ask(CALL, lambda raw, _: raw)
        await http.aclose()
    # without a tunnel, what the proxy says looks like the upstream's answer
    assert type(caught.value) is (BadResponse if there and not tls else Unavailable)
    assert "pw" not in repr(caught.value) + repr(http.dialect)
    assert not any(upstream.requests)


async def test_calls_that_are_given_up_leave_nothing_open_at_a_proxy() -> None:
    # fault F22
    async def slowly(_head: bytes, writer: asyncio.StreamWriter, _number: int) -> None:
        await asyncio.sleep(0.05)
        writer.write(GOOD)

    async with serving(slowly) as upstream, proxying() as proxy:
        http = Http(dialect(upstream.address, f"http://{proxy.address}"))
        for _ in range(20):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.02):
                    await http.ask(CALL, lambda raw, _: raw)
        assert proxy.heads  # a busy machine may give one up before it is sent
        await until(lambda: not proxy.open)
        assert [await http.ask(CALL, lambda raw, _: raw) for _ in range(5)] == [[]] * 5
        await http.aclose()


async def test_whoever_brings_a_transport_is_not_sent_through_a_proxy() -> None:
    own = httpx.MockTransport(lambda _: httpx.Response(200, json=["own"]))
    http = Http(dialect("http://upstream", "http://127.0.0.1:1"), own)
    assert await http.ask(CALL, lambda raw, _: raw) == ["own"]
