"""The check-ins API (seed A): two endpoints, all seven filters, and paging that trusts nothing but the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import partial
from typing import Any
from unicodedata import category

from msgspec.structs import replace

from upstreams.calls import Asks, Call, Kind, Mode
from upstreams.errors import BadInput, BadResponse, Missing, Refused
from upstreams.ledger import Ledger
from upstreams.reading import Reading
from upstreams.records import Account, CheckIn, Listing, Moment, Property, Response
from upstreams.values import bare, segment, text, whole

NAME = "checkins"
LIST = "/api/v2/checkins/"  # ends in a slash, as documented (seed A:11; upstreams.md 36)
MOST = 1_000_000_000


@dataclass(frozen=True)
class Filter:
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
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, str) and (problem := unaskable(value)) is not None:
                raise BadInput(one.name, problem)

    def query(self) -> list[tuple[str, str]]:
        """The query parameters, in the documents' order."""
        values = [(one.name, getattr(self, one.name)) for one in fields(self)]
        return [(name, value.isoformat() if isinstance(value, date) else value) for name, value in values if value is not None]


def askable(value: str | None) -> bool:
    """Whether a text can be filtered by: present, and not refused."""
    return value is not None and unaskable(value) is None


def unaskable(value: str) -> str | None:
    """Why a text cannot be filtered by: it would not filter, or no HTTP query can carry it."""
    if not any(letter.isprintable() and not letter.isspace() for letter in value):
        return "must not be empty: an empty filter would match everybody"
    if len(value) > 500 or any(category(letter) in {"Cc", "Cs"} for letter in value):
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

    async def listing(self, where: Filter, *, limit: int, offset: int = 0) -> Listing:
        """One page of rows; the upstream may give fewer than `limit` (seed A:9-80; upstreams.md 32)."""
        try:
            return await self.calls.ask(rows(where, limit, offset), partial(parse_listing, offset=offset, address=self.address))
        except Missing as cause:
            raise Refused(NAME, status=404) from cause

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


def detail(api_id: str) -> Call:
    """The call for one check-in."""
    return Call(Kind.DETAIL, f"{LIST}{{api_id}}/", f"{LIST}{segment('id', api_id)}/")


def rows(where: Filter, limit: int, offset: int = 0) -> Call:
    """The call for one page of rows."""
    return Call(Kind.ROWS, LIST, LIST, (*where.query(), ("limit", str(limit)), ("offset", str(offset))))


def parse_listing(raw: object, reading: Reading, *, offset: int, address: str = "") -> Listing:
    """A list answer (seed A:58-80); rows that cannot be read are dropped and counted, the page is kept (faults.md F11, F12).

    `address` is where the list was asked for, so that a `next` which leads elsewhere is noticed (faults.md F16).
    """
    rows = raw.get("results") if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or not isinstance(rows, list):
        raise BadResponse(NAME, reason="shape")
    read = [parse_row(row, reading) for row in rows]
    reading.kept(read)
    placed: dict[str, tuple[CheckIn, int]] = {}
    for place, item in enumerate(read, offset):
        if item is not None:
            known, first = placed.get(item.id, (item, place))
            placed[item.id] = newer(known, item, reading.tally), first
    items, places = zip(*placed.values(), strict=True) if placed else ((), ())
    reading.link(raw.get("next"), address, offset)
    count, more = extent(raw, offset + len(rows) if rows else None)
    return Listing(items, places, offset, len(rows), count, more, reading.dropped)


def extent(raw: Mapping[str, Any], reached: int | None) -> tuple[int | None, bool]:
    """How many rows there are, and whether some follow those up to `reached`; None as `reached` says that no row came.

    Either of `count` and `next` is reason enough to read on, since one of them may lie; a total that the rows or `next`
    contradict is no total (faults.md F18).
    """
    count, linked = whole(raw.get("count"), most=MOST), bool(raw.get("next"))
    if reached is None:
        return count, False
    if count is None or count < reached + linked:
        return None, linked
    return count, count > reached


