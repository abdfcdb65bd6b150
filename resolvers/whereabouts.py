"""Where somebody is on a day: at work on which projects, or on leave."""

from __future__ import annotations

from datetime import date

from loaders.bookings import runs
from loaders.request import Loaders
from loaders.window import on as active
from resolvers.people import assignments, time_off
from upstreams.records import Person, Project


async def current_projects(person: Person, loaders: Loaders, on: date | None) -> list[Project] | None:
    """The projects with a working day on that day (seed B:154), by first assignment; None for somebody known to check-ins only."""
    day = on or loaders.known.today()
    found = await assignments(person, loaders, active(day))
    return list({one.project.id: one.project for one in found if runs(one, day)}.values()) if found is not None else None


async def on_leave(person: Person, loaders: Loaders, on: date | None) -> bool | None:
    """Whether an absence includes that day; None for somebody known to check-ins only."""
    found = await time_off(person, loaders, active(on or loaders.known.today()))
    return bool(found) if found is not None else None
