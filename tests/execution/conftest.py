"""Where the whole suite runs without plans there is nothing to compare."""

from __future__ import annotations

from graph.execution.planning import Planning

collect_ignore_glob = ["test_*.py"] if Planning.when == "never" else []
