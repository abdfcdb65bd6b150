"""A caller, and what one operation of theirs was allowed, refused and shown."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from graph.access.scopes import ALL_CHECK_INS, EMAILS, SCOPES, Needs, met
from loaders.reach import Forbidden, Reach

View = tuple[frozenset[str], str | None]
"""What callers are shown follows from: scopes, and an email where it matters."""


@dataclass(frozen=True)
class Caller:
    """Somebody who asks: the subject of a token or the name of a key, how that is known, and what they may see.

    `email` is the one that their own check-ins have; it is compared exactly.
    """

    name: str
    auth: str
    scopes: frozenset[str]
    email: str | None = None

    def __post_init__(self) -> None:
        """Raises TypeError for scopes that could not be part of a cache's key: some operators of sets give types that mypy does not see."""
        if not isinstance(self.scopes, frozenset):
            raise TypeError(f"scopes must be a frozenset, not a {type(self.scopes).__name__}")

    @property
    def payer(self) -> str | None:
        """Who pays for what they ask, where callers are told apart."""
        return None if self.auth == "none" else f"{self.auth}:{self.name}"

    @cached_property
    def view(self) -> View:
        """What they are shown follows from: their scopes and, unless these open everybody's check-ins and emails, their own email."""
        everybodys = met(ALL_CHECK_INS, self.scopes) is not None and met(EMAILS, self.scopes) is not None
        return self.scopes, None if everybodys else self.email


ANYBODY = Caller("anybody", "none", frozenset(SCOPES))
"""Whoever asks where callers are not told apart."""


@dataclass
class Rights:
    """One operation's rights. It notes what they were used for, for the audit: `shown` are ids by type, `operation` is its name.

    `emails` are those that it was asked by: their own take callers no scope.
    """

    caller: Caller = ANYBODY
    used: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    shown: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    operation: str | None = None
    emails: set[str] = field(default_factory=set)

    def need(self, needs: Needs) -> None:
        """Raises Forbidden unless the caller has all scopes of one of these lists."""
        if (found := met(needs, self.caller.scopes)) is None:
            self.refused.update(*needs)
            raise Forbidden(needs)
        self.used.update(found)

    def address(self, email: str) -> None:
        """Raises Forbidden unless the caller may ask by this email: their own is no secret to them."""
        self.emails.add(email)
        if email != self.caller.email:
            self.need(EMAILS)

    def show(self, type_name: str, own_id: str) -> bool:
        """Note that an entity is in the answer."""
        self.shown[type_name].add(own_id)
        return True

    @property
    def reach(self) -> Reach | None:
        """Whose check-ins the caller may see; None for everybody's."""
        return None if met(ALL_CHECK_INS, self.caller.scopes) else Reach(self.caller.email if self.team else None)

    @property
    def team(self) -> bool:
        """Whether the caller may see their own and their team's check-ins."""
        return "checkins:team" in self.caller.scopes
