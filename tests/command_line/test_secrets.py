"""Secrets and `.env` as Docker, Kubernetes and editors give them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from graph.settings import PREFIX, Settings, Unusable, load
from graph.settings.sources import is_secret
from tests.servers import finished

SECRETS = [name for name, field in Settings.model_fields.items() if is_secret(field)]
GOOD = {"redis_url": "redis://127.0.0.1:6379/0", "upstream_proxy": "http://proxy:3128", "jwt_keys_proxy": "http://proxy:3128"}
BESIDE = {"checkins_key": {"checkins_user": "u"}, "workforce_key": {"workforce_user": "u"}}


def value(name: str) -> str:
    """A secret that is good for a setting."""
    return GOOD.get(name, "a-secret-that-is-long-enough")


def revealed(name: str, **given: Any) -> str:
    """What a setting holds when it has been loaded."""
    found = getattr(load(**given, **BESIDE.get(name, {})), name)
    assert isinstance(found, SecretStr)
    return found.get_secret_value()


def test_all_secrets_are_known() -> None:
    assert {"checkins_key", "checkins_token", "workforce_key", "workforce_token", "gateway_secret", "metrics_token", "redis_url"} <= {
        *SECRETS
    }


@pytest.mark.parametrize("name", SECRETS)
def test_blanks_around_a_secret_are_no_part_of_it(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A secret of Kubernetes or Docker often ends with the newline of the file that it was made from."""
    monkeypatch.setenv(f"{PREFIX}{name.upper()}", f"{value(name)}\n")
    assert revealed(name) == value(name)


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_read_from_the_file_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (tmp_path / "secret").write_text(f"\ufeff{value(name)}\n", encoding="utf-8")
    monkeypatch.setenv(f"{PREFIX}{name.upper()}_FILE", str(tmp_path / "secret"))
    assert revealed(name) == value(name)


def test_a_file_of_a_secret_may_be_named_in_the_file_of_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret").write_text(value("gateway_secret"))
    (tmp_path / ".env").write_text("CREWGRAPH_GATEWAY_SECRET_FILE=secret\n")
    assert revealed("gateway_secret") == value("gateway_secret")


@pytest.mark.parametrize(
    ("content", "also", "said"),
    [
        (None, {}, "CREWGRAPH_GATEWAY_SECRET_FILE: secret cannot be read as UTF-8 text."),
        (b" \n", {}, "CREWGRAPH_GATEWAY_SECRET_FILE: secret is empty."),
        (b"\xff\xfe\x00", {}, "CREWGRAPH_GATEWAY_SECRET_FILE: secret cannot be read as UTF-8 text."),
        (
            b"hush hush hush hush",
            {"CREWGRAPH_GATEWAY_SECRET": "x" * 20},
            "CREWGRAPH_GATEWAY_SECRET_FILE and CREWGRAPH_GATEWAY_SECRET are both set",
        ),
    ],
    ids=["missing", "empty", "no text", "both"],
)
async def test_a_secret_that_cannot_be_read_ends_with_a_sentence(
    tmp_path: Path, content: bytes | None, also: dict[str, str], said: str
) -> None:
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    ended = await finished("serve", "--port", "0", home=tmp_path, CREWGRAPH_GATEWAY_SECRET_FILE="secret", **also)
    assert (ended.status, "Traceback" in ended.err, "hush" in ended.err) == (2, False, False)
    assert said in ended.err


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("'p${HOME}w'", "p${HOME}w"),
        ("'p$HOME # w'", "p$HOME # w"),
        ('"p${TAIL}w"', "ptailw"),
        ("p${TAIL}w", "ptailw"),
    ],
)
@pytest.mark.parametrize("begin", ["", "export ", "\ufeff"], ids=["plain", "export", "byte order mark"])
def test_single_quotes_in_the_file_of_settings_are_literal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begin: str, line: str, read: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TAIL", "tail")
    (tmp_path / ".env").write_text(f"{begin}CREWGRAPH_METRICS_TOKEN={line}\nCREWGRAPH_TIME_ZONE=Europe/London\n", encoding="utf-8")
    assert revealed("metrics_token") == read
    assert load().time_zone == "Europe/London"


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
async def test_a_file_of_settings_in_another_encoding_is_a_sentence(tmp_path: Path, encoding: str) -> None:
    (tmp_path / ".env").write_text("CREWGRAPH_METRICS_TOKEN=p\u00e4ss\n", encoding=encoding)
    ended = await finished("serve", "--port", "0", home=tmp_path)
    assert (ended.status, "Traceback" in ended.err) == (2, False)
    assert ".env must be UTF-8 text; save it in that encoding." in ended.err


def test_what_is_wrong_is_told_without_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREWGRAPH_REDIS_URL", "hush://hush:hush@nowhere\n")
    with pytest.raises(Unusable) as refused:
        load()
    assert "hush" not in str(refused.value)
