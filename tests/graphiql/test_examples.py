"""The example queries that the page opens with."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import DocumentNode, OperationDefinitionNode, parse

EXAMPLES = sorted((Path(__file__).parents[2] / "web" / "examples").glob("*.graphql"))


def operation(document: DocumentNode) -> OperationDefinitionNode:
    (only,) = document.definitions
    assert isinstance(only, OperationDefinitionNode)
    return only


def name(path: Path) -> str:
    found = operation(parse(path.read_text())).name
    assert found is not None
    return found.value


def test_the_walk_comes_first_and_every_example_has_a_name_of_its_own() -> None:
    names = [name(path) for path in EXAMPLES]
    assert names[0] == "Walk"
    assert len(names) == len(set(names)) > 1


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_begins_with_a_comment_that_fits_the_editor(path: Path) -> None:
    comment = [line for line in path.read_text().splitlines() if line.startswith("#")]
    assert path.read_text().startswith("# ")
    assert max(map(len, comment)) <= 60


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_asks_for_no_variables_but_the_days_that_the_page_fills_in(path: Path) -> None:
    variables = {definition.variable.name.value for definition in operation(parse(path.read_text())).variable_definitions or ()}
    assert variables in (set(), {"days"})
