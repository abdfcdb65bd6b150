"""From a project to its assignments and people, and from an id or number to a project."""

from __future__ import annotations

from loaders.booked import Booked, Own
from loaders.links import Ambiguous
from loaders.names import alphabetical, folded
from loaders.request import Loaders
from loaders.window import Window
from resolvers.assignments import MOVED
from resolvers.keys import one_of
from resolvers.lookups import lately, search
from resolvers.paging import COMPLETE, Connection, Page, listed
from upstreams.records import Assignment, Person, Project
from upstreams.workforce import ALWAYS, Changed


async def project(loaders: Loaders, id: str | None = None, number: str | None = None) -> Project | None:  # noqa: A002 - the argument's name in the graph
    """The project with this id or number, or None: a project without assignments in reach is unknown (upstreams.md 9)."""
    one_of(id=id, number=number)
    if id is None:
        return await numbered(loaders, number or "")
    newest = (await search(loaders, loaders.project_assignments, id)).newest
    return newest.project if newest is not None else None


async def numbered(loaders: Loaders, number: str) -> Project | None:
    """The one project of this number in the directory; a number that several projects have is no key (faults.md F35)."""
    directory = await loaders.directory()
    found = directory.project_numbers.get(folded(number), ())
    if len(found) > 1:
        raise Ambiguous("Several projects have this number.")
    return found[0] if found else None


async def projects(loaders: Loaders, page: Page) -> Connection[Project]:
    """All projects of the directory, by name."""
    directory = await loaders.directory()
    completeness = COMPLETE if directory.complete else MOVED
    return listed(directory.projects_by_name, "projects", page, completeness)


async def assignments(project: Project, loaders: Loaders, window: Window, changed: Changed = ALWAYS) -> list[Assignment] | None:
    """The project's assignments in a window, by start; None when workforce does not know the project (seed B:194-249)."""
    found = await loaders.project_assignments.load(Booked(project.id, window, changed))
    return list(found.items) if found is not None else None


async def people(project: Project, loaders: Loaders, window: Window) -> list[Person] | None:
    """Everybody who is booked on the project in a window, by name."""
    found = await assignments(project, loaders, window)
    if found is None:
        return None
    people = {one.person.id: one.person for one in found}
    return [person for _, person in alphabetical(people.values())]


async def color(project: Project, loaders: Loaders) -> str | None:
    """The project's colour, which only a person's assignments show (seed B:285)."""
    if project.color is not None:
        return project.color
    window = Window("starting", *lately(loaders)[0])
    found = await loaders.project_assignments.load(Booked(project.id, window))
    if found is None or not found.items:
        return None
    days = loaders.known.starts((window.first, window.last))
    theirs = await loaders.own_list.load(Own("person", found.items[-1].person.id, days))
    return next((one.project.color for one in theirs.items if one.project.id == project.id), None) if theirs is not None else None
