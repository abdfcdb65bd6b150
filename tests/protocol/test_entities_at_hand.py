"""Entities that are at hand are given as if they had been waited for: to whoever may see them, each by itself, in its place."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from graph.access.rights import Caller
from graph.entities import Entity, resolve
from graph.limits import Limits
from graph.schema import ENTITIES
from loaders.request import Loaders
from sandbox.cast import SHARED_MAILBOX
from tests.access.callers import EVERYTHING, Guarded, caller, guarded
from tests.access.teams import User, company
from tests.apps import crewgraph
from tests.graphs import forgetful, timeless
from upstreams.errors import BadInput

USERS = [
    User("Ann Lee", "ann@example.com", None, 2, 1),
    User("Bo", "bo@example.com", 0, 1),
    User("Cy", SHARED_MAILBOX, None, 1),
    User("Di", SHARED_MAILBOX, None, 1),
]
WORKERS = ["Ann Lee", "Bo", "Cy"]
QUERY = """query ($of: [_Any!]!) { _entities(representations: $of) { __typename
  ... on Person { id name email checkIns(first: 2) { totalCount nodes { id responses { id } } } }
  ... on CheckIn { id deadline people { id } } ... on Project { id name } ... on Assignment { id person { id } }
} }"""
WARM = "{ people(first: 9) { nodes { id checkIns(first: 9) { nodes { id responses { id } } } } } checkIns(first: 99) { nodes { id responses { id } } } }"
ASKED: Sequence[object] = [
    *({"__typename": "Person", "id": id_} for id_ in ("w0", "w1", "nobody", "w2", "580:u0", "580:u9", "w0", " ", "a/b", 7)),
    *({"__typename": "Person", "email": email} for email in ("ann@example.com", SHARED_MAILBOX, "nobody@example.com", "w0")),
    *({"__typename": "CheckIn", "id": id_} for id_ in ("580:c0-0", "580:c0-1", "580:c1-0", "580:c0-0")),
    {"__typename": "Project", "id": "bridge"},
    {"__typename": "Person", "employeeNumber": "w0"},
    {"__typename": "Robot", "id": "w0"},
    "w0",
]
STRANGE: Sequence[object] = [{"__typename": "CheckIn", "id": id_} for id_ in ("580:c0-0", "..", "580:c9-9", "580:c1-0")]
CALLERS = {
    "everything": EVERYTHING,
    "no check-ins": EVERYTHING - {"checkins:read", "checkins:team"},
    "the team": EVERYTHING - {"checkins:read"},
    "no emails": EVERYTHING - {"people:email"},
    "nothing": frozenset[str](),
}


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few people, two of whom share a mailbox."""
    return company(tmp_path_factory.mktemp("firm") / "c.sqlite", USERS, WORKERS)


def told(answer: dict[str, Any]) -> tuple[Any, list[Any]]:
    """What an answer shows, and the codes, paths and sentences of its errors."""
    errors = [(one["extensions"]["code"], one["path"], one["message"]) for one in answer.get("errors", ())]
    return answer["data"], sorted(errors, key=str)


async def both(one: Guarded, cold: Guarded, who: Caller, of: Sequence[object]) -> tuple[Any, Any]:
    """What is answered where everything is remembered, and where nothing is but who is who."""
    return told(await one.ask(who, QUERY, of=list(of))), told(await cold.ask(who, QUERY, of=list(of)))


@pytest.mark.parametrize("scopes", CALLERS.values(), ids=CALLERS)
async def test_what_is_at_hand_is_answered_as_if_it_were_not(firm: Path, scopes: frozenset[str], caplog: pytest.LogCaptureFixture) -> None:
    async with guarded(firm, limits=Limits(cache=timeless)) as one, guarded(firm, limits=Limits(cache=forgetful)) as cold:
        for each in (one, cold):
            await each.data(caller(*EVERYTHING, name="all"), WARM)
        caplog.set_level(logging.INFO, "crewgraph.audit")
        for of in (ASKED, STRANGE, ASKED, STRANGE[:1]):
            for email in ("ann@example.com", None):
                caplog.clear()
                mine, plain = await both(one, cold, caller(*scopes, email=email), of)
                assert mine == plain
                said = [dict(each.audit, requestId="", upstreamCalls=0) for each in caplog.records if each.name == "crewgraph.audit"]  # type: ignore[attr-defined]
                assert said[0] == said[1]


async def test_nothing_is_asked_about_what_is_at_hand(firm: Path) -> None:
    query = "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Person { id } ... on CheckIn { id } } }"
    given = [("Person", "w0"), ("Person", "w1"), ("CheckIn", "580:c0-0"), ("CheckIn", "580:c1-0"), ("Person", "w0")]
    async with guarded(firm, limits=Limits(cache=timeless)) as one:
        who = caller(*EVERYTHING)
        await one.data(who, WARM)
        one.graph.wire.calls.clear()
        found = await one.data(who, query, of=[{"__typename": name, "id": own} for name, own in given])
        assert ([each["id"] for each in found["_entities"]], one.graph.wire.calls) == ([own for _, own in given], [])


async def test_an_error_that_is_at_hand_stays_in_its_place(firm: Path) -> None:
    app = crewgraph(firm)
    async with app.router.lifespan_context(app):
        loaders = Loaders(app.state.service.known)
        with pytest.raises(BadInput):
            await loaders.check_in.load("..")
        assert await loaders.check_in.load("580:c0-0") is not None
        found = await resolve(ENTITIES, loaders, [*STRANGE[:2], STRANGE[0], STRANGE[1]])
        assert [getattr(each, "id", type(each)) for each in found] == ["580:c0-0", BadInput, "580:c0-0", BadInput]


async def test_what_is_not_at_hand_is_looked_up_each_once(firm: Path) -> None:
    asked: list[tuple[str, object]] = []

    async def find(_: Loaders, **key: str) -> str:
        asked.extend(key.items())
        if key.get("id") == "bad":
            raise ValueError("bad")
        return f"found {key}"

    def given(_: Loaders, ids: Sequence[str]) -> Mapping[str, str]:
        asked.append(("at hand", tuple(ids)))
        return {"b": "given b"}

    robots = [{"__typename": "Robot", **key} for key in ({"id": "a"}, {"id": "b"}, {"id": "bad"}, {"name": "b"}, {"id": "b"}, {"id": "a"})]
    app = crewgraph(firm)
    async with app.router.lifespan_context(app):
        found = await resolve({"Robot": Entity(("id", "name"), find, at_hand=given)}, Loaders(app.state.service.known), list(robots))
    shown = [str(one) for one in found]
    assert shown == ["found {'id': 'a'}", "given b", "bad", "found {'name': 'b'}", "given b", "found {'id': 'a'}"]
    assert asked == [("at hand", ("a", "b", "bad")), ("id", "a"), ("id", "bad"), ("name", "b")]
