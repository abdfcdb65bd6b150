"""How long an answer may be kept, by whom: the least that its types allow, and that what went into it stays fresh (RFC 9111, 5.2.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from graph.selection import Asked
from graph.weights.bounds import Weighing
from upstreams.cache import LIVES
from upstreams.calls import Kind
from upstreams.ledger import Ledger

KINDS: Mapping[str, Kind] = {
    "Project": Kind.BOOKINGS,
    "Assignment": Kind.BOOKINGS,
    "Person": Kind.BOOKINGS,
    "Group": Kind.PAGE,
    "TimeOff": Kind.PAGE,
    "Changes": Kind.ROWS,
    "CheckIn": Kind.ROWS,
    "CheckInSummary": Kind.ROWS,
    "Response": Kind.DETAIL,
    "IdentityReport": Kind.ROWS,
    "IdentityReportEntry": Kind.ROWS,
}
"""What a type is read from; any other type keeps as long as what it is part of."""
IMPERSONAL = frozenset({"Project", "Group", "JobTitle", "AssignmentStatus", "Category", "WorkDays", "Query", "PageInfo", "Completeness"})
"""Types that show nothing of anybody's."""
CREDENTIALS = ("authorization", "cookie", "x-api-key")
"""Request headers by which one client may see what another may not."""
VARY = "Accept, Authorization, Cookie, X-API-Key"


def shown(asked: Asked) -> set[str]:
    """The types of which an operation asks anything, a list's as its item's."""
    return {one.type.removesuffix("Connection").removesuffix("Edge") for one in asked.everything() if one.type}


def seconds(asked: Asked) -> float:
    """How long the types of an operation keep, the least of them; nothing where none of them is known."""
    return min((LIVES[KINDS[one]].fresh for one in shown(asked) if one in KINDS), default=0.0)


def personal(asked: Asked) -> bool:
    """Whether an operation asks for anything of a person's."""
    return not shown(asked) <= IMPERSONAL


def credentials(request: Request) -> bool:
    """Whether a request shows who asks."""
    return any(name in request.headers for name in CREDENTIALS)


def headers(weighing: Weighing, ledger: Ledger, content: Mapping[str, Any], *, alone: bool) -> dict[str, str]:
    """`Cache-Control` and `Vary` of an answer; of one with an error or a trace, or that keeps for less than a second, none of ours.

    What is personal, or was asked `alone`, is for the client's own cache only.
    """
    least = int(min(weighing.seconds, ledger.fresh))
    if least < 1 or ledger.traced or content.get("errors") or "data" not in content:
        return {}
    return {"Cache-Control": f"max-age={least}, {'private' if alone or weighing.personal else 'public'}", "Vary": VARY}
