"""What one operation may cost and show, and what the process remembers where."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from graph.answers import Answers
from graph.door.policy import Door
from graph.weights.bounds import Bounds
from loaders.stores import MemoryStore, Store
from upstreams.cache import Cache
from upstreams.engine import Engine

OPEN = Door()
"""The door as it is unless settings say otherwise."""


def none() -> None:
    """No engine."""


@dataclass(frozen=True)
class Limits:
    """`calls` is how many upstream calls an operation may make, `trace` whether a client may ask for `extensions.trace`,
    `documents` what the document of one may be, `compiled` whether plans are made for it.

    `deadline` is how many seconds it may take, as long as it likes unless that is said.

    `cache`, `engine` and `store` make, when the app starts, the memory of answers, the one that servers share, and the one of links;
    `answers` makes the memory of whole answers to clients, which remembers none unless that is said.
    `portions` is how many bytes of parts of answers are remembered.
    `door` is what a request may bring, and which documents it may run.
    """

    calls: int = 500
    trace: bool = True
    cache: Callable[[], Cache] = Cache
    engine: Callable[[], Engine | None] = none
    store: Callable[[], Store] = MemoryStore
    answers: Callable[[], Answers] = Answers
    portions: int = 64_000_000
    deadline: float = math.inf
    door: Door = OPEN
    documents: Bounds = field(default_factory=Bounds)
    compiled: bool = True
