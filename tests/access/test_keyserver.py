"""The key server over real sockets (faults.md F30, F38): asked seldom, believed when it makes sense, and not missed while it is down."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Sequence
from pathlib import Path

import pytest
from joserfc.jwk import OctKey
from starlette.responses import RedirectResponse, Response

from graph.access.keyserver import LARGEST, KeyServer, parse, pick
from graph.access.reread import Broken
from graph.http import Refusal
from sandbox import build
from tests.access.signing import ANY_USE, EC, NEW, RSA, issuing, said, signed, trusting
from tests.clocks import Clock
from tests.graphs import TODAY, graph
from tests.servers import reserved
from tests.waiting import until
from tests.wire.proxies import proxying


async def test_a_thousand_unknown_key_ids_make_one_call_an_interval(tmp_path: Path) -> None:
    """(faults.md F30)"""
    build(tmp_path / "20.sqlite", people=20, today=TODAY)
    clock = Clock(1000.0)
    async with issuing(RSA, clock=clock) as (issuer, keys), graph(tmp_path / "20.sqlite", access=trusting(keys)) as served:
        ask = served.client.post
        hello = {"query": "{ __typename }"}
        assert (await ask("/graphql", json=hello, headers={"authorization": f"Bearer {signed()}"})).status_code == 200
        template = signed(head={"kid": "unknown"})
        assert issuer.asked == 1
        for interval in (1, 2):
            clock.now += 30.0
            forged = [
                {"authorization": f"Bearer {signed(head={'kid': f'unknown-{interval}-{n}'}) if n < 3 else template}"} for n in range(500)
            ]
            answers = await asyncio.gather(*(ask("/graphql", json=hello, headers=one) for one in forged))
            assert {said(one)[:2] for one in answers} == {(401, "NOT_AUTHENTICATED")}
            assert issuer.asked == 1 + interval
        assert (await ask("/graphql", json=hello, headers={"authorization": f"Bearer {signed()}"})).status_code == 200


async def found(answer: Awaitable[Sequence[object]]) -> bool:
    """Whether a key was found."""
    return bool(await answer)


async def test_a_new_key_is_found_once_the_interval_is_over() -> None:
    clock = Clock(0.0)
    async with issuing(RSA, clock=clock) as (issuer, keys):
        assert await found(keys.find("rsa", "RS256"))
        issuer.keys = (RSA, NEW)
        assert not await found(keys.find("new", "RS256"))
        clock.now = 30.0
        assert await found(keys.find("new", "RS256"))
        assert (issuer.asked, keys.changes) == (2, 2)


async def test_all_who_wait_for_the_first_keys_share_one_call() -> None:
    async with issuing(RSA) as (issuer, keys):
        assert all(await asyncio.gather(*(found(keys.find("rsa", "RS256")) for _ in range(50))))
        assert issuer.asked == 1


async def test_old_keys_serve_while_they_are_read_anew() -> None:
    clock = Clock(0.0)
    async with issuing(RSA, clock=clock) as (issuer, keys):
        assert await found(keys.find("rsa", "RS256"))
        clock.now, issuer.keys = 600.0, (NEW,)
        assert await found(keys.find("rsa", "RS256"))
        await until(lambda: keys.changes == 2)
        assert not await found(keys.find("rsa", "RS256"))  # it was withdrawn
        assert issuer.asked == 2


NONSENSE = {
    "an error": Response("{}", 500),
    "a login page": Response("<html>", 200, media_type="text/html"),
    "no keys": Response('{"keys": []}', 200),
    "a list": Response("[]", 200),
    "odd keys": Response('{"keys": [{"kty": []}, {"kty": {}}, {"kty": "EC", "crv": []}]}', 200),
    "too much": Response('{"keys": [' + " " * LARGEST + "]}", 200),
    "packed": Response(b"\x1f\x8b", 200, {"content-encoding": "gzip"}),
    "no text": Response(b"\xff\xfe", 200),
    "elsewhere": RedirectResponse("/elsewhere"),
}


@pytest.mark.parametrize("name", NONSENSE)
async def test_the_last_good_keys_serve_while_the_server_talks_nonsense(name: str) -> None:
    """(faults.md F30)"""
    clock = Clock(0.0)
    async with issuing(RSA, clock=clock) as (issuer, keys):
        assert await found(keys.find("rsa", "RS256"))
        clock.now, issuer.answer = 700.0, NONSENSE[name]
        assert not await found(keys.find("new", "RS256"))
        assert await found(keys.find("rsa", "RS256"))
        assert issuer.asked == 2


async def test_the_last_good_keys_serve_while_the_server_is_down(caplog: pytest.LogCaptureFixture) -> None:
    """(faults.md F30, F38)"""
    clock = Clock(0.0)
    with reserved() as port:
        async with issuing(RSA, clock=clock) as (_, keys):
            assert await found(keys.find("rsa", "RS256"))
            keys.url = f"http://127.0.0.1:{port}/keys"
            for later in range(700, 760):
                clock.now = later
                assert await found(keys.find("rsa", "RS256"))
                assert not await found(keys.find("new", "RS256"))
    assert len(caplog.records) == 2  # one line an interval


async def test_without_any_keys_nobody_is_known_and_that_is_said() -> None:
    with reserved() as port:
        keys = KeyServer(f"http://127.0.0.1:{port}/keys")
        for _ in range(2):
            with pytest.raises(Refusal) as refused:
                await keys.find("rsa", "RS256")
            assert (refused.value.status, refused.value.code, refused.value.headers) == (503, "KEYS_UNAVAILABLE", {"Retry-After": "30"})
        assert keys.fetches == 1
        await keys.aclose()


def test_a_token_without_a_key_id_may_be_signed_with_any_key_of_its_kind() -> None:
    alone, both = (
        parse(json.dumps({"keys": [RSA.as_dict(private=False)]})),
        parse(json.dumps({"keys": [NEW.as_dict(private=False), ANY_USE.as_dict(private=False), EC.as_dict(private=False)]})),
    )
    assert [one.kid for one in pick(alone, None, "RS256")] == ["rsa"]
    assert not pick(alone, None, "PS256")
    assert [one.kid for one in pick(both, None, "RS256")] == ["new", "rsa"]
    assert [one.kid for one in pick(both, None, "ES256")] == ["ec"]
    assert not pick(both, None, "Ed25519")
    assert not pick(parse(json.dumps({"keys": [{**NEW.as_dict(private=False), "use": "enc"}]})), None, "RS256")


def test_a_shared_secret_and_what_cannot_be_read_are_no_public_keys() -> None:
    secret = OctKey.generate_key(256, {"kid": "shared"}).as_dict(private=True)
    good = EC.as_dict(private=False)
    found = parse(json.dumps({"keys": [secret, {"kty": "RSA"}, {"kty": "new"}, 7, good]}))
    assert [key.kid for key in found.keys] == ["ec"]
    with pytest.raises(Broken, match="no public key"):
        parse(json.dumps({"keys": [secret]}))


async def test_keys_are_read_through_the_proxy_that_is_configured() -> None:
    async with issuing(RSA) as (issuer, direct), proxying() as proxy:
        keys = KeyServer(direct.url, proxy=f"http://{proxy.address}")
        assert await found(keys.find("rsa", "RS256"))
        await keys.aclose()
    assert issuer.asked == 1
    assert [head.split(b" ")[1].decode() for head in proxy.heads] == [direct.url]
