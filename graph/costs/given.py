"""Arguments as the client wrote them, understood as resolvers will: None, or a plain default, for what they will refuse."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, cast

from graph.days import DateRange, ranged
from graph.selection import Asked
from loaders.rows import widened
from loaders.window import Kind, Window, on
from resolvers.paging import MOST
from upstreams.check_ins import Filter
from upstreams.errors import BadInput
from upstreams.workforce import ALWAYS, Changed

RANGES: Mapping[str, Kind] = {"activeBetween": "active", "startingBetween": "starting", "endingBetween": "ending"}
FILTERS = {
    "department": "department",
    "managerEmail": "manager_email",
    "managerName": "manager_name",
    "personEmail": "person_email",
    "personName": "person_name",
}
CHANGES = {
    "createdAt": "created_at",
    "createdBefore": "created_before",
    "createdAfter": "created_after",
    "updatedAt": "updated_at",
    "updatedBefore": "updated_before",
    "updatedAfter": "updated_after",
}
PAGE_FIELDS = frozenset({"nodes", "edges", "pageInfo", "completeness"})
"""The fields of a connection for which a page is read."""


def text(asked: Asked, name: str) -> str | None:
    """A text or an id."""
    value = asked.arguments.get(name)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None


def first(asked: Asked, default: int) -> int:
    """How many items are asked for; 0 where the number will be refused."""
    value = asked.arguments.get("first", default)
    return value if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST else 0


def reads_page(asked: Asked) -> bool:
    """Whether a field of a connection needs its page."""
    return any(one.name in PAGE_FIELDS for one in asked.fields)


def counts(asked: Asked) -> bool:
    """Whether a field of a connection needs its total."""
    return any(one.name == "totalCount" for one in asked.fields)


def day(value: object) -> date | None:
    """A day."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def span(value: object, today: date, kind: Kind = "starting") -> Window | None:
    """The window of a `DateRange`."""
    if not isinstance(value, Mapping):
        return None
    many = value.get("days")
    try:
        given = DateRange(
            first=day(value.get("from")) or None, last=day(value.get("to")) or None, days=many if isinstance(many, int) else None
        )
        return ranged("range", kind, given, today)
    except BadInput:
        return None


def window(asked: Asked, today: date) -> Window | None:
    """The window of bookings: active today without any."""
    named = [(kind, asked.arguments[name]) for name, kind in RANGES.items() if name in asked.arguments]
    if named:
        return span(named[0][1], today, named[0][0])
    return working_day(asked, today, "activeOn")


def working_day(asked: Asked, today: date, name: str = "on") -> Window | None:
    """One day, today unless it is given."""
    found = day(asked.arguments[name]) if name in asked.arguments else today
    try:
        return on(found) if found is not None else None
    except BadInput:
        return None


def changed(asked: Asked) -> Changed | None:
    """The change filters."""
    given = asked.arguments.get("changed")
    if not isinstance(given, Mapping):
        return ALWAYS
    days = {CHANGES[name]: day(value) for name, value in given.items() if name in CHANGES and value is not None}
    return Changed(**cast(Any, days)) if None not in days.values() else None


def submitted(asked: Asked, today: date, default: int | None = None) -> Window | None:
    """The days of submission; `default` days until today without them."""
    value = asked.arguments.get("submittedBetween", {"days": default} if default is not None else None)
    return span(value, today)


def filters(asked: Asked, today: date) -> tuple[Filter, Window | None] | None:
    """The filter of a list of check-ins, a day wider than asked on both sides, and the days that are asked for."""
    given = asked.arguments.get("filter", {})
    if not isinstance(given, Mapping) or None in given.values():
        return None
    days = span(given["submittedBetween"], today) if "submittedBetween" in given else None
    if days is None and "submittedBetween" in given:
        return None
    try:
        where = Filter(**cast(Any, {name: given[key] for key, name in FILTERS.items() if key in given}))
        return widened(where, days), days
    except (BadInput, OverflowError):
        return None


def since(asked: Asked, today: date) -> Window | None:
    """The days of the changes: from yesterday unless it is said otherwise."""
    begun = day(asked.arguments["since"]) if "since" in asked.arguments else today - timedelta(days=1)
    try:
        return Window("starting", begun, today) if begun is not None else None
    except BadInput:
        return None
