"""Portions of answers are shown again for as long as all that they rest on holds, and to nobody who might not have had them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from graph.execution.counts import COUNTS
from graph.limits import Limits
from graph.portions import OVERHEAD
from sandbox import Draft
from tests.access.callers import EVERYTHING, caller, guarded, refusals, without
from tests.graphs import TODAY, Graph, codes, graph
from tests.sharing.test_at_hand import CREW, company
from tests.sharing.test_changes import NO_CACHE, Changing, changing

WALK = "{ project(id: %s) { people { name checkIns(first: 3) { totalCount nodes { id responses { id personName } } } } } }"
QUERY = WALK % '"bridge"'


@pytest.fixture
async def warm(tmp_path: Path) -> AsyncIterator[Changing]:
    """A graph that was asked twice: what it was given is remembered, and what came of it."""
    async with changing(tmp_path, company()) as one:
        await one.data(QUERY)
        await one.data(QUERY)
        yield one


async def shown(one: Graph, query: str = QUERY, **headers: str) -> tuple[Any, int]:
    """An answer, and how many portions are in it."""
    before = COUNTS["portion"]
    answer = (await one.client.post("/graphql", json={"query": query}, headers=headers)).json()
    return answer, COUNTS["portion"] - before


async def test_what_was_found_of_each_person_is_shown_again_as_old_as_it_is(warm: Changing) -> None:
    warm.clock.now += 7
    plain, none = await shown(warm, QUERY, **{"X-Crewgraph-Trace": "1"})
    again, portions = await shown(warm)
    assert (none, portions) == (0, len(CREW))
    assert again["data"] == plain["data"]
    assert again["extensions"]["freshness"]["checkins"] == plain["extensions"]["freshness"]["checkins"]
    assert again["extensions"]["freshness"]["checkins"]["oldestSeconds"] >= 7


THREE = "checkIns(first: 3) { totalCount nodes { id responses { id personName } } }"


@pytest.mark.parametrize(
    ("query", "portions"),
    [
        (f'query Other {{ project(id: "bridge") {{ x: people {{ {THREE.replace("{ id", "{ # the same", 1)} }} }} }}', 0),
        (f'query Other {{ project(id: "bridge") {{ x: people {{ {THREE.replace(" ", chr(10))} }} }} }}', len(CREW)),
        (f'{{ person(id: "w1") {{ {THREE} }} }}', 1),
        (f'{{ person(id: "w1") {{ {THREE.replace("3", "2")} }} }}', 0),
        (f'{{ person(id: "w1") {{ {THREE.replace("personName", "name: personName")} }} }}', 0),
        (f'{{ person(id: "w1") {{ {THREE.replace("id personName", "personName id")} }} }}', 0),
    ],
    ids=["other fields", "another document", "fewer people", "another length", "another name", "another order"],
)
async def test_the_same_is_known_wherever_it_is_asked_and_nothing_else(warm: Changing, query: str, portions: int) -> None:
    query = query.replace("{ # the same", "{ # other\n")
    await warm.data(query)
    answer, found = await shown(warm, query)
    assert found == portions
    assert answer["data"] == (await shown(warm, query, **{"X-Crewgraph-Trace": "1"}))[0]["data"]


async def test_who_wants_nothing_remembered_is_given_none_and_ends_those_that_are_older(warm: Changing) -> None:
    assert (await shown(warm, QUERY, **NO_CACHE))[1] == 0
    assert (await shown(warm))[1] == 0
    assert (await shown(warm))[1] == len(CREW)


async def test_they_end_with_the_first_answer_in_them_that_does(warm: Changing) -> None:
    warm.clock.now += 29
    assert (await shown(warm))[1] == len(CREW)
    warm.clock.now += 2
    assert (await shown(warm))[1] == 0


async def test_where_something_was_renewed_meanwhile_it_is_found_out_anew(warm: Changing) -> None:
    warm.becomes(company(frozenset({"more"})))
    await warm.anew('{ person(id: "w0") { checkIns(first: 3) { totalCount nodes { id } } } }')
    answer, portions = await shown(warm)
    assert portions == 0
    (ann,) = [one for one in answer["data"]["project"]["people"] if one["name"] == CREW[0]]
    assert ann["checkIns"]["totalCount"] == 5


async def test_whose_link_broke_is_no_longer_shown_what_was_found_by_it(warm: Changing) -> None:
    warm.becomes(company(frozenset({"renamed"})))
    await warm.client.post("/graphql", json={"query": QUERY}, headers=NO_CACHE)
    answer, portions = await shown(warm)
    assert portions == 0
    assert "Robert Ray" not in json.dumps(answer)


async def test_whoever_is_ambiguous_is_asked_about_each_time_and_nobody_else(tmp_path: Path) -> None:
    async with changing(tmp_path, company(frozenset({"joined"}))) as one:
        first = await one.ask(QUERY)
        await one.ask(QUERY)
        again, portions = await shown(one)
        assert codes(again) == codes(first) == [("IDENTITY_AMBIGUOUS", "project.people.0.checkIns")]
        assert again["data"] == first["data"]
        assert portions == len(CREW) - 1


async def test_a_null_of_somebody_whom_check_ins_does_not_know_is_one(tmp_path: Path) -> None:
    draft = Draft()
    draft.project("Bridge", id="bridge")
    draft.worker("Zoe New", id="w")
    draft.assign("w", "bridge", TODAY, TODAY)
    async with changing(tmp_path, draft) as one:
        query = f'{{ person(id: "w") {{ {THREE} }} }}'
        for _ in range(2):
            assert await one.data(query) == {"person": {"checkIns": None}}
        assert (await shown(one, query)) == (await one.ask(query), 1)


async def test_callers_of_other_scopes_are_given_only_what_is_theirs(tmp_path: Path) -> None:
    """A caller with all scopes but one never gets what somebody with all of them was given."""
    company().save(path := tmp_path / "company.sqlite")
    async with guarded(path, limits=Limits()) as one:
        everything, nobody = caller(*EVERYTHING, name="all"), caller("assignments:read", name="nobody")
        mails = QUERY.replace("personName", "personName personEmail")
        none = COUNTS["portion"]
        for query in (QUERY, mails):
            for _ in range(3):
                await one.data(everything, query)
        assert COUNTS["portion"] - none == 2 * len(CREW)
        before = COUNTS["portion"]
        assert set(refusals(await one.ask(nobody, QUERY))) == {f"project.people.{number}.checkIns" for number in range(len(CREW))}
        blind = without({"people:email"})
        for _ in range(2):
            answer = await one.ask(blind, mails)
            replies = [each for who in answer["data"]["project"]["people"] for row in who["checkIns"]["nodes"] for each in row["responses"]]
            assert replies
            assert {each["personEmail"] for each in replies} == {None}
        assert COUNTS["portion"] == before


async def test_those_who_see_their_team_only_have_none(tmp_path: Path) -> None:
    company().save(path := tmp_path / "company.sqlite")
    async with guarded(path, limits=Limits()) as one:
        for _ in range(3):
            await one.data(caller(*EVERYTHING, name="all"), QUERY)
        before = COUNTS["portion"]
        own = caller("assignments:read", "checkins:team", email="0@example.com", name="lead")
        for _ in range(2):
            found = (await one.ask(own, QUERY))["data"]["project"]["people"]
            assert [bool(each["checkIns"]) for each in found] == [True, False, False, False]
        assert COUNTS["portion"] == before


async def test_the_audit_counts_what_they_show_and_which_scopes_opened_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    company().save(path := tmp_path / "company.sqlite")
    async with guarded(path, limits=Limits()) as one:
        before = COUNTS["portion"]
        for _ in range(3):
            await one.data(caller(*EVERYTHING), QUERY.replace("personName", "personName personEmail"))
        assert COUNTS["portion"] - before == len(CREW)
    lines = [record.audit for record in caplog.records if record.name == "crewgraph.audit"]  # type: ignore[attr-defined]
    _, second, third = [{key: line[key] for key in ("entities", "scopesUsed")} for line in lines]
    assert third == second
    assert third["scopesUsed"] == ["assignments:read", "checkins:read", "people:email"]
    assert third["entities"]["CheckIn"] == 3 * len(CREW)


async def test_who_somebody_is_counts_as_asked_for_each_time(tmp_path: Path) -> None:
    company().save(path := tmp_path / "company.sqlite")
    async with graph(path, limits=Limits()) as one:
        counted = []
        for _ in range(4):
            await one.data(QUERY)
            metrics = (await one.client.get("/metrics")).text
            counted.append([line for line in metrics.splitlines() if line.startswith("crewgraph_identities_total")])
        found = [sum(float(line.rpartition(" ")[2]) for line in lines) for lines in counted]
    assert [later - earlier for earlier, later in pairwise(found)] == [len(CREW)] * 3


async def test_without_room_there_are_none(tmp_path: Path) -> None:
    company().save(path := tmp_path / "company.sqlite")
    async with graph(path, limits=Limits(portions=0)) as one:
        for _ in range(3):
            answer, portions = await shown(one)
            assert portions == 0
        assert "errors" not in answer


async def test_with_little_room_only_some_are_kept_and_the_answers_are_the_same(tmp_path: Path) -> None:
    company().save(path := tmp_path / "company.sqlite")
    async with graph(path, limits=Limits(portions=3 * OVERHEAD)) as one:
        answers = [await shown(one) for _ in range(4)]
    assert [answer["data"] for answer, _ in answers] == [answers[0][0]["data"]] * 4
    assert max(portions for _, portions in answers) < len(CREW)
