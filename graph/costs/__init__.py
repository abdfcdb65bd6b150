"""What each field costs in upstream calls of its own, as a rule from its parents to its values; a contract test keeps the list whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from graph.costs import bookings, check_ins, given, roots
from graph.costs.bookings import Found
from graph.forecast import Many, View
from graph.selection import Asked

Rule = Callable[[View, Asked, Many], Found]


def through(_view: View, _asked: Asked, parents: Many) -> Found:
    """A field without calls of its own: as many values as parents."""
    return [], parents


def changes(view: View, asked: Asked, parents: Many) -> Found:
    """The days of the changes."""
    days = given.since(asked, view.known.today())
    return [], Many(("changes", days), int(days is not None), sure=parents.sure, days=days)


RULES: Mapping[str, Rule] = {
    "Query._entities": roots.entities,
    "Query.project": roots.project,
    "Query.projects": roots.projects,
    "Query.person": roots.person,
    "Query.people": roots.people,
    "Query.reports": check_ins.reports,
    "Query.group": bookings.group,
    "Query.assignments": bookings.company,
    "Query.currentAssignments": bookings.working,
    "Query.checkIn": check_ins.one,
    "Query.checkIns": check_ins.found,
    "Query.changes": changes,
    "Project.people": bookings.team,
    "Project.assignments": bookings.team,
    "Project.color": bookings.color,
    "Project.checkInSummary": check_ins.summary,
    "Person.assignments": bookings.jobs,
    "Person.projects": bookings.jobs,
    "Person.currentProjects": bookings.jobs,
    "Person.timeOff": bookings.absences,
    "Person.onLeave": bookings.absences,
    "Person.identity": check_ins.identified,
    "Person.email": check_ins.identified,
    "Person.department": check_ins.identified,
    "Person.properties": check_ins.identified,
    "Person.checkIns": check_ins.listed,
    "Person.lastCheckIn": check_ins.newest,
    "Person.overdueCheckIns": check_ins.newest,
    "CheckIn.responses": check_ins.details,
    "CheckIn.people": check_ins.details,
    "Response.person": check_ins.answerer,
    "IdentityReport.entries": roots.entries,
    "IdentityReportEntry.identity": check_ins.identified,
    "IdentityReportEntry.suggestions": check_ins.identified,
    "Group.people": bookings.in_group,
    "Group.assignments": bookings.in_group,
    "Changes.assignments": bookings.changes,
    "Changes.checkIns": check_ins.changed,
}

FREE = frozenset(
    {
        "Query._service",
        "Query.identityReport",
        "Person.employeeNumber",
        "Person.jobTitle",
        "Assignment.conflictingTimeOff",
        "Response.personName",
        "Response.personEmail",
        "Response.personDepartment",
        "Response.checkIn",
        "TimeOff.reason",
        "IdentityCandidate.email",
    }
)
"""Fields with a resolver that makes no call of its own but for the directory, which no operation pays for, or what its parent has read."""

PAGED = frozenset({"Query.assignments", "Query.currentAssignments", "Query.group", "Query.checkIn", "Query.checkIns", "Query.changes"}) | {
    coordinate for coordinate in RULES if coordinate.partition(".")[0] in ("Group", "Changes")
}
"""Fields that never read the directory."""
