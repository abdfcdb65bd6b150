"""`checkins:team` case by case: what a lead sees, what looks alike to them, and where filters are not exact."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from graph.limits import Limits
from sandbox import Options
from tests.access.callers import Guarded, caller, guarded, refusals
from tests.access.teams import PROJECT, READER, User, company, lead, paged, seen, truth
from tests.graphs import codes, noon

BOSS, ANN, BEA, CY = range(4)
USERS = [
    User("Boss", "boss@example.com", None, submitted=2),
    User("Ann Lee", "ann@example.com", BOSS, submitted=2, unsubmitted=1),
    User("Bea Orr", "bea@example.com", ANN, submitted=2),
    User("Cy Poe", "Boss@example.com", CY, submitted=1),
]
WORKERS = ["Ann Lee", "Bea Orr", "Dee Fry", "Boss"]
ME = lead("boss@example.com")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A boss, one report of theirs, one of that report's, and somebody whose email is the boss's in other capitals."""
    return company(tmp_path / "firm.sqlite", USERS, WORKERS)


@pytest.fixture
async def served(path: Path) -> AsyncIterator[Guarded]:
    """The graph over it."""
    async with guarded(path, limits=Limits()) as one:
        yield one


async def test_a_lead_sees_their_own_and_their_teams_check_ins(served: Guarded, path: Path) -> None:
    listed, total = await paged(served, ME, 2)
    assert (
        set(listed)
        == truth(path, "boss@example.com")
        == {f"580:c{user}-{number}" for user, many in ((0, 2), (1, 3)) for number in range(many)}
    )
    assert total == len(listed)


async def test_the_walk_shows_the_team_and_refuses_everybody_else_alike(served: Guarded) -> None:
    query = f'{{ project(id: "{PROJECT}") {{ people {{ name checkIns(first: 9) {{ totalCount }} }} }} }}'
    answer = await served.ask(ME, query)
    assert {one["name"]: one["checkIns"] and one["checkIns"]["totalCount"] for one in answer["data"]["project"]["people"]} == {
        "Ann Lee": 3,
        "Bea Orr": None,
        "Boss": 2,
        "Dee Fry": None,
    }
    bea, dee = ({**one, "path": None} for one in answer["errors"])  # Dee has no account at all
    assert bea == dee


async def test_a_check_in_of_somebody_else_and_one_that_is_not_there_look_the_same_and_cost_the_same(served: Guarded) -> None:
    await served.ask(READER, '{ checkIn(id: "580:c2-0") { responses { id } } }')  # it is remembered
    query = "query ($id: ID!) { checkIn(id: $id) { id responses { id } } }"
    asked = {
        one: await served.ask(ME, query, id=one) for one in ("580:c2-0", "580:c2-1", "580:nothing", "c2-0", "581:c1-1", "..", "x" * 999)
    }
    first = asked["580:nothing"]
    assert first["data"] == {"checkIn": None}
    assert codes(first) == [("FORBIDDEN", "checkIn")]
    for answer in asked.values():
        answer["errors"][0]["extensions"]["requestId"] = None
    for answer in asked.values():
        assert answer["data"] == first["data"]
        assert answer["errors"] == first["errors"]
        assert "freshness" not in answer["extensions"] or set(answer["extensions"]["freshness"]) == {"checkins"}
    calls = [await served.calls(ME, query, id=one) for one in asked]
    assert all(one == calls[0] for one in calls)
    assert not [path for one in calls for path in one if "c2-" in path or "nothing" in path]


async def test_without_caches_it_costs_the_same_too(path: Path) -> None:
    async with guarded(path) as served:
        query = "query ($id: ID!) { checkIn(id: $id) { id responses { id } } }"
        foreign, missing = [sorted(await served.calls(ME, query, id=one)) for one in ("580:c2-0", "580:nothing")]
        again = sorted(await served.calls(ME, query, id="580:c2-0"))
    assert again == missing
    assert set(foreign) >= set(missing)  # the first question of all has the filters proved


