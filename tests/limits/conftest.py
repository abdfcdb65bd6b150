"""A company to ask about."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.graphs import Graph, graph


@pytest.fixture
async def served(company: Path) -> AsyncIterator[Graph]:
    """The graph over it, with the limits that it has by default."""
    async with graph(company) as one:
        yield one
