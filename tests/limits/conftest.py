"""A company to ask about."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox import build
from tests.graphs import TODAY, Graph, graph


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company of 60 people."""
    database = tmp_path_factory.mktemp("company") / "60.sqlite"
    build(database, people=60, today=TODAY)
    return database


@pytest.fixture
async def served(company: Path) -> AsyncIterator[Graph]:
    """The graph over it, with the limits that it has by default."""
    async with graph(company) as one:
        yield one