async def test_the_budget_tells_nothing_of_what_others_have_read(path: Path) -> None:
    async with guarded(path, limits=Limits(calls=3)) as served:
        query = "{ " + " ".join(f'c{index}: checkIn(id: "580:c2-{index % 2}") {{ id responses {{ id }} }}' for index in range(9)) + " }"
        before = codes(await served.ask(ME, query))
        await served.ask(READER, '{ a: checkIn(id: "580:c2-0") { id } b: checkIn(id: "580:c2-1") { id } }')
        assert before == codes(await served.ask(ME, query)) == [("FORBIDDEN", f"c{index}") for index in range(9)]


async def test_a_response_is_reached_through_an_allowed_check_in_only(served: Guarded) -> None:
    rows = await served.data(READER, "{ checkIns(first: 100) { nodes { id responses { id } } } }")
    answers = {row["id"]: one["id"] for row in rows["checkIns"]["nodes"] for one in row["responses"]}
    query = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Response { id checkIn { __typename id } } } }"
    asked = [{"__typename": "Response", "id": one} for one in (answers["580:c1-1"], answers["580:c2-0"], "580:nothing")]
    answer = await served.ask(ME, query, r=asked)
    assert set(seen(answer["data"])) == {"580:c1-1"}
    assert answer["data"]["_entities"][1:] == [None, None]
    assert set(refusals(answer)) == {"_entities.1", "_entities.2"}


async def test_a_page_of_one_lead_is_no_page_of_another(served: Guarded) -> None:
    page = "{ checkIns(first: 1%s) { nodes { id } pageInfo { endCursor } } }"
    cursor = (await served.data(ME, page % ""))["checkIns"]["pageInfo"]["endCursor"]
    after = f', after: "{cursor}"'
    assert (await served.data(ME, page % after))["checkIns"]["nodes"]
    assert codes(await served.ask(lead("ann@example.com"), page % after)) == [("BAD_USER_INPUT", "checkIns")]


@pytest.mark.parametrize("email", [None, "", " ", "nobody@example.com", "boss@example", "BOSS@EXAMPLE.COM", "boss@example.com ", "\u0000"])
async def test_a_caller_whose_email_nobody_has_sees_nothing(served: Guarded, email: str | None) -> None:
    assert (await paged(served, lead(email), 5))[0] == []
    assert set(seen(await served.ask(lead(email), '{ checkIn(id: "580:c0-0") { __typename id } }'))) == set()


async def test_other_managers_and_their_names_are_no_filter_for_a_lead(served: Guarded) -> None:
    for where in ('managerEmail: "ann@example.com"', 'managerName: "Boss"', 'managerEmail: "Boss@example.com"'):
        answer = await served.ask(ME, f"{{ checkIns(first: 9, filter: {{{where}}}) {{ totalCount }} }}")
        assert (answer["data"], codes(answer)) == ({"checkIns": None}, [("FORBIDDEN", "checkIns")])


async def test_filters_choose_among_what_a_lead_may_see(served: Guarded) -> None:
    async def found(where: str) -> set[str]:
        return set(seen(await served.data(ME, f"{{ checkIns(first: 99, filter: {{{where}}}) {{ nodes {{ __typename id }} }} }}")))

    team = {"580:c1-0", "580:c1-1", "580:c1-2"}
    assert await found('managerEmail: "boss@example.com"') == team
    assert await found('personEmail: "boss@example.com"') == {"580:c0-0", "580:c0-1"}
    assert await found('personName: "Ann Lee"') == team
    assert await found('personName: "Bea Orr"') == set()
    assert await found('personEmail: "bea@example.com"') == set()
    assert await found("submittedBetween: {days: -9}") == {"580:c0-0", "580:c0-1", "580:c1-1", "580:c1-2"}


