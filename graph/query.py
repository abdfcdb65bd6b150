"""The roots: everything that the seven endpoints can answer, every filter of theirs within reach."""

from __future__ import annotations

import strawberry

import resolvers.assignments
import resolvers.changes
import resolvers.check_ins
import resolvers.groups
import resolvers.people
import resolvers.projects
import resolvers.report
import resolvers.reports
from graph.access.scopes import BOOKINGS, CHECK_INS, IDENTITIES, REPORTS
from graph.arguments import away, changed, clashing, filters, manager, named, own_id, page, person_key, project_key
from graph.days import lately, since, window, working_day
from graph.declare import link
from graph.overviews import Changes, Group, IdentityReport
from graph.types import Assignment, CheckIn, Person, Project
from graph.values import Connection

DIRECTORY = "of the directory: everybody and everything booked from two years back to half a year ahead (settings)"


@strawberry.type(description="Where every query begins. Each root is null, with an error, when its own upstream cannot answer.")
class Query:
    """The query type."""

    project: Project | None = link(
        resolvers.projects.project,
        project_key,
        says="One project, by id or by number. Null when workforce has no assignment of it in ten years (a setting).",
    )
    projects: Connection[Project] | None = link(resolvers.projects.projects, page, says=f"The projects {DIRECTORY}, by name.")
    person: Person | None = link(
        resolvers.people.person,
        person_key,
        says="One person, by exactly one of id, email and employee number. Null when neither upstream shows them.",
    )
    people: Connection[Person] | None = link(resolvers.people.people, page, named, away, says=f"The people {DIRECTORY}, by name.")
    reports: Connection[Person] | None = link(
        resolvers.reports.reports,
        page,
        manager,
        lately,
        says="A manager's reports, by name, as workforce people where they are linked: whoever owns a check-in that was submitted on "
        "certain days and that the manager filter of check-ins finds. `completeness` says who may be missing. Costs the pages of these "
        "check-ins and, until their owners are known, a call for each.",
        needs=REPORTS,
    )
    group: Group | None = link(resolvers.groups.group, own_id, says="One group of people, by id. Null when workforce does not know it.")
    assignments: Connection[Assignment] | None = link(
        resolvers.assignments.assignments,
        page,
        window,
        changed,
        clashing,
        says="The company's assignments in a window: newest year of beginnings first, then by name. "
        "Active windows hold what began within two years "
        "(a setting) and, of what began before, all that has a working day in the window's first week; `startingBetween` is exact.",
        needs=BOOKINGS,
    )
    current_assignments: Connection[Assignment] | None = link(
        resolvers.assignments.current_assignments,
        page,
        working_day,
        changed,
        says="The company's assignments with a working day on that day, by name. Exact, whenever they began; a Monday-to-Friday "
        "assignment is not current on a Sunday.",
        needs=BOOKINGS,
    )
    check_in: CheckIn | None = link(
        resolvers.check_ins.check_in, own_id, says="One check-in, by id. Null when check-ins does not know it.", needs=CHECK_INS
    )
    check_ins: Connection[CheckIn] | None = link(
        resolvers.check_ins.check_ins, page, filters, says="The check-ins that a filter finds, newest deadline first.", needs=CHECK_INS
    )
    changes: Changes | None = link(
        resolvers.changes.changes, since, says="What changed since a day, for readers that keep a copy. Deletions cannot be seen."
    )
    identity_report: IdentityReport | None = link(
        resolvers.report.report, says="Who is who: how many people of workforce were found in check-ins, and who was not.", needs=IDENTITIES
    )
