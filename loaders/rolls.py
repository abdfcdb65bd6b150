"""The optional directories as keys: who is on them, and which names and emails are one person's only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from loaders.directory import grouped
from loaders.names import folded
from upstreams.check_ins import CheckIns
from upstreams.people import People, Users
from upstreams.values import bare
from upstreams.workforce import Workforce


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
        alone = found is not None and self.holders(found.email) == {own_id}
        return found.email if found is not None and alone and self.complete else None

    def bearers(self, name: str | None) -> frozenset[str]:
        """The ids of everybody of this name."""
        return frozenset(one.id for one in self.named.get(folded(name), ()))

    def holders(self, email: str | None) -> frozenset[str]:
        """The ids of everybody with this email."""
        return frozenset(one.id for one in self.by_email.get(folded(email), ()))


@dataclass(frozen=True)
class Rolls:
    """Both directories, None where one is turned off or, if only what is remembered was looked at, was not read lately."""

    people: Roll | None = None
    users: Roll | None = None

    @property
    def complete(self) -> bool:
        """Whether nobody is missing from them."""
        return all(one.complete for one in (self.people, self.users) if one is not None)


def enrolled(people: Iterable[Enrolled], complete: bool) -> Roll:
    """The directory of these people."""
    found = list(people)
    return Roll(
        {one.id: one for one in found},
        grouped(found, lambda one: folded(one.email)),
        grouped(found, lambda one: folded(one.name)),
        complete,
    )


async def people(workforce: Workforce) -> Roll:
    """Workforce's list of people, read now."""
    found = await People(workforce.calls, workforce.company).roll()
    return enrolled([Enrolled(one.person_id, one.name, one.email) for one in found.items], found.complete)


async def users(check_ins: CheckIns) -> Roll:
    """Check-ins' list of users, read now."""
    found = await Users(check_ins.calls).roll()
    return enrolled([Enrolled(bare(one.api_id), one.name, one.email) for one in found.items], found.complete)
