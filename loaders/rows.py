"""Pages of check-in rows whose owner is known: cut from what a filter gives, with the rows' own offsets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from msgspec import Struct
from msgspec.structs import replace

from loaders.accounts import HEAD, Source, first_owner, owner_of
from loaders.links import Ambiguous, Owned
from loaders.steady import moved
from loaders.window import Window
from upstreams.check_ins import NAME, Filter
from upstreams.errors import BadResponse
from upstreams.gathering import together
from upstreams.listings import newer
from upstreams.records import CheckIn, Listing
from upstreams.values import bare


class Rows(Struct, frozen=True, gc=False, cache_hash=True):
    """Which rows: those of a filter, of one owner only when the filter alone does not say so, submitted on certain days only."""

    where: Filter
    owned: Owned | None = None
    submitted: Window | None = None

    @property
    def attributed(self) -> bool:
        """Whether it takes each row's own detail to know whose it is."""
        return self.owned is not None and not self.owned.direct

    @property
    def sifted(self) -> bool:
        """Whether rows must be looked at one by one, so that the upstream's count is not theirs."""
        return self.submitted is not None or self.attributed


class Question(Struct, frozen=True, gc=False, cache_hash=True):
    """The first so many of some rows, from an upstream offset on."""

    rows: Rows
    first: int
    offset: int = 0


class Slice(Struct, frozen=True, gc=False):
    """An answer: the items with their upstream offsets, whether more follow, the total where it came along.

    `complete` is False when rows could not be read or shown to be anybody's, or they `moved` while they were read.
    """

    items: tuple[CheckIn, ...]
    places: tuple[int, ...]
    more: bool
    total: int | None
    complete: bool
    moved: bool = False


def rows_of(owned: Owned, submitted: Window | None) -> Rows:
    """The rows of an account; with days, a day wider on both sides than asked, to be sifted in the company's zone (upstreams.md 15)."""
    return Rows(widened(owned.where, submitted), owned, submitted)


def widened(where: Filter, submitted: Window | None) -> Filter:
    """The filter with submission days one wider on each side than the window: the upstream's zone and inclusivity are unstated."""
    if submitted is None:
        return where
    day = timedelta(days=1)
    return replace(where, date_from=submitted.first - day, date_to=submitted.last + day)


async def read(source: Source, question: Question, zone: tzinfo) -> Slice:
    """The rows of one question, in as few pages as give `first` of them; each once, and a server that turns in circles is left."""
    kept: dict[str, tuple[CheckIn, int]] = {}
    pages: list[Listing] = []
    seen: set[str] = set()
    offset, complete = question.offset, True
    most = source.check_ins.page_size
    limit = most if question.rows.sifted else min(question.first, most)
    for _ in range(source.check_ins.calls.dialect.most_pages):
        page = await source.rows(question.rows.where, limit=limit, offset=offset)
        if offset == question.offset:
            await doubt(source, question.rows, page)
        known = bool(page.items) and seen.issuperset(item.id for item in page.items)
        if known and page.count == pages[-1].count:
            raise BadResponse(NAME, reason="paging-loop")
        pages.append(page)
        seen.update(item.id for item in page.items)
        found, whole = await sift(source, question.rows, page, zone)
        short = page.count is not None and not page.more and offset + page.taken < page.count
        complete, offset = complete and whole and not page.dropped and not short, offset + page.taken
        for row, place in found:
            earlier, at = kept.get(row.id, (row, place))
            kept[row.id] = newer(earlier, row, source.check_ins.unreadable), at
        enough = known or len(kept) > question.first or (len(kept) == question.first and not question.rows.sifted)
        if enough or not page.more:
            gone(source, question, kept, complete)
            return cut(question, list(kept.values()), pages, complete)
        if question.rows.attributed and len(seen) >= source.known.rules.most_attributions:
            return cut(question, list(kept.values()), pages, complete=False)
    raise BadResponse(NAME, reason="too-many-pages")


async def doubt(source: Source, rows: Rows, page: Listing) -> None:
    """Drop a link whose filter does not find its account's rows any more: it was renamed or emptied, or its email is somebody else's."""
    if rows.owned is not None and rows.owned.rows and not await vouched(source, rows.owned, page):
        drop(source, rows.owned)


