"""The default company of 300 people, and companies made by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox import Draft, build
from tests.graphs import TODAY, Graph, graph


@pytest.fixture(scope="package")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default company."""
    path = tmp_path_factory.mktemp("company") / "300.sqlite"
    build(path, people=300, seed=1, today=TODAY)
    return path


@pytest.fixture
async def whole(company: Path) -> AsyncIterator[Graph]:
    """The graph over it, with nothing cached."""
    async with graph(company) as one:
        yield one


@pytest.fixture
def draft() -> Draft:
    """A company to be made by hand."""
    return Draft()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where it is saved."""
    return tmp_path / "small.sqlite"
