"""What a test needs and a machine may lack: a reason to skip, but never where everything is required, as in CI."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def optional(reason: str) -> NoReturn:
    """Skip, or fail where CREWGRAPH_REQUIRE is set."""
    if os.environ.get("CREWGRAPH_REQUIRE"):
        pytest.fail(f"required here: {reason}")
    pytest.skip(reason)
