"""The command line as a process, on real sockets."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest

from graph.schema import sdl
from sandbox import Options
from sandbox import create_app as create_sandbox
from tests.graphs import TODAY, codes, is_check_ins
from tests.servers import finished, running, served
from tests.upstreams.wire import listening
from tests.waiting import LONG
from tests.wire.proxies import proxying

WALK = '{ project(number: "HB-1000") { name people { name checkIns(first: 1) { totalCount nodes { id } } } } }'


async def ask(address: str, query: str) -> dict[str, object]:
    """The whole answer of a served graph."""
    async with httpx.AsyncClient(trust_env=False, timeout=LONG) as client:
        found: dict[str, object] = (await client.post(f"{address}/graphql", json={"query": query})).json()
        return found


async def test_serve_without_settings_serves_the_sandbox_and_says_so(tmp_path: Path) -> None:
    async with running("serve", home=tmp_path) as address:
        answer = await ask(address, WALK)
    assert "errors" not in answer
    assert len(answer["data"]["project"]["people"]) == 40  # type: ignore[index]


async def test_serve_over_the_sandbox_command_walks_on_real_sockets_and_survives_the_loss_of_one_upstream_by_the_machines_clock(
    tmp_path: Path,
) -> None:
    """One upstream stopped: the other's fields are all there, and coded errors name the lost ones."""
    log = tmp_path / "requests.log"
    checkins, workforce, home = (tmp_path / name for name in ("checkins", "workforce", "home"))
    for folder in (checkins, workforce, home):
        folder.mkdir()
    secrets = {"CREWGRAPH_CHECKINS_USER": "u", "CREWGRAPH_CHECKINS_KEY": "k", "CREWGRAPH_WORKFORCE_TOKEN": "t"}
    sandbox = ("sandbox", "--people", "120", "--seed", "7")
    guarded = ("--company", "acme", "--workforce-token", "t", "--request-log", str(log))
    async with running(*sandbox, *guarded, home=workforce, health="/") as workforce_address:
        async with running(*sandbox, "--checkins-user", "u", "--checkins-key", "k", home=checkins, health="/") as checkins_address:
            settings = {**secrets, "CREWGRAPH_CHECKINS_URL": checkins_address, "CREWGRAPH_WORKFORCE_URL": workforce_address}
            async with running("serve", home=home, CREWGRAPH_WORKFORCE_COMPANY="acme", **settings) as address:
                whole = await ask(address, WALK)
        async with running("serve", home=home, CREWGRAPH_WORKFORCE_COMPANY="acme", **settings) as address:
            half = await ask(address, WALK)
    people = whole["data"]["project"]["people"]  # type: ignore[index]
    assert "errors" not in whole
    assert all(person["checkIns"]["totalCount"] for person in people)
    lost = half["data"]["project"]["people"]  # type: ignore[index]
    assert [person["name"] for person in lost] == [person["name"] for person in people]
    assert {person["checkIns"] for person in lost} == {None}
    assert {code for code, _ in codes(half)} == {"UPSTREAM_UNAVAILABLE"}
    logged = [unquote(line) for line in log.read_text().splitlines() if line != "/"]
    assert logged
    assert not any(is_check_ins(line) for line in logged)
    assert all(line.startswith("/v2/companies/acme/") for line in logged)


async def test_wrong_credentials_are_an_upstream_auth_error_by_the_machines_clock(tmp_path: Path, company: Path) -> None:
    """F19."""
    async with served(create_sandbox(company, Options(workforce_token="right"))) as upstream:
        given = {"CREWGRAPH_CHECKINS_URL": upstream, "CREWGRAPH_WORKFORCE_URL": upstream, "CREWGRAPH_WORKFORCE_COMPANY": "sandbox"}
        async with running("serve", home=tmp_path, CREWGRAPH_WORKFORCE_TOKEN="wr0ng", **given) as address:
            answer = await ask(address, "{ currentAssignments(first: 1) { totalCount nodes { id } } checkIns(first: 1) { totalCount } }")
    assert codes(answer) == [("UPSTREAM_AUTH", "currentAssignments.nodes")]
    assert answer["data"]["currentAssignments"] is None  # type: ignore[index]
    assert answer["data"]["checkIns"]["totalCount"] > 0  # type: ignore[index]
    assert "wr0ng" not in str(answer)


async def test_no_proxy_of_the_machine_gets_to_know_the_credentials_by_the_machines_clock(tmp_path: Path, company: Path) -> None:
    """They go to one address only (faults.md F17)."""
    async with listening() as proxy, served(create_sandbox(company)) as upstream:
        given = {"CREWGRAPH_CHECKINS_URL": upstream, "CREWGRAPH_WORKFORCE_URL": upstream, "CREWGRAPH_WORKFORCE_COMPANY": "sandbox"}
        proxies = dict.fromkeys(("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"), proxy.url)
        async with running("serve", home=tmp_path, **given, **proxies) as address:
            answer = await ask(address, "{ checkIns(first: 1) { totalCount } }")
    assert (codes(answer), proxy.heads) == ([], [])


