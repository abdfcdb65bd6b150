"""The whole graph over the sandbox, by plans and without: the same data, errors for the same places, and the same upstream calls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from graph.limits import Limits
from tests.fuzz.documents import tame
from tests.fuzz.words import examples
from tests.graphs import codes, forgetful, graph
from tests.sharing.firms import firm

ALIKE = Limits(cache=forgetful)
ALONE = Limits(cache=forgetful, compiled=False)
AGAIN = 3
"""A document is kept when it comes for the second time."""
WALK = """query ($id: ID!) { project(id: $id) { __typename id people { id name email department identity { status decidedAt candidates { id } }
  checkIns(first: 5) { totalCount pageInfo { hasNextPage endCursor } completeness { complete }
    edges { cursor node { id } } nodes { id deadline submittedAt overdue responses { id respondedAt personName person { id name } } people { id } } }
  assignments { id startDay startTime status { name } workDays { monday } project { id name color } person { id } conflictingTimeOff { id } }
  timeOff { id reason startDay person { id } } currentProjects { id } lastCheckIn { id } overdueCheckIns(first: 2) { id } onLeave } } }"""
ENTITIES = """query ($some: [_Any!]!) { _entities(representations: $some) { __typename
  ... on Person { id name email checkIns(first: 2) { nodes { id } } } ... on Project { id name people { id } } ... on CheckIn { id overdue responses { id } } } }"""
SOME: list[Any] = [
    *({"__typename": "Person", "id": f"w{number}"} for number in range(9)), {"__typename": "Person", "id": "nobody"}, {"__typename": "Nobody"},
    {"__typename": "Project", "id": "bridge"}, {"__typename": "Person", "email": "tim@example.com"}, {"__typename": "CheckIn", "id": "a0-0"},
    {"__typename": "CheckIn", "id": "none"}, {"__typename": "Project", "number": "T-1"}, {}, {"__typename": "Person", "id": "w2"},
]  # fmt: skip


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight people with namesakes and twins, and their check-ins."""
    firm(path := tmp_path_factory.mktemp("company") / "firm.sqlite")
    return path


async def alike(company: Path, document: str, **variables: Any) -> Any:
    """The answer that both give, at the same cost each time."""
    async with graph(company, limits=ALIKE) as plans, graph(company, limits=ALONE) as alone:
        for _ in range(AGAIN):
            one, other = [await each.ask(document, **variables) for each in (plans, alone)]
            assert one.get("data") == other.get("data")
            assert list(map(str, (one.get("data") or {}).values())) == list(map(str, (other.get("data") or {}).values())), (
                "in the same order"
            )
            assert sorted(codes(one)) == sorted(codes(other))
            assert plans.wire.kinds() == alone.wire.kinds()
    return one


async def test_a_walk_is_the_same(company: Path) -> None:
    answer = await alike(company, WALK, id="bridge")
    assert len(answer["data"]["project"]["people"]) > 4


async def test_entities_are_the_same_with_those_that_are_unknown_or_no_entities_among_them(company: Path) -> None:
    answer = await alike(company, ENTITIES, some=SOME)
    assert [one and one["__typename"] for one in answer["data"]["_entities"]].count("Person") == 10
    assert len(answer["errors"]) >= 2


@examples(8)
@given(tame)
async def test_operations_at_random_are_the_same(company: Path, document: str) -> None:
    """As many as FUZZ_EXAMPLES says."""
    await alike(company, document)
