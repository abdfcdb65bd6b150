"""Operations of every kind, by what they are about; `$project`, `$person`, `$group`, `$checkIn` and `$manager` are ids of the company."""

from __future__ import annotations

OPERATIONS = {
    "walk": "project(id: $project) { name people { name checkIns(first: 5) { totalCount nodes { id overdue } } } }",
    "walk with responses": "project(id: $project) { people { checkIns(first: 2) { nodes { responses { id personName } } } } }",
    "walk and back": "project(id: $project) { people { checkIns(first: 1) { nodes { responses { person { id name } } people { id } } } } }",
    "long lists": "project(id: $project) { people { checkIns(first: 100) { nodes { id } } } }",
    "counts": "project(id: $project) { people { checkIns(first: 5) { totalCount } } }",
    "nothing of a list": "project(id: $project) { people { checkIns(first: 5) { __typename } } }",
    "a window": "project(id: $project) { people { checkIns(first: 5, submittedBetween: {days: -21}) { nodes { id } totalCount } } }",
    "last": "project(id: $project) { people(activeBetween: {days: 7}) { name lastCheckIn { overdue } overdueCheckIns { id } } }",
    "summary": "project(id: $project) { checkInSummary(between: {days: -28}) { due known } }",
    "long summary": "project(id: $project) { checkInSummary(between: {days: -300}) { due known } }",
    "by number": 'project(number: "HB-1000") { people { identity { status } email } }',
    "edges": "people(first: 10) { edges { node { email } } nodes { department checkIns(first: 3) { nodes { id } } } }",
    "people": "people(first: 20) { nodes { name jobTitle { name } checkIns(first: 2) { nodes { id } } } totalCount }",
    "at work": "people(first: 20, onLeave: false) { nodes { overdueCheckIns(first: 3) { id } currentProjects { name } } }",
    "away": "people(first: 20, onLeave: true) { nodes { timeOff { reason } assignments { project { name } } } }",
    "namesakes": 'people(first: 5, name: "Daniel Murphy") { nodes { identity { status } checkIns(first: 1) { totalCount } } }',
    "projects": "projects(first: 3) { nodes { name color people { name } assignments { person { name } } } }",
    "person": "person(id: $person) { name checkIns(first: 30) { nodes { id } } assignments { id } timeOff { id } onLeave }",
    "person by number": 'person(employeeNumber: "C-001") { assignments(activeBetween: {days: -365}) { id } checkIns(first: 2) { nodes { id } } }',
    "absences long ago": 'person(id: $person) { timeOff(activeOn: "2018-07-10") { reason } }',
    "changed": 'project(id: $project) { assignments(changed: {updatedAfter: "2026-01-01"}) { id person { name } } }',
    "long ago": 'project(id: $project) { people(activeOn: "2022-01-05") { name } }',
    "assignments": "assignments(first: 20) { nodes { person { name } } }",
    "all assignments": "assignments(first: 20) { totalCount }",
    "endings": "assignments(first: 20, endingBetween: {days: 14}) { nodes { id } pageInfo { endCursor } }",
    "clashes": "assignments(first: 20, activeBetween: {days: 28}, conflicting: true) { nodes { conflictingTimeOff { id } } }",
    "current": "currentAssignments(first: 100) { nodes { id } completeness { complete } }",
    "group": "group(id: $group) { people(first: 10) { nodes { name } } assignments(first: 10) { totalCount } }",
    "check-in": "checkIn(id: $checkIn) { overdue responses { personName } }",
    "check-in and who": "checkIn(id: $checkIn) { responses { person { name assignments { id } } } people { name } }",
    "unknown check-in": 'checkIn(id: "580:nothing") { id } b: checkIn(id: "..") { id }',
    "check-ins": "checkIns(first: 50) { nodes { id } totalCount }",
    "check-ins and who": "checkIns(first: 8) { nodes { responses { person { name } } } }",
    "check-ins of days": "checkIns(first: 5, filter: {submittedBetween: {days: -7}}) { totalCount nodes { id responses { id } } }",
    "check-ins of a name": 'checkIns(first: 5, filter: {personName: "Adam Abbott"}) { nodes { id } } people(first: 3) { nodes { email } }',
    "reports": "reports(managerEmail: $manager, first: 20) { nodes { name projects(activeBetween: {days: 7}) { name } } }",
    "changes": "changes { assignments(first: 5) { nodes { id } } checkIns(first: 5) { nodes { id } } }",
    "report": "identityReport { people entries(first: 6) { nodes { person { name } identity { status } suggestions { score } } } }",
    "report of a status": "identityReport { entries(first: 6, status: MATCHED) { nodes { identity { status } person { email } } } }",
    "aliases": "a: project(id: $project) { people { x: lastCheckIn { id } } } b: project(id: $project) { people { y: lastCheckIn { id } } }",
    "two lists of one": "project(id: $project) { people { a: checkIns(first: 5) { nodes { id } } b: checkIns(first: 9) { nodes { id } } } }",
    "left out": "project(id: $project) { people { email @skip(if: true) checkIns(first: 2) @include(if: false) { nodes { id } } } }",
    "refused": 'checkIns(first: 0) { totalCount } project(id: "..") { name } person { id } people(first: 900) { nodes { email } }',
    "many ids": 'a: person(id: $person) { name } b: person(id: "p-nobody") { name } c: project(id: "p-none") { name }',
    "fragments": "project(id: $project) { people { ...a ... on Person { ...b } } } } "
    "fragment a on Person { lastCheckIn { id } ...b } fragment b on Person { lastCheckIn { overdue } email",
    "entities": '_entities(representations: [{__typename: "Person", id: $person}, {__typename: "Person", id: $person}, '
    '{__typename: "Project", id: $project}, {__typename: "CheckIn", id: $checkIn}, {__typename: "Project"}]) '
    "{ ... on Person { checkIns(first: 2) { nodes { id } } } ... on Project { people { name } } ... on CheckIn { overdue } }",
    "entities by number": '_entities(representations: [{__typename: "Person", employeeNumber: "C-001"}, {__typename: "Project", number: "HB-1000"}]) '
    "{ ... on Person { email } ... on Project { people { name } } }",
}
"""The inside of each query."""

VARIABLES = ("project", "person", "group", "checkIn", "manager")


def query(name: str) -> str:
    """The whole query of this name, with the variables that it uses."""
    inside = OPERATIONS[name]
    used = [one for one in VARIABLES if f"${one}" in inside]
    types = {"manager": "String!"}
    declared = ", ".join(f"${one}: {types.get(one, 'ID!')}" for one in used)
    return f"query{f'({declared})' if used else ''} {{ {inside} }}"
