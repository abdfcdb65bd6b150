"""Operations at random, out of the schema: the least is never more than what was spent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from graphql import GraphQLField, GraphQLNamedType, GraphQLObjectType, get_named_type
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.limits import Limits
from graph.schema import schema
from graph.weights.bounds import Bounds
from tests.graphs import forgetful, graph, timeless
from tests.planning.budgets import Came, came

DEPTH = 5
RANGES = ["{days: 7}", "{days: -28}", '{from: "2024-01-01", to: "2026-06-30"}', '{from: "2018-06-01", to: "2018-07-31"}']
DAYS = ['"2026-03-04"', '"2025-12-24"', '"2018-07-10"']
VALUES: Mapping[str, list[str]] = {
    "first": ["1", "3", "26", "0"],
    "name": ['"Adam Abbott"', '"Daniel Murphy"', '"Nobody"'],
    "number": ['"HB-1000"', '"none"'],
    "employeeNumber": ['"C-001"', '"none"'],
    "email": ['"sonia.fraser@example.com"', '"none@example.com"'],
    "managerEmail": ['"sonia.fraser@example.com"', '"none"'],
    "onLeave": ["true", "false"],
    "conflicting": ["true", "false"],
    "status": ["MATCHED", "UNMATCHED"],
    "changed": ['{updatedAfter: "2026-01-01"}', '{createdBefore: "2025-06-01", updatedAfter: "2025-01-01"}'],
    "filter": [
        "{}",
        "{submittedBetween: {days: -7}}",
        '{personName: "Adam Abbott"}',
        '{department: "Structures", submittedBetween: {days: -3}}',
    ],
    **dict.fromkeys(["activeBetween", "startingBetween", "endingBetween", "between", "submittedBetween"], RANGES),
    **dict.fromkeys(["activeOn", "on", "since"], DAYS),
}
ENTITIES = [
    '{__typename: "Person", id: $person}',
    '{__typename: "Person", employeeNumber: "C-001"}',
    '{__typename: "Person", email: "sonia.fraser@example.com"}',
    '{__typename: "Project", id: $project}',
    '{__typename: "Project", number: "HB-1000"}',
    '{__typename: "CheckIn", id: $checkIn}',
    '{__typename: "Assignment", id: "none"}',
    '{__typename: "Nothing"}',
]
WINDOWS = ("activeOn", "activeBetween", "startingBetween", "endingBetween")
ANY = Bounds(aliases=10_000, mode="off")
IDS = {"Query.project": "project", "Query.person": "person", "Query.group": "group", "Query.checkIn": "checkIn"}


def arguments(draw: st.DrawFn, owner: str, field: str, of: GraphQLField) -> str:
    """Arguments for a field: what it requires, one key where it takes several, one window at most, and some of the rest."""
    if (own := IDS.get(f"{owner}.{field}")) is not None and (str(of.args["id"].type).endswith("!") or draw(st.integers(0, 3))):
        return f"(id: ${own})"
    names = [name for name in of.args if name in VALUES]
    required = [name for name in names if str(of.args[name].type).endswith("!")]
    chosen = {*required, *(name for name in names if name not in WINDOWS and not draw(st.integers(0, 2)))}
    windows = [name for name in names if name in WINDOWS]
    chosen |= {draw(st.sampled_from([*windows, *windows, ""]))} if windows else set()
    shown = ", ".join(f"{name}: {draw(st.sampled_from(VALUES[name]))}" for name in names if name in chosen)
    return f"({shown})" if shown else ""


def inside(draw: st.DrawFn, of: GraphQLNamedType, depth: int) -> str:
    """A selection of a type."""
    assert isinstance(of, GraphQLObjectType)
    shown = {name: get_named_type(field.type) for name, field in of.fields.items() if not name.startswith("_")}
    branches = {name: below for name, below in shown.items() if isinstance(below, GraphQLObjectType)}
    names = [*branches, *branches, *shown] if depth else [name for name in shown if name not in branches]
    parts = ["__typename"]
    for at, name in enumerate(draw(st.lists(st.sampled_from(names), max_size=3)) if names else []):
        selected = f" {{ {inside(draw, branches[name], depth - 1)} }}" if name in branches else ""
        parts.append(f"{of.name}{at}: {name}{arguments(draw, of.name, name, of.fields[name])}{selected}")
    return " ".join(parts)


def references(draw: st.DrawFn) -> str:
    """What a gateway may ask for."""
    asked = ", ".join(draw(st.lists(st.sampled_from(ENTITIES), min_size=1, max_size=4)))
    parts = [f"... on {name} {{ {inside(draw, schema._schema.type_map[name], 2)} }}" for name in ("Person", "Project", "CheckIn")]
    return f"entities: _entities(representations: [{asked}]) {{ {' '.join(parts)} }}"


@st.composite
def operations(draw: st.DrawFn) -> str:
    """A whole operation."""
    query = schema._schema.query_type
    assert query is not None
    text = inside(draw, query, DEPTH) if draw(st.integers(0, 3)) else references(draw)
    used = ", ".join(f"{name}: ID!" for name in sorted(set(re.findall(r"\$\w+", text))))
    return f"query{f'({used})' if used else ''} {{ {text} }}"


@settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(operations(), min_size=1, max_size=3))
async def test_operations_at_random_cost_no_less_than_they_are_said_to(company: Path, ids: Mapping[str, str], texts: list[str]) -> None:
    """Each is asked cold, after what others have taught, and once more; only calls are limited."""
    for limits in (Limits(calls=400, cache=forgetful, documents=ANY), Limits(calls=400, cache=timeless, documents=ANY)):
        async with graph(company, limits=limits) as one:
            for text in [*texts, *texts]:
                check(await came(one, text, ids), text)


def check(found: Came, text: str) -> None:
    """The least holds, unless the operation did not run to its end."""
    assert found.least <= found.spent or "QUERY_TOO_EXPENSIVE" in found.codes, (found.least, found.spent, text)
    assert found.least <= found.likely, text
