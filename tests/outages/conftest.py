"""A company, built once for the tests of this folder, and a look at all that was logged."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import build
from tests.graphs import TODAY
from tests.outages.halves import LEAKS


@pytest.fixture(scope="package")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company of 60 people."""
    database = tmp_path_factory.mktemp("faults") / "60.sqlite"
    build(database, people=60, today=TODAY)
    return database


@pytest.fixture(autouse=True)
def tight(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever went wrong, no log line shows credentials, addresses, people, or what an upstream said."""
    caplog.set_level(logging.INFO)
    yield
    assert [line for line in caplog.text.splitlines() if LEAKS.search(line.partition(" ")[2])] == []
