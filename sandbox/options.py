"""How a sandbox is served."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from sandbox.clocks import utc_now
from sandbox.faults.plan import Plan

Match = Literal["exact", "substring"]


@dataclass(frozen=True, slots=True)
class Options:
    """How a sandbox is served; credentials are checked only where one is set, and `clock` decides which day today is (in its own zone).

    `directories` opens the two lists of people that the documents do not have. `faults` is a plan of what goes wrong, by the seconds that
    `stopwatch` shows since the app was made; dates in headers are by `wall`, as clients' own clocks are.
    """

    company: str = "sandbox"
    latency_ms: float = 0
    request_log: Path | None = None
    checkins_user: str | None = None
    checkins_key: str | None = field(default=None, repr=False)
    workforce_user: str | None = None
    workforce_key: str | None = field(default=None, repr=False)
    workforce_token: str | None = field(default=None, repr=False)
    name_match: Match = "exact"
    email_match: Match = "exact"
    ignore_case: bool = False
    directories: bool = False
    clock: Callable[[], datetime] = utc_now
    faults: Plan | None = None
    stopwatch: Callable[[], float] = time.monotonic
    wall: Callable[[], datetime] = utc_now


DEFAULTS = Options()
