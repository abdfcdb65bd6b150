"""What one request carries to its resolvers."""

from __future__ import annotations

from dataclasses import dataclass, field

from graph.access.rights import Rights
from loaders.request import Loaders


@dataclass(frozen=True)
class Context:
    """The request's loaders, the id that its errors and log lines share, the operation that the client named, and the caller's rights."""

    loaders: Loaders
    request_id: str
    operation: str | None = None
    rights: Rights = field(default_factory=Rights)
