"""No test is timed: a busy machine makes examples slow, not wrong. Most folders ask about one small company."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from graph.execution.planning import Planning
from sandbox import build
from tests.graphs import TODAY

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

match os.environ.get("COMPILED_EXECUTION"):
    case "never" | "always" as when:  # of the whole suite; without it plans are made where they are worth it
        Planning.when = when
    case _:
        pass


def pytest_xdist_auto_num_workers() -> int:
    """Twice as many processes as cores: many tests wait, for servers, browsers and deadlines."""
    return 2 * (os.cpu_count() or 1)


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty people on TODAY; who needs others has a fixture of this name nearer by."""
    path = tmp_path_factory.mktemp("company") / "60.sqlite"
    build(path, people=60, today=TODAY)
    return path
