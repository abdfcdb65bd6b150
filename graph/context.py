"""What one request carries to its resolvers."""

from __future__ import annotations

from dataclasses import dataclass

from loaders.request import Loaders


@dataclass(frozen=True)
class Context:
    """The request's loaders, the id that its errors and log lines share, and the operation that the client named."""

    loaders: Loaders
    request_id: str
    operation: str | None = None
