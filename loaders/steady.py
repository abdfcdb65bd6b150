"""Lists that change while they are read: how that is noticed. They are read once more, and then said to be incomplete (faults.md F15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from upstreams.check_ins import CheckIns, Filter
from upstreams.records import CheckIn, Listing
from upstreams.records import Page as Booked


@dataclass(frozen=True)
class Gathered:
    """All rows of a filter, each once; `whole` is whether that is all of them, `moved` whether they changed meanwhile."""

    rows: tuple[CheckIn, ...]
    whole: bool
    moved: bool


async def gathered(check_ins: CheckIns, head: Listing | None, where: Filter, most: int) -> Gathered:
    """The rows of a filter, no more pages than hold `most`; the `head` of them where it has been read already.

    A page of known rows only ends the reading too: rows may come as fast as they are read.
    """
    pages = [head] if head is not None else []
    if head is None or (head.more and not head.dropped):
        async for page in check_ins.pages(where, limit=check_ins.page_size, offset=head.taken if head is not None else 0):
            pages.append(page)
            known = bool(page.repeats) and not page.items
            if known or page.dropped or sum(len(one.items) for one in pages) > most:
                break
    rows = {row.id: row for page in pages for row in page.items}
    shifted = moved(pages)
    return Gathered(tuple(rows.values()), len(rows) <= most and not shifted and not any(page.dropped for page in pages), shifted)


def moved(pages: Sequence[Listing]) -> bool:
    """Whether the total of these rows changed from page to page, or a row stood on two of them (upstreams.md 31)."""
    totals = {page.count for page in pages if page.count is not None}
    ids = [row.id for page in pages for row in page.items]
    return len(totals) > 1 or len(set(ids)) < len(ids) or any(page.repeats for page in pages)


def resized(pages: Sequence[Booked]) -> bool:
    """Whether these pages of one question differ in how many there are."""
    return len({page.pages for page in pages}) > 1
