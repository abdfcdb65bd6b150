"""The groups of arguments that fields take, and what each group means to a resolver; those that are days are in `graph.days`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import strawberry
from strawberry import UNSET

from graph.access.scopes import ABSENCES, CLASHES
from graph.context import Context
from graph.days import DateRange, called, days, told
from loaders.links import Status
from resolvers.paging import Page
from upstreams.check_ins import Filter
from upstreams.errors import BadInput
from upstreams.workforce import Changed

ADDRESSES = frozenset({"manager_email", "manager_name", "person_email"})
"""Filters that would give away an email, or somebody's manager, to whoever guesses it."""


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
    manager_email: str | None = strawberry.field(
        default=UNSET, description="The email of the person's manager. Unless it is your own, it needs the scope `people:email`."
    )
    manager_name: str | None = strawberry.field(
        default=UNSET, description="The full name of the person's manager. Needs the scope `people:email`."
    )
    person_email: str | None = strawberry.field(
        default=UNSET,
        description="The email of the person. How exactly it matches is the upstream's. "
        "Unless it is your own, it needs the scope `people:email`.",
    )
    person_name: str | None = strawberry.field(
        default=UNSET, description="The full name of the person. How exactly it matches is the upstream's."
    )


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


def filters(
    context: Context,
    filter: Annotated[CheckInFilter | None, told("Which check-ins; all of them without it.")] = UNSET,  # noqa: A002 - the argument's name in the graph
) -> Mapping[str, Any]:
    """The check-in filters, with the days of submission apart, because those are sifted here."""
    given = {name: value for name, value in vars(filter).items() if value is not UNSET} if filter else {}
    if None in given.values():
        raise BadInput("filter", "must not hold a null, which would match everybody: leave it out")
    for name in ADDRESSES & given.keys():
        context.rights.address(given[name])
    return {"submitted": days(context, given.pop("submitted_between", None)), "where": called("filter", lambda: Filter(**given))}


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
    context: Context,
    id: Annotated[strawberry.ID | None, told("The person's id.")] = UNSET,  # noqa: A002 - the argument's name in the graph
    email: Annotated[
        str | None,
        told(
            "The email of the person's check-ins account, where only one account has it. "
            "Unless it is your own, it needs the scope `people:email`."
        ),
    ] = UNSET,
    employee_number: Annotated[str | None, told("The employee number in workforce, where only one person has it.")] = UNSET,
) -> Mapping[str, Any]:
    """A person's id, email or employee number."""
    if email:
        context.rights.address(email)
    return given(id=id, email=email, employee_number=employee_number)


def named(
    _context: Context,
    name: Annotated[str | None, told("Only people of exactly this name; upper and lower case are the same.")] = UNSET,
) -> Mapping[str, Any]:
    """An exact name."""
    return given(name=name)


def away(
    context: Context,
    on_leave: Annotated[
        bool | None, told("Only people who are on leave today, or with false only those who are not. Needs the scope `timeoff:read`.")
    ] = UNSET,
) -> Mapping[str, Any]:
    """Whether people are on leave."""
    if on_leave is not UNSET:
        context.rights.need(ABSENCES)
    return {"on_leave": None if on_leave is UNSET else on_leave}


def clashing(
    context: Context,
    conflicting: Annotated[
        bool | None,
        told(
            "Only assignments with time off of their person on a day that is worked, or with false only those without any that is known. "
            "In an active window on a day of the window, in others on any day. Needs the scope `timeoff:read`."
        ),
    ] = UNSET,
) -> Mapping[str, Any]:
    """Whether assignments clash with time off."""
    if conflicting is not UNSET:
        context.rights.need(CLASHES)
    return {"conflicting": None if conflicting is UNSET else conflicting}


def few(
    _context: Context, first: Annotated[int | None, told("How many at most, from 1 to 100; all of them without it.")] = UNSET
) -> Mapping[str, Any]:
    """How many items of a plain list."""
    return {"first": Page(first).first if first is not UNSET and first is not None else None}


def manager(
    _context: Context, manager_email: Annotated[str, told("The email of the manager, whole, as check-ins spells it.")]
) -> Mapping[str, Any]:
    """Whose reports."""
    return {"manager_email": manager_email}


def decided(
    _context: Context,
    status: Annotated[
        Status | None,
        told("Only people of whom this is remembered already; whoever is not decided yet is left out, and nobody is decided for it."),
    ] = UNSET,
) -> Mapping[str, Any]:
    """The status of an identity."""
    return {"status": None if status is UNSET else status}


def given(**values: str | None) -> Mapping[str, Any]:
    """The arguments that the client gave, as plain text."""
    return {name: str(value) for name, value in values.items() if value is not None and value is not UNSET}
