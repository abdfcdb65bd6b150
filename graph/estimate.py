"""What an operation will cost in upstream calls, before any is made: from its selection and from what is known already.

`least` counts what surely must be asked and is not remembered, `likely` what is to be expected; both follow the walk from parents to
children. What the server needs for itself, the directory and the calibration of filters, is no operation's cost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from graph.selection import Asked
from loaders.directory import Directory
from loaders.known import Known
from loaders.request import PROOF, Wants
from loaders.window import on

PEOPLE, ROWS, PAGE = 10, 8, 25
"""What is expected where nothing is known: people on a project, check-ins of a person in a window, items of a list."""
LISTS = 2
"""The lists of one project or person in the default window: a year each."""
SEARCHED = 2


@dataclass(frozen=True)
class Many:
    """How many values a field has in all; `ids` are theirs where it is known which."""

    least: int
    likely: int
    ids: frozenset[str] | None = None


@dataclass(frozen=True)
class Step:
    """The calls of one field for all its parents: what they are, how many at least and likely, and in which wave."""

    path: str
    calls: str
    least: int
    likely: int
    wave: int


@dataclass
class Estimate:
    """The whole operation."""

    steps: list[Step] = field(default_factory=list)

    @property
    def least(self) -> int:
        """The calls that it makes at the least."""
        return sum(step.least for step in self.steps)

    @property
    def likely(self) -> int:
        """The calls that it is expected to make."""
        return sum(step.likely for step in self.steps)

    @property
    def waves(self) -> int:
        """How many calls wait for another at the most."""
        return max((step.wave for step in self.steps), default=0)


@dataclass
class Walk:
    """One walk down a selection."""

    known: Known
    estimate: Estimate = field(default_factory=Estimate)
    proved: set[str | None] = field(default_factory=set)

    @property
    def index(self) -> Directory | None:
        """The directory, if it was read lately."""
        return next(iter(self.known.directories.fresh().values()), None)

    def down(self, asked: Asked, parents: Many, path: str, wave: int) -> None:
        """The cost of everything asked of these parents."""
        for one in asked.fields:
            place = f"{path}.{one.name}" if path else one.name
            steps, children = RULES.get(one.coordinate, through)(self, one, parents)
            depth = wave
            for what, calls in steps:
                depth += 1
                self.estimate.steps.append(Step(place, what, calls.least, calls.likely, depth))
            self.down(one, children, place, depth)


Costs = list[tuple[str, Many]]
Rule = Callable[[Walk, Asked, Many], tuple[Costs, Many]]


def through(_walk: Walk, _asked: Asked, parents: Many) -> tuple[Costs, Many]:
    """A field without calls: as many values as parents."""
    return [], parents


def project(walk: Walk, asked: Asked, _parents: Many) -> tuple[Costs, Many]:
    """One project, free where the directory shows it."""
    own, number = asked.arguments.get("id"), asked.arguments.get("number")
    if walk.index is None or own is None:
        found = [one.id for one in (walk.index.project_numbers.get(str(number).casefold(), ()) if walk.index else ())]
        return ([] if number else [("lists of the project", Many(0, SEARCHED))]), Many(len(found), 1, frozenset(found) if found else None)
    known = str(own) in walk.index.projects
    return ([] if known else [("lists of the project", Many(0, SEARCHED))]), Many(int(known), 1, frozenset([str(own)]))


def person(walk: Walk, asked: Asked, _parents: Many) -> tuple[Costs, Many]:
    """One person, free by a number, or by an id that the directory shows."""
    own = asked.arguments.get("id")
    if own is not None:
        known = walk.index is not None and str(own) in walk.index.people
        return ([] if known else [("lists of the person", Many(0, SEARCHED))]), Many(int(known), 1, frozenset([str(own)]))
    return ([("check-ins of the email", Many(0, PROOF))] if asked.arguments.get("email") else []), Many(0, 1)


def everybody(walk: Walk, asked: Asked, _parents: Many) -> tuple[Costs, Many]:
    """A page of the directory."""
    first = taken(asked, PAGE)
    plain = not {name for name in asked.arguments if name not in ("first", "after")}
    whole = walk.index.people if asked.name == "people" and walk.index else walk.index.projects if walk.index else {}
    return [], Many(min(first, len(whole)) if plain and not asked.arguments.get("after") else 0, min(first, len(whole) or first))


def team(walk: Walk, asked: Asked, parents: Many) -> tuple[Costs, Many]:
    """The people or assignments of projects: free and known in number where the directory shows them."""
    if walk.index is None or parents.ids is None or not parents.ids <= walk.index.projects.keys():
        return [("lists of projects", Many(0, parents.likely * LISTS))], Many(0, parents.likely * PEOPLE)
    window = on(walk.known.today())
    booked = [one for own in parents.ids for one in walk.index.of_project.get(own, ()) if window.keeps(one.start, one.end)]
    ids = frozenset(one.person.id for one in booked)
    sure = not {"activeOn", "activeBetween", "startingBetween", "endingBetween", "changed"} & {*asked.arguments}
    return [], Many(len(ids) if sure else 0, len(ids), ids if sure else None)


def own_lists(walk: Walk, asked: Asked, parents: Many) -> tuple[Costs, Many]:
    """The assignments or projects of people."""
    free = walk.index is not None or asked.name in ("timeOff", "onLeave")
    costs: Costs = [] if free else [("lists of people", Many(0, parents.likely * LISTS))]
    return costs, Many(0, parents.likely * 2)


def proof(walk: Walk, parents: Many) -> Costs:
    """Who these people are in check-ins, where that is not remembered; paid for once, whatever asks for it."""
    key = repr(sorted(parents.ids)) if parents.ids is not None else None
    if key in walk.proved:
        return []
    walk.proved.add(key)
    unknown = len([one for one in parents.ids if walk.known.outcome(one) is None]) if parents.ids is not None else parents.likely
    sure = unknown if parents.ids is not None else 0
    return [("proofs of identity", Many(sure * PROOF, unknown * PROOF))] if unknown else []


def identified(walk: Walk, _asked: Asked, parents: Many) -> tuple[Costs, Many]:
    """What rests on the identity alone."""
    return proof(walk, parents), parents


def rows(walk: Walk, asked: Asked, parents: Many) -> tuple[Costs, Many]:
    """Check-ins of people: a list each, which a proof made just now has read already."""
    costs = proof(walk, parents)
    linked = [one for one in parents.ids or () if walk.known.links.peek(one) is not None]
    lists = len(linked) if parents.ids is not None else 0 if costs else parents.likely
    found = parents.likely * min(taken(asked, ROWS), ROWS) if asked.name != "lastCheckIn" else parents.likely
    return [*costs, *([("lists of check-ins", Many(0, lists))] if lists else [])], Many(0, found)


def details(_walk: Walk, _asked: Asked, parents: Many) -> tuple[Costs, Many]:
    """The responses of check-ins: a call each."""
    return [("details of check-ins", Many(0, parents.likely))], parents


def summary(walk: Walk, asked: Asked, parents: Many) -> tuple[Costs, Many]:
    """The summary of projects: a list of each person's check-ins."""
    costs, people = team(walk, asked, parents)
    return [*costs, *rows(walk, asked, people)[0]], parents


