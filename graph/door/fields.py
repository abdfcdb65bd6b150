"""A request's header fields, put in order once instead of being looked through for each."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Receive, Scope


class Fields(Headers):
    """Header fields, each found by one look; of one that was sent twice the first is found, as by Starlette's own.

    Names come in lower case, as ASGI has them.
    """

    def __init__(self, raw: list[tuple[bytes, bytes]]) -> None:
        super().__init__(raw=raw)
        self.first = dict(reversed(raw))

    def __getitem__(self, key: str) -> str:
        """The value. Raises KeyError."""
        return self.first[key.lower().encode("latin-1")].decode("latin-1")

    def __contains__(self, key: object) -> bool:
        """Whether there is such a field."""
        return isinstance(key, str) and key.lower().encode("latin-1") in self.first

    def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override] # any default, in a mapping
        """The value, or the default where there is none."""
        found = self.first.get(key.lower().encode("latin-1"))
        return default if found is None else found.decode("latin-1")


class Headed(Request):
    """A request with such fields."""

    headers: Headers = Headers()
    """Its fields: an attribute where Starlette has a property."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        super().__init__(scope, receive)
        self.headers = Fields(list(scope["headers"]))
