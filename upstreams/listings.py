"""Check-ins answers into records: pure, tolerant of one bad row, strict about the shape of the whole (seed A)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from upstreams.errors import BadResponse
from upstreams.reading import Reading
from upstreams.records import Account, CheckIn, Listing, Moment, Property, Response
from upstreams.values import bare, text, whole

NAME = "checkins"
MOST = 1_000_000_000
"""The largest total that is believed."""


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
            known, first = placed.setdefault(item.id, (item, place))
            if known is not item:
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
    if not isinstance(raw, dict) or (api_id := text(raw.get("api_id"))) is None:
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
    if found.id != api_id and bare(found.id) != bare(api_id):
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
    if not isinstance(raw, dict) or (api_id := text(raw.get("api_id"))) is None:
        return None
    return Response(api_id, check_in_id, parse_account(raw, reading), reading.moment(raw, "response_date"))


def parse_account(raw: Mapping[str, Any], reading: Reading) -> Account | None:
    """The account that a response shows (seed A:115-119), or None when it names none."""
    api_id = reading.text(raw, "person_api_id")
    if api_id is None:
        return None
    name, email = reading.text(raw, "person_name"), reading.text(raw, "person_email")
    return Account(api_id, name, email, reading.text(raw, "person_department"), parse_properties(raw.get("person_properties")))


def parse_properties(raw: object) -> tuple[Property, ...]:
    """Name and value pairs, from the documented array or a sibling API's object (seed A:119; upstreams.md 27)."""
    if isinstance(raw, dict):
        return tuple(Property(str(name), text(value)) for name, value in raw.items())
    if not isinstance(raw, list):
        return ()
    pairs = [(text(one.get("name")), text(one.get("value"))) for one in raw if isinstance(one, dict)]
    return tuple(Property(name, value) for name, value in pairs if name is not None)
