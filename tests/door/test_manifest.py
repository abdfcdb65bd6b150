"""Manifests as Apollo's and Relay's tools write them, and what is said of those that are broken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from graph.door.manifest import BrokenManifest, misfits, parsed, read
from graph.settings import Unusable, load
from tests.servers import finished

HELLO = "query Hello { __typename }"
APOLLO = {"format": "apollo-persisted-query-manifest", "version": 1}


def apollo(*operations: object, **more: object) -> dict[str, Any]:
    """A manifest of Apollo's."""
    return APOLLO | {"operations": list(operations)} | more


def one(**more: object) -> dict[str, Any]:
    """One operation of such a manifest."""
    return {"id": "1", "name": "Hello", "type": "query", "body": HELLO} | more


def written(folder: Path, content: object) -> Path:
    """A manifest as a file."""
    path = folder / "manifest.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def problems(folder: Path, content: object) -> list[str]:
    """Why a manifest is not taken."""
    with pytest.raises(BrokenManifest) as broken:
        read(written(folder, content))
    return broken.value.problems


@pytest.mark.parametrize(
    "content",
    [apollo(one()), apollo(one(clientName=None, extra=[])), apollo({"id": "1", "body": HELLO}), {"1": HELLO}, {"1": HELLO, "2": HELLO}],
)
def test_a_manifest_of_either_tool_is_read(tmp_path: Path, content: object) -> None:
    trusted = read(written(tmp_path, content))
    assert trusted.by_id["1"] == HELLO
    assert trusted.texts == {HELLO}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "This is not JSON in UTF-8."),
        ('{"1": "{ __typename }", "1": "{ other }"}', "An object of the request has a key twice."),
        ("[]", "The file must be Apollo's"),
        ({}, "The file lists no operation."),
        (apollo(), "The file lists no operation."),
        (apollo(one(), format="other"), '"format" must be apollo-persisted-query-manifest.'),
        (apollo(one(), version=2), '"version" must be 1.'),
        (APOLLO, '"operations" must be a list.'),
        (APOLLO | {"operations": {}}, '"operations" must be a list.'),
        (apollo(one(), "x"), 'operations[1]: "id" must be text.'),
        (apollo(one(id=1)), 'operations[0]: "id" must be text.'),
        (apollo(one(body=None)), 'operations[0]: "body" must be text.'),
        (apollo(one(type="mutation")), 'operations[0]: "type" must be query; this graph has nothing else.'),
        ({"1": HELLO, "2": 5}, "Entry 2: the file must be Apollo's"),
        ({"": HELLO}, "Entry 1: the file must be Apollo's"),
    ],
)
def test_a_manifest_that_is_not_as_its_tool_writes_it_is_refused_with_the_key(tmp_path: Path, content: object, said: str) -> None:
    (problem,) = problems(tmp_path, content)
    assert problem.startswith(said)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (apollo(one(body="query Hello {")), "operations[0] (Hello): Syntax Error: Expected Name, found <EOF>."),
        (apollo(one(body="query Hello { nothing }")), "operations[0] (Hello): Cannot query field 'nothing' on type 'Query'."),
        (apollo(one(body="query Other { __typename }")), "operations[0] (Hello): its body has no operation of that name."),
        ({"a1": "query Gone { checkIn(id: 5, when: 6) { id } }"}, "\"a1\" (Gone): Unknown argument 'when' on field 'Query.checkIn'."),
        ({"a1": "mutation M { x }"}, '"a1": must be a query.'),
        ({"a1": "fragment F on Query { __typename }"}, '"a1": must be a query.'),
        (apollo(one(), one(body="query Hello { a: __typename }")), "operations[1]: its id stands for another text before."),
    ],
)
def test_an_operation_that_does_not_fit_the_schema_is_named(tmp_path: Path, content: object, said: str) -> None:
    assert problems(tmp_path, content) == [said]


def test_every_misfit_is_told_of_up_to_a_number(tmp_path: Path) -> None:
    found = problems(tmp_path, {str(index): "{ nothing }" for index in range(30)})
    assert len(found) == 21
    assert found[-1] == "and 10 more."


def test_the_examples_of_the_page_would_be_listed_as_they_are() -> None:
    examples = sorted((Path(__file__).parents[2] / "web" / "examples").glob("*.graphql"))
    listed = parsed(json.dumps({path.stem: path.read_text(encoding="utf-8") for path in examples}).encode())
    assert len(listed) > 5
    assert [problem for each in listed for problem in misfits(each)] == []


def test_settings_name_the_variable_and_the_file(tmp_path: Path) -> None:
    missing = tmp_path / "none.json"
    with pytest.raises(Unusable) as unusable:
        load(trusted_documents=missing).limits()
    assert unusable.value.problems == [f"CREWGRAPH_TRUSTED_DOCUMENTS: {missing} cannot be read."]
    door = load(trusted_documents=written(tmp_path, {"1": HELLO}), untrusted_documents="run").door()
    assert (door.listed_only, door.trusted is not None) == (False, True)
    assert load().door().trusted is None


async def test_a_server_does_not_start_with_a_manifest_that_does_not_fit(tmp_path: Path) -> None:
    path = written(tmp_path, apollo(one(body="query Hello { nothing }")))
    ended = await finished("serve", "--people", "5", home=tmp_path, CREWGRAPH_TRUSTED_DOCUMENTS=str(path))
    assert ended.status == 2
    assert f"crewgraph: CREWGRAPH_TRUSTED_DOCUMENTS: {path}: operations[0] (Hello): Cannot query field" in ended.err
    assert "Traceback" not in ended.err
