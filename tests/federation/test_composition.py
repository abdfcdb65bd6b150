"""The graph beside other teams' subgraphs, under the composers of Apollo, The Guild and WunderGraph."""

from __future__ import annotations

import pytest
from graphql import GraphQLObjectType, build_schema

from graph.schema import NEEDS, sdl
from tests.federation.composing import COMPOSERS, compose
from tests.node import Node

pytestmark = pytest.mark.parametrize("composer", COMPOSERS)


def fields(api: str | None, name: str) -> set[str]:
    """The fields of an object type in a printed schema."""
    found = build_schema(api or "", assume_valid_sdl=True).type_map[name]
    assert isinstance(found, GraphQLObjectType)
    return set(found.fields)


async def test_the_graph_composes_with_other_teams_without_an_error(node: Node, composer: str) -> None:
    composed = await compose(node, composer)
    assert composed.errors == []
    # Each team documents its own DateTime; that is all that any composer finds worth a remark.
    assert all("@specifiedBy" in hint and '"DateTime"' in hint for hint in composed.hints)


async def test_people_and_projects_get_the_fields_of_every_team(node: Node, composer: str) -> None:
    api = (await compose(node, composer)).api
    assert fields(api, "Person") == fields(sdl(), "Person") | {"badges", "desk", "hourlyRate"}
    assert fields(api, "Project") == fields(sdl(), "Project") | {"budget"}
    assert fields(api, "CheckIn") == fields(sdl(), "CheckIn")
    assert fields(api, "PageInfo") == {"hasNextPage", "hasPreviousPage", "startCursor", "endCursor"}


async def test_clients_see_every_root_and_nothing_of_federation(node: Node, composer: str) -> None:
    ours = fields(sdl(), "Query") - {"_entities", "_service"}
    assert fields((await compose(node, composer)).api, "Query") == ours | {"badge", "desk", "payslip", "budget"}


async def test_no_composer_would_take_a_page_info_that_is_not_shareable(node: Node, composer: str) -> None:
    composed = await compose(node, composer, ours=sdl().replace("type PageInfo @shareable", "type PageInfo"))
    assert any("PageInfo" in error and "hareable" in error for error in composed.errors)
    assert composed.api is None


async def test_the_supergraph_says_which_scopes_fields_need(node: Node, composer: str) -> None:
    composed = await compose(node, composer)
    if composed.supergraph is not None:
        assert composed.supergraph.count("@requiresScopes(scopes:") >= len(NEEDS)
        assert "@authenticated" in composed.supergraph


async def test_the_schema_composes_without_scopes_too(node: Node, composer: str) -> None:
    composed = await compose(node, composer, ours=sdl(scopes=False))
    assert composed.errors == []
    assert "requiresScopes" not in (composed.supergraph or "")
    assert "authenticated" not in (composed.supergraph or "")
    assert composed.api == (await compose(node, composer)).api
