"""The check-ins API (seed A): two endpoints, all seven filters, and paging that trusts nothing but the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import date
from functools import lru_cache, partial
from unicodedata import category

from msgspec import Struct

from upstreams.calls import Asks, Call, Kind, Mode
from upstreams.errors import BadInput, BadResponse, Missing, Refused
from upstreams.ledger import Ledger
from upstreams.listings import parse_listing, parse_own, without
from upstreams.records import CheckIn, Listing
from upstreams.values import segment

NAME = "checkins"
LIST = "/api/v2/checkins/"  # ends in a slash, as documented (seed A:11; upstreams.md 36)
SPELT = 16_384
"""How many calls for details, and for rows, are remembered as they were spelt: the same ones are looked up again and again."""


class Filter(Struct, frozen=True, gc=False, cache_hash=True):
    """The seven filters of the list endpoint (seed A:19-25); None means "not filtered".

    An empty text would silently fetch every employee's check-ins, so it is refused (upstreams.md 5). `date_from` and
    `date_to` are about submission and exclude what was never submitted (upstreams.md 15).
    """

    date_from: date | None = None
    date_to: date | None = None
    department: str | None = None
    manager_email: str | None = None
    manager_name: str | None = None
    person_email: str | None = None
    person_name: str | None = None

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, str) and (problem := unaskable(value)) is not None:
                raise BadInput(name, problem)

    def query(self) -> list[tuple[str, str]]:
        """The query parameters, in the documents' order."""
        values = [(name, getattr(self, name)) for name in self.__struct_fields__]
        return [(name, value.isoformat() if isinstance(value, date) else value) for name, value in values if value is not None]


def askable(value: str | None) -> bool:
    """Whether a text can be filtered by: present, and not refused."""
    return value is not None and unaskable(value) is None


def unaskable(value: str) -> str | None:
    """Why a text cannot be filtered by: it would not filter, or no HTTP query can carry it."""
    plain = value.isprintable()  # as most are, and then they hold no control character
    if not (value.strip() if plain else any(letter.isprintable() and not letter.isspace() for letter in value)):
        return "must not be empty: an empty filter would match everybody"
    if len(value) > 500 or not (plain or all(category(letter) not in {"Cc", "Cs"} for letter in value)):
        return "must be at most 500 characters, none of them a control character"
    return None


class CheckIns:
    """The client: one method an endpoint, and `pages` to walk a list."""

    def __init__(self, calls: Asks) -> None:
        self.calls = calls

    @property
    def unreadable(self) -> Counter[str]:
        """By field, how many values could not be read since the process began."""
        return self.calls.unreadable

    def within(self, ledger: Ledger, mode: Mode = Mode.USUAL, *, charged: bool = True) -> CheckIns:
        """The client of one request."""
        return CheckIns(self.calls.within(ledger, mode, charged=charged))

    @property
    def page_size(self) -> int:
        """The most rows that one call may ask for."""
        return self.calls.dialect.page_size

    @property
    def address(self) -> str:
        """Where the list is."""
        return f"{self.calls.dialect.base_url.rstrip('/')}{LIST}"

    async def check_in(self, api_id: str) -> CheckIn | None:
        """One check-in with its responses, or None when the upstream does not know it (seed A:84-145)."""
        try:
            return await self.calls.ask(detail(api_id), partial(parse_own, api_id))
        except Missing:
            return None

    async def check_ins(self, api_ids: Sequence[str]) -> list[CheckIn | BaseException | None]:
        """The same of many check-ins, side by side, and the errors of those that fail. Raises BadInput for an unaskable id."""
        found = await self.calls.asks([(detail(one), partial(parse_own, one)) for one in api_ids])
        return [None if isinstance(one, Missing) else one for one in found]

    def at_hand(self, api_ids: Sequence[str]) -> list[CheckIn] | None:
        """These check-ins, if all of them are remembered and fresh; None if one must be waited for, or cannot be asked for."""
        try:
            return self.calls.at_hand([detail(one) for one in api_ids])
        except BadInput:
            return None

    async def listing(self, where: Filter, *, limit: int, offset: int = 0) -> Listing:
        """One page of rows; the upstream may give fewer than `limit` (seed A:9-80; upstreams.md 32)."""
        try:
            return await self.calls.ask(rows(where, limit, offset), partial(parse_listing, offset=offset, address=self.address))
        except Missing as cause:
            raise Refused(NAME, status=404) from cause

    async def listings(self, asked: Sequence[tuple[Filter, int, int]]) -> list[Listing | BaseException]:
        """The same of many pages, each by its filter, limit and offset, side by side, and the errors of those that fail."""
        calls = [(rows(*one), partial(parse_listing, offset=one[2], address=self.address)) for one in asked]
        return [Refused(NAME, status=404) if isinstance(one, Missing) else one for one in await self.calls.asks(calls)]

    async def pages(self, where: Filter, *, limit: int, offset: int = 0) -> AsyncIterator[Listing]:
        """Page after page from `offset`, each row once, until the rows end; loops and lies about `count` end it too.

        A page of known rows only is a loop, unless `count` has moved: then new rows have pushed them down (upstreams.md 31).

        The next offset is ours: what came back is added to what was asked, and `next` is never requested (upstreams.md 32, 33).
        """
        seen: set[str] = set()
        count: int | None = None
        for _ in range(self.calls.dialect.most_pages):
            page = await self.listing(where, limit=limit, offset=offset)
            fresh = without(page, seen)
            if page.items and not fresh.items and page.count == count:
                raise BadResponse(NAME, reason="paging-loop")
            yield fresh
            if not page.more:
                return
            seen.update(item.id for item in page.items)
            offset, count = offset + page.taken, page.count
        raise BadResponse(NAME, reason="too-many-pages")


@lru_cache(SPELT)
def detail(api_id: str) -> Call:
    """The call for one check-in."""
    return Call(Kind.DETAIL, f"{LIST}{{api_id}}/", f"{LIST}{segment('id', api_id)}/")


@lru_cache(SPELT)
def rows(where: Filter, limit: int, offset: int = 0) -> Call:
    """The call for one page of rows."""
    return Call(Kind.ROWS, LIST, LIST, (*where.query(), ("limit", str(limit)), ("offset", str(offset))))
