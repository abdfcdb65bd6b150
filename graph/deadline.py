"""How long a client's operation may take: as the settings say, or shorter, as the client says."""

from __future__ import annotations

import time
from collections.abc import Callable

from graph.http import Refusal
from upstreams.deadline import Deadline

HEADER = "x-crewgraph-deadline-ms"
"""Milliseconds. There is no standard one: RFC 7240's `Prefer: wait` knows whole seconds only, and bids servers ignore what is wrong."""


def asked(header: str | None, longest: float, gone: Callable[[], bool] = lambda: False) -> Deadline:
    """The deadline of an operation that begins now and may take `longest` seconds, which ends at once when its client has `gone`.

    Raises Refusal when the header is no whole number.
    """
    if header is None:
        return Deadline(time.monotonic() + longest, gone=gone)
    if not (header.isascii() and header.isdigit() and len(header) < 10 and int(header)):
        raise Refusal(400, "BAD_REQUEST", f"`{HEADER}` must be a whole number of milliseconds from 1 to 999999999.")
    return Deadline(time.monotonic() + min(int(header) / 1000, longest), gone=gone)
