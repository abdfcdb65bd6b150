"""What one request carries to its resolvers."""

from __future__ import annotations

from dataclasses import dataclass, field

from graph.weights.documents import Documents, Weighing
from loaders.request import Loaders


@dataclass(frozen=True)
class Context:
    """The request's loaders, the id that its errors and log lines share, and the operation that the client named.

    `documents` says what its document may be, `weighing` holds what its operation was found to weigh.
    """

    loaders: Loaders
    request_id: str
    operation: str | None = None
    documents: Documents = field(default_factory=Documents)
    weighing: Weighing = field(default_factory=Weighing)
