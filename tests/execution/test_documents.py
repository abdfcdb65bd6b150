"""A document that comes again is neither read nor validated again, under the limits under which it was valid."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, parse

from graph.execution import documents, scopes
from graph.execution.counts import COUNTS
from graph.execution.documents import DOCUMENTS, Documents
from graph.execution.scopes import KEPT, Kept
from graph.limits import Limits
from graph.weights.bounds import Bounds
from sandbox import build
from tests.execution.world import SCHEMA
from tests.graphs import TODAY, Graph, codes, graph

TEXT = "query Of($id: ID!, $more: Boolean = false) { project(id: $id) { id name people @include(if: $more) { id name } } }"
AGAIN = 3


def met(one: Documents, text: str, times: int, limits: Bounds | None = None) -> None:
    """The document has come so often."""
    for _ in range(times):
        one.learn(text, limits or Bounds(), parse(text))


def test_a_document_is_kept_when_it_comes_again() -> None:
    one = Documents(Kept())
    met(one, "{ a }", 1)
    assert one.find("{ a }", Bounds()) is None
    met(one, "{ a }", 1)
    found = one.find("{ a }", Bounds())
    assert found is not None
    assert next(iter(one.kept.operations.values())).node is found.definitions[0]


def test_it_is_known_under_the_limits_that_it_was_held_against() -> None:
    one = Documents(Kept())
    met(one, "{ a }", 2)
    assert one.find("{ a }", replace(Bounds(), depth=1)) is None
    assert one.find("{ a }", replace(Bounds(), introspection=False)) is None


def test_documents_that_never_come_again_cost_a_number_each() -> None:
    one = Documents(Kept())
    for number in range(documents.SEEN + 5):
        one.learn(f"{{ a{number} }}", Bounds(), parse("{ a }"))
    assert (len(one.seen.kept), len(one.found.kept), one.kept.operations) == (documents.SEEN, 0, {})


def test_only_so_many_characters_and_no_long_documents_are_kept() -> None:
    one = Documents(Kept())
    met(one, "{ a" + " " * documents.LONGEST + "}", 2)
    assert not one.found.kept
    for number in range(documents.CHARACTERS // documents.LONGEST + 5):
        met(one, f"{{ a{number} " + " " * (documents.LONGEST - 20) + "}", 2)
    assert 5 < len(one.found.kept) == len(one.kept.operations)
    assert sum(len(text) for text, _ in one.found.kept) < one.found.cost <= documents.CHARACTERS


def test_scopes_are_kept_as_long_as_there_is_room_and_their_document_is() -> None:
    kept, schema = Kept(), SCHEMA._schema
    text = "query ($a: Boolean!, $b: Boolean!) { things { id @skip(if: $a) text @include(if: $b) } }" + " " * 9_000
    document = parse(text)
    node = document.definitions[0]
    assert isinstance(node, OperationDefinitionNode)
    assert not kept.scope(schema, node, {}).kept
    kept.keep(document)
    first = kept.scope(schema, node, {"a": True, "b": False})
    assert kept.scope(schema, node, {"a": True, "b": False}) is first
    assert kept.scope(schema, node, {"a": False, "b": False}) is not first
    for _ in range(30):
        kept.keep(other := parse(text))
        kept.scope(schema, other.definitions[0], {})  # type: ignore[arg-type]
    assert kept.scopes.cost <= scopes.CHARACTERS
    assert kept.scope(schema, node, {"a": True, "b": False}) is not first
    kept.drop(document)
    assert not kept.scope(schema, node, {"a": True, "b": False}).kept


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Graph]:
    """A graph over a small company."""
    build(tmp_path / "40.sqlite", people=40, today=TODAY)
    async with graph(tmp_path / "40.sqlite") as one:
        yield one


async def first(served: Graph) -> str:
    """The id of a project."""
    found: str = (await served.data("{ projects(first: 1) { nodes { id } } }"))["projects"]["nodes"][0]["id"]
    return found


async def test_what_is_asked_again_is_answered_the_same_by_its_plans(served: Graph) -> None:
    own = await first(served)
    answers = [await served.data(TEXT, id=own, more=more) for more in (False, True) * AGAIN]
    assert answers[::2] == [answers[0]] * AGAIN
    assert answers[1::2] == [answers[1]] * AGAIN
    assert "people" in answers[1]["project"]
    assert "people" not in answers[0]["project"]
    document = DOCUMENTS.find(TEXT, Limits().documents)
    assert document is not None
    assert len([key for key in KEPT.scopes.kept if key[0] == id(document.definitions[0])]) == 2, "one for each choice"


async def test_wrong_variables_and_operation_names_are_refused_however_often_a_document_came(served: Graph) -> None:
    own, two = await first(served), "query A { __typename } query B($id: ID!) { project(id: $id) { id } }"
    for _ in range(AGAIN):
        assert (await served.data(TEXT, id=own))["project"]["id"] == own
        assert codes(await served.ask(TEXT, id={}))[0][0] == "BAD_USER_INPUT"
        assert [error["message"] for error in (await served.ask(two))["errors"]] == [
            "Name one of the document's operations as `operationName`."
        ]


async def test_a_document_that_is_refused_is_refused_again(served: Graph) -> None:
    for _ in range(AGAIN):
        assert codes(await served.ask("{ nothing }")) == [("GRAPHQL_VALIDATION_FAILED", "")]
    assert DOCUMENTS.find("{ nothing }", Limits().documents) is None


async def test_without_compiled_execution_no_plan_is_made(tmp_path: Path) -> None:
    build(tmp_path / "40.sqlite", people=40, today=TODAY)
    async with graph(tmp_path / "40.sqlite", limits=Limits(compiled=False)) as one:
        before = COUNTS["compiled"]
        for _ in range(AGAIN):
            await one.data("{ projects(first: 50) { nodes { id name people { id name } } } }")
        assert COUNTS["compiled"] == before
