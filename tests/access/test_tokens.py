"""Tokens (faults.md F20, F30): whose signature, audience and time is good gets in, and nothing else does, or learns why."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, RSAKey
from starlette.requests import Request

from graph.access.keyserver import KeyFile, KeyServer, parse
from graph.access.reread import Reread
from graph.access.rights import Caller
from graph.access.tokens import Tokens, Trust, described
from graph.http import Refusal
from tests.access.signing import (
    ANY_USE,
    AUDIENCE,
    EC,
    ISSUER,
    NEW,
    NOW,
    OTHER,
    RSA,
    TRUST,
    Issuer,
    claims,
    confused,
    issuing,
    plain,
    said,
    signed,
    trusting,
)
from tests.clocks import Clock
from tests.graphs import Graph, graph

INVALID = 'Bearer realm="crewgraph", error="invalid_token", error_description="The token is not valid"'
EXPIRED = 'Bearer realm="crewgraph", error="invalid_token", error_description="The token has expired"'
HELLO = {"query": "{ __typename }"}


@pytest.fixture
async def issuer() -> AsyncIterator[tuple[Issuer, KeyServer]]:
    """An issuer with two keys."""
    async with issuing(RSA, EC) as both:
        yield both


@pytest.fixture
async def served(company: Path, issuer: tuple[Issuer, KeyServer]) -> AsyncIterator[Graph]:
    """A graph that trusts it."""
    async with graph(company, access=trusting(issuer[1])) as one:
        yield one


async def ask(served: Graph, token: str | None, query: dict[str, Any] | None = None) -> httpx.Response:
    """The answer to whoever carries this token."""
    headers = {"authorization": f"Bearer {token}"} if token is not None else {}
    return await served.client.post("/graphql", json=query or HELLO, headers=headers)


GOOD = [
    signed(),
    signed(EC, "ES256"),
    signed(aud=["other", AUDIENCE]),
    signed(nbf=NOW - 5),
    signed(head={"jku": "https://evil.example.com/keys", "x5u": "https://evil.example.com/x5u", "pi.atm": "an issuer's own"}),
]


@pytest.mark.parametrize("token", GOOD)
async def test_a_good_token_gets_in_and_the_keys_are_read_once(served: Graph, issuer: tuple[Issuer, KeyServer], token: str) -> None:
    for _ in range(3):
        assert said(await ask(served, token)) == (200, None, None)
    assert issuer[0].asked == 1


async def test_its_scopes_are_what_it_opens(served: Graph) -> None:
    query = {"query": "{ people(first: 1) { nodes { name onLeave email } } }"}
    content = (await ask(served, signed(), query)).json()
    (person,) = content["data"]["people"]["nodes"]
    assert person["name"]
    assert person["onLeave"] is not None
    assert person["email"] is None
    assert [error["extensions"]["requiredScopes"] for error in content["errors"]] == [[["people:email"]]]


async def test_without_a_token_nothing_is_told(served: Graph) -> None:
    answer = await ask(served, None)
    assert said(answer) == (401, "NOT_AUTHENTICATED", 'Bearer realm="crewgraph"')
    assert "data" not in answer.json()
    assert served.wire.calls == []


HOUR = 3600
BAD = {
    "alg none": plain({"alg": "none"}, claims()),
    "alg None with a kid": plain({"alg": "None", "kid": "rsa"}, claims()),
    "no alg": plain({"kid": "rsa"}, claims()),
    "none with the signature of another": plain({"alg": "none", "kid": "rsa"}, claims(), signed().split(".")[2]),
    "a public key as a shared secret": confused(),
    "another key of the same id": signed(OTHER),
    "a key that is not published": signed(NEW),
    "an algorithm that the key is not for": signed(ANY_USE, "PS256"),
    "an algorithm that is not pinned": signed(ANY_USE, "RS512"),
    "another audience": signed(aud="payroll"),
    "no audience": signed(aud=None),
    "audiences without ours": signed(aud=["payroll"]),
    "another issuer": signed(iss="https://evil.example.com"),
    "an issuer that begins alike": signed(iss=f"{ISSUER}.evil.com"),
    "no issuer": signed(iss=None),
    "no subject": signed(sub=None),
    "no expiry": signed(exp=None),
    "an expiry that is text": signed(exp="9999999999"),
    "an expiry that is true": signed(exp=True),
    "an expiry that is no number": signed(exp=float("nan")),
    "an expiry that never comes": signed(exp=float("inf")),
    "a subject that is a list": signed(sub=["user-1"]),
    "not valid yet": signed(nbf=NOW + HOUR),
    "issued in the future": signed(iat=NOW + HOUR),
    "a changed body": ".".join([signed().split(".")[0], plain({}, claims(sub="root")).split(".")[1], signed().split(".")[2]]),
    "no signature": signed().rpartition(".")[0] + ".",
    "two parts": signed().rpartition(".")[0],
    "five parts": "a.b.c.d.e",
    "a critical header that is unknown": signed(head={"crit": ["x"], "x": "1"}),
    "an unknown critical header": plain({"alg": "RS256", "kid": "rsa", "crit": ["b64", "x"], "x": 1}, claims(), signed().split(".")[2]),
    "words": "let-me-in",
    "deep JSON": plain({"alg": "RS256"}, {}).replace("e30", "W1tb" * 200),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_token_is_a_401_that_does_not_say_why(served: Graph, name: str) -> None:
    """(faults.md F30)"""
    answer = await ask(served, BAD[name])
    assert said(answer) == (401, "NOT_AUTHENTICATED", INVALID)
    assert answer.json()["errors"][0]["message"] == "The token is not valid."
    assert served.wire.calls == []


async def test_an_expired_token_says_that_it_is_and_leeway_forgives_clocks(served: Graph) -> None:
    """(faults.md F20)"""
    assert said(await ask(served, signed(exp=NOW - 300))) == (401, "NOT_AUTHENTICATED", EXPIRED)
    assert said(await ask(served, signed(exp=NOW - 10))) == (200, None, None)
    assert said(await ask(served, signed(exp=NOW - 300, aud="payroll")))[0] == 401


async def test_a_token_is_not_remembered_beyond_its_time(company: Path, issuer: tuple[Issuer, KeyServer]) -> None:
    wall, mono = Clock(NOW), Clock(0.0)
    access = trusting(issuer[1], clock=wall)
    assert isinstance(access.who, Tokens)
    access.who.verified.clock = mono
    token = signed(exp=int(wall.now) + 20)
    async with graph(company, access=access) as served:
        assert (await ask(served, token)).status_code == 200
        wall.now, mono.now = wall.now + 49, 49.0
        assert (await ask(served, token)).status_code == 200
        wall.now, mono.now = wall.now + 2, 51.0
        assert said(await ask(served, token))[2] == EXPIRED


@pytest.mark.parametrize(
    "headers",
    [
        [("authorization", "Basic dTpw")],
        [("authorization", "Bearer a b")],
        [("authorization", "Bearer \xff")],
    ],
)
async def test_an_odd_header_is_no_token(served: Graph, headers: list[tuple[str, str]]) -> None:
    sent = [(name, value.encode("latin-1")) for name, value in headers]
    answer = await served.client.post("/graphql", json=HELLO, headers=sent)  # type: ignore[arg-type]
    assert said(answer) == (401, "NOT_AUTHENTICATED", INVALID)


@pytest.mark.parametrize(
    ("headers", "sentence"),
    [
        ([], "Send a token as `Authorization: Bearer`."),
        ([("authorization", "")], "Send a token as `Authorization: Bearer`."),
        ([("authorization", "Bearer")], "Send a token as `Authorization: Bearer`."),
        ([("authorization", f"Bearer {signed()}")] * 2, "Send one token, as `Authorization: Bearer`."),
    ],
    ids=["nothing", "empty", "no token", "two"],
)
async def test_no_token_and_two_are_told_what_to_send(served: Graph, headers: list[tuple[str, str]], sentence: str) -> None:
    answer = await served.client.post("/graphql", json=HELLO, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (401, sentence)


LONG_TOKEN = signed(groups=[f"{number:08x}-0000-4000-8000-000000000000" for number in range(200)])


async def test_a_token_with_200_groups_is_taken_and_a_longer_one_is_told_so(company: Path, issuer: tuple[Issuer, KeyServer]) -> None:
    assert 10_000 < len(LONG_TOKEN) < 16_384
    async with graph(company, access=trusting(issuer[1])) as one:
        assert said(await ask(one, LONG_TOKEN)) == (200, None, None)
        longer = await ask(one, signed(note="x" * 16_384))
    async with graph(company, access=trusting(issuer[1], replace(TRUST, longest=8_192))) as one:
        refused = await ask(one, LONG_TOKEN)
    for answer, limit in ((longer, 16_384), (refused, 8_192)):
        assert answer.status_code == 401
        assert f"this server takes {limit}, which CREWGRAPH_MAX_TOKEN_BYTES sets" in answer.json()["errors"][0]["message"]


async def test_any_of_several_issuers_and_audiences_is_taken(company: Path, issuer: tuple[Issuer, KeyServer]) -> None:
    """As Entra's two versions have them."""
    trust = Trust((ISSUER, "https://issuer.example.com/v2"), (AUDIENCE, f"api://{AUDIENCE}"))
    async with graph(company, access=trusting(issuer[1], trust)) as one:
        assert (await ask(one, signed(iss="https://issuer.example.com/v2", aud=f"api://{AUDIENCE}"))).status_code == 200
        assert (await ask(one, signed())).status_code == 200
        assert (await ask(one, signed(iss="https://issuer.example.com/v3"))).status_code == 401


