"""Reading the parameters of a request: a day, a number, or a 400 that says what was expected."""

import re
from collections.abc import Mapping
from datetime import date, datetime

from starlette.exceptions import HTTPException

DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\S+", re.ASCII)  # a blank is a plus sign that was not sent as %2B
NUMBER = re.compile(r"\d{1,18}", re.ASCII)
MAX_RANGE = 365  # seed B:16
DEFAULT_LIMIT = 50  # the documents name none
MAX_LIMIT = 100  # more is quietly answered with this many


def text(query: Mapping[str, str], name: str) -> str | None:
    """The parameter; an empty one is none at all."""
    return query.get(name) or None


def number(query: Mapping[str, str], name: str, default: int | None, low: int = 0, high: int = 10**18) -> int:
    """A whole number from `low` to `high`; without a default it is required."""
    given = text(query, name)
    if given is None and default is not None:
        return default
    if given is None or not NUMBER.fullmatch(given) or not low <= int(given) <= high:
        raise HTTPException(400, f"{name} must be a whole number from {low} to {high}")
    return int(given)


def span(query: Mapping[str, str]) -> tuple[int, int]:
    """The limit and offset of a page of check-ins or their users (seed A:26-27)."""
    return min(number(query, "limit", DEFAULT_LIMIT, 1), MAX_LIMIT), number(query, "offset", 0)


def company(path: Mapping[str, str], name: str) -> None:
    """A 404 unless the path names this company."""
    if path["company"] != name:
        raise HTTPException(404, "no such company")


def day(query: Mapping[str, str], name: str) -> int | None:
    """A day as `date.toordinal()`: of an ISO 8601 date, or of a timestamp in the very offset that it carries (seed B:12)."""
    given = text(query, name)
    if given is None:
        return None
    try:
        if DATE.fullmatch(given):
            return date.fromisoformat(given).toordinal()
        if MOMENT.fullmatch(given):
            return datetime.fromisoformat(given).toordinal()
    except ValueError as error:
        raise _bad_day(name) from error
    raise _bad_day(name)


def plain_day(query: Mapping[str, str], name: str) -> int | None:
    """A day in the one format of seed A:19, yyyy-mm-dd."""
    given = text(query, name)
    if given is not None and not DATE.fullmatch(given):
        raise HTTPException(400, f"{name} must be a date in the format yyyy-mm-dd")
    return day(query, name)


def window(query: Mapping[str, str]) -> tuple[int, int]:
    """The first and last day that startDay and dayRange ask for, both included.

    Seed B:20 says that a dayRange of 1 means two days and B:22 that one of 15 means fifteen: this sandbox takes the wider reading for both,
    startDay to startDay + dayRange, so that a reader of either kind is given all that it may expect.
    """
    first = day(query, "startDay")
    if first is None:
        raise HTTPException(400, "startDay is required")
    return first, first + number(query, "dayRange", None, 0, MAX_RANGE)


def _bad_day(name: str) -> HTTPException:
    return HTTPException(400, f"{name} must be an ISO 8601 date")
