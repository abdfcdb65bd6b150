"""Links that outlive the process: believed as long as nothing speaks against them, and never for another person."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from graph.settings import Settings
from loaders.lasting import usable
from loaders.mapping import parse
from loaders.stores import Link, SqliteStore, Store
from tests.identity.companies import MODES, PROJECT, Company, Modes, sandboxed, served
from tests.identity.verdicts import everybody, harmless, hold
from tests.servers import finished
from tests.stores.links import holding, on
from tests.stores.servers import serving

ALL = pytest.mark.parametrize("modes", MODES, ids=str)
KINDS = pytest.mark.parametrize("kind", ["file", "server"])
Open = Callable[[], Store]
WALK = '{ project(id: "%s") { people { id checkIns(first: 5) { nodes { id } } } } }' % PROJECT  # noqa: UP031 - braces
WHOLE = '{ person(id: "w") { email department properties { name value } checkIns(first: 5) { nodes { id } } } }'
CALIBRATION = 8
SECRETS = ("hourly_wage", "dob", "555-", "Decoy", "Next-of-Kin", "@example.org", "wage", "T00:00:00.000Z")


def file(folder: Path, namespace: str = "acme") -> Open:
    """A link file in this folder, opened again by each app."""
    return lambda: SqliteStore(folder / "links" / "links.db", namespace, seconds=0.01)


@asynccontextmanager
async def stores(kind: str, folder: Path) -> AsyncIterator[Open]:
    """How each app opens the same file, or the same server."""
    if kind == "file":
        yield file(folder)
    else:
        async with serving(folder) as server:
            yield lambda: on(server.url)


def companies(folder: Path) -> Path:
    """A folder for the companies alone, since their files are numbered."""
    made = folder / "companies"
    made.mkdir(exist_ok=True)
    return made


def crew(size: int = 4) -> Company:
    """People with names of their own, each with three check-ins."""
    company = Company()
    for number in range(size):
        company.worker(f"Ann Lee{number}", f"w{number}", email=f"ann{number}@example.com")
        company.user(f"Ann Lee{number}", f"ann{number}@example.com", f"580:a{number}", submitted=3)
    return company


def lee(email: str = "ann@example.com", name: str = "Ann Lee", **more: Any) -> Company:
    """Ann Lee, worker and account."""
    company = Company()
    company.worker("Ann Lee", "w")
    company.user(name, email, "a", **more)
    return company


def link(**changes: Any) -> Link:
    """The link of Ann Lee as it is kept, with changes."""
    plain = Link(
        "w", "a", "Ann Lee", "ann@example.com", "UNIQUE_NAME", "", "2026-03-04T11:00:00+00:00", "Ann Lee", "ann@example.com", True, 1
    )
    return msgspec.structs.replace(plain, **changes)


async def keeping(folder: Path, *links: Link) -> Open:
    """A link file with these links, written past all checks, as by hand."""
    opened = file(folder)
    await opened().load()
    with closing(sqlite3.connect(folder / "links" / "links.db")) as db, db:
        rows = [("acme", one.person_id, f"{number}", msgspec.json.encode(one)) for number, one in enumerate(links)]
        db.executemany("INSERT INTO link VALUES (?, ?, ?, ?)", rows)
    return opened


@KINDS
async def test_a_restarted_app_walks_with_one_list_a_person_and_no_proof(kind: str, tmp_path: Path) -> None:
    company = crew()
    async with stores(kind, tmp_path) as store:
        async with served(company, companies(tmp_path), store=store) as graph:
            first = await graph.data(WALK)
        async with served(company, companies(tmp_path), store=store) as graph:
            kinds = await graph.calls(WALK)
            assert (kinds.pop("check-ins"), kinds.pop("check-in", 0)) in [(4, 0), (4 + CALIBRATION, 1)], "the filters are calibrated once"
            assert kinds == {"projects": 2}
            assert await graph.calls(WALK) == {"projects": 2, "check-ins": 4}
            assert await graph.data(WALK) == first
            hold(company, await everybody(graph))


@KINDS
async def test_a_second_app_at_the_same_time_has_what_the_first_found(kind: str, tmp_path: Path) -> None:
    company = crew()
    async with stores(kind, tmp_path) as store, served(company, companies(tmp_path), store=store) as one:
        first = await one.data(WALK)
        await holding(store, "w0", "w1", "w2", "w3")
        async with served(company, companies(tmp_path), store=store) as other:
            assert await other.data(WALK) == first
            assert await other.calls(WALK) == {"projects": 2, "check-ins": 4}


@ALL
async def test_whatever_the_filters_do_a_restart_shows_the_same(tmp_path: Path, modes: Modes) -> None:
    company = crew()
    company.worker("Joann Lee0", "joann")
    company.user("Joann Lee0", "joann0@example.com", "580:j", submitted=2, unsubmitted=1)
    async with served(company, companies(tmp_path), modes, store=file(tmp_path)) as graph:
        before = await everybody(graph)
    async with served(company, companies(tmp_path), modes, store=file(tmp_path)) as graph:
        after = await everybody(graph)
    hold(company, after)
    assert after == before


@pytest.mark.parametrize("after", MODES, ids=str)
async def test_filters_that_match_otherwise_since_the_link_was_made_show_nothing_of_others(tmp_path: Path, after: Modes) -> None:
    company = crew()
    company.worker("Joann Lee0", "joann")
    company.user("Joann Lee0", "joann0@example.com", "580:j", submitted=3)
    for modes in (MODES[0], after, MODES[0]):
        async with served(company, companies(tmp_path), modes, store=file(tmp_path)) as graph:
            hold(company, await everybody(graph))


@ALL
async def test_department_and_properties_come_back_with_a_link(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "w")
    company.draft.user("Ann Lee", "ann@example.com", id="a", department="Structures", properties={"Role": "Welder"})
    company.rows["a"] = set()
    for hours in (1, 25):
        company.check_in("a", f"a-{hours}", hours=hours)
    said = []
    for _ in range(2):
        async with served(company, companies(tmp_path), modes, store=file(tmp_path)) as graph:
            said.append((await graph.data(WHOLE))["person"])
    assert said[0] == said[1]
    assert said[1]["department"] == "Structures"
    assert said[1]["properties"] == [{"name": "Role", "value": "Welder"}]


@ALL
@pytest.mark.parametrize(
    "after",
    [
        pytest.param(lambda: lee("jones@example.com"), id="new email"),
        pytest.param(lambda: lee(name="Ann Jones"), id="renamed"),
        pytest.param(lambda: lee(submitted=0), id="emptied"),
    ],
)
async def test_an_account_that_changed_while_nobody_served_shows_no_empty_list(
    tmp_path: Path, modes: Modes, after: Callable[[], Company]
) -> None:
    changed = after()
    async with served(lee(), companies(tmp_path), modes, store=file(tmp_path)) as graph:
        assert (await everybody(graph))["w"].account == "a"
    async with served(changed, companies(tmp_path), modes, store=file(tmp_path)) as graph:
        assert (await everybody(graph))["w"].rows != frozenset()
        hold(changed, await everybody(graph))


def successors() -> Company:
    """Ann Lee has a new email, and another Ann Lee the old one."""
    company = lee("ann.1@example.com")
    company.user("Ann Lee", "ann@example.com", "b", submitted=3)
    return company


@ALL
async def test_an_email_that_passed_to_a_namesake_while_nobody_served_takes_nothing_along(tmp_path: Path, modes: Modes) -> None:
    async with served(lee(), companies(tmp_path), modes, store=file(tmp_path)) as graph:
        assert (await everybody(graph))["w"].account == "a"
    after = successors()
    async with served(after, companies(tmp_path), modes, store=file(tmp_path)) as graph:
        harmless(after, await everybody(graph))
        hold(after, await everybody(graph))


@ALL
async def test_an_email_that_passes_to_a_namesake_while_the_link_is_remembered_takes_nothing_along(tmp_path: Path, modes: Modes) -> None:
    after = successors()
    async with served(lee(), companies(tmp_path), modes) as graph:
        assert (await everybody(graph))["w"].account == "a"
        graph.switch.inner = sandboxed(after, tmp_path / "companies", modes)
        harmless(after, await everybody(graph))
        hold(after, await everybody(graph))


async def test_the_list_of_users_ends_a_link_whose_email_it_shows_elsewhere(tmp_path: Path) -> None:
    async with served(lee(), companies(tmp_path), store=file(tmp_path), users_directory=True) as graph:
        assert (await everybody(graph))["w"].account == "a"
    after = successors()
    after.worker("Bob Ray", "v")
    after.user("Bob Ray", "bob@example.com", "c")
    async with served(after, companies(tmp_path), store=file(tmp_path), users_directory=True) as graph:
        await graph.ask('{ person(id: "v") { checkIns(first: 1) { nodes { id } } } }')
        people = await everybody(graph)
        hold(after, people)
        assert people["w"].status == "AMBIGUOUS"


async def test_the_list_of_users_ends_any_link_before_its_rows_are_asked_for(tmp_path: Path) -> None:
    """The employee number still says who it is, so the new email is learned at once."""
    before, after = Company(), Company()
    for company, email in ((before, "ann@example.com"), (after, "ann.1@example.com")):
        company.worker("Ann Lee", "w", number="7")
        company.user("Ann Lee", email, "a", properties={"No": "7"})
    after.user("Ann Lee", "ann@example.com", "b", submitted=3)
    after.worker("Bob Ray", "v")
    rules: dict[str, Any] = {"users_directory": True, "employee_number_property": "No"}
    async with served(before, companies(tmp_path), store=file(tmp_path), **rules) as graph:
        assert (await everybody(graph))["w"].method == "EMPLOYEE_NUMBER"
    async with served(after, companies(tmp_path), store=file(tmp_path), **rules) as graph:
        await graph.ask('{ person(id: "v") { checkIns(first: 1) { nodes { id } } } }')
        assert (await everybody(graph))["w"].rows == frozenset(after.rows["a"])


def test_of_links_that_share_a_person_or_an_account_none_is_used() -> None:
    kept = [link(), link(person_id="v", account_id="580:a"), link(person_id="u", account_id="c"), link(person_id="u", account_id="d")]
    alone = link(person_id="t", account_id="e")
    assert [one for one, _ in usable([*kept, alone])] == [alone]


async def test_a_detail_that_shows_a_new_email_ends_a_link_that_outlived_its_process(tmp_path: Path) -> None:
    async with served(lee(), companies(tmp_path), store=file(tmp_path)) as graph:
        assert (await everybody(graph))["w"].account == "a"
    after = successors()
    async with served(after, companies(tmp_path), store=file(tmp_path)) as graph:
        await graph.ask('{ checkIn(id: "a-0") { responses { personName } } }')
        harmless(after, await everybody(graph))
        hold(after, await everybody(graph))


async def test_a_namesake_who_takes_the_email_over_ends_the_link_when_a_detail_shows_it(tmp_path: Path) -> None:
    """Both accounts were met before, and their employee numbers told them apart."""
    before, after = Company(), Company()
    for company, emails in ((before, ("1@example.com", "2@example.com")), (after, ("3@example.com", "1@example.com"))):
        for key, email in zip("12", emails, strict=True):
            company.worker("Ann Lee", f"w{key}", number=key)
            company.user("Ann Lee", email, f"a{key}", submitted=2 + int(key), properties={"No": key})
    async with served(before, companies(tmp_path), employee_number_property="No") as graph:
        people = await everybody(graph)
        assert {key: one.account for key, one in people.items()} == {"w1": "a1", "w2": "a2"}
        graph.switch.inner = sandboxed(after, tmp_path / "companies")
        await graph.ask('{ checkIn(id: "a2-0") { responses { personName } } }')
        harmless(after, await everybody(graph))
        hold(after, await everybody(graph))


@pytest.mark.parametrize(
    ("changed", "rules"),
    [
        ({"method": "UNIQUE_NAME"}, {"match_names": False}),
        ({"method": "EMPLOYEE_NUMBER"}, {"match_names": False}),
        ({"method": "UNIQUE_EMAIL"}, {"match_names": False}),
        ({"method": "MAPPING_FILE"}, {"match_names": False}),
        ({"method": "GUESSED"}, {"match_names": False}),
    ],
)
async def test_a_link_by_what_is_turned_off_by_now_is_not_believed(tmp_path: Path, changed: dict[str, str], rules: dict[str, Any]) -> None:
    store = await keeping(tmp_path, link(**changed))
    async with served(lee(), companies(tmp_path), store=store, **rules) as graph:
        answer = await graph.data('{ person(id: "w") { identity { status } } }')
        assert answer["person"]["identity"]["status"] == "UNMATCHED"


ABSURD: list[dict[str, Any]] = [
    {"by_name": None, "by_email": None},
    {"by_name": "", "by_email": ""},
    {"by_name": " ", "by_email": None, "direct": False},
    {"by_name": "Bob Ray", "by_email": "bob@example.com"},
    {"by_name": None, "by_email": "bob@example.com"},
    {"by_name": "Ann Lee", "by_email": None, "name": "Ann Lee"},
    {
        "account_id": "b",
        "by_name": "Bob Ray",
        "by_email": "bob@example.com",
        "name": "Bob Ray",
        "email": "bob@example.com",
        "direct": False,
    },
    {"account_id": "", "direct": False},
    {"decided": "yesterday"},
    {"decided": "2026-03-04T11:00:00"},
    {"decided": "9999-12-31T00:00:00+00:00"},
    {"rows": -7},
]


@pytest.mark.parametrize("changes", ABSURD, ids=str)
async def test_a_link_edited_by_hand_never_asks_for_everybody(tmp_path: Path, changes: dict[str, Any]) -> None:
    company = lee()
    company.worker("Bob Ray", "v")
    company.user("Bob Ray", "bob@example.com", "b", submitted=3)
    async with served(company, companies(tmp_path), store=await keeping(tmp_path, link(**changes))) as graph:
        hold(company, await everybody(graph))
        asked = [path for path in graph.wire.calls if path.startswith("/api/v2/checkins/?")]
        assert asked
        assert all("person_name=" in one or "person_email=" in one for one in asked)
        assert not [one for one in asked if "person_name=&" in one or "person_email=&" in one]


@pytest.mark.parametrize("order", [("w", "v"), ("v", "w")], ids=str)
async def test_two_links_to_one_account_edited_by_hand_leave_it_to_one_person(tmp_path: Path, order: tuple[str, str]) -> None:
    company = lee()
    company.worker("Bob Ray", "v")
    company.user("Bob Ray", "bob@example.com", "b", submitted=3)
    links = [link(person_id=key, account_id=account) for key, account in zip(order, ("a", "580:a"), strict=True)]
    async with served(company, companies(tmp_path), store=await keeping(tmp_path, *links)) as graph:
        for _ in range(2):
            people = await everybody(graph)
            hold(company, people)
        assert people["w"].account == "a"


async def test_a_link_from_the_future_is_not_believed_for_ever(tmp_path: Path) -> None:
    store = await keeping(tmp_path, link(decided="9999-12-31T00:00:00+00:00"))
    async with served(lee(), companies(tmp_path), store=store) as graph:
        await graph.ask(WALK)
        said = (await graph.data('{ person(id: "w") { identity { decidedAt } } }'))["person"]["identity"]["decidedAt"]
        assert said.startswith("2026-03-04T12")


async def test_an_old_link_is_decided_anew(tmp_path: Path) -> None:
    store = await keeping(tmp_path, link(decided="2026-02-01T11:00:00+00:00"))
    async with served(lee(), companies(tmp_path), store=store) as graph:
        said = (await graph.data('{ person(id: "w") { identity { decidedAt } } }'))["person"]["identity"]["decidedAt"]
        assert said.startswith("2026-03-04T12")


async def test_a_removed_mapping_line_is_not_believed_from_the_store(tmp_path: Path) -> None:
    company = lee(name="Ann Jones")
    async with served(company, companies(tmp_path), store=file(tmp_path), register=parse("person_id,email\nw,ann@example.com\n")) as graph:
        assert (await everybody(graph))["w"].method == "MAPPING_FILE"
    async with served(company, companies(tmp_path), store=file(tmp_path)) as graph:
        assert (await everybody(graph))["w"].status == "UNMATCHED"
    async with served(company, companies(tmp_path), store=file(tmp_path)) as graph:
        assert graph.wire.calls == []
        assert (await everybody(graph))["w"].status == "UNMATCHED"


async def test_links_of_other_upstreams_are_not_used(tmp_path: Path) -> None:
    async with served(lee(), companies(tmp_path), store=file(tmp_path)) as graph:
        await everybody(graph)
    async with served(lee(), companies(tmp_path), store=file(tmp_path, "other")) as graph:
        assert (await graph.calls(WALK))["check-in"] == 1


def test_each_setting_that_names_another_company_has_links_of_its_own() -> None:
    """One address of check-ins serves many companies, and the user says which."""
    plain = {"checkins_url": "http://c", "checkins_user": "u", "workforce_url": "http://w", "workforce_company": "x", "workforce_user": "v"}
    found = {Settings(**{**plain, name: f"{value}2"}).namespace for name, value in plain.items()}  # type: ignore[arg-type]
    assert len({*found, Settings(**plain).namespace}) == len(plain) + 1  # type: ignore[arg-type]


async def test_nothing_private_of_the_directories_is_answered_logged_or_kept(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    company = crew()
    company.draft.worker("Ida Lind", id="idle", email="ida@example.com")
    async with serving(tmp_path) as server, server.client() as client:
        for store in (file(tmp_path), lambda: on(server.url)):
            with caplog.at_level("DEBUG"):
                async with served(company, companies(tmp_path), store=store, people_directory=True, users_directory=True) as graph:
                    answer = await graph.client.post("/graphql", json={"query": WALK}, headers={"x-crewgraph-trace": "1"})
        kept = b"".join(one.read_bytes() for one in (tmp_path / "links").iterdir())
        kept += repr([await client.hgetall(key) for key in await client.keys()]).encode()
    assert b"ann1@example.com" in kept
    for secret in SECRETS:
        assert secret not in answer.text
        assert secret not in caplog.text
        assert secret.encode() not in kept


async def test_a_trace_names_nobody(tmp_path: Path) -> None:
    company = crew()
    company.worker("Ann Lee0", "twin")
    async with served(company, companies(tmp_path), people_directory=True, users_directory=True) as graph:
        answer = (await graph.client.post("/graphql", json={"query": WALK}, headers={"x-crewgraph-trace": "1"})).json()
    told = msgspec.json.encode(answer["extensions"]["trace"]).decode()
    assert '"identities":[{' in told
    assert [one for one in ("Ann", "Lee", "example.com", "ann1") if one in told] == []


def damaged(path: Path) -> None:
    """A link file whose middle was overwritten."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE other (x)")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.write_text("notes " * 200), "links.db cannot be read: file is not a database."),
        (lambda path: path.write_text("notes"), "links.db belongs to another program."),
        (damaged, "links.db belongs to another program."),
        (lambda path: path.mkdir(), "links.db cannot be read: "),
    ],
)
async def test_a_link_file_that_cannot_be_used_refuses_to_start_with_a_sentence(
    tmp_path: Path, spoil: Callable[[Path], object], said: str
) -> None:
    spoil(tmp_path / "links.db")
    given = {
        "CHECKINS_URL": "http://127.0.0.1:9",
        "WORKFORCE_URL": "http://127.0.0.1:9",
        "WORKFORCE_COMPANY": "acme",
        "LINK_FILE": "links.db",
    }
    ended = await finished("serve", home=tmp_path, **{f"CREWGRAPH_{name}": value for name, value in given.items()})
    assert ended.status == 2
    assert said in ended.err
    assert "Traceback" not in ended.err
