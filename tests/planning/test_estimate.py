"""What an operation is said to cost at the least it does cost, whatever is known already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from strawberry.types.base import StrawberryObjectDefinition

from graph.costs import FREE, RULES
from graph.declare import Link
from graph.estimate import DIRECTORY, IDENTITIES
from graph.limits import Limits
from graph.schema import schema
from loaders.known import Rules
from loaders.mapping import parse
from sandbox import Options
from tests.graphs import forgetful, graph, noon
from tests.planning.budgets import Came, came, named
from tests.planning.operations import OPERATIONS
from upstreams.cache import Cache

ROOM = Limits(calls=100_000, cache=forgetful)
KEEPS = replace(ROOM, cache=Cache)


def true_of(found: Came) -> None:
    """The estimate kept its word."""
    assert found.least <= found.spent
    assert found.least <= found.likely


@pytest.mark.parametrize("name", OPERATIONS)
async def test_an_operation_costs_no_less_than_it_is_said_to_at_the_least(company: Path, ids: Mapping[str, str], name: str) -> None:
    """Cold, with identities known, and with answers remembered."""
    async with graph(company, limits=ROOM) as one:
        for _ in range(2):
            true_of(await named(one, name, ids))
        await named(one, "walk", ids)
        true_of(await named(one, name, ids))
    async with graph(company, limits=KEEPS) as one:
        for _ in range(2):
            true_of(await named(one, name, ids))


async def test_operations_that_follow_one_another_cost_no_less_than_they_are_said_to(company: Path, ids: Mapping[str, str]) -> None:
    """Each finds what those before it have taught."""
    for limits in (ROOM, KEEPS):
        async with graph(company, limits=limits) as one:
            for name in [*OPERATIONS, *reversed(OPERATIONS)]:
                true_of(await named(one, name, ids))


@pytest.mark.parametrize(
    "rules",
    [
        Rules(clock=noon, match_names=False),
        Rules(clock=noon, people_directory=True, users_directory=True),
        Rules(clock=noon, employee_number_property="Employee No"),
        Rules(clock=noon, look_back=900, directory_back=200),
        Rules(clock=noon, directory_seconds=0),
        Rules(clock=noon, identity_seconds=0, link_seconds=0),
    ],
    ids=["no names", "directories", "numbers", "a short directory", "no directory", "no memory"],
)
async def test_it_holds_under_other_rules(company: Path, ids: Mapping[str, str], rules: Rules) -> None:
    async with graph(company, limits=ROOM, rules=rules) as one:
        for name in ["people", "walk", "namesakes", "person", "report", "entities", "projects", "long ago", "walk"]:
            true_of(await named(one, name, ids))


@pytest.mark.parametrize(
    "options", [Options(clock=noon, name_match="substring", email_match="substring"), Options(clock=noon, ignore_case=True)]
)
async def test_it_holds_where_filters_are_loose(company: Path, ids: Mapping[str, str], options: Options) -> None:
    async with graph(company, limits=ROOM, options=options) as one:
        for name in ["edges", "last", "people", "a window"]:
            true_of(await named(one, name, ids))
            true_of(await named(one, name, ids))


async def test_it_holds_for_people_whom_the_mapping_file_names(company: Path, ids: Mapping[str, str]) -> None:
    register = parse(f"person_id,email,checkins_id\n{ids['person']},nobody@example.com,\n")
    async with graph(company, limits=ROOM, register=register) as one:
        for _ in range(2):
            true_of(await named(one, "walk", ids))
            true_of(await named(one, "person", ids))


async def test_it_holds_for_a_client_that_wants_nothing_remembered(company: Path, ids: Mapping[str, str]) -> None:
    async with graph(company, limits=KEEPS) as one:
        for name in ["walk", "people", "projects", "assignments", "walk"]:
            true_of(await came(one, *asked(name, ids)))
            true_of(await came(one, *asked(name, ids), {"Cache-Control": "no-cache"}))


def asked(name: str, ids: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
    """A query of the list and its variables."""
    from_list = OPERATIONS[name].replace("$project", f'"{ids["project"]}"')
    return f"{{ {from_list} }}", {}


@pytest.mark.parametrize(
    ("name", "cold", "known"),
    [
        ("people", 0, 13),
        ("check-in", 1, 1),
        ("assignments", 1, 1),
        ("group", 1, 1),
        ("many ids", 3, 2),
        ("nothing of a list", 0, 0),
        ("refused", 0, 0),
        ("left out", 1, 0),
    ],
)
async def test_what_is_sure_is_counted_before_anything_is_asked(
    company: Path, ids: Mapping[str, str], name: str, cold: int, known: int
) -> None:
    async with graph(company, limits=ROOM) as one:
        assert (await named(one, name, ids)).least == cold
        await named(one, "walk", ids)
        await named(one, "people", ids)
        assert (await named(one, name, ids)).least == known


@pytest.mark.parametrize(
    "name", ["walk", "walk with responses", "walk and back", "long lists", "counts", "last", "summary", "people", "at work"]
)
async def test_it_is_exact_for_people_who_are_known(company: Path, ids: Mapping[str, str], name: str) -> None:
    async with graph(company, limits=ROOM) as one:
        await named(one, name, ids)
        found = await named(one, name, ids)
        assert found.likely == found.spent


async def test_what_is_remembered_is_expected_to_cost_nothing(company: Path, ids: Mapping[str, str]) -> None:
    async with graph(company, limits=KEEPS) as one:
        for name in ["walk", "walk", "last", "counts", "assignments", "check-in"]:
            await named(one, name, ids)
        for name in ["walk", "last", "counts", "assignments", "check-in"]:
            found = await named(one, name, ids)
            assert (found.least, found.likely, found.spent) == (0, 0, 0)


def links() -> set[str]:
    """The fields of the schema that a resolver answers, under their names in it."""
    found = set()
    for one in schema._schema.type_map.values():
        definition = (one.extensions or {}).get("strawberry-definition")
        if isinstance(definition, StrawberryObjectDefinition):
            for field in definition.fields:
                link = field.metadata.get("link")
                if isinstance(link, Link):
                    found.add(f"{one.name}.{schema.config.name_converter.get_graphql_name(field)}")
    return found


def test_every_field_has_a_rule_or_is_free() -> None:
    free_values = {one for one in links() if one.endswith("Connection") or one.split(".")[0] in ("PersonIdentity",)}
    connections = {f"{name}.{field}" for name in schema._schema.type_map if name.endswith("Connection") for field in CONNECTION}
    roots = {"Query._entities", "Query._service"}
    assert len(links()) > 50
    assert links() - free_values - connections == (set(RULES) | FREE) - roots
    assert set(RULES).isdisjoint(FREE)
    assert set(RULES) | FREE >= (DIRECTORY | IDENTITIES)


CONNECTION = ("nodes", "edges", "pageInfo", "completeness", "totalCount")
"""The fields of every connection: their page and total are asked for where the connection is."""
