"""Every field behind a scope is refused by itself, before any upstream is asked, and none is forgotten."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLNonNull, GraphQLObjectType, GraphQLUnionType, get_named_type, parse

from graph.access.permitted import permitted
from graph.access.rights import Caller
from graph.access.scopes import SCOPES, Needs, met
from graph.schema import ENTITIES, NEEDS, schema, sdl
from graph.selection import asked
from tests.access.callers import EVERYTHING, Guarded, caller, guarded, refusals, without
from tests.graphs import graph

CORE = schema._schema
TYPES = {name: one for name, one in CORE.type_map.items() if isinstance(one, GraphQLObjectType) and not name.startswith("_")}

OPEN = {
    "Query": {"changes", "group", "people", "person", "project", "projects"},
    "Person": {"department", "employeeNumber", "id", "jobTitle", "name"},
    "Project": {"color", "id", "name", "number"},
    "Group": {"id"},
    "JobTitle": {"color", "id", "name"},
    "PersonConnection": {"completeness", "edges", "nodes", "pageInfo", "totalCount"},
    "PersonEdge": {"cursor", "node"},
    "ProjectConnection": {"completeness", "edges", "nodes", "pageInfo", "totalCount"},
    "ProjectEdge": {"cursor", "node"},
    "PageInfo": {"endCursor", "hasNextPage", "hasPreviousPage", "startCursor"},
    "Completeness": {"complete", "reason"},
}
"""What a caller without any scope may see: a new field must be put here, or behind a scope."""

PROTECTED: Mapping[str, tuple[str, ...]] = {
    "assignments:read": ("Assignment.", "AssignmentConnection.", "AssignmentEdge.", "AssignmentStatus.", "WorkDays.", "Category."),
    "timeoff:read": ("TimeOff.", "Person.onLeave", "Person.timeOff", "Assignment.conflictingTimeOff"),
    "timeoff:reason": ("TimeOff.reason",),
    "identity:read": ("PersonIdentity.", "IdentityReport", "IdentitySuggestion.", "IdentityCandidate."),
    "people:email": ("Person.email", "Response.personEmail", "IdentityCandidate.email", "Query.reports"),
    "people:properties": ("Person.properties", "PersonProperty."),
}
CHECK_INS = ("CheckIn.", "CheckInConnection.", "CheckInEdge.", "CheckInSummary.", "Response.")


def reachable(scopes: frozenset[str]) -> set[str]:
    """The names of all fields that some query of a caller with these scopes gets a value of, as entities or from a root."""
    entities = [name for name, one in ENTITIES.items() if not one.needs or met(one.needs, scopes)]
    waiting, found = ["Query", *entities], set[str]()
    seen = set(waiting)
    while waiting:
        name = waiting.pop()
        for field_name, field in TYPES[name].fields.items():
            place = f"{name}.{field_name}"
            if field_name.startswith("_") or (place in NEEDS and met(NEEDS[place], scopes) is None):
                continue
            found.add(place)
            inner = get_named_type(field.type).name
            if inner in TYPES and inner not in seen:
                seen.add(inner)
                waiting.append(inner)
    return found


def test_a_caller_without_scopes_reaches_the_fields_that_are_open_and_no_other() -> None:
    assert reachable(frozenset()) == {f"{name}.{one}" for name, fields in OPEN.items() for one in fields}


def test_a_caller_with_all_scopes_reaches_every_field() -> None:
    assert reachable(EVERYTHING) == {f"{name}.{one}" for name, found in TYPES.items() for one in found.fields if not one.startswith("_")}


@pytest.mark.parametrize("scope", PROTECTED)
def test_no_path_leads_around_a_scope(scope: str) -> None:
    reached = reachable(EVERYTHING - {scope})
    assert not [one for one in reached if one.startswith(PROTECTED[scope])]
    assert [one for one in reachable(EVERYTHING) if one.startswith(PROTECTED[scope])]


def test_no_path_leads_around_the_scopes_of_check_ins() -> None:
    assert not [one for one in reachable(EVERYTHING - {"checkins:read", "checkins:team"}) if one.startswith(CHECK_INS)]
    assert not [one for one in reachable(EVERYTHING - {"checkins:read"}) if one.startswith(("CheckInSummary.", "Query.reports"))]


def test_every_scope_opens_something() -> None:
    assert {scope for needs in NEEDS.values() for one in needs for scope in one} == set(SCOPES)


@pytest.mark.parametrize("place", NEEDS)
def test_a_field_that_may_be_refused_is_nullable(place: str) -> None:
    name, _, field = place.partition(".")
    assert not isinstance(TYPES[name].fields[field].type, GraphQLNonNull)


@pytest.mark.parametrize("name", sorted(TYPES))
def test_gateways_are_told_what_this_server_enforces(name: str) -> None:
    printed = sdl()
    body = printed[printed.index(f"\ntype {name} ") :].partition("\n}\n")[0]
    for field in TYPES[name].fields:
        if (needs := NEEDS.get(f"{name}.{field}")) is not None:
            assert directive(needs) in body
    assert body.count("@requiresScopes") == sum(place.startswith(f"{name}.") for place in NEEDS) + ("@requiresScopes" in body.split("{")[0])


def directive(needs: Needs) -> str:
    """The directive as it is printed."""
    lists = ", ".join("[" + ", ".join(f'"{scope}"' for scope in one) + "]" for one in needs)
    return f"@requiresScopes(scopes: [{lists}])"


def test_every_entity_is_behind_the_scopes_of_its_type_or_for_callers_that_are_known() -> None:
    union = CORE.type_map["_Entity"]
    assert isinstance(union, GraphQLUnionType)
    for one in union.types:
        head = (
            sdl()[sdl().index(f"\ntype {one.name} ") :].partition("{")[0]
            + sdl()[sdl().index(f"\ntype {one.name} ") :].partition("{")[2][:200]
        )
        assert directive(ENTITIES[one.name].needs) in head if ENTITIES[one.name].needs else "@authenticated" in head


ANN = 'person(employeeNumber: "C-001")'
QUERIES: Mapping[str, tuple[str, str]] = {
    "Query.reports": ('{ reports(first: 1, managerEmail: "a@b.c") { totalCount } }', "reports"),
    "Query.assignments": ("{ assignments(first: 1) { nodes { id } } }", "assignments"),
    "Query.currentAssignments": ("{ currentAssignments(first: 1) { totalCount } }", "currentAssignments"),
    "Query.checkIn": ('{ checkIn(id: "x") { id } }', "checkIn"),
    "Query.checkIns": ("{ checkIns(first: 1) { totalCount } }", "checkIns"),
    "Query.identityReport": ("{ identityReport { matched } }", "identityReport"),
    "Assignment.conflictingTimeOff": (
        f"{{ {ANN} {{ assignments {{ conflictingTimeOff {{ id }} }} }} }}",
        "person.assignments.0.conflictingTimeOff",
    ),
    "Person.email": (f"{{ {ANN} {{ email }} }}", "person.email"),
    "Person.properties": (f"{{ {ANN} {{ properties {{ name }} }} }}", "person.properties"),
    "Person.identity": (f"{{ {ANN} {{ identity {{ status }} }} }}", "person.identity"),
    "Person.assignments": (f"{{ {ANN} {{ assignments {{ id }} }} }}", "person.assignments"),
    "Person.projects": (f"{{ {ANN} {{ projects {{ id }} }} }}", "person.projects"),
    "Person.currentProjects": (f"{{ {ANN} {{ currentProjects {{ id }} }} }}", "person.currentProjects"),
    "Person.timeOff": (f"{{ {ANN} {{ timeOff {{ id }} }} }}", "person.timeOff"),
    "Person.onLeave": (f"{{ {ANN} {{ onLeave }} }}", "person.onLeave"),
    "Person.checkIns": (f"{{ {ANN} {{ checkIns(first: 1) {{ totalCount }} }} }}", "person.checkIns"),
    "Person.lastCheckIn": (f"{{ {ANN} {{ lastCheckIn {{ id }} }} }}", "person.lastCheckIn"),
    "Person.overdueCheckIns": (f"{{ {ANN} {{ overdueCheckIns {{ id }} }} }}", "person.overdueCheckIns"),
    "Project.assignments": ('{ project(number: "HB-1000") { assignments { id } } }', "project.assignments"),
    "Project.people": ('{ project(number: "HB-1000") { people { id } } }', "project.people"),
    "Project.checkInSummary": ('{ project(number: "HB-1000") { checkInSummary(between: {days: -7}) { due } } }', "project.checkInSummary"),
    "Response.personEmail": ("{ checkIns(first: 9) { nodes { responses { personEmail } } } }", ""),
    "TimeOff.reason": ("{ people(first: 99) { nodes { timeOff(activeBetween: {days: 180}) { id reason } } } }", ""),
    "Group.people": ("{ group(id: $group) { people(first: 1) { totalCount } } }", "group.people"),
    "Group.assignments": ("{ group(id: $group) { assignments(first: 1) { totalCount } } }", "group.assignments"),
    "Changes.assignments": ("{ changes { assignments(first: 1) { nodes { id } } } }", "changes.assignments"),
    "Changes.checkIns": ("{ changes { checkIns(first: 1) { totalCount } } }", "changes.checkIns"),
    "IdentityCandidate.email": ("{ identityReport { entries(first: 99) { nodes { identity { candidates { id email } } } } } }", ""),
}
WITHIN = {
    "CheckIn.responses",
    "Response.checkIn",
    "IdentityReport.entries",
    "IdentityReportEntry.identity",
    "IdentityReportEntry.suggestions",
}
"""Fields of types that are behind the same scopes: whoever lacks them never gets there."""


@pytest.fixture
async def served(company: Path) -> AsyncIterator[Guarded]:
    """The graph over it."""
    async with guarded(company) as one:
        yield one


def test_every_field_behind_a_scope_is_asked_for_here() -> None:
    assert QUERIES.keys() | WITHIN == NEEDS.keys()
    for place in WITHIN:
        assert ENTITIES.get(place.split(".")[0]) is not None or "Identity" in place


def lacking(needs: Needs) -> list[set[str]]:
    """Sets of scopes without which none of the lists is whole."""
    return [{scope for one in needs for scope in one[index : index + 1]} for index in range(max(map(len, needs)))]


@pytest.mark.parametrize("place", QUERIES)
async def test_a_field_is_refused_with_what_is_missing_and_its_siblings_answer(served: Guarded, place: str) -> None:
    query, path = QUERIES[place]
    group = "crew"
    asked = query.replace("{", "{ __typename ", 1).replace("$group", f'"{group}"')
    for scopes in lacking(NEEDS[place]):
        answer = await served.ask(without(scopes), asked)
        assert answer["data"]["__typename"] == "Query"
        if path.startswith("group") and answer["data"]["group"] is None:
            continue
        found = refusals(answer)
        wanted = [list(one) for one in NEEDS[place]]
        assert found
        assert all(one == wanted for one in found.values())
        assert not path or path in found


@pytest.mark.parametrize("place", [one for one in QUERIES if one.startswith("Query.")])
async def test_what_is_refused_asks_no_upstream(served: Guarded, place: str) -> None:
    assert await served.calls(caller(), QUERIES[place][0]) == []


async def test_refused_fields_of_a_person_ask_nothing_of_check_ins(served: Guarded) -> None:
    query = f"{{ {ANN} {{ name email identity {{ status }} properties {{ name }} checkIns(first: 1) {{ totalCount }} }} }}"
    calls = await served.calls(caller(), query)
    assert calls == await served.calls(caller(), f"{{ {ANN} {{ name }} }}") or not [one for one in calls if one.startswith("/api/")]
    answer = await served.ask(caller(), query)
    assert answer["data"]["person"] == {"name": "Ann Lee", "email": None, "identity": None, "properties": None, "checkIns": None}
    assert set(refusals(answer)) == {"person.email", "person.identity", "person.properties", "person.checkIns"}


ARGUMENTS = [
    ('{ person(email: "ann.lee@example.com") { id } }', "people:email"),
    ("{ people(first: 1, onLeave: true) { totalCount } }", "timeoff:read"),
    ("{ people(first: 1, onLeave: false) { totalCount } }", "timeoff:read"),
    ("{ assignments(first: 1, conflicting: true) { totalCount } }", "timeoff:read"),
    ('{ checkIns(first: 1, filter: {managerEmail: "a@b.c"}) { totalCount } }', "people:email"),
    ('{ checkIns(first: 1, filter: {managerName: "Ann Lee"}) { totalCount } }', "people:email"),
    ('{ checkIns(first: 1, filter: {personEmail: "a@b.c"}) { totalCount } }', "people:email"),
]


@pytest.mark.parametrize(("query", "scope"), ARGUMENTS)
async def test_an_argument_that_would_tell_what_may_not_be_seen_is_refused(served: Guarded, query: str, scope: str) -> None:
    served.graph.wire.calls.clear()
    answer = await served.ask(without([scope]), query)
    assert list(answer["data"].values()) == [None]
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    assert scope in str(refusals(answer))
    assert served.graph.wire.calls == []


@pytest.mark.parametrize(("query", "scope"), ARGUMENTS)
def test_an_estimate_does_not_look_at_what_an_argument_refuses(query: str, scope: str) -> None:
    tree = asked(CORE, parse(query), None, {})
    assert permitted(tree, NEEDS, without([])).fields
    assert permitted(tree, NEEDS, without([scope])).fields == []


async def test_who_is_on_leave_shows_in_no_estimate(served: Guarded) -> None:
    await served.data(caller(), "{ people(first: 1) { totalCount } }")  # from now on estimates know the directory

    async def likely(who: Caller, on_leave: str) -> int:
        query = f"{{ people(first: 100, onLeave: {on_leave}) {{ nodes {{ department }} }} }}"
        found: int = (await served.ask(who, query, {"x-crewgraph-trace": "1"}))["extensions"]["trace"]["budget"]["likely"]
        return found

    assert await likely(without(["timeoff:read"]), "true") == await likely(without(["timeoff:read"]), "false") == 0
    assert await likely(without([]), "false")


async def test_ones_own_email_is_no_secret_to_oneself(served: Guarded) -> None:
    me = without(["people:email"], email="ann.lee@example.com")
    assert await served.data(me, '{ checkIns(first: 1, filter: {personEmail: "ann.lee@example.com"}) { totalCount } }')


ENTITY = "query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }"


@pytest.mark.parametrize("name", [name for name, one in ENTITIES.items() if one.needs])
async def test_an_entity_is_refused_whether_or_not_it_exists(served: Guarded, name: str) -> None:
    served.graph.wire.calls.clear()
    scopes = {scope for one in ENTITIES[name].needs for scope in one}
    answer = await served.ask(without(scopes), ENTITY, r=[{"__typename": name, "id": "x"}])
    assert answer["data"] == {"_entities": [None]}
    assert set(refusals(answer)) == {"_entities.0"}
    assert served.graph.wire.calls == []


async def test_a_person_is_not_found_by_an_email_that_may_not_be_asked_by(served: Guarded) -> None:
    asked: list[Any] = [{"__typename": "Person", "email": "ann.lee@example.com"}, {"__typename": "Person", "email": "nobody@example.com"}]
    served.graph.wire.calls.clear()
    answer = await served.ask(without(["people:email"]), ENTITY, r=asked)
    assert answer["data"] == {"_entities": [None, None]}
    assert set(refusals(answer)) == {"_entities.0", "_entities.1"}
    assert served.graph.wire.calls == []


async def test_a_trace_is_for_those_who_may_know_who_is_who(served: Guarded) -> None:
    query, headers = f"{{ {ANN} {{ department }} }}", {"x-crewgraph-trace": "1"}
    assert "trace" in (await served.ask(caller("checkins:read", "identity:read"), query, headers))["extensions"]
    for one in (caller(), caller("checkins:read"), caller("identity:read", "checkins:team")):
        assert "trace" not in (await served.ask(one, query, headers)).get("extensions", {})


async def test_the_schema_of_a_server_says_what_it_enforces(company: Path) -> None:
    """Gateways enforce the scopes that a subgraph names, and Apollo's for Node refuses to start with any."""
    query = "{ _service { sdl } }"
    async with graph(company) as plain, guarded(company) as scoped:
        for _ in range(2):
            assert (await plain.data(query))["_service"]["sdl"] == sdl(scopes=False)
            assert (await scoped.data(caller(), query))["_service"]["sdl"] == sdl()
    assert not {"requiresScopes", "authenticated"} & set(re.findall(r"\w+", sdl(scopes=False)))
