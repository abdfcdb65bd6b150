"""Costs are those that anybody computes from the printed schema, and cost as little to compute as the document is long."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from graphql import (
    FieldNode,
    GraphQLObjectType,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    build_schema,
    parse,
    value_from_ast_untyped,
)
from graphql import get_named_type as named
from hypothesis import given

from graph.schema import VALUES, WEIGHTS, schema
from graph.weights.prices import LARGEST, price
from tests.limits.expanding import VARIABLES, documents, expanded

PRINTED = build_schema((Path(__file__).parents[2] / "schema.graphql").read_text(encoding="utf-8"), assume_valid_sdl=True)


def points(text: str, name: str | None = None, **variables: Any) -> int:
    """The cost of an operation."""
    return price(WEIGHTS, schema._schema, parse(text), name, variables)


def declared(owner: str, name: str) -> tuple[dict[str, Any], dict[str, Any], str, bool]:
    """`@cost`, `@listSize`, the type and whether it is a list, of a field as the schema is printed."""
    of = PRINTED.type_map[owner]
    assert isinstance(of, GraphQLObjectType)
    field = of.fields[name]
    assert field.ast_node is not None
    found = {
        one.name.value: {each.name.value: value_from_ast_untyped(each.value) for each in one.arguments or ()}
        for one in field.ast_node.directives or ()
    }
    return found.get("cost", {}), found.get("listSize", {}), named(field.type).name, "[" in str(field.type)


def slowly(owner: str, selections: SelectionSetNode, page: int = 1) -> int:
    """The cost of a document without fragments, computed from the root down with the size of each page in hand."""
    total = 0
    for node in selections.selections:
        if left_out(node):
            continue
        if isinstance(node, InlineFragmentNode):
            if node.type_condition is None or node.type_condition.name.value == owner:
                total += slowly(owner, node.selection_set, page)
            continue
        assert isinstance(node, FieldNode)
        total += alone(owner, node, page)
    return total


def left_out(node: SelectionNode) -> bool:
    """Whether `@skip` or `@include` leave it out."""
    given = [(one.name.value, value_from_ast_untyped((one.arguments or ())[0].value, VARIABLES)) for one in node.directives or ()]
    return ("skip", True) in given or ("include", False) in given


def alone(owner: str, node: FieldNode, page: int) -> int:
    """The cost of one field of one value."""
    cost, size, type_, listed = declared(owner, node.name.value)
    arguments = {one.name.value: value_from_ast_untyped(one.value, VARIABLES) for one in node.arguments or ()}
    many = next((arguments[one] for one in size.get("slicingArguments", ()) if one in arguments), size.get("assumedSize", page))
    weight = cost.get("weight", int(isinstance(PRINTED.type_map[type_], GraphQLObjectType)))
    below = slowly(type_, node.selection_set, many) if node.selection_set is not None else 0
    return int((many if listed else 1) * (weight + below))


@given(documents())
def test_the_cost_is_what_the_printed_schema_says_with_every_fragment_written_out(text: str) -> None:
    whole = expanded(text)
    selections: SelectionSetNode = whole.definitions[0].selection_set  # type: ignore[attr-defined]
    assert price(WEIGHTS, schema._schema, parse(text), None, VARIABLES) == slowly("Query", selections)


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("{ __typename __schema { types { name } } }", 0),
        ("{ _service { sdl } }", 1),
        ('{ person(id: "1") { id name } }', 10),
        ('{ person(id: "1") { email } }', 20),
        ('{ person(id: "1") { jobTitle { name } } }', 11),
        ("{ people(first: 3) { totalCount } }", 10),
        ("{ people(first: 3) { nodes { id } } }", 10 + 3),
        ("{ people(first: 3) { nodes { id } edges { cursor node { id } } pageInfo { hasNextPage } } }", 10 + 3 + 3 * 2 + 1),
        ("{ people(first: 3) { nodes { checkIns(first: 2) { nodes { id } } } } }", 10 + 3 * (1 + 10 + 2)),
        ('{ project(id: "1") { people { id } } }', 10 + 25),
        ('{ a: project(id: "1") { id } b: project(id: "1") { id } }', 20),
        ('{ person(id: "1") { overdueCheckIns { id } } }', 10 + 5),
        ('{ person(id: "1") { overdueCheckIns(first: 2) { id } } }', 10 + 2),
    ],
)
def test_an_object_costs_a_point_and_a_field_that_asks_an_upstream_ten(text: str, cost: int) -> None:
    assert points(text) == cost


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("{ __typename }", 1),
        ('{ person(id: "1") { id name __typename } }', 4),
        ("{ people(first: 3) { totalCount nodes { id } } }", 2 + 3 * 2),
        ('{ project(id: "1") { people { id __typename } } }', 1 + 25 * 3),
        (
            '{ _entities(representations: [{ __typename: "Person" }, { __typename: "Project" }]) { ... on Person { id name } __typename } }',
            4 + 2,
        ),
    ],
)
def test_every_field_of_every_object_is_a_value_whatever_it_costs(text: str, values: int) -> None:
    assert price(VALUES, schema._schema, parse(text), None, {}) == values


@pytest.mark.parametrize(("first", "cost"), [(0, 10), (-5, 10), (100, 110), (101, 110), (10**12, 110), ("9", 11), (True, 11), (None, 11)])
def test_a_page_that_will_be_refused_costs_no_more_than_the_largest(first: object, cost: int) -> None:
    assert points("query ($first: Int!) { people(first: $first) { nodes { id } } }", first=first) == cost


def test_a_variable_that_is_not_given_has_its_default() -> None:
    assert points("query ($first: Int = 7) { people(first: $first) { nodes { id } } }") == 17


def test_the_named_operation_is_priced_and_no_other() -> None:
    text = 'query a { person(id: "1") { id } } query b { people(first: 9) { nodes { id } } }'
    assert (points(text, "a"), points(text, "b"), points(text, "c")) == (10, 19, 0)


def test_entities_cost_what_their_own_types_are_asked_for() -> None:
    text = """query ($of: [_Any!]!) { _entities(representations: $of) { ...all } }
    fragment all on _Entity { __typename ... on Person { id email } ... on Project { people { id } } }"""
    ones = [{"__typename": "Person", "id": "1"}] * 3 + [{"__typename": "Project", "id": "1"}, {"__typename": "CheckIn", "id": "1"}]
    assert points(text, of=ones) == 3 * 11 + 26 + 1
    assert points(text, of=[{"__typename": "Robot"}, "x", None, {"__typename": []}, {}]) == 0
    assert points(text.replace("$of)", '{ __typename: "Person", id: "1" })')) == 11


def test_fragments_that_multiply_one_another_are_priced_once_each() -> None:
    chain = " ".join(
        f"fragment f{at} on Person {{ projects {{ people {{ ...f{at + 1} }} }} currentProjects {{ people {{ ...f{at + 1} }} }} }}"
        for at in range(40)
    )
    assert points(f'{{ person(id: "1") {{ ...f0 }} }} {chain} fragment f40 on Person {{ id }}') == LARGEST


def test_what_is_nested_as_deep_as_the_parser_allows_is_priced() -> None:
    text = '{ person(id: "1") ' + "{ projects { people " * 98 + "{ id }" + " } }" * 98 + " }"
    assert points(text) == LARGEST


def test_every_page_and_every_list_of_the_schema_has_a_size() -> None:
    for type_ in PRINTED.type_map.values():
        for name, field in type_.fields.items() if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("_") else ():
            if name.startswith("_") or type_.name.endswith("Connection"):
                continue
            size = declared(type_.name, name)[1]
            wanted = "[" in str(field.type) or str(field.type).endswith("Connection")
            assert bool(size) is wanted, f"{type_.name}.{name}"
