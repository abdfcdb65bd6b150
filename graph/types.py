"""The graph's entities, in the order of the walk: project, assignment, person, check-in, response, time off."""

from __future__ import annotations

from datetime import date, time

import strawberry

from graph.access.scopes import ABSENCES, BOOKINGS, CHECK_INS, EMAILS, IDENTITIES, PROPERTIES, REASONS, SUMMARIES
from graph.arguments import changed, few, page
from graph.days import due, submitted, window, within, working_day
from graph.declare import derived, link, says, shows
from graph.values import (
    AssignmentStatus,
    Category,
    CheckInSummary,
    Connection,
    JobTitle,
    PersonIdentity,
    PersonProperty,
    WorkDays,
)
from loaders import resting
from resolvers import assignments, check_ins, clashes, people, profiles, projects, recent, summaries, time_off, whereabouts
from upstreams import records


@shows(
    records.Project,
    "A project of workforce. Workforce has no list of projects: a project is what its assignments say, and one without any is unknown.",
    keys=("id", "number"),
    known=True,
)
class Project:
    id: strawberry.ID = says("The project's id in workforce.")
    name: str | None = says("The name, as the project's newest assignment spells it.")
    number: str | None = says("The project or job number. Companies re-use numbers; one that several projects have finds none of them.")
    color: str | None = link(projects.color, says="The colour, as `#RRGGBB`. Asked apart from the rest, it may cost an upstream call.")
    assignments: list[Assignment] | None = link(
        projects.assignments,
        window,
        changed,
        says="The project's assignments, by first day. Active windows look back two years (a setting) for beginnings; "
        "`startingBetween` is exact. Null when workforce does not know the project.",
        needs=BOOKINGS,
    )
    people: list[Person] | None = link(
        projects.people,
        window,
        says="Everybody with an assignment on the project in the window, by name. The window means what it means for `assignments`.",
        needs=BOOKINGS,
    )
    check_in_summary: CheckInSummary | None = link(
        summaries.summary,
        due,
        window,
        says="How those booked on the project in the window kept to the check-ins that were due on certain days. One list call a person "
        "once their identities are known, and no check-in is read in detail. Null when workforce does not know the project.",
        needs=SUMMARIES,
    )

    resolve_reference = projects.project


@shows(records.Assignment, "A person's booking on a project, from a first to a last day.", keys=("id",), needs=BOOKINGS)
class Assignment:
    id: strawberry.ID = says("The assignment's id in workforce.")
    status: AssignmentStatus | None = says("The status; null when none is set.")
    start: date | None = says("The first day.", name="startDay")
    end: date | None = says("The last day, included.", name="endDay")
    start_time: time | None = says("When the working day begins, on the clock of the site.")
    end_time: time | None = says("When the working day ends, on the clock of the site; earlier than its start for a night shift.")
    work_days: WorkDays | None = says("The weekdays that are worked.")
    category: Category | None = says("The phase of the project.")
    subcategory: Category | None = says("The lot within the phase.")
    created: date | None = says("The day of creation.", name="createdOn")
    updated: date | None = says("The day of the last change; null until the first one.", name="updatedOn")
    person: Person = says("Who is booked.")
    project: Project = says("What they are booked on.")
    conflicting_time_off: list[TimeOff] | None = link(
        clashes.conflicting_time_off,
        within,
        says="The person's time off that falls on a day worked here, by first day; a weekday that is not known to be free counts as "
        "worked. Answered from the remembered directory, as far as that shows time off, without a call of its own; how time off "
        "repeats is not looked at. Null when the assignment lies outside the directory's days.",
        needs=ABSENCES,
    )

    resolve_reference = assignments.reference


