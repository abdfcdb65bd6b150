"""The line that is logged of each operation, without what makes the making of log records slow."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from graph.operating.visits import TOLD

log = logging.getLogger("crewgraph.operations")


class Lines:
    """Records that are alike but for their time and for what they tell; whence they are told is of no interest."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.first = vars(log.makeRecord(log.name, logging.INFO, "", 0, "operation", (), None))

    def tell(self, told: Mapping[str, Any]) -> None:
        """Log what is told of an operation."""
        now = self.clock()
        since = (now - self.first["created"]) * 1000
        record = object.__new__(logging.LogRecord)
        times = {"created": now, "msecs": now % 1 * 1000 // 1, "relativeCreated": self.first["relativeCreated"] + since}
        record.__dict__ = {**self.first, **times, TOLD: told}
        log.handle(record)
