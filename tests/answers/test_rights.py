"""Nothing that is remembered crosses anybody's rights: whoever asks is answered as if nothing were remembered."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from starlette.requests import Request

from graph.access.guard import Access
from graph.access.rights import ANYBODY, Caller
from graph.access.scopes import SCOPES
from graph.access.who import NotAuthenticated
from tests.access.callers import EVERYTHING, Guarded, caller, guarded
from tests.access.teams import QUERIES, User, company
from tests.answers.asking import Moment, post, remembered
from tests.graphs import graph

USERS = [
    User("Boss", "boss@example.com", None, 1),
    User("Ann Lee", "ann@example.com", 0, 2, 1),
    User("Joann Lee", "joann@example.com", 0, 1, 1),
    User("Bo", "bo@example.com", 1, 2),
]
NAMES = ["Boss", "Ann Lee", "Joann Lee", "Bo"]
ASKED = (
    *QUERIES,
    '{ person(email: "ann@example.com") { id name email } }',
    "{ people(first: 10) { nodes { id name email identity { status method } timeOff { reason } assignments { id } } } }",
    '{ project(id: "bridge") { name } }',
    '{ checkIns(first: 9, filter: {personEmail: "ann@example.com"}) { nodes { id responses { personEmail } } } }',
)
EMAILS = ("boss@example.com", "ann@example.com", "bo@example.com", None)
SOME = st.sampled_from(
    [
        frozenset[str](),
        frozenset({"checkins:team"}),
        frozenset({"checkins:read"}),
        frozenset({"checkins:read", "people:email"}),
        frozenset({"checkins:team", "people:email", "identity:read"}),
        EVERYTHING,
    ]
)
SCOPE_SETS = SOME | st.frozensets(st.sampled_from(sorted(SCOPES)))


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A boss, their team, and one in somebody else's."""
    return company(tmp_path_factory.mktemp("firm") / "c.sqlite", USERS, NAMES)


def told(answer: dict[str, Any]) -> tuple[Any, list[Any]]:
    """What an answer shows and refuses, whichever field came first."""
    errors = [{**one, "extensions": {**one["extensions"], "requestId": None}} for one in answer.get("errors", ())]
    return answer.get("data"), sorted(errors, key=lambda one: str(one.get("path")))


def written(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """What the audit says, but for ids and calls."""
    found = [dict(record.audit) for record in caplog.records if record.name == "crewgraph.audit"]  # type: ignore[attr-defined]
    caplog.clear()
    return [{**one, "requestId": None, "upstreamCalls": None} for one in found]


@settings(max_examples=20, phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.target])
@given(
    st.lists(st.tuples(SCOPE_SETS, st.sampled_from(EMAILS)), min_size=2, max_size=4),
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from(ASKED)), min_size=4, max_size=12),
)
async def test_every_caller_is_answered_as_if_nothing_were_remembered(
    callers: list[tuple[frozenset[str], str | None]], asks: list[tuple[int, str]]
) -> None:
    with TemporaryDirectory() as folder:
        path = company(Path(folder) / "c.sqlite", USERS, NAMES)
        async with guarded(path, limits=Moment().limits()) as one, guarded(path, limits=Moment(seconds=0).limits()) as plain:
            for who, query in [*asks, *reversed(asks)]:
                scopes, email = callers[who % len(callers)]
                me = Caller(f"{who}", "test", scopes, email)
                assert told(await one.ask(me, query)) == told(await plain.ask(me, query))


async def twice(served: Guarded, first: Caller, second: Caller, query: str) -> bool:
    """Whether what the first was answered is given to the second."""
    await served.ask(first, query)
    headers = {"x-caller": second.name}
    served.said.callers[second.name] = second
    return remembered(await post(served.graph, query, headers, variables={}))


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        (("assignments:read",), ("assignments:read",), True),
        (("assignments:read", "timeoff:read"), ("timeoff:read", "assignments:read"), True),
        (("assignments:read",), (), False),
        ((), ("assignments:read",), False),
        (("checkins:read", "people:email"), ("checkins:read", "people:email", "checkins:team"), False),
    ],
)
async def test_an_answer_is_shared_by_those_of_the_same_scopes(
    firm: Path, first: tuple[str, ...], second: tuple[str, ...], shared: bool
) -> None:
    async with guarded(firm, limits=Moment().limits()) as one:
        assert await twice(one, caller(*first, name="a"), caller(*second, name="b"), '{ project(id: "bridge") { name } }') is shared


@pytest.mark.parametrize(
    ("scopes", "shared"),
    [(("checkins:team",), False), (("checkins:read",), False), (("people:email",), False), (("checkins:read", "people:email"), True)],
)
async def test_an_email_tells_callers_apart_unless_their_scopes_open_everything_that_it_does(
    firm: Path, scopes: tuple[str, ...], shared: bool
) -> None:
    async with guarded(firm, limits=Moment().limits()) as one:
        ann, bo = (caller(*scopes, email=f"{name}@example.com", name=name) for name in ("ann", "bo"))
        assert await twice(one, ann, bo, '{ project(id: "bridge") { name } }') is shared


async def test_the_audit_is_written_as_if_nothing_were_remembered(firm: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Asking by one's own email uses no scope, by somebody else's it does."""
    ann, bo = (caller(*EVERYTHING, email=f"{name}@example.com", name=name) for name in ("ann", "bo"))
    said = []
    for moment in (Moment(), Moment(seconds=0)):
        async with guarded(firm, limits=moment.limits()) as one:
            for query in ASKED:
                for who in (ann, bo, ann, bo):
                    await one.ask(who, query)
        said.append(written(caplog))
    assert said[0] == said[1]
    assert len(said[0]) == 4 * len(ASKED)


class Revoked:
    """Everybody is known until nobody is."""

    known = True

    async def caller(self, _request: Request) -> Caller:
        """Anybody. Raises Refusal."""
        if not self.known:
            raise NotAuthenticated("unknown-key")
        return ANYBODY

    async def watch(self) -> None:
        """Nothing goes on."""

    async def aclose(self) -> None:
        """Nothing is open."""


async def test_whoever_is_not_known_any_more_is_answered_nothing_from_memory(firm: Path) -> None:
    who = Revoked()
    async with graph(firm, limits=Moment().limits(), access=Access(who)) as one:
        query = '{ project(id: "bridge") { name } }'
        await post(one, query)
        assert remembered(await post(one, query))
        who.known = False
        assert (await post(one, query)).status_code == 401
