"""How the app is operated: how much it does at once, for whom, who may read its metrics, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from graph.operating.drain import Drain
from graph.operating.tracing import Tracer, Untraced


@dataclass(frozen=True)
class Operating:
    """`most` operations run at once in a process, others wait up to `patience` seconds; `quota` is points a minute and client, 0 for any.

    `metrics` are for everybody, for nobody, or for whoever has the token or asks from this machine.
    """

    most: int = 64
    patience: float = 0.5
    quota: int = 0
    metrics: Literal["off", "guarded", "open"] = "guarded"
    metrics_token: str | None = field(default=None, repr=False)
    drain: Drain = field(default_factory=Drain)
    tracer: Callable[[], Tracer] = Untraced
