"""Who is let in at all: this machine, whoever can be told apart, or a gateway."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from graph.access.guard import Access, Gateway, loopback
from graph.access.scopes import SCOPES
from graph.settings import Unusable, load
from graph.settings.access import exposed
from tests.access.signing import RSA, issuing, said, signed, trusting
from tests.graphs import graph
from tests.servers import finished, running

HELLO = {"query": "{ __typename }"}
SECRET = "a-secret-of-the-gateway"


@pytest.mark.parametrize(
    ("host", "only"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("LOCALHOST", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("localhost.evil.com", False),
        ("127.0.0.1.nip.io", False),
        ("", False),
        ("::ffff:10.0.0.1", False),
    ],
)
def test_only_loopback_addresses_are_of_this_machine(host: str, only: bool) -> None:
    assert loopback(host) is only


async def test_without_authentication_it_starts_on_loopback_only(tmp_path: Path) -> None:
    ended = await finished("serve", "--host", "0.0.0.0", "--port", "0", home=tmp_path)
    assert ended.status == 2
    assert "--host 0.0.0.0: other machines could ask for everything, because CREWGRAPH_AUTH is none." in ended.err


@pytest.mark.parametrize(
    "flags",
    [
        {"open_to_all": True},
        {"gateway_secret": SECRET},
        {"auth": "api-key", "key_file": "keys.toml"},
    ],
)
def test_whoever_decides_who_may_ask_may_serve_anywhere(flags: dict[str, object]) -> None:
    exposed(load(**flags), "0.0.0.0")


def test_nobody_else_may() -> None:
    exposed(load(), "127.0.0.1")
    with pytest.raises(Unusable, match="other machines"):
        exposed(load(), "192.168.1.2")


async def test_a_name_that_was_made_to_lead_here_is_refused(tmp_path: Path) -> None:
    async with running("serve", home=tmp_path, CREWGRAPH_SANDBOX_PEOPLE="20") as address, httpx.AsyncClient(trust_env=False) as client:
        good = await client.post(f"{address}/graphql", json=HELLO)
        evil = await client.post(f"{address}/graphql", json=HELLO, headers={"host": "evil.example.com"})
    assert good.status_code == 200
    assert said(evil)[:2] == (403, "LOCAL_ONLY")


@pytest.mark.parametrize("given", [None, "", "wrong", SECRET[:-1], SECRET + "x", "\u00e9"])
async def test_a_graph_behind_a_gateway_answers_nobody_else(company: Path, given: str | None) -> None:
    async with graph(company, access=Access(gateway=Gateway("x-secret", SECRET))) as served:
        headers = {"x-secret": given.encode()} if given is not None else {}
        answer = await served.client.post("/graphql", json=HELLO, headers=headers)  # type: ignore[arg-type]
        assert said(answer)[:2] == (403, "GATEWAY_ONLY")
        page = await served.client.get("/graphql", headers={"accept": "text/html"})
        assert page.status_code == 403
        assert (await served.client.get("/graphql/static/index.js")).status_code == 404
        assert (await served.client.get("/health/ready")).status_code == 200
        assert SECRET not in answer.text


async def test_the_gateway_itself_is_answered_and_gets_no_page(company: Path) -> None:
    async with graph(company, access=Access(gateway=Gateway("x-secret", SECRET))) as served:
        answer = await served.client.post("/graphql", json=HELLO, headers={"x-secret": SECRET})
        assert said(answer)[0] == 200
        page = await served.client.get("/graphql", headers={"accept": "text/html, application/json", "x-secret": SECRET})
        assert (page.status_code, page.headers["content-type"]) == (400, "application/json; charset=utf-8")
        twice = await served.client.post("/graphql", json=HELLO, headers=[("x-secret", SECRET), ("x-secret", SECRET)])
        assert said(twice)[0] == 403


async def test_behind_a_gateway_callers_may_be_told_apart_too(company: Path) -> None:
    async with issuing(RSA) as (_, keys):
        access = Access(trusting(keys).who, Gateway("x-secret", SECRET))
        async with graph(company, access=access) as served:
            ask, both = served.client.post, {"x-secret": SECRET, "authorization": f"Bearer {signed()}"}
            assert (await ask("/graphql", json=HELLO, headers=both)).status_code == 200
            assert (await ask("/graphql", json=HELLO, headers={"x-secret": SECRET})).status_code == 401
            assert (await ask("/graphql", json=HELLO, headers={"authorization": both["authorization"]})).status_code == 403


async def test_the_page_needs_no_token_because_it_holds_nothing(company: Path) -> None:
    async with issuing(RSA) as (_, keys), graph(company, access=trusting(keys)) as served:
        page = await served.client.get("/graphql", headers={"accept": "text/html"})
        assert page.headers["content-type"].startswith("text/html")


JWT = {"auth": "jwt", "jwt_issuer": "https://i.example.com", "jwt_audience": "a", "jwt_keys_url": "https://i.example.com/keys"}


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        ({"auth": "api-key"}, "CREWGRAPH_AUTH=api-key needs CREWGRAPH_KEY_FILE"),
        ({"key_file": "keys.toml", "gateway_secret": SECRET}, "CREWGRAPH_KEY_FILE is set and CREWGRAPH_AUTH is none"),
        ({**JWT, "auth": "none"}, "CREWGRAPH_JWT_KEYS_URL is set and CREWGRAPH_AUTH is none"),
        ({**JWT, "jwt_issuer": ""}, "needs CREWGRAPH_JWT_ISSUER"),
        ({**JWT, "jwt_audience": ""}, "needs CREWGRAPH_JWT_AUDIENCE"),
        ({**JWT, "jwt_keys_url": None}, "needs either CREWGRAPH_JWT_KEYS_URL or CREWGRAPH_JWT_KEYS_FILE"),
        ({**JWT, "jwt_keys_file": "keys.json"}, "needs either"),
        ({**JWT, "jwt_keys_url": "http://i.example.com/keys"}, "must be an https address"),
        ({**JWT, "jwt_keys_url": "https://u:p@i.example.com/keys"}, "must be an https address"),
        ({**JWT, "jwt_keys_url": "keys"}, "must be an https address"),
        ({**JWT, "jwt_keys_proxy": "socks5://me:pw@proxy"}, "CREWGRAPH_JWT_KEYS_PROXY: must be the http or https address"),
        ({**JWT, "jwt_algorithms": ["HS256"]}, "CREWGRAPH_JWT_ALGORITHMS: must be some of RS256"),
        ({**JWT, "jwt_algorithms": ["none", "RS256"]}, "CREWGRAPH_JWT_ALGORITHMS"),
        ({**JWT, "jwt_algorithms": []}, "CREWGRAPH_JWT_ALGORITHMS"),
        ({"gateway_secret": "short"}, "CREWGRAPH_GATEWAY_SECRET: must have at least 16 characters"),
        ({"gateway_secret": SECRET, "gateway_header": "a b"}, "CREWGRAPH_GATEWAY_HEADER"),
    ],
)
def test_half_a_configuration_is_refused_with_the_name_of_what_is_missing(flags: dict[str, object], problem: str) -> None:
    with pytest.raises(Unusable) as refused:
        load(**flags)
    assert problem in str(refused.value)
    assert "short" not in str(refused.value)


def test_a_whole_one_is_not(tmp_path: Path) -> None:
    assert load(**JWT).access().audited
    assert load(**{**JWT, "jwt_keys_url": "http://127.0.0.1:9/keys"}).guarded
    assert not load().access().audited
    assert load(audit=True).access().audited


@pytest.mark.parametrize("name", ["key_file", "jwt_keys_file"])
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, name: str) -> None:
    broken = tmp_path / "broken"
    flags = {"auth": "api-key"} if name == "key_file" else {**JWT, "jwt_keys_url": None}
    with pytest.raises(Unusable, match="cannot be read as UTF-8 text"):
        load(**flags, **{name: broken}).access()
    broken.write_text("[")
    with pytest.raises(Unusable, match=r"is not (TOML|JSON)"):
        load(**flags, **{name: broken}).access()


def test_the_readme_lists_every_scope_as_it_is() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"^\| `([a-z]+:[a-z]+)` \| (.*) \|$", readme, re.MULTILINE)) == SCOPES
