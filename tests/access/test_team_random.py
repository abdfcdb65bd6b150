"""Random companies, callers and ways to ask: whoever has `checkins:team` sees their own check-ins and their team's, and no others."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from graph.limits import Limits
from sandbox import Options
from tests.access.callers import Guarded, guarded, refusals
from tests.access.teams import ENTITIES, QUERIES, READER, User, company, everything, lead, paged, seen, truth
from tests.graphs import noon
from tests.identity.companies import EXACT, MODES, Modes

NAMES = ["Ann Lee", "Joann Lee", "Boss", "Bo", "Mary Ann Lee"]
EMAILS = ["ann@example.com", "joann@example.com", "boss@example.com", "ANN@example.com", "oss@example.com", None]


@st.composite
def users(draw: st.DrawFn, others: bool) -> list[User]:
    """Up to five accounts, of which some manage others or themselves; names and emails collide, never both."""
    size = draw(st.integers(1, 5))
    names, emails = st.sampled_from(NAMES), st.sampled_from(EMAILS)
    pairs = draw(st.lists(st.tuples(names, emails), min_size=size, max_size=size, unique=True))
    few, managers = st.integers(0, 2), st.one_of(st.none(), st.integers(0, size - 1))
    other = few if others else st.just(0)
    return [User(name, email, draw(managers), draw(few), draw(few), draw(other)) for name, email in pairs]


async def visible(served: Guarded, path: Path, email: str | None) -> tuple[set[str], set[str]]:
    """What this caller finds by all queries, and what by id; whatever is outside is refused alike, as what does not exist is."""
    me, found, by_id = lead(email), set[str](), set[str]()
    for query in QUERIES:
        found |= set(seen((await served.ask(me, query)).get("data")))
    ids = [*sorted(everything(path)), "580:nothing", "580:u0"]
    aliased = " ".join(f'c{index}: checkIn(id: "{one}") {{ __typename id responses {{ id }} }}' for index, one in enumerate(ids))
    answer = await served.ask(me, f"{{ {aliased} }}")
    refused = refusals(answer)
    for index, one in enumerate(ids):
        value = answer["data"][f"c{index}"]
        assert (value is None) == (f"c{index}" in refused)
        by_id |= set(seen(value))
        assert value is None or value["id"] == one
    told = [(one["message"], {**one["extensions"], "requestId": None}) for one in answer.get("errors", ())]
    assert all(one == told[0] for one in told)
    return found | await entities(served, email, ids), by_id


async def entities(served: Guarded, email: str | None, ids: list[str]) -> set[str]:
    """What a gateway finds for this caller, which somebody else has read before."""
    responses = await served.data(READER, "{ checkIns(first: 100) { nodes { responses { id } } } }")
    answered = [one["id"] for row in responses["checkIns"]["nodes"] for one in row["responses"]]
    asked: list[Any] = [{"__typename": "CheckIn", "id": one} for one in ids]
    asked += [{"__typename": "Response", "id": one} for one in (*answered, "580:nothing")]
    answer = await served.ask(lead(email), ENTITIES, r=asked)
    return set(seen(answer["data"]))


@settings(max_examples=25, phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.target])
@given(st.data())
async def test_with_exact_filters_own_and_team_are_seen_and_nothing_else(data: st.DataObject) -> None:
    people, caller = data.draw(users(others=True)), data.draw(st.sampled_from(EMAILS))
    with TemporaryDirectory() as folder:
        path = company(Path(folder) / "c.sqlite", people, NAMES[: data.draw(st.integers(0, 5))])
        async with guarded(path, limits=Limits(), audited=False) as served:
            for query in QUERIES[:3] if data.draw(st.booleans()) else ():
                await served.ask(READER, query)
            found, by_id = await visible(served, path, caller)
            listed, total = await paged(served, lead(caller), data.draw(st.integers(1, 4)))
        mine = truth(path, caller)
        assert found <= mine
        assert by_id == mine
        assert sorted(listed) == sorted(mine)
        assert total == len(mine)


@settings(max_examples=25, phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.target])
@given(st.data(), st.sampled_from([one for one in MODES if one != EXACT]))
async def test_with_inexact_filters_nothing_else_is_seen_either(data: st.DataObject, modes: Modes) -> None:
    people, caller = data.draw(users(others=False)), data.draw(st.sampled_from(EMAILS))
    options = Options(clock=noon, name_match=modes.name, email_match=modes.email, ignore_case=modes.ignore_case)
    with TemporaryDirectory() as folder:
        path = company(Path(folder) / "c.sqlite", people, NAMES[: data.draw(st.integers(0, 5))])
        async with guarded(path, options=options, limits=Limits(), audited=False) as served:
            found, by_id = await visible(served, path, caller)
        assert found | by_id <= truth(path, caller)
