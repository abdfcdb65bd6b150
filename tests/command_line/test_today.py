"""A company that is pinned to a day: it is that day everywhere, whatever the machine's calendar and the company's time zone say."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import httpx
import pytest
from typer.testing import CliRunner

import sandbox
from graph.cli import cli
from graph.embedded import company_file, embedded, pin
from graph.settings import Unusable, load
from graph.settings.embedded import stopped_clock
from loaders.known import Known
from sandbox import Options
from tests.forked import scratch_folder
from tests.graphs import TODAY, dialects
from tests.servers import command, finished, running
from tests.waiting import LONG
from upstreams.check_ins import CheckIns
from upstreams.clocks import utc_now
from upstreams.http import Http
from upstreams.workforce import Workforce

DAYS = (TODAY, date(2026, 12, 31), date(2027, 3, 28), date(2027, 10, 31), date(2028, 2, 29))
REAL = {"CREWGRAPH_CHECKINS_URL": "http://x", "CREWGRAPH_WORKFORCE_URL": "http://y", "CREWGRAPH_WORKFORCE_COMPANY": "c"}
QUESTION = """{
  people(first: 5, onLeave: false) { nodes { name overdueCheckIns(first: 3) { deadline } currentProjects { name } identity { decidedAt } } }
  assignments(first: 5, activeBetween: { days: 7 }) { nodes { startDay endDay person { name } } }
  changes { assignments(first: 5) { nodes { id updatedOn } } }
}"""


async def asked(address: str) -> Any:
    """The data of the question, without errors."""
    async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=LONG) as client:
        answer = (await client.post("/graphql", json={"query": QUESTION})).json()
    assert "errors" not in answer
    return answer["data"]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_pinned_day_is_today_in_every_time_zone(day: date) -> None:
    """Noon of the day in the company's zone is another day in UTC for the zones of the Pacific."""
    for zone in map(ZoneInfo, available_timezones()):
        assert stopped_clock(day, zone)().astimezone(zone).date() == day
    workforce, check_ins = (Http(one) for one in dialects())
    for name in ("UTC", "Etc/GMT+12", "Pacific/Kiritimati", "Europe/London", "Asia/Kathmandu"):
        rules = load(sandbox_today=str(day), time_zone=name).rules()
        assert Known(Workforce(workforce, "x"), CheckIns(check_ins), rules).today() == day
    assert pin(Options(), day).clock().date() == day


async def test_a_pinned_company_answers_the_same_in_every_server(tmp_path: Path) -> None:
    """One process, and two workers that are pinned by the setting in another folder, say the same."""
    flags, setting = ("serve", "--people", "40", "--today", str(TODAY)), {"CREWGRAPH_SANDBOX_TODAY": str(TODAY)}
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    async with (
        running(*flags, home=tmp_path / "one") as one,
        running("serve", "--people", "40", "--workers", "2", home=tmp_path / "two", **setting) as two,
    ):
        found = await asked(one)
        assert all([await asked(one) == found, await asked(two) == found, await asked(two) == found])
    assert {node["identity"]["decidedAt"] for node in found["people"]["nodes"]} == {f"{TODAY}T12:00:00+00:00"}
    assert all(node["startDay"] <= str(TODAY.replace(day=10)) and node["endDay"] >= str(TODAY) for node in found["assignments"]["nodes"])
    (file,) = (scratch_folder() / "crewgraph").glob(f"sandbox-*-40-1-{TODAY}.sqlite")
    assert file.stat().st_size > 0


@pytest.mark.parametrize("name", ["serve", "sandbox"])
async def test_the_start_says_which_day_it_is(tmp_path: Path, name: str) -> None:
    process = await command(name, "--people", "5", "--today", str(TODAY), "--port", "0", home=tmp_path)
    assert process.stderr is not None
    told = await process.stderr.readuntil(f"PINNED to {TODAY}: it is always noon of that day there.".encode())
    process.terminate()
    _, rest = await process.communicate()
    assert b"Traceback" not in told + rest


@pytest.mark.parametrize("name", ["serve", "sandbox"])
@pytest.mark.parametrize("given", ["tomorrow", "2026-02-30", "24.11.2026", "20261124", "1999-12-31", "1700000000", ""])
def test_a_bad_day_is_refused_in_one_sentence(name: str, given: str) -> None:
    ended = CliRunner().invoke(cli, [name, "--today", given])
    assert (ended.exit_code, ended.stderr) == (2, "crewgraph: --today: must be a day from 2000-01-01 to 2099-12-31, such as 2026-11-24.\n")


@pytest.mark.parametrize("given", ["tomorrow", "2026-02-30", "1700000000", 1700000000, "2026-11-24T00:00:00"])
def test_a_bad_setting_is_refused_in_one_sentence(given: object) -> None:
    with pytest.raises(Unusable) as refused:
        load(sandbox_today=given)
    assert refused.value.problems == ["CREWGRAPH_SANDBOX_TODAY: must be a day from 2000-01-01 to 2099-12-31, such as 2026-11-24."]


async def test_nothing_is_pinned_over_real_upstreams(tmp_path: Path) -> None:
    """The flag is refused; the setting is of the sandbox, and is left alone like its others."""
    ended = await finished("serve", "--today", str(TODAY), home=tmp_path, **REAL)
    assert ended.status == 2
    assert "--today is for the sandbox: unset CREWGRAPH_CHECKINS_URL and CREWGRAPH_WORKFORCE_URL" in ended.err
    real = {name.removeprefix("CREWGRAPH_").lower(): value for name, value in REAL.items()}
    assert load(sandbox_today=str(TODAY), **real).rules().clock is load().rules().clock is utc_now


def test_each_pinned_day_has_a_company_file_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Built as of its day, so that its bytes are the same on every machine and on every day."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    files = [company_file(None, 5, 1, day) for day in DAYS[:2]]
    assert len({file.read_bytes() for file in files}) == 2
    sandbox.build(tmp_path / "again.sqlite", people=5, today=TODAY)
    assert files[0].read_bytes() == (tmp_path / "again.sqlite").read_bytes()
    settings = load(sandbox_people=5, sandbox_today=str(TODAY))
    assert embedded(settings, 0).check_ins.base_url != embedded(load(sandbox_people=5, sandbox_today=str(DAYS[1])), 0).check_ins.base_url