async def test_without_a_key_id_each_key_of_a_fitting_kind_is_tried(company: Path) -> None:
    nameless = RSAKey.import_key(NEW.as_pem(private=True))
    async with issuing(RSA, EC, NEW) as (_, keys), graph(company, access=trusting(keys)) as one:
        assert (await ask(one, signed(nameless))).status_code == 200
        assert (await ask(one, signed(RSAKey.import_key(OTHER.as_pem(private=True))))).status_code == 401


async def test_a_key_of_another_curve_does_not_spoil_the_others(company: Path) -> None:
    other, fitting = ECKey.generate_key("P-384"), ECKey.generate_key("P-256")
    async with issuing(other, fitting) as (_, keys), graph(company, access=trusting(keys)) as one:
        assert (await ask(one, signed(fitting, "ES256"))).status_code == 200


def test_an_email_that_is_not_verified_is_none_wherever_it_stands() -> None:
    trust = replace(TRUST, email="user.email")
    for verified, email in ((True, "a@b.c"), (False, None), ("false", None)):
        assert described({"sub": "a", "user": {"email": "a@b.c", "email_verified": verified}}, trust).email == email
    assert described({"sub": "a", "user": {"email": "a@b.c"}, "email_verified": False}, trust).email is None


WHY = {
    "malformed": "let-me-in",
    "algorithm": BAD["an algorithm that is not pinned"],
    "unknown-key": BAD["a key that is not published"],
    "signature": BAD["another key of the same id"],
    "claim (iss)": BAD["another issuer"],
    "claim (aud)": BAD["another audience"],
    "missing-claim (sub)": BAD["no subject"],
    "claim (nbf)": BAD["not valid yet"],
    "expired (exp)": signed(exp=1),
    "too-long": "x" * 20_000,
}


