"""What only roots lead to: groups, changes, and the report of who is who."""

from __future__ import annotations

import strawberry

from graph.access.scopes import BOOKINGS, CHECK_INS, IDENTITIES
from graph.arguments import changed, decided, page
from graph.days import window
from graph.declare import link, says, shows
from graph.types import Assignment, CheckIn, Person
from graph.values import Connection, IdentitySuggestion, PersonIdentity
from resolvers import changes, groups, report
from upstreams import records


@shows(records.Group, "A group of people in workforce.", known=True)
class Group:
    id: strawberry.ID = says("The group's id in workforce.")
    people: Connection[Person] | None = link(
        groups.people, page, window, says="The people of the group with an assignment in the window, by name.", needs=BOOKINGS
    )
    assignments: Connection[Assignment] | None = link(
        groups.assignments,
        page,
        window,
        changed,
        says="The group's assignments in the window: newest year of beginnings first, then by name.",
        needs=BOOKINGS,
    )


@shows(changes.Changes, "What changed since a day. What was deleted meanwhile cannot be seen.")
class Changes:
    assignments: Connection[Assignment] | None = link(
        changes.assignments,
        page,
        says="The assignments created since, newest year of beginnings first, then those created before and changed since; of all that "
        "begin from two years back to half a year ahead (settings). Exact to the day; to its end it costs six scans of the company.",
        needs=BOOKINGS,
    )
    check_ins: Connection[CheckIn] | None = link(
        changes.check_ins, page, says="The check-ins submitted since, newest deadline first; costs their pages.", needs=CHECK_INS
    )


@shows(report.Entry, "Somebody of workforce, and who they are in check-ins.", needs=IDENTITIES)
class IdentityReportEntry:
    person: Person = says("The workforce person.")
    identity: PersonIdentity | None = link(
        report.identity, says="Whether and how the person was found in check-ins; decided now unless it is remembered.", needs=IDENTITIES
    )
    suggestions: list[IdentitySuggestion] | None = link(
        report.suggestions,
        says="At most three accounts that could be the person's, the likeliest first, out of those that this server has met and nobody is "
        "linked to. Empty for somebody who was found. To accept one, name it in the mapping file.",
        needs=IDENTITIES,
    )


@shows(
    report.Report,
    "Who is who in the whole company, as far as that is remembered: `crewgraph people match` decides everybody.",
    needs=IDENTITIES,
)
class IdentityReport:
    people: int = says("How many people the workforce directory has, with those on the list of people where that is turned on.")
    matched: int = says("Of how many of them the check-ins are known.")
    unmatched: int = says("For how many nobody was found.")
    ambiguous: int = says("For how many it is not certain who is who.")
    undecided: int = says("How many have not been decided yet, or not lately.")
    entries: Connection[IdentityReportEntry] | None = link(
        report.entries,
        page,
        decided,
        says="These people, by name. Only those of the page are decided, three calls each at most where filters are exact, "
        "so that any page fits the budget.",
        needs=IDENTITIES,
    )
