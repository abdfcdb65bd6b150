"""Pages of other origins: which ones are let in, and what they can read."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from graph.settings import Unusable, load
from tests.servers import finished, running
from tests.waiting import LONG


@pytest.mark.parametrize(
    ("given", "origins"),
    [
        ("https://app.example.com", ["https://app.example.com"]),
        ("https://app.example.com/", ["https://app.example.com"]),
        (" https://a.example , http://b.example:8080/ ", ["https://a.example", "http://b.example:8080"]),
        ('["https://a.example/"]', ["https://a.example"]),
        ("HTTPS://App.Example.COM", ["https://app.example.com"]),
        (
            "https://a.example:443,http://a.example:80,http://a.example:443",
            ["https://a.example", "http://a.example", "http://a.example:443"],
        ),
        ("http://localhost:3000", ["http://localhost:3000"]),
        ("http://[::1]:3000", ["http://[::1]:3000"]),
        ("https://b\u00fccher.example", ["https://xn--bcher-kva.example"]),
        ("capacitor://localhost", ["capacitor://localhost"]),
        ("", []),
    ],
)
def test_origins_are_spelt_as_browsers_do(given: str, origins: list[str]) -> None:
    assert load(cors_origins=given).cors_origins == origins


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("app.example.com", "'app.example.com' has no scheme or no host; use an origin, such as https://app.example.com"),
        ("localhost:3000", "'localhost:3000' has no scheme or no host"),
        ("//app.example.com", "'//app.example.com' has no scheme or no host"),
        ("null", "'null' has no scheme or no host"),
        ("https://", "'https://' has no scheme or no host"),
        ("https://a.example/app", "'https://a.example/app' has more than a scheme, a host and a port; use an origin, such as"),
        ("https://a.example?x=1", "'https://a.example?x=1' has more than"),
        ("https://a.example#top", "'https://a.example#top' has more than"),
        ("https://me:s3cret@a.example", "an origin has no user and no password"),
        ("https://*.example.com", "'https://*.example.com' has a wildcard"),
        ("https://a.example:port", "'https://a.example:port' is no origin"),
        ("*,https://a.example", "must be `*` alone"),
        ('["*", "https://a.example"]', "must be `*` alone"),
    ],
)
def test_what_could_never_match_is_refused_with_an_example(given: str, said: str) -> None:
    with pytest.raises(Unusable) as caught:
        load(cors_origins=given)
    (problem,) = caught.value.problems
    assert problem.startswith(f"CREWGRAPH_CORS_ORIGINS: {said}")
    assert "s3cret" not in problem


def test_every_origin_is_let_in_only_where_somebody_decides_who_may_ask() -> None:
    with pytest.raises(Unusable, match=r"CREWGRAPH_CORS_ORIGINS=\*: every web page could ask for everything.* CREWGRAPH_OPEN_TO_ALL=true"):
        load(cors_origins="*")
    for guard in ({"open_to_all": True}, {"gateway_secret": "0123456789abcdef"}, {"auth": "api-key", "key_file": Path("keys")}):
        assert load(cors_origins="*", **guard).cors_origins == ["*"]


async def test_every_origin_is_refused_on_the_command_line_too(tmp_path: Path) -> None:
    ended = await finished("serve", home=tmp_path, CREWGRAPH_CORS_ORIGINS='["*"]')
    assert ended.status == 2
    assert ended.err.startswith("crewgraph: CREWGRAPH_CORS_ORIGINS=*: every web page could ask for everything")


async def test_pages_of_other_origins_can_read_what_they_must_know(tmp_path: Path) -> None:
    settings = {"CREWGRAPH_CORS_ORIGINS": "https://app.example.com/", "CREWGRAPH_QUOTA_POINTS": "10"}
    async with (
        running("serve", "--people", "30", home=tmp_path, **settings) as address,
        httpx.AsyncClient(base_url=address, headers={"Origin": "https://app.example.com"}, trust_env=False, timeout=LONG) as client,
    ):
        asked = {"query": "{ currentAssignments(first: 10) { nodes { id person { name } } } checkIns(first: 10) { nodes { id } } }"}
        answers = [await client.post("/graphql", json=asked) for _ in range(3)]
    limited = answers[-1]
    exposed = {name.strip().lower() for name in limited.headers["access-control-expose-headers"].split(",")}
    assert {answer.headers["access-control-allow-origin"] for answer in answers} == {"https://app.example.com"}
    assert limited.status_code == 429
    assert exposed >= {"retry-after", "x-request-id", "ratelimit", "ratelimit-policy"}
    assert {"retry-after", "x-request-id", "ratelimit", "ratelimit-policy"} <= limited.headers.keys()
