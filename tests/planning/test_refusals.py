"""What cannot fit is refused before its first call; what runs never makes one call more than it may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graph.limits import Limits
from tests.graphs import forgetful, graph
from tests.planning.budgets import came, named
from tests.planning.operations import OPERATIONS
from upstreams.cache import Cache


def few(calls: int) -> Limits:
    """So many calls, and nothing remembered."""
    return Limits(calls=calls, cache=forgetful)


def refusals(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The errors of an answer that say that it is too expensive."""
    return [error for error in answer.get("errors", ()) if error["extensions"]["code"] == "QUERY_TOO_EXPENSIVE"]


ONES = " ".join(f'a{index}: checkIn(id: "580:{index}") {{ id responses {{ id }} }}' for index in range(12))
ENTITIES = "query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }"


@pytest.mark.parametrize(
    "text",
    [
        f"{{ {ONES} }}",
        f"{{ ...all }} fragment all on Query {{ ...same ... on Query {{ {ONES} }} }} fragment same on Query {{ {ONES} }}",
        " ".join(["{", *(f'p{index}: project(id: "p-{index}") {{ name }}' for index in range(12)), "}"]),
        " ".join(["{", *(f'p{index}: person(id: "w-{index}") {{ name }}' for index in range(12)), "}"]),
        " ".join(
            ["{", *(f'c{index}: checkIns(first: 1, filter: {{department: "D{index}"}}) {{ totalCount }}' for index in range(12)), "}"]
        ),
        " ".join(["{", *(f'g{index}: group(id: "g-{index}") {{ id }}' for index in range(12)), "}"]),
    ],
    ids=["aliases", "fragments", "projects", "people", "filters", "groups"],
)
async def test_an_operation_that_cannot_fit_is_refused_before_any_call(company: Path, text: str) -> None:
    async with graph(company, limits=few(11)) as one:
        answer = await one.ask(text)
        (error,) = answer["errors"]
        assert (error["extensions"]["code"], error["extensions"]["estimatedCalls"], error["extensions"]["mostCalls"]) == (
            "QUERY_TOO_EXPENSIVE",
            12,
            11,
        )
        assert "smaller `first`" in error["message"]
        assert answer.get("data") is None
        assert one.wire.calls == []
    async with graph(company, limits=few(12)) as one:
        assert refusals(await one.ask(text)) == []


async def test_a_gateway_is_refused_by_what_it_asks_for_and_equal_entities_count_once(company: Path) -> None:
    ones = [{"__typename": "CheckIn", "id": f"580:{index % 12}"} for index in range(60)]
    async with graph(company, limits=few(11)) as one:
        (error,) = refusals(await one.ask(ENTITIES, of=ones))
        assert (error["extensions"]["estimatedCalls"], one.wire.calls) == (12, [])
    async with graph(company, limits=few(12)) as one:
        assert refusals(await one.ask(ENTITIES, of=ones)) == []
        assert len(one.wire.calls) == 12


async def test_a_walk_over_people_who_are_known_is_refused_before_any_call(company: Path, ids: Mapping[str, str]) -> None:
    """Each was proved by an operation that fits; the lists of all of them do not fit into one."""
    people = (await crew(company, ids))["people"]
    async with graph(company, limits=few(20)) as one:
        for person in people:
            await one.data("query ($id: ID!) { person(id: $id) { email } }", id=person["id"])
        one.wire.calls.clear()
        found = await named(one, "walk", ids)
        (error,) = refusals(found.answer)
        assert (error["extensions"]["estimatedCalls"], error["extensions"]["mostCalls"]) == (len(people), 20)
        assert one.wire.calls == []


async def crew(company: Path, ids: Mapping[str, str]) -> dict[str, Any]:
    """The project with its people."""
    async with graph(company) as one:
        found: dict[str, Any] = (await one.data("query ($id: ID!) { project(id: $id) { people { id } } }", id=ids["project"]))["project"]
        return found


async def test_people_who_must_be_proved_are_refused_as_a_whole(company: Path, ids: Mapping[str, str]) -> None:
    """Nobody knows how many they are before the directory is read, which costs the operation nothing."""
    many = len((await crew(company, ids))["people"])
    async with graph(company, limits=few(3 * many - 1)) as one:
        found = await named(one, "walk", ids)
        assert (found.least, found.spent, len(refusals(found.answer))) == (0, 0, many)
        assert {(error["extensions"]["estimatedCalls"], error["extensions"]["mostCalls"]) for error in refusals(found.answer)} == {
            (3 * many, 3 * many - 1)
        }
        assert "crewgraph people match" in found.answer["errors"][0]["message"]
        assert len(one.wire.calls) == found.own


async def test_a_wave_that_cannot_fit_is_refused_whole(company: Path, ids: Mapping[str, str]) -> None:
    """The lists fit, and the details after them do not: none of them is asked for."""
    many = len((await crew(company, ids))["people"])
    text = "query ($project: ID!) { project(id: $project) { people { checkIns(first: 25) { nodes { id responses { id } } } } } }"
    async with graph(company, limits=few(4 * many)) as one:
        await named(one, "walk", ids)
        one.wire.calls.clear()
        found = await came(one, text, ids)
        assert found.spent == many == len(one.wire.calls)
        assert all(len(person["checkIns"]["nodes"]) > 2 for person in found.answer["data"]["project"]["people"])
        assert found.codes == {"QUERY_TOO_EXPENSIVE"}


@pytest.mark.parametrize("most", [1, 2, 3, 5, 17, 60])
async def test_no_operation_makes_one_call_more_than_it_may(company: Path, ids: Mapping[str, str], most: int) -> None:
    """Counted on the wire; the server's own calls, for directories and calibration, are not charged."""
    async with graph(company, limits=few(most)) as one:
        for name in OPERATIONS:
            one.wire.calls.clear()
            found = await named(one, name, ids)
            assert len(one.wire.calls) - found.own == found.spent <= most, name


async def test_remembered_answers_cost_nothing(company: Path, ids: Mapping[str, str]) -> None:
    """What was once paid for fits a budget of one call ever after."""
    shared = Cache()
    async with graph(company, limits=replace(few(200), cache=lambda: shared)) as one:
        await named(one, "check-in", ids)
    async with graph(company, limits=replace(few(1), cache=lambda: shared)) as one:
        text = 'query ($checkIn: ID!) { a: checkIn(id: $checkIn) { id } b: checkIn(id: "580:other") { id } }'
        found = await came(one, text, ids)
        assert (found.least, found.spent, refusals(found.answer)) == (1, 1, [])
        again = await came(one, text, ids)
        assert (again.least, again.spent, len(one.wire.calls)) == (1, 1, 2)


async def test_the_servers_own_calls_are_not_charged(company: Path) -> None:
    async with graph(company, limits=few(1)) as one:
        found = await came(one, "{ people(first: 5) { totalCount nodes { name jobTitle { name } timeOff { id } } } }")
        assert (found.spent, found.codes) == (0, frozenset())
        assert found.own == len(one.wire.calls) > 1
