"""The scalars of the graph: moments pass through exactly as the upstream gave them; days and wall-clock times are ISO 8601."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from typing import Any, TypeVar

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from upstreams.records import Moment
from upstreams.values import moment

T = TypeVar("T")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
RFC3339 = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6"


def parsed(read: Callable[[str], T | None], expected: str) -> Callable[[object], T]:
    """A parser of client input that says what it expected, and nothing about Python."""

    def parse(value: object) -> T:
        try:
            found = read(value) if isinstance(value, str) else None
        except ValueError:
            found = None
        if found is None:
            raise GraphQLError(f"Expected {expected}.", extensions={"code": "BAD_USER_INPUT"})
        return found

    return parse


def day(text: str) -> date | None:
    """A calendar day in the one form YYYY-MM-DD."""
    return date.fromisoformat(text) if DAY.fullmatch(text) else None


SCALARS: dict[object, ScalarDefinition] = {
    Moment: strawberry.scalar(
        name="DateTime",
        description="A time with its offset from UTC, ISO 8601, exactly as the upstream gave it: `2025-04-11T12:06:00.882601+01:00`.",
        specified_by_url=RFC3339,
        serialize=str,
        parse_value=parsed(moment, "a time with an offset, such as 2025-04-11T12:06:00+01:00"),
    ),
    date: strawberry.scalar(
        name="Date",
        description="A calendar day, ISO 8601: `2026-05-31`.",
        specified_by_url=RFC3339,
        serialize=date.isoformat,
        parse_value=parsed(day, "a calendar day, such as 2026-05-31"),
    ),
    time: strawberry.scalar(
        name="LocalTime",
        description="A wall-clock time without a zone, ISO 8601: `07:30:00`. An end before its start is a night shift.",
        specified_by_url=RFC3339,
        serialize=time.isoformat,
        parse_value=parsed(time.fromisoformat, "a wall-clock time, such as 07:30:00"),
    ),
}


def scalar_map() -> dict[Any, ScalarDefinition]:
    """The scalars by the Python type that they show."""
    return dict(SCALARS)
