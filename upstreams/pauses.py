"""The pause that an answer asks for, in either of the headers that know one (faults.md F1, F2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from upstreams.clocks import utc_now
from upstreams.values import http_date, pause, reset


def wanted(headers: Mapping[str, str], *, limited: bool, clock: Callable[[], datetime] = utc_now) -> float | None:
    """Seconds to wait; None where nothing is said, or nothing that can be believed.

    The end of a rate limit counts only for who is `limited`: Procore tells it with every answer [V]. Dates are measured against the
    upstream's own clock, its Date header, where it shows it (faults.md F20).
    """

    def now() -> datetime:
        return http_date(headers.get("date")) or clock()

    found = pause(headers.get("retry-after"), now=now)
    if found is not None or not limited:
        return found
    return reset(headers.get("x-rate-limit-reset") or headers.get("x-ratelimit-reset"), now=now)