def newer(one: CheckIn, other: CheckIn, tally: Counter[str]) -> CheckIn:
    """Of two rows of one id the one submitted later, else the last: they have no `updated_at` (faults.md F13; seed A:63-70)."""
    if one == other:
        return one
    tally["conflict"] += 1
    return one if one.submitted and (not other.submitted or instant(one.submitted) > instant(other.submitted)) else other


def instant(moment: Moment) -> datetime:
    """The point in time."""
    return datetime.fromisoformat(moment)


def without(page: Listing, seen: set[str]) -> Listing:
    """The page without the rows that an earlier page had."""
    fresh = [(item, place) for item, place in zip(page.items, page.places, strict=True) if item.id not in seen]
    items, places = tuple(item for item, _ in fresh), tuple(place for _, place in fresh)
    return replace(page, items=items, places=places, repeats=len(page.items) - len(items))


def parse_row(raw: object, reading: Reading) -> CheckIn | None:
    """One list row (seed A:63-70), or None without an id."""
    api_id = text(raw.get("api_id")) if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or api_id is None:
        return None
    return CheckIn(
        id=api_id,
        deadline=reading.moment(raw, "deadline_date"),
        submitted=reading.moment(raw, "submission_date"),
        overdue=reading.flag(raw, "overdue"),
        on_vacation=reading.flag(raw, "on_vacation"),
        is_adhoc=reading.flag(raw, "is_adhoc"),
    )


def parse_own(api_id: str, raw: object, reading: Reading) -> CheckIn:
    """The check-in that was asked for; another one is a BadResponse."""
    found = parse_detail(raw, reading)
    if bare(found.id) != bare(api_id):
        raise BadResponse(NAME, reason="other-id")
    return found


def parse_detail(raw: object, reading: Reading) -> CheckIn:
    """A check-in with its responses (seed A:127-145); without an id or a list of responses it is a BadResponse."""
    row = parse_row(raw, reading)
    answers = raw.get("responses") if isinstance(raw, dict) else None
    if row is None or not isinstance(answers, list):
        raise BadResponse(NAME, reason="shape")
    responses: dict[str, Response] = {}
    for one in reading.kept([parse_response(answer, row.id, reading) for answer in answers]):
        known = responses.setdefault(one.id, one)
        responses[one.id] = one if known == one else settled(known, one, reading)
    return replace(row, responses=tuple(responses.values()), dropped=reading.dropped)


def settled(one: Response, other: Response, reading: Reading) -> Response:
    """Of two responses of one id the later; where they disagree about who gave it, nobody did: no guess (faults.md F13; upstreams.md 3)."""
    reading.tally["conflict"] += 1
    later = one if one.responded and (not other.responded or instant(one.responded) > instant(other.responded)) else other
    return later if one.account == other.account else replace(later, account=None)


def parse_response(raw: object, check_in_id: str, reading: Reading) -> Response | None:
    """One response (seed A:135-143), or None without an id."""
    api_id = text(raw.get("api_id")) if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or api_id is None:
        return None
    return Response(api_id, check_in_id, parse_account(raw, reading), reading.moment(raw, "response_date"))


def parse_account(raw: Mapping[str, Any], reading: Reading) -> Account | None:
    """The account that a response shows (seed A:115-119), or None when it names none."""
    api_id = reading.text(raw, "person_api_id")
    if api_id is None:
        return None
    name, email, department = (reading.text(raw, f"person_{field}") for field in ("name", "email", "department"))
    return Account(api_id, name, email, department, parse_properties(raw.get("person_properties")))


def parse_properties(raw: object) -> tuple[Property, ...]:
    """Name and value pairs, from the documented array or a sibling API's object (seed A:119; upstreams.md 27)."""
    if isinstance(raw, dict):
        return tuple(Property(str(name), text(value)) for name, value in raw.items())
    if not isinstance(raw, list):
        return ()
    pairs = [(text(one.get("name")), text(one.get("value"))) for one in raw if isinstance(one, dict)]
    return tuple(Property(name, value) for name, value in pairs if name is not None)
