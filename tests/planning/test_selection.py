"""An operation is looked at once: a tree of its fields, in time that does not grow with what its fragments repeat."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse

from graph.schema import schema
from graph.selection import MOST, Asked, Look, asked


def look(text: str, name: str | None = None, **variables: Any) -> Asked:
    """The tree of an operation."""
    return asked(schema._schema, parse(text), name, variables)


def outline(tree: Asked) -> list[str]:
    """The coordinates of a tree, sorted."""
    return sorted(one.coordinate for one in tree.everything() if one.type)


def test_aliases_and_fragments_that_repeat_a_field_are_one_field() -> None:
    tree = look(
        """{ a: project(id: "x") { ...p } b: project( id : "x" ) { name ... { ...p } ... on Project { people { id } } } }
        fragment p on Project { name people { name } }"""
    )
    assert outline(tree) == ["Person.id", "Person.name", "Project.name", "Project.people", "Query.project"]


def test_other_arguments_are_another_field() -> None:
    tree = look('{ a: project(id: "x") { name } b: project(id: "y") { name } }')
    assert [one.arguments for one in tree.fields] == [{"id": "x"}, {"id": "y"}]


def test_arguments_have_their_variables_defaults_and_no_nulls() -> None:
    query = "query ($id: ID, $n: Int = 3, $no: String, $none: String) { project(id: $id, number: $no) { name } people(first: $n, name: $none) { totalCount } }"
    project, people = look(query, id="x", none=None).fields
    assert (project.arguments, people.arguments) == ({"id": "x"}, {"first": 3})


@pytest.mark.parametrize("yes", [True, False])
def test_what_is_skipped_or_not_included_is_left_out(yes: bool) -> None:
    query = """query ($yes: Boolean!) { project(id: "x") {
      id @skip(if: $yes) name @include(if: $yes) ...p @include(if: $yes) ... on Project @skip(if: $yes) { color } } }
      fragment p on Project { number }"""
    shown = ["Project.name", "Project.number"] if yes else ["Project.color", "Project.id"]
    assert outline(look(query, yes=yes)) == [*shown, "Query.project"]


def test_the_named_operation_is_looked_at() -> None:
    text = 'query a { project(id: "x") { id } } query b { group(id: "x") { id } }'
    assert outline(look(text, "b")) == ["Group.id", "Query.group"]
    assert outline(look(text, "c")) == []


def test_fields_of_entities_belong_to_their_types() -> None:
    tree = look(
        "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Person { name } ... on Project { name } } }", of=[{"id": "x"}]
    )
    assert outline(tree) == ["Person.name", "Project.name", "Query._entities"]
    assert tree.fields[0].arguments == {"representations": [{"id": "x"}]}


def visits(text: str) -> tuple[Asked, int]:
    """The tree of a document's first operation, and how many places were looked at for it."""
    document = parse(text)
    first = document.definitions[0]
    assert isinstance(first, OperationDefinitionNode)
    one = Look(schema._schema, {each.name.value: each for each in document.definitions[1:]}, {})  # type: ignore[attr-defined, misc]
    return one.at("Query", first.selection_set), MOST - one.left


@pytest.mark.parametrize("doublings", [6, 12, 24])
def test_fragments_that_double_one_another_are_looked_at_once_each(doublings: int) -> None:
    chain = " ".join(f"fragment f{at} on Person {{ ...f{at + 1} ... {{ ...f{at + 1} }} ...f{at + 1} }}" for at in range(doublings))
    tree, seen = visits(f'{{ person(id: "x") {{ ...f0 }} }} {chain} fragment f{doublings} on Person {{ name }}')
    assert outline(tree) == ["Person.name", "Query.person"]
    assert seen == 2 + 4 * doublings + 1


def test_fragments_that_double_what_is_really_asked_are_looked_at_as_far_as_the_most() -> None:
    chain = " ".join(
        f'fragment f{at} on Person {{ a: projects(activeOn: "2026-01-01") {{ people {{ ...f{at + 1} }} }} '
        f'b: projects(activeOn: "2026-01-02") {{ people {{ ...f{at + 1} }} }} }}'
        for at in range(24)
    )
    tree, seen = visits(f'{{ person(id: "x") {{ ...f0 }} }} {chain} fragment f24 on Person {{ name }}')
    assert seen == MOST
    assert len(outline(tree)) <= MOST


def test_fields_that_repeat_within_repeated_fragments_do_not_multiply_the_work() -> None:
    ones = " ".join(f'a{at}: person(id: "{at}") {{ ...many }}' for at in range(500))
    _, seen = visits(f"{{ {ones} }} fragment many on Person {{ {'name ' * 500} }}")
    assert seen == MOST


def test_very_deep_operations_and_long_chains_of_fragments_are_looked_at_without_recursion() -> None:
    chain = " ".join(f"fragment f{at} on Person {{ projects {{ people {{ ...f{at + 1} }} }} }}" for at in range(2_000))
    tree, _ = visits(f'{{ person(id: "x") {{ ...f0 }} }} {chain} fragment f2000 on Person {{ name }}')
    assert outline(tree).count("Project.people") == 2_000
    line = " ".join(f"fragment f{at} on Person {{ ...f{at + 1} }}" for at in range(2_000))
    tree, _ = visits(f'{{ person(id: "x") {{ ...f0 }} }} {line} fragment f2000 on Person {{ name }}')
    assert outline(tree) == ["Person.name", "Query.person"]
