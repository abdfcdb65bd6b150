"""Rehearsals as a user runs them: a plan in a file, and a process."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox import BrokenPlan
from sandbox.faults.plan import parse
from tests.graphs import TODAY, codes
from tests.servers import command, finished, reserved, running
from tests.waiting import LONG

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
KINDS = set(
    re.findall(
        r"`([a-z-]+)`", "".join(re.findall(r"^\| (`[^|]*`) \|", README.partition("| `kind` |")[2].partition("\n\n")[0], re.MULTILINE))
    )
)
WALK = '{ project(number: "HB-1000") { people { name checkIns(first: 1) { totalCount } } } }'


def example() -> str:
    """The plan in the README."""
    (found,) = re.findall(r"^```toml\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    return str(found)


async def ask(address: str) -> dict[str, Any]:
    """The whole answer to the walk."""
    async with httpx.AsyncClient(trust_env=False, timeout=LONG) as client:
        found: dict[str, Any] = (await client.post(f"{address}/graphql", json={"query": WALK})).json()
        return found


async def test_the_plan_of_the_readme_costs_its_check_ins_alone_once_its_time_has_come(tmp_path: Path) -> None:
    (tmp_path / "later.toml").write_text(example().replace("from = 20", "from = 2000").replace("until = 80", "until = 2060"))
    (tmp_path / "now.toml").write_text(example().replace("from = 20", "from = 0").replace("until = 80", "until = 2000"))
    async with running("serve", "--people", "60", "--rehearse", "later.toml", home=tmp_path) as address:
        whole = await ask(address)
    async with running("serve", "--people", "60", "--rehearse", "now.toml", home=tmp_path) as address:
        lost = await ask(address)
    assert "errors" not in whole
    people = whole["data"]["project"]["people"]
    assert [person["name"] for person in lost["data"]["project"]["people"]] == [person["name"] for person in people]
    assert {person["checkIns"] for person in lost["data"]["project"]["people"]} == {None}
    assert {code for code, _ in codes(lost)} <= {"UPSTREAM_UNAVAILABLE"}


async def test_the_welcome_says_what_will_go_wrong_and_when(tmp_path: Path) -> None:
    (tmp_path / "outage.toml").write_text(example())
    with reserved() as port:
        process = await command("serve", "--people", "30", "--rehearse", "outage.toml", "--port", str(port), home=tmp_path)
        assert process.stderr is not None
        told = await process.stderr.readuntil(b"Application startup complete")
        process.terminate()
        await process.communicate()
    assert "REHEARSAL: the sandbox misbehaves, in seconds from now." in told.decode()
    assert "check-ins: status code=503 retry_after=5, from second 20 until second 80, all calls" in told.decode()


async def test_the_sandbox_rehearses_too_and_counts_its_faults(tmp_path: Path) -> None:
    (tmp_path / "outage.toml").write_text(example().replace("from = 20", "from = 0"))
    rehearse = ("sandbox", "--people", "30", "--today", str(TODAY), "--rehearse", "outage.toml")
    async with (
        running(*rehearse, home=tmp_path, health="/") as address,
        httpx.AsyncClient(base_url=address, trust_env=False, timeout=LONG) as client,
    ):
        answer = await client.get("/api/v2/checkins/")
        counted = (await client.get("/sandbox/faults")).json()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert counted["asked"] == {"checkins": 1}
    assert counted["injected"]["status"] == 1


async def test_nothing_is_rehearsed_with_real_upstreams(tmp_path: Path) -> None:
    (tmp_path / "outage.toml").write_text(example())
    given = {"CREWGRAPH_CHECKINS_URL": "http://x", "CREWGRAPH_WORKFORCE_URL": "http://y", "CREWGRAPH_WORKFORCE_COMPANY": "c"}
    ended = await finished("serve", "--rehearse", "outage.toml", home=tmp_path, **given)
    assert ended.status == 2
    assert "--rehearse is for the sandbox: unset CREWGRAPH_CHECKINS_URL and CREWGRAPH_WORKFORCE_URL" in ended.err


@pytest.mark.parametrize("name", ["serve", "sandbox"])
async def test_a_plan_that_is_none_ends_with_a_sentence_and_no_traceback(tmp_path: Path, name: str) -> None:
    (tmp_path / "outage.toml").write_text('[[fault]]\nkind = "flood"\n')
    ended = await finished(name, "--rehearse", "outage.toml", home=tmp_path)
    assert ended.status == 2
    assert "crewgraph: outage.toml, line 1, fault 1: `kind` must be one of 'status'" in ended.err
    missing = await finished(name, "--rehearse", "missing.toml", home=tmp_path)
    assert (missing.status, missing.err) == (2, "crewgraph: missing.toml: No such file or directory.\n")
    assert "Traceback" not in ended.err + missing.err


def test_the_readme_names_every_kind_of_fault() -> None:
    with pytest.raises(BrokenPlan, match="must be one of") as caught:
        parse('[[fault]]\nkind = "flood"\n', "x")
    assert set(re.findall(r"'([a-z-]+)'", str(caught.value))) == KINDS
