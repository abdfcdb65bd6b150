"""The small company of `tests.sharing.firms`, whose ids, names and emails `tests.fuzz.words` knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sharing.firms import firm


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight people with namesakes and twins, and their check-ins."""
    firm(path := tmp_path_factory.mktemp("company") / "firm.sqlite")
    return path
