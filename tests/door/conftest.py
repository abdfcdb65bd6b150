"""A company to knock at the door of."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox import build
from tests.graphs import TODAY
from tests.node import Node, installed


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company of 20 people."""
    database = tmp_path_factory.mktemp("company") / "20.sqlite"
    build(database, people=20, today=TODAY)
    return database


@pytest.fixture(scope="session")
def node() -> Node:
    """Node with the packages; skips without."""
    return installed()
