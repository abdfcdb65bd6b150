"""What one app has for as long as it lives."""

from __future__ import annotations

from dataclasses import dataclass

from graph.access.guard import Access
from graph.answers import Answers
from graph.door.documents import Documents
from graph.limits import Limits
from graph.operating.watch import Watch
from graph.portions import Portions
from graph.weights.free import Free
from loaders.known import Known


@dataclass(frozen=True)
class Service:
    """What is known of the upstreams, what an operation may cost, who watches and who is let in; known documents, answers and portions."""

    known: Known
    limits: Limits
    watch: Watch
    access: Access
    documents: Documents
    answers: Answers
    portions: Portions
    free: Free
