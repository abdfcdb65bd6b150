"""No test is timed: a busy machine makes examples slow, not wrong."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

from graph.execution.planning import Planning

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

match os.environ.get("COMPILED_EXECUTION"):
    case "never" | "always" as when:  # of the whole suite; without it plans are made where they are worth it
        Planning.when = when
    case _:
        pass
