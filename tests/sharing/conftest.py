"""How often something remembered is shown depends on when plans are made; what is shown does not."""

from __future__ import annotations

from graph.execution.planning import Planning

collect_ignore = [] if Planning.when == "worth" else ["test_portions.py"]
