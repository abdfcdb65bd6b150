"""Upstream text into values: days, times, moments, numbers and ids. Pure; a value that cannot be read is None, never a guess."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from upstreams.errors import BadInput
from upstreams.records import Moment

LONGEST_ID = 200
IDS = 32_768
"""How many check-ins ids are remembered without their prefix: each is compared many times."""
MEMORY, LONGEST_TEXT = 4_096, 64
"""How many days and times of day are remembered by their texts, which come again and again, and how long these may be."""
MOMENTS = 16_384
"""The same of moments: a check-in's come in its row and in its detail, and many check-ins have the same deadline."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_MILLISECONDS = range(631_152_000_000, 4_102_444_800_000)
"""The milliseconds since 1970 that can be meant: those of the years from 1990 to 2099."""

UNSAFE = ("/", "\\", "%", "..")
"""What no id has, and what may lead to another path, as it is or once somebody on the way has decoded it."""

US_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})", re.ASCII)
ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?", re.ASCII)
ISO_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:[0-5]\d)", re.ASCII)

EDGES = ("0001", "9999")
"""The years in which a time may be none that UTC knows."""


def day(value: object, *, this_year: int) -> date | None:
    """A calendar day from `6/25/18`, `10/01/2017` (US order), ISO text or epoch milliseconds (upstreams.md 12)."""
    if isinstance(value, str):
        return written_day(value, this_year) if len(value) <= LONGEST_TEXT else None
    return epoch_day(value) if isinstance(value, int) and not isinstance(value, bool) else None


@lru_cache(MEMORY)
def written_day(value: str, this_year: int) -> date | None:
    """The same from text."""
    if found := US_DAY.fullmatch(value.strip()):
        month, number, year = found.groups()
        return calendar_day(full_year(int(year), this_year) if len(year) == 2 else int(year), int(month), int(number))
    if found := ISO_DAY.fullmatch(value.strip()):
        return calendar_day(*map(int, found.groups()))
    return None


def full_year(two_digits: int, this_year: int) -> int:
    """The year of these two digits that lies in the window from 79 years ago to 20 years ahead (upstreams.md 12)."""
    latest = this_year + 20
    return latest - (latest - two_digits) % 100


def calendar_day(year: int, month: int, number: int) -> date | None:
    """That day, or None when the calendar has no such day."""
    try:
        return date(year, month, number)
    except ValueError:
        return None


def epoch_day(milliseconds: int) -> date | None:
    """The UTC day of an epoch time in milliseconds, if it lies between 1990 and 2099.

    A number outside is none: `7`, `20180625` and seconds since 1970 would all be a day in 1970, long before anybody was booked.
    """
    return (EPOCH + timedelta(milliseconds=milliseconds)).date() if milliseconds in EPOCH_MILLISECONDS else None


def clock(value: object) -> time | None:
    """A wall-clock time from `7:30 AM` or `19:30`; it has no zone (upstreams.md 22)."""
    return written_clock(value) if isinstance(value, str) and len(value) <= LONGEST_TEXT else None


@lru_cache(MEMORY)
def written_clock(value: str) -> time | None:
    """The same from text."""
    found = CLOCK.fullmatch(value.strip())
    if found is None:
        return None
    hour, minute, second, half = int(found[1]), int(found[2]), int(found[3] or 0), (found[4] or "").upper()
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + (12 if half == "PM" else 0) if half else hour
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def moment(value: object) -> Moment | None:
    """The same ISO 8601 text when it is a real time with an offset; up to nine digits of a second are optional (upstreams.md 13)."""
    return written_moment(value) if isinstance(value, str) and len(value) <= LONGEST_TEXT else None


@lru_cache(MOMENTS)
def written_moment(value: str) -> Moment | None:
    """The same of text."""
    if not ISO_MOMENT.fullmatch(value):
        return None
    try:
        found = datetime.fromisoformat(value)
        if value.startswith(EDGES):
            found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return Moment(value)


def text(value: object) -> str | None:
    """Non-empty text; numbers are printed, anything else is None."""
    if isinstance(value, str):
        return value or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def flag(value: object) -> bool | None:
    """A JSON boolean, or None."""
    return value if isinstance(value, bool) else None


def whole(value: object, *, most: int) -> int | None:
    """A whole number from 0 to `most`, also from digits in text; a lie beyond that is None (faults.md F18)."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= most else None


def spelled(raw: Mapping[str, Any], *names: str) -> str:
    """The first of these names whose field is present and not null, else the last: some fields have several (upstreams.md 25, 26)."""
    return next((name for name in names if raw.get(name) is not None), names[-1])


def segment(argument: str, value: str) -> str:
    """An id as one path segment, `:` as `%3A`; ids that could leave the path are refused (upstreams.md 35).

    Raises BadInput for empty, `.`, anything with `..`, `%`, slashes, control characters or unpaired surrogates, or over 200 characters.
    No id has a `%`: one that was encoded before it came here would be decoded by what stands in front of the upstream.
    """
    if not value.strip():
        raise BadInput(argument, "must not be empty")
    if len(value) > LONGEST_ID:
        raise BadInput(argument, f"must not be longer than {LONGEST_ID} characters")
    if value.strip() == "." or not value.isprintable() or any(one in value for one in UNSAFE):
        raise BadInput(argument, "must not contain slashes, percent signs, two dots in a row or control characters, or be a relative path")
    return quote(value, safe="")


def bare(api_id: str) -> str:
    """A check-ins id without its numeric tenant prefix, to compare ids by; calls use the raw form (upstreams.md 6)."""
    return stripped(api_id) if len(api_id) <= LONGEST_ID else strip(api_id)


def strip(api_id: str) -> str:
    """The same, anew."""
    tenant, colon, own = api_id.partition(":")
    return own if colon and tenant.isdecimal() else api_id


stripped = lru_cache(IDS)(strip)


def pause(value: str | None, *, now: Callable[[], datetime]) -> float | None:
    """Seconds to wait from a Retry-After header (seconds or an HTTP date); past, negative or absurd ones are None."""
    if value is None:
        return None
    if value.isascii() and value.isdigit() and len(value) < 7:
        return float(value)
    date = http_date(value)
    return sensible((date - now()).total_seconds()) if date is not None else None


def reset(value: str | None, *, now: Callable[[], datetime]) -> float | None:
    """Seconds to wait from X-Rate-Limit-Reset, which is seconds from now or since 1970; past, negative or absurd ones are None [V]."""
    if value is None or not (value.isascii() and value.isdigit() and len(value) < 12):
        return None
    return sensible(float(value)) or sensible(float(value) - now().timestamp())


def sensible(seconds: float) -> float | None:
    """A wait that has not passed, of less than twelve days."""
    return seconds if 0 <= seconds < 1_000_000 else None


def http_date(value: str | None) -> datetime | None:
    """A moment from an HTTP date, if it can be read."""
    try:
        found = parsedate_to_datetime(value or "")
        return found if found.tzinfo is not None else None
    except (ValueError, TypeError, OverflowError):
        return None
