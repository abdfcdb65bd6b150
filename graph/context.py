"""What one request carries to its resolvers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from graph.access.rights import Rights
from graph.portions import Portions
from graph.weights.bounds import Bounds, Weighing
from graph.weights.free import Free
from loaders.request import Loaders


def free(_points: int) -> None:
    """Nobody pays."""


@dataclass(frozen=True)
class Context:
    """The request's loaders, the id that its errors and log lines share, the operation that the client named, and the caller's rights.

    `documents` says what its document may be, `weighing` holds what its operation was found to weigh, and `pay` has the caller pay
    for it in points. `portions` are remembered of other operations' answers; with any, values are JSON that is written already; `free`
    knows of those that made no call. `scoped` says whether the server tells callers apart, and its SDL which scopes fields need.
    """

    loaders: Loaders
    request_id: str
    operation: str | None = None
    rights: Rights = field(default_factory=Rights)
    documents: Bounds = field(default_factory=Bounds)
    weighing: Weighing = field(default_factory=Weighing)
    pay: Callable[[int], None] = free
    portions: Portions = field(default_factory=Portions)
    free: Free = field(default_factory=Free)
    scoped: bool = False