async def test_upstreams_are_asked_through_the_proxy_that_is_configured_by_the_machines_clock(tmp_path: Path, company: Path) -> None:
    async with proxying() as proxy, served(create_sandbox(company)) as upstream:
        given = {"CREWGRAPH_CHECKINS_URL": upstream, "CREWGRAPH_WORKFORCE_URL": upstream, "CREWGRAPH_WORKFORCE_COMPANY": "sandbox"}
        async with running("serve", home=tmp_path, **given, CREWGRAPH_UPSTREAM_PROXY=f"http://{proxy.address}") as address:
            answer = await ask(address, "{ checkIns(first: 1) { totalCount } currentAssignments(first: 1) { totalCount } }")
    assert codes(answer) == []
    assert proxy.heads
    assert {head.split(b" ")[1].startswith(upstream.encode()) for head in proxy.heads} == {True}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"CREWGRAPH_TIME_ZONE": "Mars/Olympus"}, "CREWGRAPH_TIME_ZONE: 'Mars/Olympus' is no time zone"),
        ({"CREWGRAPH_CHECKINS_URL": "http://x"}, "CREWGRAPH_WORKFORCE_URL is not"),
        ({"CREWGRAPH_WORKFORCE_URL": "http://x", "CREWGRAPH_WORKFORCE_COMPANY": "c"}, "CREWGRAPH_CHECKINS_URL is not"),
        ({"CREWGRAPH_CHECKINS_URL": "http://x", "CREWGRAPH_WORKFORCE_URL": "http://y"}, "CREWGRAPH_WORKFORCE_COMPANY is not set"),
        ({"CREWGRAPH_CHECKINS_USER": "x"}, "CREWGRAPH_CHECKINS_USER and CREWGRAPH_CHECKINS_KEY belong together"),
        (
            {"CREWGRAPH_CHECKINS_URL": "ftp://x", "CREWGRAPH_WORKFORCE_URL": "y", "CREWGRAPH_WORKFORCE_COMPANY": "c"},
            "CREWGRAPH_CHECKINS_URL: must be",
        ),
        ({"CREWGRAPH_LOOK_BACK_DAYS": "many"}, "CREWGRAPH_LOOK_BACK_DAYS: "),
        ({"CREWGRAPH_UPSTREAM_RATE": "inf"}, "CREWGRAPH_UPSTREAM_RATE: "),
        ({"CREWGRAPH_IDENTITY_FILE": "missing.csv"}, "missing.csv cannot be read"),
        ({"CREWGRAPH_UPSTREAM_PROXY": "socks5://me:pw@proxy"}, "CREWGRAPH_UPSTREAM_PROXY: must be"),
        ({"CREWGRAPH_UPSTREAM_PROXY": "http://me:pw@proxy/path"}, "CREWGRAPH_UPSTREAM_PROXY: must be"),
        ({"CREWGRAPH_CHECKINS_TOKEN": "p\u00e4ss"}, "CREWGRAPH_CHECKINS_TOKEN: must be"),
        ({"CREWGRAPH_WORKFORCE_TOKEN_HEADER": "X Key"}, "CREWGRAPH_WORKFORCE_TOKEN_HEADER: must be"),
        ({"CREWGRAPH_WORKFORCE_HEADERS": '{"X-Key": "a\\nb"}'}, "CREWGRAPH_WORKFORCE_HEADERS: must have"),
        ({"CREWGRAPH_CHECKINS_HEADERS": "{bad"}, "CREWGRAPH_CHECKINS_HEADERS: must be a JSON object"),
        (
            {"CREWGRAPH_CHECKINS_URL": "http://", "CREWGRAPH_WORKFORCE_URL": "http://y", "CREWGRAPH_WORKFORCE_COMPANY": "c"},
            "CREWGRAPH_CHECKINS_URL: must be",
        ),
        (
            {"CREWGRAPH_CHECKINS_URL": "http://x", "CREWGRAPH_WORKFORCE_URL": "http://y", "CREWGRAPH_WORKFORCE_COMPANY": "a/b"},
            "CREWGRAPH_WORKFORCE_COMPANY: must not",
        ),
    ],
)
async def test_settings_that_cannot_be_used_end_with_a_sentence_and_no_traceback(tmp_path: Path, given: dict[str, str], said: str) -> None:
    ended = await finished("serve", home=tmp_path, **given)
    assert ended.status == 2
    assert said in ended.err
    assert "Traceback" not in ended.err


