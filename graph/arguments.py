"""The groups of arguments that fields take, and what each group means to a resolver."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, TypeVar

import strawberry
from strawberry import UNSET

from graph.context import Context
from graph.declare import says
from loaders.window import Window, on
from resolvers.paging import Page
from upstreams.check_ins import Filter
from upstreams.errors import BadInput
from upstreams.workforce import Changed

T = TypeVar("T")


def told(description: str) -> Any:
    """An argument's description."""
    return strawberry.argument(description=description)


@strawberry.input(description="A range of days, both ends included. At most ten years.")
class DateRange:
    """The input shape of a range of days."""

    first: date = says("The first day.", name="from")
    last: date = says("The last day.", name="to")


@strawberry.input(description="When bookings were created or last changed in workforce; days, inclusive. All that are given must hold.")
class ChangedFilter:
    """The input shape of the six change filters (seed B:29-34)."""

    created_at: date | None = strawberry.field(default=UNSET, description="Created on this day.")
    created_before: date | None = strawberry.field(default=UNSET, description="Created on or before this day.")
    created_after: date | None = strawberry.field(default=UNSET, description="Created on or after this day.")
    updated_at: date | None = strawberry.field(default=UNSET, description="Last changed on this day.")
    updated_before: date | None = strawberry.field(default=UNSET, description="Last changed on or before this day.")
    updated_after: date | None = strawberry.field(default=UNSET, description="Last changed on or after this day.")


@strawberry.input(
    description="Which check-ins: all that are given must hold. An empty text is refused, because upstream it would match everybody."
)
class CheckInFilter:
    """The input shape of the seven check-in filters (seed A:19-25)."""

    submitted_between: DateRange | None = strawberry.field(
        default=UNSET, description="Submitted on these days of the company's time zone. What was never submitted is left out."
    )
    department: str | None = strawberry.field(default=UNSET, description="The department of the person, as check-ins spells it.")
    manager_email: str | None = strawberry.field(default=UNSET, description="The email of the person's manager.")
    manager_name: str | None = strawberry.field(default=UNSET, description="The full name of the person's manager.")
    person_email: str | None = strawberry.field(
        default=UNSET, description="The email of the person. How exactly it matches is the upstream's."
    )
    person_name: str | None = strawberry.field(
        default=UNSET, description="The full name of the person. How exactly it matches is the upstream's."
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
) -> Mapping[str, Any]:
    """At most one window; active today without any."""
    given = [one for one in (active_on, active_between, starting_between) if one]
    if len(given) > 1:
        raise BadInput("activeOn, activeBetween, startingBetween", "give at most one of them")
    if starting_between:
        return {"window": called("startingBetween", lambda: Window("starting", starting_between.first, starting_between.last))}
    if active_between:
        return {"window": called("activeBetween", lambda: Window("active", active_between.first, active_between.last))}
    return {"window": called("activeOn", lambda: on(active_on or context.loaders.known.today()))}


def called(argument: str, make: Callable[[], T]) -> T:
    """What `make` makes; what is wrong with it is said of the argument as clients know it."""
    try:
        return make()
    except BadInput as refusal:
        raise BadInput(argument, refusal.problem) from refusal


def page(
    _context: Context,
    first: Annotated[int, told("How many items to return, from 1 to 100.")],
    after: Annotated[str | None, told("A cursor of this list, to continue after it.")] = UNSET,
) -> Mapping[str, Any]:
    """A page of a connection."""
    return {"page": Page(first, after if after is not UNSET else None)}


def changed(
    _context: Context,
    changed: Annotated[ChangedFilter | None, told("Only bookings created or changed then.")] = UNSET,
) -> Mapping[str, Any]:
    """The change filters, if any."""
    given = {name: value for name, value in vars(changed).items() if value} if changed else {}
    return {"changed": Changed(**given)}


def submitted(
    _context: Context,
    submitted_between: Annotated[
        DateRange | None, told("Only check-ins submitted on these days of the company's time zone. What was never submitted is left out.")
    ] = UNSET,
) -> Mapping[str, Any]:
    """The days of submission, if any."""
    return {"submitted": days(submitted_between)}


def filters(
    _context: Context,
    filter: Annotated[CheckInFilter | None, told("Which check-ins; all of them without it.")] = UNSET,  # noqa: A002 - the argument's name in the graph
) -> Mapping[str, Any]:
    """The check-in filters, with the days of submission apart, because those are sifted here."""
    given = {name: value for name, value in vars(filter).items() if value is not UNSET} if filter else {}
    if None in given.values():
        raise BadInput("filter", "must not hold a null, which would match everybody: leave it out")
    return {"submitted": days(given.pop("submitted_between", None)), "where": called("filter", lambda: Filter(**given))}


def days(given: DateRange | None) -> Window | None:
    """The range as a window of submission days."""
    return called("submittedBetween", lambda: Window("starting", given.first, given.last)) if given else None


def own_id(_context: Context, id: Annotated[strawberry.ID, told("The id.")]) -> Mapping[str, Any]:  # noqa: A002 - the argument's name in the graph
    """A required id."""
    return {"id": str(id)}


def project_key(
    _context: Context,
    id: Annotated[strawberry.ID | None, told("The project's id in workforce.")] = UNSET,  # noqa: A002 - the argument's name in the graph
    number: Annotated[str | None, told("The project's number, where only one project has it.")] = UNSET,
) -> Mapping[str, Any]:
    """A project's id or number."""
    return given(id=id, number=number)


def person_key(
    _context: Context,
    id: Annotated[strawberry.ID | None, told("The person's id.")] = UNSET,  # noqa: A002 - the argument's name in the graph
    email: Annotated[str | None, told("The email of the person's check-ins account, where only one account has it.")] = UNSET,
    employee_number: Annotated[str | None, told("The employee number in workforce, where only one person has it.")] = UNSET,
) -> Mapping[str, Any]:
    """A person's id, email or employee number."""
    return given(id=id, email=email, employee_number=employee_number)


def named(
    _context: Context,
    name: Annotated[str | None, told("Only people of exactly this name; upper and lower case are the same.")] = UNSET,
) -> Mapping[str, Any]:
    """An exact name."""
    return given(name=name)


def working_day(
    _context: Context,
    on: Annotated[date | None, told("The day; today, in the company's time zone, without it.")] = UNSET,
) -> Mapping[str, Any]:
    """A day of work."""
    return {"on": called("on", lambda: Window("active", on, on)).first if on else None}


def given(**values: str | None) -> Mapping[str, Any]:
    """The arguments that the client gave, as plain text."""
    return {name: str(value) for name, value in values.items() if value is not None and value is not UNSET}
