"""`_entities`, as a gateway asks for it: every type by every key, each item by itself, in order, once (faults.md F28)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from graph.context import Context
from graph.entities import MOST, Entity, resolve
from graph.schema import ENTITIES, schema
from loaders.request import Loaders
from sandbox.cast import SHARED_MAILBOX
from sandbox.documents import CHECK_INS
from tests.apps import crewgraph
from tests.graphs import Graph, codes

QUERY = """query ($representations: [_Any!]!) { _entities(representations: $representations) {
  __typename
  ... on Person { id personName: name } ... on Project { id projectName: name } ... on CheckIn { id } ... on Assignment { id }
  ... on Response { id personName } ... on TimeOff { id }
} }"""
FIND = """{
  person(employeeNumber: "C-001") { id email employeeNumber assignments { id } }
  projects(first: 1) { nodes { id number name } }
  checkIns(first: 20) { nodes { id responses { id } } }
  people(first: 100) { nodes { timeOff(activeBetween: { from: "2025-06-01", to: "2026-06-01" }) { id } } }
}"""
KEYS = [(name, key) for name, entity in ENTITIES.items() for key in entity.keys]


async def entities(served: Graph, *representations: object) -> dict[str, Any]:
    """The whole answer to these representations."""
    return await served.ask(QUERY, representations=list(representations))


@pytest.fixture
async def loaders(company: Path) -> AsyncIterator[Loaders]:
    """The loaders of one request."""
    app = crewgraph(company)
    async with app.router.lifespan_context(app):
        yield Loaders(app.state.service.known)


async def examples(served: Graph) -> dict[str, dict[str, Any]]:
    """One thing of every entity type, by its name."""
    data = await served.data(FIND)
    return {
        "Person": data["person"],
        "Project": data["projects"]["nodes"][0],
        "Assignment": data["person"]["assignments"][0],
        "CheckIn": data["checkIns"]["nodes"][0],
        "Response": next(one for row in data["checkIns"]["nodes"] for one in row["responses"]),
        "TimeOff": next(one for person in data["people"]["nodes"] for one in person["timeOff"]),
    }


def test_every_type_with_a_key_is_an_entity_and_every_key_is_resolved() -> None:
    printed = re.findall(r"^type (\w+)((?: @key\(fields: \"\w+\"\))+)", schema.as_str(), re.MULTILINE)
    assert {name: tuple(re.findall(r'"(\w+)"', keys)) for name, keys in printed} == {name: one.keys for name, one in ENTITIES.items()}


@pytest.mark.parametrize(("name", "key"), KEYS)
async def test_an_entity_is_found_by_each_of_its_keys(served: Graph, name: str, key: str) -> None:
    wanted = (await examples(served))[name]
    answer = await entities(served, {"__typename": name, key: wanted[key]})
    assert "errors" not in answer
    assert [(one["__typename"], one["id"]) for one in answer["data"]["_entities"]] == [(name, wanted["id"])]


@pytest.mark.parametrize(("name", "key"), KEYS)
async def test_a_key_that_fits_nothing_is_null_without_an_error(served: Graph, name: str, key: str) -> None:
    answer = await entities(served, {"__typename": name, key: "nobody@has.this"})
    assert answer["data"] == {"_entities": [None]}
    assert "errors" not in answer


@pytest.mark.parametrize(
    ("representation", "message"),
    [
        ({"__typename": "Robot", "id": "1"}, "__typename must name an entity of this graph"),
        ({"__typename": "Category", "id": "1"}, "__typename must name an entity of this graph"),
        ({"__typename": None, "id": "1"}, "__typename must name an entity of this graph"),
        ({"__typename": ["Person"], "id": "1"}, "__typename must name an entity of this graph"),
        ({"id": "1"}, "__typename must name an entity of this graph"),
        ({"__typename": "Person"}, "must have one of the keys of Person: id, email, employeeNumber"),
        ({"__typename": "Person", "id": None, "email": None}, "must have one of the keys of Person: id, email, employeeNumber"),
        ({"__typename": "Person", "id": " "}, "must have one of the keys of Person: id, email, employeeNumber"),
        ({"__typename": "Person", "name": "Ann Lee"}, "must have one of the keys of Person: id, email, employeeNumber"),
        ({"__typename": "Project", "id": True}, "must have one of the keys of Project: id, number"),
        ({"__typename": "Project", "number": 1.5}, "must have one of the keys of Project: id, number"),
        ({"__typename": "CheckIn", "id": {"id": "1"}}, "must have one of the keys of CheckIn: id"),
        ("Person", "must be an object"),
        (1, "must be an object"),
        (False, "must be an object"),
        ([], "must be an object"),
        ([{"__typename": "Person", "id": "1"}], "must be an object"),
    ],
)
async def test_a_bad_item_is_null_with_an_error_at_its_index_and_costs_no_other(
    served: Graph, representation: object, message: str
) -> None:
    good = {"__typename": "CheckIn", "id": CHECK_INS[0]}
    answer = await entities(served, good, representation, good)
    assert [one and one["id"] for one in answer["data"]["_entities"]] == [CHECK_INS[0], None, CHECK_INS[0]]
    assert codes(answer) == [("BAD_USER_INPUT", "_entities.1")]
    assert answer["errors"][0]["message"] == f"representations[1]: {message}."


@pytest.mark.parametrize(("name", "id"), [("Person", ".."), ("Project", "a/b"), ("CheckIn", "a\r\nb"), ("CheckIn", "x" * 10_000)])
async def test_a_key_that_could_leave_its_path_is_refused_before_any_call(served: Graph, name: str, id: str) -> None:  # noqa: A002 - a key's name
    served.wire.calls.clear()
    answer = await entities(served, {"__typename": name, "id": id})
    assert (answer["data"], codes(answer)) == ({"_entities": [None]}, [("BAD_USER_INPUT", "_entities.0")])
    assert served.wire.calls == []


async def test_a_null_item_is_refused_before_anything_is_asked(served: Graph) -> None:
    answer = await entities(served, {"__typename": "CheckIn", "id": CHECK_INS[0]}, None)
    assert ("data" in answer, codes(answer)) == (False, [("BAD_USER_INPUT", "")])
    assert served.wire.calls == []


async def test_fields_that_are_no_key_are_ignored_and_a_null_key_gives_way_to_the_next(served: Graph) -> None:
    person = (await examples(served))["Person"]
    given = {"__typename": "Person", "id": None, "email": person["email"], "name": "Somebody else", "badges": [{"id": 1}], "loaders": "x"}
    answer = await entities(served, given)
    assert answer["data"] == {"_entities": [{"__typename": "Person", "id": person["id"], "personName": "Ann Lee"}]}
    assert "errors" not in answer


async def test_an_id_may_be_a_whole_number(served: Graph) -> None:
    number = "112233"  # seed B:78
    answer = await entities(served, {"__typename": "Project", "number": int(number)}, {"__typename": "Project", "number": number})
    first, second = answer["data"]["_entities"]
    assert (first, "errors" in answer) == (second, False)


async def test_the_answers_stand_in_the_order_of_the_questions(served: Graph) -> None:
    found = await examples(served)
    asked = [
        (name, found[name]["id"]) for name in ("CheckIn", "Person", "TimeOff", "Project", "Assignment", "Person", "Response", "CheckIn")
    ]
    answer = await entities(served, *({"__typename": name, "id": id_} for name, id_ in asked))
    assert [(one["__typename"], one["id"]) for one in answer["data"]["_entities"]] == asked


async def test_equal_items_are_asked_once(served: Graph) -> None:
    project = (await examples(served))["Project"]
    once = [{"__typename": "CheckIn", "id": CHECK_INS[1]}, {"__typename": "Project", "id": project["id"]}]
    served.wire.calls.clear()
    await entities(served, *once)
    cost = sorted(served.wire.calls)
    served.wire.calls.clear()
    many = [{**one, "note": number} for number in range(200) for one in once]
    answer = await entities(served, *many)
    assert sorted(served.wire.calls) == cost
    assert len(answer["data"]["_entities"]) == 400
    assert None not in answer["data"]["_entities"]


async def test_equal_items_are_looked_up_once_even_without_a_call(loaders: Loaders) -> None:
    asked: list[str] = []

    async def find(_: Loaders, serial_number: str) -> str:
        asked.append(serial_number)
        return serial_number.upper()

    robots = [{"__typename": "Robot", "serialNumber": serial} for serial in ("b", "a", "b", 1, "1")]
    assert await resolve({"Robot": Entity(("serialNumber",), find)}, loaders, list(robots)) == ["B", "A", "B", "1", "1"]
    assert asked == ["b", "a", "1"]


async def test_an_item_that_cannot_be_told_costs_only_itself(served: Graph) -> None:
    answer = await entities(served, {"__typename": "Person", "email": SHARED_MAILBOX}, {"__typename": "Person", "email": "ann@example.com"})
    assert [one and one["personName"] for one in answer["data"]["_entities"]] == [None, "Ann Lee"]
    assert codes(answer) == [("IDENTITY_AMBIGUOUS", "_entities.0")]


async def test_an_upstream_that_is_gone_costs_only_its_own_items(served: Graph) -> None:
    found = await examples(served)
    served.wire.cut = lambda path: path.startswith("/api/")
    answer = await entities(served, {"__typename": "CheckIn", "id": CHECK_INS[0]}, {"__typename": "Project", "id": found["Project"]["id"]})
    assert [one and one["__typename"] for one in answer["data"]["_entities"]] == [None, "Project"]
    assert codes(answer) == [("UPSTREAM_UNAVAILABLE", "_entities.0")]


async def test_a_thousand_items_are_taken_and_one_more_is_not(served: Graph) -> None:
    item = {"__typename": "CheckIn", "id": CHECK_INS[0]}
    answer = await entities(served, *[item] * MOST)
    assert (len(answer["data"]["_entities"]), "errors" in answer) == (1000, False)
    served.wire.calls.clear()
    answer = await entities(served, *[item] * (MOST + 1))
    assert ("data" in answer, codes(answer)) == (False, [("BAD_USER_INPUT", "")])
    assert answer["errors"][0]["message"] == "representations: must be at most 1000."
    assert served.wire.calls == []


async def test_no_items_give_no_entities(served: Graph) -> None:
    assert await entities(served) == {"data": {"_entities": []}}


async def test_the_variables_stay_as_they_were_sent(loaders: Loaders) -> None:
    one = {"__typename": "CheckIn", "id": CHECK_INS[0], "more": {"a": [1]}}
    variables = {"representations": [one, one, {"__typename": "Person", "id": None}, {"__typename": "Robot"}, [1], "x"]}
    before = deepcopy(variables)
    result = await schema.execute(QUERY, variables, Context(loaders, "0"))
    assert result.data is not None
    assert variables == before