@shows(
    records.Person,
    "A person: somebody of workforce, with their check-ins where it is certain which are theirs, or somebody known to check-ins only.",
    keys=("id", "email", "employeeNumber"),
    known=True,
)
class Person:
    id: strawberry.ID = says(
        "The workforce person id; for somebody known to check-ins only, their check-ins id, by which they can be asked for "
        "once a check-in of theirs has been shown: check-ins has no way to ask for a person."
    )
    name: str | None = says("The full name, as the upstream that shows the person spells it.")
    employee_number: str | None = link(profiles.employee_number, says="The employee number in workforce, of people booked lately.")
    job_title: JobTitle | None = link(profiles.job_title, says="The job title in workforce, of people booked lately.")
    email: str | None = link(profiles.email, says="The email in check-ins.", needs=EMAILS)
    department: str | None = link(profiles.department, says="The department in check-ins.")
    properties: list[PersonProperty] | None = link(
        profiles.properties, says="What check-ins keeps about the person. Sensitive.", needs=PROPERTIES
    )
    identity: PersonIdentity | None = link(
        people.identity, says="Whether and how the person was found in the other upstream.", needs=IDENTITIES
    )
    assignments: list[Assignment] | None = link(
        people.assignments,
        window,
        changed,
        says="The person's assignments, by first day. Active windows look back two years (a setting) for beginnings; "
        "`startingBetween` is exact. Null for somebody known to check-ins only.",
        needs=BOOKINGS,
    )
    projects: list[Project] | None = link(
        people.projects,
        window,
        says="The projects that the person is booked on in the window. The window means what it means for `assignments`.",
        needs=BOOKINGS,
    )
    current_projects: list[Project] | None = link(
        whereabouts.current_projects,
        working_day,
        says="The projects on which the person has a working day then. Found among what `assignments(activeOn:)` of that day finds, at the "
        "same cost. Null for somebody known to check-ins only.",
        needs=BOOKINGS,
    )
    time_off: list[TimeOff] | None = link(
        people.time_off,
        window,
        says="The person's time off, by first day. Active windows look back two years (a setting) for beginnings. "
        "Only company-wide reads show time off: windows near today are answered from the remembered directory, "
        "others cost one scan of the company, shared by everybody in the query.",
        needs=ABSENCES,
    )
    on_leave: bool | None = link(
        whereabouts.on_leave,
        working_day,
        says="Whether time off of theirs includes the day, if only in part; how it repeats is not looked at. Costs what `timeOff` costs. "
        "Null for somebody known to check-ins only.",
        needs=ABSENCES,
    )
    check_ins: Connection[CheckIn] | None = link(
        people.check_ins,
        page,
        submitted,
        at_hand=people.check_ins_at_hand,
        together=people.check_ins_together,
        rests=resting.links,
        says="The person's check-ins, newest deadline first. Null when check-ins does not know the person; null with an "
        "`IDENTITY_AMBIGUOUS` error when it is not certain which are theirs.",
        needs=CHECK_INS,
    )
    last_check_in: CheckIn | None = link(
        recent.last_check_in,
        says="The newest check-in, by deadline, that was submitted or was due by now; null without any. One list call for the newest 25, "
        "the same as that of `overdueCheckIns`; further ones only where they do not come newest deadline first.",
        needs=CHECK_INS,
    )
    overdue_check_ins: list[CheckIn] | None = link(
        recent.overdue_check_ins,
        few,
        says="Those of the person's newest 25 check-ins that are overdue, as check-ins sees it, newest deadline first: some of them "
        "may have been submitted since. Older ones are not looked at. Costs what `lastCheckIn` costs.",
        needs=CHECK_INS,
    )

    resolve_reference = people.person
    references_at_hand = people.people_at_hand


@shows(records.CheckIn, "A check-in: a form that a person was to submit by a deadline.", keys=("id",), needs=CHECK_INS)
class CheckIn:
    id: strawberry.ID = says("The check-in's id, such as `580:ce417c60-30ca-4e39-967e-b258d496be30`.")
    deadline: records.Moment | None = says("When it was due.")
    submitted: records.Moment | None = says("When it was submitted; null when it was not.", name="submittedAt")
    overdue: bool | None = says("Whether it is overdue, as check-ins sees it. Submitting late does not always make it so.")
    on_vacation: bool | None = says("Whether the person was on vacation when it was due.")
    is_adhoc: bool | None = says("Whether it was ad hoc rather than scheduled.")
    responses: list[Response] | None = link(
        check_ins.responses,
        says="The responses. One upstream call for each check-in.",
        needs=CHECK_INS,
        at_hand=check_ins.responses_at_hand,
        together=check_ins.responses_together,
        rests=check_ins.responses_rest,
    )
    people: list[Person] | None = link(
        check_ins.people,
        says="Everybody who responded. Empty when nobody did: an unsubmitted check-in does not show whose it is.",
    )

    resolve_reference = check_ins.check_in
    references_at_hand = check_ins.check_ins_at_hand


@shows(records.Response, "A response to a check-in.", keys=("id",), needs=CHECK_INS)
class Response:
    id: strawberry.ID = says("The response's id in check-ins.")
    responded: records.Moment | None = says("When it was given.", name="respondedAt")
    person_name: str | None = derived(check_ins.person_name, "The full name of whoever responded, as check-ins spells it.")
    person_email: str | None = derived(check_ins.person_email, "The email of whoever responded.", EMAILS)
    person_department: str | None = derived(check_ins.person_department, "The department of whoever responded.")
    person: Person | None = link(
        check_ins.person, says="Who responded: the linked workforce person, else somebody known to check-ins only."
    )
    check_in: CheckIn | None = link(check_ins.of_response, says="The check-in.", needs=CHECK_INS)

    resolve_reference = check_ins.response


@shows(records.TimeOff, "An absence, from a first to a last day.", keys=("id",), needs=ABSENCES)
class TimeOff:
    id: strawberry.ID = says(
        "An id of Crewgraph's own: workforce gives time off none. "
        "It is derived from the person, the days and the times, and changes with them."
    )
    reason: str | None = link(time_off.reason, says="The reason, such as `family`. Sensitive.", needs=REASONS)
    is_paid: bool | None = says("Whether it is paid.")
    repeat: str | None = says("How it repeats, such as `never` or `weekly`, as workforce spells it.")
    start: date | None = says("The first day.", name="startDay")
    end: date | None = says("The last day, included.", name="endDay")
    start_time: time | None = says("When it begins on its first day, on the local clock.")
    end_time: time | None = says("When it ends on its last day, on the local clock.")
    person: Person = says("Who is away.")

    resolve_reference = time_off.reference
