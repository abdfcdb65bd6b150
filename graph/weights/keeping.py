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
CREDENTIALS = frozenset({b"authorization", b"cookie", b"x-api-key"})
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
    return not CREDENTIALS.isdisjoint(name for name, _ in request.scope["headers"])


def keeps(weighing: Weighing, ledger: Ledger, content: Mapping[str, Any]) -> int:
    """For how many seconds an answer may be kept; 0 for one with an error or a trace, and for less than a second."""
    if ledger.traced or content.get("errors") or "data" not in content:
        return 0
    return max(int(min(weighing.seconds, ledger.fresh)), 0)


def headers(seconds: int, *, private: bool) -> dict[str, str]:
    """`Cache-Control` and `Vary` of an answer that may be kept so long, if `private` by the client's own cache only; else none of ours."""
    return {"Cache-Control": f"max-age={seconds}, {'private' if private else 'public'}", "Vary": VARY} if seconds else {}
