"""The optional directories as keys: who is on them, and which names and emails are one person's only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from loaders.directory import grouped
from loaders.names import folded


@dataclass(frozen=True)
class Enrolled:
    """Somebody on a directory: a workforce person id or a bare check-ins id, with name and email."""

    id: str
    name: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class Roll:
    """A directory by id, by folded email and by folded name; without `complete` nothing on it is known to be unique."""

    by_id: Mapping[str, Enrolled]
    by_email: Mapping[str, tuple[Enrolled, ...]]
    named: Mapping[str, tuple[Enrolled, ...]]
    complete: bool

    def email(self, own_id: str) -> str | None:
        """The email that is this person's alone."""
        found = self.by_id.get(own_id)
        alone = found is not None and len(self.by_email.get(folded(found.email), ())) == 1
        return found.email if found is not None and alone and self.complete else None


def enrolled(people: Iterable[Enrolled], complete: bool) -> Roll:
    """The directory of these people."""
    found = list(people)
    return Roll(
        {one.id: one for one in found},
        grouped(found, lambda one: folded(one.email)),
        grouped(found, lambda one: folded(one.name)),
        complete,
    )
