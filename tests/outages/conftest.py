"""A look at all that was logged."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.outages.halves import LEAKS


@pytest.fixture(autouse=True)
def tight(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever went wrong, no log line shows credentials, addresses, people, or what an upstream said."""
    caplog.set_level(logging.INFO)
    yield
    assert [line for line in caplog.text.splitlines() if LEAKS.search(line.partition(" ")[2])] == []
