"""One small company for all."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox import build
from tests.graphs import TODAY


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty people."""
    path = tmp_path_factory.mktemp("company") / "60.sqlite"
    build(path, people=60, seed=1, today=TODAY)
    return path
