"""Node, for a client that others wrote."""

from __future__ import annotations

import pytest

from tests.node import Node, installed


@pytest.fixture(scope="session")
def node() -> Node:
    """Node with the packages; skips without."""
    return installed()
