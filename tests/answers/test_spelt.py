"""A long question that came before is known by its very bytes: whoever asks it is answered by their own rights, and a byte makes another."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph.answers import LONGEST, SPELLINGS, SPELT, Answers
from graph.door.asking import Heard
from graph.door.policy import Door
from graph.limits import Limits
from tests.access.callers import EVERYTHING, Guarded, caller, guarded
from tests.access.teams import User, company
from tests.answers.asking import Moment, remembered
from tests.operating.asking import numbers

USERS = [User("Ann Lee", "ann@example.com", None, 2), User("Bo", "bo@example.com", None, 1)]
QUERY = (
    "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Person { id name department checkIns(first: 1) { nodes { id } } } } }"
)
HEADERS = {"content-type": "application/json", "x-caller": "somebody"}


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people, whom both systems know."""
    return company(tmp_path_factory.mktemp("firm") / "c.sqlite", USERS, ["Ann Lee", "Bo"])


def long(people: Sequence[str] = ("w0", "w1")) -> bytes:
    """A question of some 40 kB."""
    of = [{"__typename": "Person", "id": people[number % len(people)], "note": f"note {number:20}"} for number in range(600)]
    return json.dumps({"query": QUERY, "variables": {"of": of}}).encode()


async def sent(one: Guarded, body: bytes, **headers: str) -> httpx.Response:
    """The answer to these bytes."""
    return await one.graph.client.post("/graphql", content=body, headers=HEADERS | headers)


def answers(one: Guarded) -> Answers:
    """What is remembered."""
    found: Answers = one.graph.client._transport.app.state.service.answers  # type: ignore[attr-defined]
    return found


async def test_a_long_question_is_known_by_its_bytes_and_every_byte_counts(firm: Path) -> None:
    async with guarded(firm, limits=Moment().limits()) as one:
        one.said.callers["somebody"] = caller(*EVERYTHING)
        body, other = long(), long(("w1", "w0"))
        assert 40_000 < len(body) < LONGEST
        found = [await sent(one, each) for each in (body, body, other, other, body)]
        assert [remembered(each) for each in found] == [False, True, False, True, True]
        names = [[each["name"] for each in answer.json()["data"]["_entities"][:2]] for answer in found]
        assert names == [["Ann Lee", "Bo"]] * 2 + [["Bo", "Ann Lee"]] * 2 + [["Ann Lee", "Bo"]]
        assert {heard.text for heard in answers(one).questions.kept} == {body, other}


async def test_what_is_no_question_any_more_is_refused_as_if_it_had_never_been_one(firm: Path) -> None:
    async with guarded(firm, limits=Moment().limits()) as one:
        one.said.callers["somebody"] = caller(*EVERYTHING)
        body = long()
        await sent(one, body)
        twice = body[:-1] + b', "query": ""}'
        assert [(await sent(one, each)).status_code for each in (body[:-1], twice, body[:-1] + b"\xff}", body)] == [400, 400, 400, 200]
        assert (await sent(one, body, **{"content-type": "text/plain"})).status_code == 415
        assert (await sent(one, body, accept="text/csv")).status_code == 406
        assert not remembered(await sent(one, body, **{"cache-control": "no-cache"}))
        assert len(answers(one).questions.kept) == 1


async def test_callers_of_other_rights_share_the_bytes_and_not_the_answer(firm: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "crewgraph.audit")
    scopes = [EVERYTHING, {"checkins:team"}, set[str](), EVERYTHING]
    async with guarded(firm, limits=Moment().limits()) as one, guarded(firm, limits=Moment(seconds=0).limits()) as plain:
        for number, each in enumerate([*scopes, *scopes]):
            answered: list[dict[str, Any]] = []
            for served in (one, plain):
                served.said.callers["somebody"] = caller(*each)
                found = await sent(served, long())
                answered.append({**found.json(), "extensions": None, "errors": [error["path"] for error in found.json().get("errors", ())]})
                assert remembered(found) is (served is one and each is EVERYTHING and number > 0)
            assert answered[0] == answered[1]
        assert len(answers(one).questions.kept) == 1
        audited = [record.audit["scopesUsed"] for record in caplog.records if record.name == "crewgraph.audit"]  # type: ignore[attr-defined]
        assert audited[::2] == audited[1::2] != []


async def test_an_answer_by_its_bytes_is_counted_like_any_other(firm: Path) -> None:
    async with guarded(firm, limits=Moment().limits()) as one:
        one.said.callers["somebody"] = caller(*EVERYTHING)
        for _ in range(3):
            await sent(one, long())
        found = await numbers(one.graph.client)
        assert (found['crewgraph_answers_total{source="run"}'], found['crewgraph_answers_total{source="memory"}']) == (1, 2)


async def test_a_body_that_is_too_large_is_refused_whoever_sent_it_before(firm: Path) -> None:
    moment = Moment().limits()
    limits = Limits(cache=moment.cache, answers=moment.answers, door=Door(largest_body=len(long())))
    async with guarded(firm, limits=limits) as one:
        one.said.callers["somebody"] = caller(*EVERYTHING)
        assert [(await sent(one, long() + more)).status_code for more in (b"", b"", b" ")] == [200, 200, 413]


def test_what_is_known_by_its_bytes_is_bounded() -> None:
    remembers, question = Answers(5.0), ("{ a }", None, b"{}", False)
    remembers.spelt(question, Heard("POST", b"x" * (LONGEST + 1)))
    assert not remembers.questions.kept
    heard = [Heard("POST", b"%06d" % number + b"x" * (LONGEST - 6)) for number in range(60)]
    for each in heard:
        remembers.spelt(question, each)
        assert remembers.questions.get(heard[0]) is question
        assert remembers.questions.cost <= SPELLINGS
    most = SPELLINGS // (LONGEST + SPELT + len("{ a }{}"))
    assert set(remembers.questions.kept) == {heard[0], *heard[-most + 1 :]}
