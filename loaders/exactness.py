"""Whether check-ins finds exactly what a filter by text asks for, or rows of others too (upstreams.md 4)."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from loaders.accounts import Source
from loaders.names import shortened
from upstreams.calls import Mode
from upstreams.check_ins import NAME, Filter, askable
from upstreams.errors import UpstreamError
from upstreams.gathering import together

ROLES = ("department", "manager_email", "manager_name", "person_email", "person_name")
"""The fields of a filter that hold text."""


def list_roles(where: Filter) -> list[str]:
    """Return the fields of this filter that hold text and are given."""
    return [role for role in ROLES if getattr(where, role) is not None]


async def is_exact(source: Source, where: Filter, role: str, found: Collection[str]) -> bool | None:
    """Return whether the filter by one field, which found rows of these ids, matches whole values only; None where that cannot be told.

    What an upstream does is remembered for a while, and learnt by asking for parts of the value: an exact filter finds none of the rows
    by them. No operation pays for it, as for the other calibrations.
    """

    async def probe() -> bool | None:
        check_ins = source.known.check_ins.within(source.ledger, Mode.FRESH, charged=False)
        parts = [part for part in shortened(getattr(where, role)) if askable(part)]
        wheres = [replace(where, **{role: part}) for part in parts]
        try:
            pages = await together([check_ins.listing(one, limit=check_ins.page_size) for one in wheres])
        except UpstreamError:
            return None
        if any(row.id in found for page in pages for row in page.items):
            return False
        return None if not pages or any(page.more or page.dropped for page in pages) else True

    if role.startswith("person_") and source.known.exactness.peek("filters"):
        return True
    return await source.known.exactness.get(role, probe, source.ledger.waits(NAME))
