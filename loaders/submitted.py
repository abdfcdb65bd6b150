"""Check-ins of many people submitted in one window: a filtered list each, or one scan of the window whose rows' owners are known."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from loaders import plans
from loaders.accounts import Source, owner_of
from loaders.base import attempted
from loaders.rows import Rows, widened
from loaders.window import Window
from upstreams.check_ins import Filter
from upstreams.gathering import together
from upstreams.records import CheckIn, Listing
from upstreams.values import bare

T = TypeVar("T")
FEWEST = 3
"""Of how many people at least a scan is thought of."""


@dataclass(frozen=True)
class Shared:
    """The rows of one window by the bare id of the account that owns them, newest deadline first."""

    owned: Mapping[str, tuple[CheckIn, ...]]

    def rows(self, rows: Rows) -> tuple[CheckIn, ...]:
        """Those of one account."""
        return self.owned.get(bare(rows.owned.account.id), ()) if rows.owned is not None else ()


Windows = dict[Window, asyncio.Task[Shared | None]]
"""The windows of which one request has planned a scan, and what came of it."""


async def shares(source: Source, windows: Windows, rows: Iterable[Rows]) -> dict[Rows, Shared]:
    """The scans that answer some of these rows, each window's planned once; rows that are not in it are read by their lists."""
    groups: dict[Window, list[Rows]] = {}
    for one in dict.fromkeys(rows):
        if one.submitted is not None and sharable(one):
            groups.setdefault(one.submitted, []).append(one)
    found: dict[Rows, Shared] = {}
    for window, people in groups.items():
        if window not in windows and len(people) >= FEWEST:
            windows[window] = asyncio.create_task(shared(source, window, people))
        scan = (await attempted([waited(windows[window])]))[0] if window in windows else None
        found |= dict.fromkeys(people, scan) if isinstance(scan, Shared) else {}
    return found


async def waited(task: asyncio.Task[T]) -> T:
    """What a task gives; whoever leaves does not end it."""
    return await asyncio.shield(task)


def sharable(rows: Rows) -> bool:
    """Whether a scan of a window could answer: its rows belong to one account, by its name and email alone."""
    return rows.submitted is not None and rows.owned is not None and rows.owned.direct


async def shared(source: Source, window: Window, people: Sequence[Rows]) -> Shared | None:
    """All rows of the window by owner, if that is the cheaper way to those of these people; None when lists are.

    How many rows the window has is known from an earlier scan, else expected to be as many as it has known owners; the first page tells,
    and may yet turn the scan down. Every row without a known owner counts as a detail that only the scan reads. Some of these would be
    shown, and read anyway, but whose they are is what the detail tells: counting on it has read the details of a whole company.
    """
    where, known = widened(Filter(), window), source.known
    attributed = known.attributed(window.first - timedelta(days=1), window.last + timedelta(days=1))
    count = known.counts.peek(where) or attributed
    if not attributed or not cheaper(source, len(people), count, max(count - attributed, 0)):
        return None
    head = await source.rows(where, limit=source.check_ins.page_size)
    if head.count is None:
        return None
    known.counts.keep(where, head.count)
    if not cheaper(source, len(people) + 1, head.count, max(head.count - attributed, 0)):
        return None
    rows = await scanned(source, where, head)
    return await sorted_out(source, rows, len(people)) if rows is not None else None


def cheaper(source: Source, people: int, count: int, unknown: int) -> bool:
    """Whether a scan of so many rows is expected to cost fewer calls than the lists, and the choice written down."""
    pages = -(-count // source.check_ins.page_size)
    choice = plans.check_ins(people, pages, unknown)
    by = {"lists": "a list each", "scan": "a scan of the window"}
    source.ledger.planned("check-ins", people, by[choice.by], choice.cost, ((by["lists"], choice.lists), (by["scan"], choice.scan)))
    return choice.by == "scan"


async def scanned(source: Source, where: Filter, head: Listing) -> list[CheckIn] | None:
    """Every row of the window, the pages after the first side by side; None when they do not add up (upstreams.md 31, 32)."""
    size, count = head.taken, head.count or 0
    offsets = range(size, count, size) if size else range(0)
    rest = await together([source.rows(where, limit=size, offset=offset) for offset in offsets])
    pages = [head, *rest]
    rows = {row.id: row for page in pages for row in page.items}
    steady = all(page.count == count and not page.dropped for page in pages)
    return list(rows.values()) if steady and len(rows) == count else None


async def sorted_out(source: Source, rows: Iterable[CheckIn], most: int) -> Shared | None:
    """The rows by owner, the unknown ones read in detail; None when those are too many after all, or do not tell."""
    everything = list(rows)
    lacking = [row for row in everything if source.known.owner_id(row.id) is None]
    if len(lacking) >= most:
        return None
    await together([owner_of(source, row) for row in lacking])
    owned: dict[str, list[CheckIn]] = {}
    for row in everything:
        own = source.known.owner_id(row.id)
        if own is None:
            return None
        owned.setdefault(own, []).append(row)
    return Shared({own: tuple(ones) for own, ones in owned.items()})