@pytest.mark.parametrize("why", WHY)
async def test_operators_are_told_why_a_token_was_refused(served: Graph, caplog: pytest.LogCaptureFixture, why: str) -> None:
    """The kind and the claim's name, in one line however often it comes, and in a metric; never anything of the token's."""
    caplog.set_level(logging.INFO, "crewgraph.access")
    for _ in range(3):
        await ask(served, WHY[why])
    (line,) = [one.getMessage() for one in caplog.records if one.name == "crewgraph.access"]
    reason, _, claim = why.partition(" ")
    assert line == f"a token or key was refused: {why}, 1 so far"
    metrics = (await served.client.get("/metrics")).text
    assert f'crewgraph_unauthenticated_requests_total{{claim="{claim.strip("()")}",reason="{reason}"}} 3.0' in metrics


async def test_a_token_never_reaches_a_log_or_an_answer(served: Graph, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for token in (signed(), signed(OTHER), signed(exp=1), "let-me-in"):
        answer = await ask(served, token)
        assert token not in answer.text
        assert token.split(".")[-1] not in caplog.text


def asking(token: str) -> Request:
    """A request with this token."""
    return Request({"type": "http", "headers": [(b"authorization", b"Bearer " + token.encode())]})


@given(
    st.one_of(
        st.text(), st.from_regex(r"[\w-]{0,40}\.[\w-]{0,40}\.[\w-]{0,40}", fullmatch=True), st.text().map(lambda one: plain(one, one))
    )
)
async def test_no_text_is_anything_but_refused(token: str) -> None:
    class Fixed:
        changes = 0

        async def find(self, _kid: str | None, _algorithm: str) -> Any:
            return [RSA]

        async def watch(self) -> None: ...

        async def aclose(self) -> None: ...

    with pytest.raises(Refusal) as refused:
        await Tokens(TRUST, Fixed()).caller(asking(token))
    assert refused.value.status == 401


@pytest.mark.parametrize(
    ("given", "claim", "scopes"),
    [
        ({"scope": "timeoff:read openid"}, None, {"timeoff:read"}),
        ({"scp": ["timeoff:read", "people:email"]}, None, {"timeoff:read", "people:email"}),
        ({"scp": "timeoff:read"}, None, {"timeoff:read"}),
        ({"permissions": ["timeoff:read"]}, None, {"timeoff:read"}),
        ({"roles": ["timeoff:read", 7, None]}, None, {"timeoff:read"}),
        ({"scope": "identity:read", "roles": ["timeoff:read"]}, "roles", {"timeoff:read"}),
        ({"scope": "identity:read", "roles": ["timeoff:read"]}, None, {"identity:read", "timeoff:read"}),
        ({"scope": "openid profile", "permissions": ["timeoff:read"]}, None, {"timeoff:read"}),
        ({"realm_access": {"roles": ["timeoff:read"]}}, "realm_access.roles", {"timeoff:read"}),
        (
            {"resource_access": {"crew": {"roles": ["timeoff:read"]}}, "scope": "people:email"},
            "scope,resource_access.crew.roles",
            {"timeoff:read", "people:email"},
        ),
        ({"https://example.com/roles": ["timeoff:read"]}, "https://example.com/roles", {"timeoff:read"}),
        ({"a.b": "timeoff:read", "a": {"b": "people:email"}}, "a.b", {"timeoff:read"}),
        ({"a": ["timeoff:read"]}, "a.b", set()),
        ({"scope": "timeoff:read"}, "crew", set()),
        ({"scope": {"timeoff:read": True}}, None, set()),
        ({"scope": 7}, None, set()),
        ({}, None, set()),
    ],
)
def test_scopes_come_from_the_usual_claims_or_those_that_are_set(given: dict[str, Any], claim: str | None, scopes: set[str]) -> None:
    trust = replace(TRUST, scopes=tuple(claim.split(","))) if claim is not None else TRUST
    assert described({"sub": "a", **given}, trust).scopes == scopes


@pytest.mark.parametrize(
    ("given", "email"),
    [
        ({"email": "a@b.c"}, "a@b.c"),
        ({"email": "a@b.c", "email_verified": True}, "a@b.c"),
        ({"email": "a@b.c", "email_verified": False}, None),
        ({"email": "a@b.c", "email_verified": "false"}, None),
        ({"email": ["a@b.c"]}, None),
        ({}, None),
    ],
)
def test_an_email_that_the_issuer_has_not_verified_is_none(given: dict[str, Any], email: str | None) -> None:
    assert described({"sub": "a", **given}, TRUST) == Caller("a", "jwt", frozenset(), email)


def test_the_claim_of_the_email_is_a_setting() -> None:
    assert described({"sub": "a", "upn": "a@b.c"}, Trust((ISSUER,), (AUDIENCE,), email="upn")).email == "a@b.c"


async def test_keys_may_come_from_a_file_that_is_read_again(company: Path, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(public(RSA))
    file = Reread(path, parse, every=0.05)
    async with graph(company, access=trusting(KeyFile(file))) as served:
        assert (await ask(served, signed())).status_code == 200
        path.write_text("{")
        await file.check()
        assert (await ask(served, signed())).status_code == 200
        path.write_text(public(NEW, EC))
        await file.check()
        assert (await ask(served, signed(NEW))).status_code == 200
        assert (await ask(served, signed())).status_code == 401  # what its key had proved is forgotten


def public(*keys: Any) -> str:
    """A key set as JSON."""
    listed = ", ".join(json.dumps(key.as_dict(private=False)) for key in keys)
    return f'{{"keys": [{listed}]}}'
