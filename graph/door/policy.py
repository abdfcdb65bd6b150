"""What the front door lets in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Trusted:
    """The documents of a manifest: their texts by id, and the texts by themselves."""

    by_id: Mapping[str, str] = field(default_factory=dict)
    texts: frozenset[str] = frozenset()

    def text(self, id: str | None, query: str | None) -> str | None:  # noqa: A002 - the word of the protocol
        """The listed text that a request means; one that is sent as text is listed as it is, but for blanks around it."""
        if query is not None:
            return query if query.strip() in self.texts else None
        return self.by_id.get(id) if id is not None else None


@dataclass(frozen=True)
class Door:
    """Bytes, seconds and documents: what a request may bring, for how long it may take, and what it may run.

    `body_seconds` is for the whole of a body and `idle_seconds` for each pause in it; `hsts` are the seconds of
    Strict-Transport-Security, 0 for none. `persisted` documents are learnt from clients; `trusted` ones are listed, and run alone
    unless `others` run too.
    """

    largest_body: int = 1_000_000
    body_seconds: float = 10.0
    idle_seconds: float = 5.0
    hsts: int = 0
    persisted: bool = True
    trusted: Trusted | None = None
    others: bool = False

    @property
    def listed_only(self) -> bool:
        """Whether nothing runs but what is listed."""
        return self.trusted is not None and not self.others
