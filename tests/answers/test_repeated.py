"""Whoever asks the very same within a moment is given the same answer, as old as it is, and pays for it."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from graph.door.persisted import digest
from graph.door.policy import Door, Trusted
from graph.limits import Limits
from graph.operating.options import Operating
from loaders.known import Rules
from tests.answers.asking import PEOPLE, PROJECTS, Moment, post, remembered
from tests.graphs import CALM, graph, noon
from tests.operating.asking import numbers, turn
from tests.waiting import LONG

JSON, GRAPHQL = "application/json", "application/graphql-response+json"
HERE = {"apollo-require-preflight": "1"}


async def test_the_same_question_is_answered_alike_without_a_look_at_the_upstreams(company: Path) -> None:
    async with graph(company, limits=Moment().limits()) as one:
        first, second = [await post(one) for _ in range(2)]
        assert (remembered(first), remembered(second)) == (False, True)
        assert first.json() == second.json()
        assert list(first.json()) == list(second.json()) == ["data", "extensions"]
        told = {"content-type", "cache-control", "vary", "content-length", "x-frame-options"}
        assert {name: first.headers[name] for name in told} == {name: second.headers[name] for name in told}


async def test_an_answer_says_how_old_it_is_by_now(company: Path) -> None:
    moment, rows = Moment(seconds=20), '{ checkIns(first: 3, filter: { department: "Structures" }) { nodes { id } } }'
    async with graph(company, limits=moment.limits()) as one:
        await post(one, rows)
        moment.clock.now += 12.5
        anew = rows.replace("{ id }", "{ id deadline }")  # another question about the same rows
        assert not remembered(await post(one, anew))
        moment.clock.now += 7.75
        answer = await post(one, anew)
        assert answer.json()["extensions"]["freshness"] == {"checkins": {"oldestSeconds": 20.2}}
        assert (answer.headers["age"], answer.headers["cache-control"]) == ("7", "max-age=17, private")
        assert not remembered(await post(one, rows))


async def test_an_answer_lives_for_as_long_as_was_said_and_no_longer_than_it_keeps(company: Path) -> None:
    moment = Moment(seconds=45)
    rows = '{ checkIns(first: 3, filter: { department: "Structures" }) { nodes { id } } }'
    async with graph(company, limits=moment.limits()) as one:
        for query, life in ((PROJECTS, 45), (rows, 30)):
            assert not remembered(await post(one, query))
            moment.clock.now += life - 0.5
            assert remembered(await post(one, query))
            moment.clock.now += 0.5
            assert not remembered(await post(one, query))


@pytest.mark.parametrize(
    "other",
    [
        {"query": PEOPLE.replace("id name", "name id")},
        {"query": PEOPLE, "variables": {"first": 3}},
        {"query": PEOPLE, "operationName": "People"},
        {"query": f"{PEOPLE} "},
    ],
    ids=repr,
)
async def test_another_question_is_answered_by_itself(company: Path, other: dict[str, Any]) -> None:
    async with graph(company, limits=Moment().limits()) as one:
        await post(one, PEOPLE)
        assert not remembered(await post(one, **other))


async def test_how_the_variables_are_written_is_of_no_account(company: Path) -> None:
    query = "query ($first: Int!, $name: String) { people(first: $first, name: $name) { nodes { id } } }"
    async with graph(company, limits=Moment().limits()) as one:
        await one.client.post("/graphql", json={"query": query, "variables": {"first": 2, "name": None}})
        text = f'{{ "variables": {{"name": null,  "first":2}}, "query": {json.dumps(query)}, "operationName": null}}'
        assert remembered(await one.client.post("/graphql", content=text, headers={"content-type": JSON}))


async def test_a_get_and_both_media_types_share_an_answer_and_each_has_its_own_type(company: Path) -> None:
    async with graph(company, limits=Moment().limits()) as one:
        await post(one, headers={"accept": JSON})
        found = [
            await post(one, headers={"accept": GRAPHQL}),
            await one.client.get("/graphql", params={"query": PROJECTS}, headers={**HERE, "accept": GRAPHQL}),
            await one.client.get("/graphql", params={"query": PROJECTS}, headers=HERE),
        ]
        assert [remembered(answer) for answer in found] == [True] * 3
        assert [answer.headers["content-type"].split(";")[0] for answer in found] == [GRAPHQL, GRAPHQL, JSON]
        assert (await one.client.get("/graphql", params={"query": PROJECTS})).json()["errors"][0]["extensions"]["code"] == "CSRF_ERROR"
        assert (await one.client.head("/graphql", params={"query": PROJECTS}, headers=HERE)).status_code == 405
        assert (await post(one, headers={"accept": "text/csv"})).status_code == 406
        assert (await post(one, headers={"x-crewgraph-deadline-ms": "soon"})).status_code == 400


async def test_persisted_and_listed_documents_are_answered_from_memory_too(company: Path) -> None:
    by_hash: dict[str, Any] = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest(PROJECTS)}}}
    async with graph(company, limits=Moment().limits()) as one:
        await post(one)
        assert remembered(await post(one, **by_hash))
        assert remembered(await one.client.post("/graphql", json=by_hash))
    moment = Moment().limits()
    listed = Door(trusted=Trusted({"mine": PROJECTS}, frozenset({PROJECTS})), others=True)
    async with graph(company, limits=Limits(cache=moment.cache, answers=moment.answers, door=listed)) as one:
        await post(one)
        assert remembered(await one.client.post("/graphql", json={"id": "mine"}))


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("{ __typename }", {}),
        ("{ __schema { queryType { name } } }", {}),
        ("{ nothing }", {}),
        ("{ people(first: 0) { nodes { id } } }", {}),
        ('{ projects(first: 1) { nodes { id } } checkIn(id: "..") { id } }', {}),
        (PROJECTS, {"x-crewgraph-trace": "1"}),
        (PROJECTS, {"cache-control": "no-store"}),
    ],
)
async def test_what_nobody_may_keep_is_not_remembered(company: Path, query: str, headers: dict[str, str]) -> None:
    async with graph(company, limits=Moment().limits()) as one:
        found = [await post(one, query, headers) for _ in range(2)]
        assert [remembered(answer) for answer in found] == [False, False]
        assert not one.client._transport.app.state.service.answers.kept  # type: ignore[attr-defined]


async def test_a_client_may_pass_the_memory_by_and_renews_it_for_others(company: Path) -> None:
    moment = Moment()
    async with graph(company, limits=moment.limits()) as one:
        for wish in ("no-cache", "max-age=0", "max-stale=9, No-Cache", "max-age=1"):
            await post(one)
            moment.clock.now += 2
            assert (await post(one)).headers["age"] == "2"
            assert not remembered(await post(one, headers={"cache-control": wish}))
            assert (await post(one)).headers["age"] == "0"
        moment.clock.now += 2
        assert remembered(await post(one, headers={"cache-control": "max-age=2"}))
        assert not remembered(await post(one, headers={"cache-control": "no-store"}))
        assert (await post(one)).headers["age"] == "2"


async def test_nothing_is_remembered_unless_it_is_wanted(company: Path) -> None:
    async with graph(company, limits=Moment(seconds=0).limits()) as one:
        assert [remembered(await post(one)) for _ in range(2)] == [False, False]


async def test_what_was_found_out_since_then_counts(company: Path) -> None:
    """An answer outlives no link that was dropped, and no day."""
    today = [noon()]
    async with graph(company, limits=Moment().limits(), rules=Rules(clock=lambda: today[0])) as one:
        known = one.client._transport.app.state.service.known  # type: ignore[attr-defined]
        for change in (lambda: known.unlink("somebody"), lambda: known.forget("u1"), lambda: today.append(today.pop() + timedelta(days=1))):
            assert not remembered(await post(one))
            assert remembered(await post(one))
            change()
        assert not remembered(await post(one))


async def test_a_client_pays_for_an_answer_from_memory_what_it_costs(company: Path) -> None:
    async with graph(company, limits=Moment().limits(), operating=Operating(10_000, LONG, quota=50)) as one:
        first, second = await post(one), await post(one)
        assert remembered(second)
        left = [int(answer.headers["ratelimit"].split("r=")[1].split(";")[0]) for answer in (first, second)]
        assert left[1] < left[0]
        refused = [await post(one) for _ in range(50)][-1]
        assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (429, "RATE_LIMITED")


async def test_an_answer_at_hand_does_not_wait_in_line(company: Path) -> None:
    async with graph(company, limits=Moment().limits(), operating=Operating(most=1, patience=0.0)) as one:
        await post(one)
        line = one.client._transport.app.state.service.watch.line  # type: ignore[attr-defined]
        async with turn(line):
            assert remembered(await post(one))
            assert (await post(one, PEOPLE)).status_code == 503


async def test_metrics_logs_and_ids_tell_of_an_answer_from_memory(company: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "crewgraph.operations")
    async with graph(company, limits=Moment().limits()) as one:
        for name in ("first", "second"):
            assert (await post(one, headers={"x-request-id": name})).headers["x-request-id"] == name
        await post(one, "{")
        found = await numbers(one.client)
    assert [found[f'crewgraph_answers_total{{source="{source}"}}'] for source in ("run", "memory")] == [2, 1]
    assert found['crewgraph_operations_total{kind="query",outcome="ok"}'] == 2
    lines = [record.operation for record in caplog.records if record.name == "crewgraph.operations"]  # type: ignore[attr-defined]
    assert [(line["kind"], line["outcome"], line["status"], line["source"]) for line in lines] == [
        ("query", "ok", 200, "run"),
        ("query", "ok", 200, "memory"),
        ("none", "refused", 200, "run"),
    ]
    assert lines[1]["calls"] == 0


async def test_the_memory_is_bounded(company: Path) -> None:
    async with graph(company, limits=Moment().limits(size=50_000), operating=CALM) as one:
        answers = one.client._transport.app.state.service.answers  # type: ignore[attr-defined]
        for number in range(1, 40):
            await post(one, PEOPLE, variables={"first": number})
            assert answers.bytes <= 50_000
        assert 1 < len(answers.kept) < 25
        assert remembered(await post(one, PEOPLE, variables={"first": 39}))
        assert not remembered(await post(one, PEOPLE, variables={"first": 1}))