async def test_the_newest_check_ins_are_those_that_a_lead_may_see(served: Guarded) -> None:
    query = f'{{ project(id: "{PROJECT}") {{ people {{ name lastCheckIn {{ id }} overdueCheckIns {{ id }} }} }} }}'
    people = {one["name"]: one for one in (await served.ask(ME, query))["data"]["project"]["people"]}
    assert people["Ann Lee"]["lastCheckIn"] == {"id": "580:c1-0"}
    assert people["Ann Lee"]["overdueCheckIns"] == [{"id": "580:c1-1"}]
    assert people["Bea Orr"] == {"name": "Bea Orr", "lastCheckIn": None, "overdueCheckIns": None}


async def test_summaries_and_reports_are_not_for_leads(served: Guarded) -> None:
    summary = await served.ask(ME, f'{{ project(id: "{PROJECT}") {{ name checkInSummary(between: {{days: -9}}) {{ due }} }} }}')
    assert summary["data"] == {"project": {"name": "Bridge", "checkInSummary": None}}
    assert set(refusals(summary)) == {"project.checkInSummary"}
    reports = await served.ask(ME, '{ reports(first: 9, managerEmail: "boss@example.com") { totalCount } }')
    assert (reports["data"], set(refusals(reports))) == ({"reports": None}, {"reports"})


async def test_both_scopes_together_are_the_wider_one(served: Guarded) -> None:
    assert (await paged(served, caller("checkins:read", "checkins:team", email="boss@example.com"), 9))[1] == 8


@pytest.mark.parametrize("email", ["s@", "ss", "@e", "om", "s"])
async def test_a_scrap_of_an_email_is_nobodys_where_filters_match_parts(path: Path, email: str) -> None:
    async with guarded(path, options=Options(clock=noon, email_match="substring")) as served:
        assert await paged(served, lead(email), 9) == ([], 0)


@pytest.mark.parametrize("options", [Options(clock=noon, email_match="substring"), Options(clock=noon, ignore_case=True)])
async def test_where_filters_are_not_exact_a_lead_sees_what_details_show_to_be_their_own(path: Path, options: Options) -> None:
    async with guarded(path, options=options) as served:
        listed, total = await paged(served, ME, 9)
        answer = await served.data(ME, "{ checkIns(first: 9) { completeness { complete } } }")
    assert set(listed) == {"580:c0-0", "580:c0-1"}
    assert total is None
    assert not answer["checkIns"]["completeness"]["complete"]


async def test_an_account_that_others_met_is_nobody_to_a_caller_who_may_see_no_check_ins(served: Guarded) -> None:
    data = await served.data(READER, '{ checkIn(id: "580:c3-0") { people { id name } } }')
    query = "query ($id: ID!) { person(id: $id) { name } }"
    mine = data["checkIn"]["people"][0]["id"]
    assert (await served.data(READER, query, id=mine))["person"] == {"name": "Cy Poe"}
    assert (await served.data(caller(), query, id=mine))["person"] is None


async def test_an_account_that_others_met_is_nobody_to_a_lead_who_may_see_none_of_its_check_ins(path: Path) -> None:
    query = 'query ($id: ID!) { person(id: $id) { name } _entities(representations: [{__typename: "Person", id: $id}]) { __typename } }'
    async with guarded(path) as served:
        cy = (await served.data(READER, '{ checkIn(id: "580:c3-0") { people { id } } }'))["checkIn"]["people"][0]["id"]
        himself = lead("Boss@example.com", "people:email")
        await served.data(himself, '{ checkIn(id: "580:c3-0") { people { id } } }')
        assert await served.data(himself, query, id=cy) == {"person": {"name": "Cy Poe"}, "_entities": [{"__typename": "Person"}]}
        met, unmet = [await served.ask(ME, query, id=one) for one in (cy, "580:nobody")]
        assert met["data"] == unmet["data"] == {"person": None, "_entities": [None]}
        calls = [sorted(await served.calls(ME, query, id=one)) for one in (cy, "580:nobody")]
        assert calls[0] == calls[1]
