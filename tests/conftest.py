"""No test is timed: a busy machine makes examples slow, not wrong. Most folders ask about one small company."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from sandbox import build
from tests.graphs import TODAY

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty people on TODAY; who needs others has a fixture of this name nearer by."""
    path = tmp_path_factory.mktemp("company") / "60.sqlite"
    build(path, people=60, today=TODAY)
    return path
