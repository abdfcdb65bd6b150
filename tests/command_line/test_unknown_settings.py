"""Misspelt settings: each is named once, with the setting that was probably meant, and never with its value."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graph.settings import Settings
from graph.settings.unknown import find_unknown_settings
from tests.servers import command, finished


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of its own, for an own `.env`."""
    monkeypatch.chdir(tmp_path)


def unknown(monkeypatch: pytest.MonkeyPatch, **given: str) -> list[str]:
    """What is said of these variables."""
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return find_unknown_settings(Settings)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("CREWGRAPH_TIMEZONE", "CREWGRAPH_TIME_ZONE"),
        ("CREWGRAPH_CORS_ORIGIN", "CREWGRAPH_CORS_ORIGINS"),
        ("CREWGRAPH_REDIS", "CREWGRAPH_REDIS_URL"),
        ("CREWGRAPH_MAX_DEPTH", "CREWGRAPH_MOST_DEPTH"),
    ],
)
def test_a_misspelt_setting_is_named_with_the_nearest_one(monkeypatch: pytest.MonkeyPatch, given: str, meant: str) -> None:
    assert unknown(monkeypatch, **{given: "s3cret"}) == [f"{given} is no setting, and is ignored; did you mean {meant}?"]


def test_a_name_that_is_like_none_is_named_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    assert unknown(monkeypatch, CREWGRAPH_DEBUG="1") == ["CREWGRAPH_DEBUG is no setting, and is ignored."]


def test_the_file_is_looked_through_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CREWGRAPH_TIMEZONE=UTC\nCREWGRAPH_WORKERS=2\nOTHER=1\nCREWGRAPH_CHECKINS_KEYs3cret\n")
    assert unknown(monkeypatch) == ["CREWGRAPH_TIMEZONE in .env is no setting, and is ignored; did you mean CREWGRAPH_TIME_ZONE?"]


def test_what_is_a_setting_or_somebody_elses_is_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {
        "CREWGRAPH_TIME_ZONE": "UTC",
        "crewgraph_workers": "2",
        "Crewgraph_Log_Level": "info",
        "CREWGRAPH_CHECKINS_KEY_FILE": "/key",
    }
    development = {
        "CREWGRAPH_GRAPHIQL": "skip",
        "CREWGRAPH_REQUIRE": "1",
        "CREWGRAPH_ARTIFACTS": "/tmp",
        "CREWGRAPHS": "1",
        "TIMEZONE": "UTC",
    }
    assert unknown(monkeypatch, **settings, **development) == []


def test_what_kubernetes_adds_for_a_service_of_our_name_is_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    added = ("SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_HTTP", "PORT", "PORT_8000_TCP", "PORT_8000_TCP_ADDR")
    assert unknown(monkeypatch, CREWGRAPH_PORT="9000") == ["CREWGRAPH_PORT is no setting, and is ignored."]
    names = [f"{service}_{name}" for service in ("CREWGRAPH", "CREWGRAPH_API") for name in added]
    assert unknown(monkeypatch, **dict.fromkeys(names, "tcp://10.0.0.1:8000")) == []


async def test_two_workers_warn_once(tmp_path: Path) -> None:
    process = await command("serve", "--people", "30", "--workers", "2", "--port", "0", home=tmp_path, CREWGRAPH_TIMEZONE="s3cret")
    read = bytearray()
    assert process.stderr is not None
    while read.count(b"startup complete") < 2 and (line := await process.stderr.readline()):
        read += line
    process.terminate()
    read += (await process.communicate())[1]
    lines = [json.loads(line) for line in read.decode().splitlines()]
    warnings = [line for line in lines if "CREWGRAPH_TIMEZONE" in str(line)]
    assert [(line["level"], line["logger"]) for line in warnings] == [("warning", "crewgraph.settings")]
    assert "s3cret" not in read.decode()


@pytest.mark.parametrize("arguments", [("explain", "{ checkIns(first: 1) { totalCount } }"), ("people", "match", "--people", "30")])
async def test_other_commands_warn_on_standard_error(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ended = await finished(*arguments, home=tmp_path, CREWGRAPH_TIMEZONE="s3cret")
    assert ended.status == 0
    assert ended.err.startswith("crewgraph: CREWGRAPH_TIMEZONE is no setting, and is ignored; did you mean CREWGRAPH_TIME_ZONE?\n")
    assert "s3cret" not in ended.err + ended.out
