"""A generated company, built once."""

from pathlib import Path

import pytest

import sandbox
from tests.sandbox.serving import TODAY


@pytest.fixture(scope="package")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated company of the default size, as of TODAY."""
    path = tmp_path_factory.mktemp("sandbox") / "company.db"
    sandbox.build(path, today=TODAY)
    return path