async def test_a_file_that_is_no_company_is_left_alone_and_named(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("notes")
    ended = await finished("sandbox", "--file", str(notes), home=tmp_path)
    assert (ended.status, notes.read_text()) == (2, "notes")
    assert "notes.txt is no company of this sandbox" in ended.err
    unwritable = await finished("sandbox", "--people", "30", "--request-log", "/nonexistent/log", home=tmp_path)
    assert unwritable.status == 2
    assert "Traceback" not in unwritable.err


async def test_settings_come_from_a_file_and_a_flag_outranks_them(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CREWGRAPH_TIME_ZONE=Mars/Olympus\nCREWGRAPH_WORKFORCE_URL=http://y\n")
    from_file = await finished("serve", home=tmp_path)
    assert "'Mars/Olympus' is no time zone" in from_file.err
    outranked = await finished("serve", "--time-zone", "Europe/London", home=tmp_path)
    assert "time zone" not in outranked.err
    assert "CREWGRAPH_CHECKINS_URL is not" in outranked.err


async def test_the_version_is_the_packages(tmp_path: Path) -> None:
    assert (await finished("--version", home=tmp_path)).out == f"crewgraph {version('crewgraph')}\n"


async def test_a_page_of_an_allowed_origin_may_ask_and_no_other(tmp_path: Path) -> None:
    allowed = {"CREWGRAPH_CORS_ORIGINS": '["https://app.example.com"]'}
    async with (
        running("serve", "--people", "30", home=tmp_path, **allowed) as address,
        httpx.AsyncClient(trust_env=False, timeout=LONG) as client,
    ):
        given = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
        answers = [
            await client.options(f"{address}/graphql", headers={"Origin": f"https://{host}", **given})
            for host in ("app.example.com", "evil.example")
        ]
    assert [answer.headers.get("access-control-allow-origin") for answer in answers] == ["https://app.example.com", None]


async def test_a_broken_mapping_file_is_refused_with_every_line_that_is_wrong_and_no_email(tmp_path: Path) -> None:
    """F36."""
    (tmp_path / "map.csv").write_text(
        "person_id,email\na,ann@example.com\na,bob@example.com\n,cy@example.com\nd,ann@example.com\ne,not-an-email\nf\n"
    )
    ended = await finished("serve", home=tmp_path, CREWGRAPH_IDENTITY_FILE="map.csv")
    assert ended.status == 2
    assert all(f"map.csv, line {line}: " in ended.err for line in (3, 4, 5, 6, 7))
    assert "@example.com" not in ended.err


async def test_schema_prints_the_sdl_and_checks_a_file_against_it(tmp_path: Path) -> None:
    printed = await finished("schema", home=tmp_path)
    assert (printed.status, printed.out) == (0, sdl(scopes=False))
    scoped = await finished("schema", "--scopes", home=tmp_path)
    assert (scoped.status, scoped.out) == (0, sdl())
    missing = await finished("schema", "--check", home=tmp_path)
    assert missing.status == 1
    (tmp_path / "schema.graphql").write_text(sdl().replace("type Person", "type Human"))
    stale = await finished("schema", "--check", home=tmp_path)
    assert stale.status == 1
    assert "-type Human" in stale.out
    assert "+type Person" in stale.out
    (tmp_path / "schema.graphql").write_text(sdl())
    assert (await finished("schema", "--check", home=tmp_path)).status == 0
    assert (await finished("schema", "--check", "--no-scopes", home=tmp_path)).status == 1


async def test_schema_says_what_a_server_with_these_settings_enforces(tmp_path: Path) -> None:
    (tmp_path / "keys.toml").touch()
    told_apart = {"CREWGRAPH_AUTH": "api-key", "CREWGRAPH_KEY_FILE": "keys.toml"}
    assert (await finished("schema", home=tmp_path, **told_apart)).out == sdl()
    assert (await finished("schema", "--no-scopes", home=tmp_path, **told_apart)).out == sdl(scopes=False)
    assert (await finished("schema", home=tmp_path, CREWGRAPH_GATEWAY_SECRET="long enough a secret")).out == sdl(scopes=False)
    broken = await finished("schema", home=tmp_path, CREWGRAPH_AUTH="jwt")
    assert (broken.status, broken.out) == (2, "")
    assert "CREWGRAPH_AUTH=jwt needs CREWGRAPH_JWT_ISSUER" in broken.err


async def test_the_sandbox_keeps_its_company_in_a_file_and_uses_it_again(tmp_path: Path) -> None:
    kept = tmp_path / "company.sqlite"
    for _ in range(2):
        async with (
            running("sandbox", "--people", "40", "--file", str(kept), "--today", str(TODAY), home=tmp_path, health="/") as address,
            httpx.AsyncClient(trust_env=False, timeout=LONG) as client,
        ):
            page = (await client.get(f"{address}/v2/companies/sandbox/assignments/current")).json()
            made = kept.stat().st_mtime_ns
            assert page["current_page"] == 0
    assert kept.stat().st_mtime_ns == made
