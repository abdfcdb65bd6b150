"""What faults do to the records of an answer, as JSON values; nothing that is given is changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

from sandbox.faults.kinds import Count, Next, Records

IDS = ("api_id", "person_id", "id")
"""The names of a record's own id, the first that it has; a row of a project or of a person also names a person."""
STATUSES = ("assignment_status", "assignment_state", "state")
WITHIN = ("assignments", "responses")
LISTS = ("results", "data")
DAYS = ("_date", "_day", "_at")

Object = dict[str, Any]


def mistold(fault: Count, raw: Any) -> Any:
    """The envelope with another total."""
    if not isinstance(raw, dict):
        return raw
    return {key: fault.value if key in ("count", "possible_pages") else value for key, value in raw.items()}


def linked(fault: Next, raw: Any, url: str) -> Any:
    """The envelope with another `next`."""
    return {**raw, "next": url} if isinstance(raw, dict) and "next" in raw else raw


def spoiled(fault: Records, raw: Any) -> Any:
    """The answer with something wrong with each `every`th of its records, those within records counted too."""
    return walked(raw, partial(spoil, fault, count(1)))


def spoil(fault: Records, numbers: count[int], record: Object) -> list[Object]:
    """What becomes of the next record: itself, a spoiled one, or two."""
    if next(numbers) % fault.every:
        return [record]
    return [record, record] if fault.kind == "duplicate" else [SPOILING[fault.kind](fault, record)]


def walked(raw: Any, change: Callable[[Object], list[Object]]) -> Any:
    """The answer with each of its records changed, the outer ones first; a check-in by itself stays one."""
    if isinstance(raw, list):
        return replaced(raw, change)
    if not isinstance(raw, dict):
        return raw
    for name in LISTS:
        if isinstance(raw.get(name), list):
            return {**raw, name: replaced(raw[name], change)}
    return within(change(raw)[0], change)


def replaced(rows: list[Any], change: Callable[[Object], list[Object]]) -> list[Any]:
    """Rows and the rows within them, changed."""
    return [within(new, change) for row in rows for new in (change(row) if isinstance(row, dict) else [row])]


def within(record: Object, change: Callable[[Object], list[Object]]) -> Object:
    """A record whose own rows are changed."""
    return {key: replaced(value, change) if key in WITHIN and isinstance(value, list) else value for key, value in record.items()}


def own_id(record: Object) -> str | None:
    """The name under which a record has its own id: rows of assignments name a person too."""
    names = ("id",) if "id" in record else IDS
    return next((name for name in names if name in record), None)


def without_id(_fault: Records, record: Object) -> Object:
    """The record without its id."""
    return {key: value for key, value in record.items() if key != own_id(record)}


def null_id(_fault: Records, record: Object) -> Object:
    """The record with an id of null."""
    name = own_id(record)
    return record if name is None else {**record, name: None}


def wrong_types(fault: Records, record: Object) -> Object:
    """The record with values of other types than the documents give them."""
    names = fault.fields or [key for key in record if key not in IDS and key not in WITHIN]
    return {key: other(value) if key in names else value for key, value in record.items()}


def other(value: Any) -> Any:
    """Something of another type."""
    return {"value": value} if isinstance(value, str | bool | None) else "none of what was expected"


def unknown_status(_fault: Records, record: Object) -> Object:
    """The record with a status that no document has, where it has one."""
    status = {"id": "rehearsed-status", "name": "Rehearsed", "abbreviation": "RHRS", "color": "#000000"}
    return {key: status if key in STATUSES else value for key, value in record.items()}


def bad_days(_fault: Records, record: Object) -> Object:
    """The record with days that no calendar has."""
    return {key: "31/02/18" if key.endswith(DAYS) and value is not None else value for key, value in record.items()}


def extra(_fault: Records, record: Object) -> Object:
    """The record with a field that no document has."""
    return {**record, "rehearsed_field": {"of": ["any", "type"]}}


SPOILING: dict[str, Callable[[Records, Object], Object]] = {
    "missing-id": without_id,
    "null-id": null_id,
    "wrong-type": wrong_types,
    "unknown-status": unknown_status,
    "bad-date": bad_days,
    "extra-field": extra,
}
