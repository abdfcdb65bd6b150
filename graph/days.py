"""The arguments that are days or ranges of days, and the windows that they mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, TypeVar

import strawberry
from strawberry import UNSET

from graph.context import Context
from loaders.window import LONGEST, Days, Kind, Window, on
from upstreams.errors import BadInput

T = TypeVar("T")


def told(description: str) -> Any:
    """An argument's description."""
    return strawberry.argument(description=description)


@strawberry.input(description="A range of days, both ends included: `from` and `to`, or `days` counted from today. At most ten years.")
class DateRange:
    """The input shape of a range of days."""

    first: date | None = strawberry.field(default=UNSET, name="from", description="The first day.")
    last: date | None = strawberry.field(default=UNSET, name="to", description="The last day.")
    days: int | None = strawberry.field(
        default=UNSET,
        description="So many days, today of the company's time zone included: 14 reach 13 days ahead, -28 reach 27 days back.",
    )


def window(
    context: Context,
    active_on: Annotated[
        date | None,
        told("Bookings whose days, first to last, include this day, working day or not. The default is today, in the company's time zone."),
    ] = UNSET,
    active_between: Annotated[DateRange | None, told("Bookings whose days touch this range.")] = UNSET,
    starting_between: Annotated[
        DateRange | None, told("Bookings whose first day lies in this range. Exact, and the cheapest to ask.")
    ] = UNSET,
    ending_between: Annotated[
        DateRange | None, told("Bookings whose last day is known and lies in this range. Costs what the active window of these days costs.")
    ] = UNSET,
) -> Mapping[str, Any]:
    """At most one window; active today without any."""
    today = context.loaders.known.today()
    ranges: list[tuple[str, Kind, DateRange | None]] = [
        ("activeBetween", "active", active_between),
        ("startingBetween", "starting", starting_between),
        ("endingBetween", "ending", ending_between),
    ]
    given = [(argument, kind, one) for argument, kind, one in ranges if one]
    if len(given) + bool(active_on) > 1:
        raise BadInput("activeOn, activeBetween, startingBetween, endingBetween", "give at most one of them")
    for argument, kind, one in given:
        return {"window": ranged(argument, kind, one, today)}
    return {"window": called("activeOn", lambda: on(active_on or today))}


def ranged(argument: str, kind: Kind, given: DateRange, today: date) -> Window:
    """The window of this kind over the range that an argument gives."""
    return called(argument, lambda: Window(kind, *ends(given, today)))


def ends(given: DateRange, today: date) -> Days:
    """The first and the last day of a range. Raises BadInput unless it is given in exactly one of its two ways."""
    if given.first and given.last and not given.days:
        return given.first, given.last
    if given.first or given.last or not given.days:
        raise BadInput("range", "give both `from` and `to`, or `days` other than 0")
    if abs(given.days) > LONGEST:
        raise BadInput("range", f"must not span more than {LONGEST} days")
    far = today + timedelta(days=given.days - (1 if given.days > 0 else -1))
    return min(today, far), max(today, far)


def called(argument: str, make: Callable[[], T]) -> T:
    """What `make` makes; what is wrong with it is said of the argument as clients know it."""
    try:
        return make()
    except BadInput as refusal:
        raise BadInput(argument, refusal.problem) from refusal


def submitted(
    context: Context,
    submitted_between: Annotated[
        DateRange | None, told("Only check-ins submitted on these days of the company's time zone. What was never submitted is left out.")
    ] = UNSET,
) -> Mapping[str, Any]:
    """The days of submission, if any."""
    return {"submitted": days(context, submitted_between)}


def days(context: Context, given: DateRange | None) -> Window | None:
    """The range as a window of submission days."""
    return ranged("submittedBetween", "starting", given, context.loaders.known.today()) if given else None


def working_day(
    _context: Context,
    on: Annotated[date | None, told("The day; today, in the company's time zone, without it.")] = UNSET,
) -> Mapping[str, Any]:
    """A day of work."""
    return {"on": called("on", lambda: Window("active", on, on)).first if on else None}


def due(
    context: Context, between: Annotated[DateRange, told("The days of the deadlines, in the company's time zone.")]
) -> Mapping[str, Any]:
    """The days of deadlines."""
    return {"between": ranged("between", "starting", between, context.loaders.known.today())}


def within(
    context: Context, between: Annotated[DateRange | None, told("Only what falls on these days; on any day without it.")] = UNSET
) -> Mapping[str, Any]:
    """A range of days, if any."""
    return {"between": ranged("between", "active", between, context.loaders.known.today()) if between else None}


def lately(
    context: Context,
    submitted_between: Annotated[
        DateRange | None,
        told("On which days they must have submitted a check-in to be seen, in the company's time zone; the last 28 without it."),
    ] = UNSET,
) -> Mapping[str, Any]:
    """The days of submission, the last four weeks unless said otherwise."""
    return {"submitted": days(context, submitted_between or DateRange(days=-28))}


def since(
    context: Context,
    since: Annotated[
        date | None, told("The first day of the changes; yesterday, in the company's time zone, without it. At most ten years ago.")
    ] = UNSET,
) -> Mapping[str, Any]:
    """The days from a first one until today."""
    today = context.loaders.known.today()
    first = since or today - timedelta(days=1)
    if first > today:
        raise BadInput("since", "must not lie in the future")
    return {"since": called("since", lambda: Window("starting", first, today))}