def pages(_walk: Walk, asked: Asked, parents: Many) -> tuple[Costs, Many]:
    """A page of a list that the upstream pages."""
    return [("pages", Many(0, parents.likely))], Many(0, parents.likely * taken(asked, PAGE))


def single(_walk: Walk, _asked: Asked, parents: Many) -> tuple[Costs, Many]:
    """One thing by its id."""
    return [("one by id", Many(0, parents.likely))], parents


def entities(_walk: Walk, asked: Asked, _parents: Many) -> tuple[Costs, Many]:
    """What a gateway asks for, by its keys."""
    given = asked.arguments.get("representations")
    count = len(given) if isinstance(given, list) else 1
    return [("lookups by key", Many(0, count))], Many(0, count)


def taken(asked: Asked, default: int) -> int:
    """The `first` of a page."""
    found = asked.arguments.get("first")
    return found if isinstance(found, int) and found > 0 else default


RULES: Mapping[str, Rule] = {
    "Query.project": project,
    "Query.projects": everybody,
    "Query.person": person,
    "Query.people": everybody,
    "Query.group": single,
    "Query.assignments": pages,
    "Query.currentAssignments": pages,
    "Query.checkIn": single,
    "Query.checkIns": pages,
    "Query.reports": pages,
    "Query._entities": entities,
    "Project.people": team,
    "Project.assignments": team,
    "Project.checkInSummary": summary,
    "Person.assignments": own_lists,
    "Person.projects": own_lists,
    "Person.currentProjects": own_lists,
    "Person.timeOff": own_lists,
    "Person.onLeave": own_lists,
    "Person.identity": identified,
    "Person.email": identified,
    "Person.department": identified,
    "Person.properties": identified,
    "Person.checkIns": rows,
    "Person.lastCheckIn": rows,
    "Person.overdueCheckIns": rows,
    "CheckIn.responses": details,
    "CheckIn.people": details,
    "Group.people": pages,
    "Group.assignments": pages,
    "Changes.assignments": pages,
    "Changes.checkIns": pages,
}
"""What fields cost; one that is not here costs nothing of its own."""

DIRECTORY = frozenset(
    {
        "Query.projects",
        "Query.people",
        "Person.employeeNumber",
        "Person.jobTitle",
        "Assignment.conflictingTimeOff",
    }
)
"""Fields that only the directory answers."""
IDENTITIES = frozenset(
    {coordinate for coordinate, rule in RULES.items() if rule in (identified, rows, summary)} | {"Response.person", "CheckIn.people"}
)
"""Fields that need the directory unless identities are remembered."""


def estimate(asked: Asked, known: Known) -> Estimate:
    """What an operation will cost."""
    walk = Walk(known)
    walk.down(asked, Many(1, 1), "", 0)
    return walk.estimate


def wants(asked: Asked) -> Wants:
    """What the loaders should know of the operation before its first call."""
    named = [one for one in asked.everything() if one.type]
    coordinates = {one.coordinate for one in named}
    numbered = any(one.coordinate in ("Query.project", "Query.person") and {"number", "employeeNumber"} & {*one.arguments} for one in named)
    today = any(one.coordinate in ("Person.timeOff", "Person.onLeave") and not one.arguments for one in named)
    return Wants(
        directory=numbered or today or bool(coordinates & DIRECTORY),
        identities=bool(coordinates & IDENTITIES),
        responses="CheckIn.responses" in coordinates or "CheckIn.people" in coordinates,
    )
