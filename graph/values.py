"""The graph's value types: what has no life of its own, and the shape of every list that is paged."""

from __future__ import annotations

from typing import Generic, TypeVar

import strawberry

from graph.access.scopes import ALL_CHECK_INS, EMAILS, IDENTITIES, PROPERTIES
from graph.declare import chooses, link, says, shows
from loaders import links, suggestions
from resolvers import connections, identities, paging, summaries
from upstreams import records

T = TypeVar("T")

IdentityStatus = chooses(
    links.Status,
    "IdentityStatus",
    "Whether the same human was found in both upstreams.",
    {
        links.Status.MATCHED: "Found, for certain.",
        links.Status.UNMATCHED: "Nobody was found who could be the same human.",
        links.Status.AMBIGUOUS: "Somebody was found, but it is not certain who is who, so nothing is shown.",
    },
)
IdentityMethod = chooses(
    links.Method,
    "IdentityMethod",
    "What a link between the upstreams rests on, the strongest first.",
    {
        links.Method.MAPPING_FILE: "The mapping file says so: a human decided.",
        links.Method.EMPLOYEE_NUMBER: "Both upstreams show the same employee number, and nobody else has it.",
        links.Method.UNIQUE_EMAIL: "Workforce's directory and check-ins show the same email, each for one person only.",
        links.Method.UNIQUE_NAME: "Exactly one person in each upstream has this name. A namesake who never checked in cannot be seen.",
    },
)


@shows(records.Status, "The status of an assignment, as the company defines its statuses.")
class AssignmentStatus:
    id: strawberry.ID | None = says("The status's id in workforce.")
    name: str | None = says("The name, such as `Complete`.")
    abbreviation: str | None = says("The short form, such as `COMP`.")
    color: str | None = says("The colour, as `#RRGGBB`.")


@shows(records.JobTitle, "A job title.")
class JobTitle:
    id: strawberry.ID | None = says("The job title's id in workforce.")
    name: str | None = says("The name, such as `Apprentice-4`.")
    color: str | None = says("The colour, as `#RRGGBB`.")


@shows(records.Category, "A phase or a lot of a project.")
class Category:
    id: strawberry.ID | None = says("The id in workforce.")
    name: str | None = says("The name.")


@shows(records.WorkDays, "The weekdays on which an assignment is worked.")
class WorkDays:
    sunday: bool | None = says("Whether Sunday is a working day.")
    monday: bool | None = says("Whether Monday is a working day.")
    tuesday: bool | None = says("Whether Tuesday is a working day.")
    wednesday: bool | None = says("Whether Wednesday is a working day.")
    thursday: bool | None = says("Whether Thursday is a working day.")
    friday: bool | None = says("Whether Friday is a working day.")
    saturday: bool | None = says("Whether Saturday is a working day.")


@shows(records.Property, "A name and a value that check-ins keeps about a person, such as a role.", needs=PROPERTIES)
class PersonProperty:
    name: str = says("The property's name.")
    value: str | None = says("The property's value.")


@shows(paging.PageInfo, "Where a page lies in its list.", shareable=True)
class PageInfo:
    has_next_page: bool = says("Whether more items follow.")
    has_previous_page: bool = says("Whether items came before.")
    start_cursor: str | None = says("The cursor of the first item on the page.")
    end_cursor: str | None = says("The cursor of the last item on the page; pass it as `after` to continue.")


@shows(paging.Completeness, "Whether a list holds everything that the upstream has.")
class Completeness:
    complete: bool = says("False when something is known to be missing.")
    reason: str | None = says("What is missing, or what the list holds beyond what was asked for, and why.")


@shows(paging.Edge, "An item and the cursor that continues after it.")
class Edge(Generic[T]):
    cursor: str = says("The cursor; opaque.")
    node: T = says("The item.")


@shows(paging.Connection, "A page of a list.")
class Connection(Generic[T]):
    nodes: list[T] = link(
        connections.nodes,
        says="The items on the page.",
        at_hand=connections.nodes_at_hand,
        together=connections.nodes_together,
        rests=connections.rests,
    )
    edges: list[Edge[T]] = link(connections.edges, says="The items on the page, each with its cursor.")
    page_info: PageInfo = link(connections.page_info, says="Where the page lies in the list.")
    total_count: int | None = link(
        connections.total_count,
        at_hand=connections.totals_at_hand,
        together=connections.totals_together,
        rests=connections.rests,
        says="How many items there are in all, where that can be known. Of check-ins, one small upstream call when nothing else is asked; "
        "of assignments, every page must be read.",
    )
    completeness: Completeness = link(connections.completeness, says="Whether the page holds everything that the upstream has.")


@shows(
    summaries.Summary,
    "How some people kept to the check-ins that were due on certain days of the company's time zone.",
    needs=ALL_CHECK_INS,
)
class CheckInSummary:
    people: int = says("How many people it is about.")
    known: int = says(
        "Of how many of them the check-ins are known, and counted here. Nobody is guessed who is not found in check-ins for certain."
    )
    due: int = says("How many check-ins had their deadline on these days, ad hoc ones and those still to come included.")
    submitted: int = says("How many of these were submitted, in time or not.")
    overdue: int = says("How many of these are overdue, as check-ins sees it. Submitting late does not always make it so.")
    on_vacation: int = says("How many of these were due while the person was on vacation.")
    ad_hoc: int = says("How many of these were ad hoc rather than scheduled.")
    on_time_rate: float | None = says(
        "The share of check-ins that were submitted and are not overdue, from 0 to 1, among those that were submitted or were due by now; "
        "those on vacation are left out. Null without any."
    )
    completeness: Completeness = says("Whether all of the known people's check-ins could be read.")


@shows(records.Account, "A check-ins account that could belong to a person. To link it, name it in the mapping file.", needs=IDENTITIES)
class IdentityCandidate:
    id: strawberry.ID = says("The account's id in check-ins.")
    name: str | None = says("The full name in check-ins.")
    email: str | None = link(identities.email, says="The email in check-ins.", needs=EMAILS)
    department: str | None = says("The department in check-ins.")


@shows(
    links.Identity,
    "Whether and how a person was found in the other upstream. The two share no key, and nobody is ever guessed.",
    needs=IDENTITIES,
)
class PersonIdentity:
    status: IdentityStatus = says("Whether the person was found.")  # type: ignore[valid-type]
    method: IdentityMethod | None = says("What the link rests on; null without a link.")  # type: ignore[valid-type]
    reason: str = says("The same in a sentence.")
    decided_at: records.Moment = link(identities.decided_at, says="When this was decided; it is decided anew after a while.")
    check_ins_id: strawberry.ID | None = link(identities.check_ins_id, says="The id of the linked check-ins account.")
    candidates: list[IdentityCandidate] = link(
        identities.candidates,
        says="The check-ins accounts that could be meant, when no link was made. "
        "None where check-ins was not asked, because workforce has several people of that name.",
    )


@shows(suggestions.Suggestion, "A check-ins account that could be somebody's, for a human to judge. It links nobody.", needs=IDENTITIES)
class IdentitySuggestion:
    account: IdentityCandidate = says("The account, which nobody is linked to.")
    score: int = says("How much speaks for it, from 80 to 100.")
    reason: str = says("What speaks for it, such as `name 92% alike` or `same employee number`.")
