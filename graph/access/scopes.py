"""The scopes, and what the graph's fields need of them: one list of scopes out of several, as federation's `@requiresScopes` has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

SCOPES: Mapping[str, str] = {
    "assignments:read": "Who is booked on which project, and when.",
    "timeoff:read": "Who is away, and when.",
    "timeoff:reason": "Why somebody is away; the absences themselves take `timeoff:read`.",
    "checkins:read": "Everybody's check-ins and responses.",
    "checkins:team": "One's own check-ins and responses, and those of the people whose manager one is.",
    "identity:read": "How people of one upstream were found in the other.",
    "people:email": "Emails, and finding people and check-ins by an email or by a manager.",
    "people:properties": "What check-ins keeps about a person.",
}
"""Every scope with what it opens."""

Needs = tuple[tuple[str, ...], ...]
"""Lists of scopes, all of one of which are needed."""

BOOKINGS: Needs = (("assignments:read",),)
ABSENCES: Needs = (("timeoff:read",),)
CLASHES: Needs = (("assignments:read", "timeoff:read"),)
REASONS: Needs = (("timeoff:reason",),)
CHECK_INS: Needs = (("checkins:read",), ("checkins:team",))
ALL_CHECK_INS: Needs = (("checkins:read",),)
SUMMARIES: Needs = (("assignments:read", "checkins:read"),)
REPORTS: Needs = (("checkins:read", "people:email"),)
IDENTITIES: Needs = (("identity:read",),)
EMAILS: Needs = (("people:email",),)
PROPERTIES: Needs = (("people:properties",),)
TRACES: Needs = (("checkins:read", "identity:read"),)


def met(needs: Needs, scopes: frozenset[str]) -> tuple[str, ...] | None:
    """The first list of scopes that these hold whole; None when they hold none of the lists."""
    return next((one for one in needs if scopes.issuperset(one)), None)


def known(scopes: Iterable[str]) -> frozenset[str]:
    """Those that this graph has: a token may carry scopes of other services."""
    return frozenset(one for one in scopes if one in SCOPES)  # `& SCOPES.keys()` would be a set, which cannot be part of a key