def drop(source: Source, owned: Owned) -> None:
    """Forget a link that no longer holds. Raises Ambiguous."""
    source.known.forget(bare(owned.account.id))
    raise Ambiguous("What linked this person no longer holds. Ask again to have it decided anew.")


async def vouched(source: Source, owned: Owned, page: Listing) -> bool:
    """Whether one of the rows that a link's filter finds now is known to be its account's; a new row costs one detail.

    Emails pass from one namesake to another; a check-in never changes its owner.
    """
    if page.items and not owned.direct:
        return True
    said = await testimony(source, page.items)
    if said is None and page.count and not page.items:
        return True
    if said is None:
        head = await source.rows(owned.where, limit=HEAD)
        said = await testimony(source, head.items) if owned.direct else frozenset({bare(owned.account.id)} if head.items else ())
    return said == frozenset({bare(owned.account.id)})


async def testimony(source: Source, rows: Sequence[CheckIn]) -> frozenset[str] | None:
    """Whose these rows are, as far as that is known, by bare id; where nothing is known, of the newest that tells. None: none tells."""
    known = frozenset(own for row in rows if (own := source.known.owner_id(row.id)) is not None)
    if known:
        return known
    witness = await first_owner(source, rows)
    return frozenset({bare(witness.account.id)}) if witness is not None else None


def gone(source: Source, question: Question, kept: Mapping[str, object], complete: bool) -> None:
    """Drop a link by an inexact filter that had rows and has none of them left."""
    owned, rows = question.rows.owned, question.rows
    if owned is not None and rows.attributed and rows.submitted is None and complete and not (kept or question.offset) and owned.rows:
        drop(source, owned)


def cut(question: Question, kept: list[tuple[CheckIn, int]], pages: Sequence[Listing], complete: bool) -> Slice:
    """The first so many of what was kept of these pages."""
    shown, shifted = kept[: question.first], moved(pages)
    more = len(kept) > len(shown) or pages[-1].more
    total = None if question.rows.sifted else pages[-1].count
    return Slice(tuple(row for row, _ in shown), tuple(place for _, place in shown), more, total, complete and not shifted, shifted)


def begun(question: Question, rows: Iterable[CheckIn], zone: tzinfo) -> Slice:
    """The first so many of an owner's rows that a scan of the window gave; they stand as in the owner's own list."""
    window = question.rows.submitted
    kept = [(row, place) for place, row in enumerate(rows) if window is None or submitted_within(row, window, zone)]
    shown = kept[: question.first]
    return Slice(tuple(row for row, _ in shown), tuple(place for _, place in shown), len(kept) > len(shown), len(kept), complete=True)


async def sift(source: Source, rows: Rows, page: Listing, zone: tzinfo) -> tuple[list[tuple[CheckIn, int]], bool]:
    """The rows of a page that belong in the answer, and whether it is known of each whose it is."""
    placed = [
        (row, place)
        for row, place in zip(page.items, page.places, strict=True)
        if rows.submitted is None or submitted_within(row, rows.submitted, zone)
    ]
    if rows.owned is None:
        return placed, True
    if rows.owned.direct:
        if source.known.backs(rows.owned):
            source.known.hold(page.items, rows.owned.account.id)
        return placed, True
    owners = await together([owner_of(source, row) for row, _ in placed])
    own = bare(rows.owned.account.id)
    mine = [one for one, account in zip(placed, owners, strict=True) if account is not None and bare(account.id) == own]
    return mine, None not in owners


def submitted_within(row: CheckIn, days: Window, zone: tzinfo) -> bool:
    """Whether a check-in was submitted on one of these days of the company's zone (upstreams.md 14)."""
    if row.submitted is None:
        return False
    return days.first <= datetime.fromisoformat(row.submitted).astimezone(zone).date() <= days.last


async def total(source: Source, rows: Rows, zone: tzinfo) -> int | None:
    """How many rows there are: the upstream's count by one call for one row, or, when rows must be sifted, by reading them."""
    if not rows.sifted:
        head = await source.rows(rows.where, limit=1)
        await doubt(source, rows, head)
        return head.count
    every, whole = await source.every(rows.where, most=source.known.rules.most_attributions)
    if not whole:
        return None
    if not every:
        await doubt(source, rows, Listing((), (), 0, 0, count=0))
    places = tuple(range(len(every)))
    kept, attributed = await sift(source, rows, Listing(tuple(every), places, 0, len(every)), zone)
    return len(kept) if attributed else None
