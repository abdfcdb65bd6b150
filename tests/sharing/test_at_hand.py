"""What is given at once, since all of it is remembered, is what is given one by one: traced requests, which list each call, never do it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox import Draft
from tests.graphs import TODAY, Graph, noon
from tests.sharing.held import desk
from tests.sharing.test_changes import Changing, changing
from upstreams.cache import LIVES
from upstreams.calls import Call, Kind, Mode
from upstreams.ledger import Ledger
from upstreams.within import Within

CREW = ("Ann Lee", "Bob Ray", "Cy Fox", "Dee Hill")
NODES = "id submittedAt overdue responses { id respondedAt personName personEmail person { id } }"
WALKS = [
    'name assignments { id startDay project { id } } projects(activeBetween: {from: "2026-02-20", to: "2026-03-20"}) { id name }',
    "name checkIns(first: 2) { totalCount nodes { id overdue responses { id personName } } }",
    "name checkIns(first: 3) { nodes { ... on CheckIn { id replies: responses { __typename personDepartment personEmail } } } }",
    f"name checkIns(first: 2) {{ totalCount nodes {{ {NODES} }} }}",
    "id identity { status method } checkIns(first: 3) { nodes { id } pageInfo { hasNextPage endCursor } totalCount }",
    "name checkIns(first: 9) { totalCount completeness { complete } nodes { id responses { personDepartment } people { id } } }",
    'name checkIns(first: 2, submittedBetween: {from: "2026-02-20", to: "2026-03-20"}) { totalCount nodes { id } }',
    f"name all: checkIns(first: 9) {{ nodes {{ {NODES} }} }} first: checkIns(first: 1) {{ totalCount edges {{ cursor node {{ id }} }} }}",
]
HAPPENS = ("joined", "answered", "renamed", "passed", "more", "left")
"""What may become of the company: an account without a name that is alone, another's answer, a name, an email, a check-in, a person."""
STEPS = st.one_of(
    st.sampled_from(WALKS),
    st.sampled_from(WALKS),
    st.sampled_from([1.0, 31.0, 95.0, 310.0]),
    st.frozensets(st.sampled_from(HAPPENS), max_size=3),
)


def company(happened: frozenset[str] = frozenset()) -> Draft:
    """Four people on one project with a few check-ins each, after this has happened."""
    draft = Draft()
    draft.project("Bridge", id="bridge")
    for number, name in enumerate(CREW):
        draft.worker(name, id=f"w{number}")
        if not ("left" in happened and number == 3):
            draft.assign(f"w{number}", "bridge", TODAY - timedelta(days=1), TODAY + timedelta(days=1))
        shown = "Robert Ray" if "renamed" in happened and number == 1 else name
        email = "3@example.com" if "passed" in happened and number == 2 else f"{number}@example.com"
        draft.user(shown, email, id=f"a{number}", department="Site")
    if "joined" in happened:
        draft.user(CREW[0], "other@example.com", id="a9")
        draft.check_in("a9", noon() - timedelta(days=2), id="a9-0", submitted=noon() - timedelta(days=2))
    for number in range(len(CREW)):
        history(draft, number, 4 + ("more" in happened and number == 0), by=["a3"] if "answered" in happened and number == 2 else None)
    return draft


def history(draft: Draft, number: int, count: int, by: Sequence[str] | None) -> None:
    """So many check-ins of one account, the newest not handed in, the oldest answered by whoever did."""
    for week in range(count):
        due = noon() + timedelta(days=1 - 7 * week)
        submitted = due - timedelta(hours=1) if week else None
        draft.check_in(f"a{number}", due, id=f"a{number}-{week}", submitted=submitted, responses=by if week == 1 else None)


async def answer(one: Graph, query: str, **headers: str) -> tuple[Any, ...]:
    """Data, the codes of what is null because of an error, how old it is, and what it cost."""
    one.wire.calls.clear()
    found = (await one.client.post("/graphql", json={"query": query}, headers=headers)).json()
    age = found.get("extensions", {}).get("freshness", {}).get("checkins")
    failed = {(error["extensions"]["code"], hole(found["data"], error.get("path", []))) for error in found.get("errors", ())}
    return found["data"], failed, age, sorted(one.wire.calls)


def hole(data: Any, path: list[str | int]) -> tuple[str | int, ...]:
    """Where the null of an error is: of two fields that fail together, whichever comes first makes their object one."""
    for length, key in enumerate(path):
        if data is None:
            return tuple(path[:length])
        data = data[key]
    return tuple(path)


async def step(both: tuple[Changing, Changing], what: Any) -> None:
    """Ask both the same, or let the same happen to both."""
    one, other = both
    if isinstance(what, str):
        query = f'{{ project(id: "bridge") {{ people {{ {what} }} }} }}'
        assert await answer(one, query) == await answer(other, query, **{"X-Crewgraph-Trace": "1"})
        return
    for graph in both:
        if isinstance(what, float):
            graph.clock.now += what
        else:
            graph.becomes(company(what))


@settings(deadline=None, max_examples=25)
@given(st.lists(STEPS, min_size=4, max_size=14))
async def test_at_once_or_one_by_one_answers_ages_and_calls_are_the_same(steps: list[Any]) -> None:
    with TemporaryDirectory() as folder:
        (left := Path(folder) / "left").mkdir()
        (right := Path(folder) / "right").mkdir()
        async with changing(left, company()) as one, changing(right, company()) as other:
            for what in [*WALKS[:4] * 3, *steps]:
                await step((one, other), what)


CALLS = [Call(Kind.DETAIL, "/x/{x}", f"/x/{number}") for number in range(3)]


async def test_answers_are_at_hand_when_all_are_fresh_and_count_as_if_asked_for_one_by_one() -> None:
    async with desk() as one:
        for age, call in enumerate(CALLS):
            one.caller.cache.keep(one.caller.key(call), call.kind, call.path, 1, one.clock.now - age)
        assert Within(one.caller, ledger := Ledger()).at_hand(CALLS) == [call.path for call in CALLS]
    assert ledger.sources == {("checkins", "cache"): 3}
    assert ledger.oldest == {"checkins": 2}
    assert ledger.fresh == LIVES[Kind.DETAIL].fresh - 2


async def test_nothing_is_at_hand_if_one_is_old_or_unknown_or_nothing_remembered_will_do() -> None:
    async with desk() as one:
        for call in CALLS:
            one.caller.cache.keep(one.caller.key(call), call.kind, call.path, 1, one.clock.now)
        assert Within(one.caller, Ledger(), Mode.NONE).at_hand(CALLS) is None
        assert Within(one.caller, Ledger(traced=True)).at_hand(CALLS) is None
        assert Within(one.caller, ledger := Ledger()).at_hand([*CALLS, Call(Kind.DETAIL, "/x/{x}", "/x/9")]) is None
        one.clock.now += LIVES[Kind.DETAIL].fresh
        assert Within(one.caller, ledger).at_hand(CALLS) is None
    assert not ledger.sources
