"""The two lists of people: shut by default, and when open, with everything in them that nobody should pass on."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

import sandbox
from sandbox import Draft, decoys
from tests.companies import SIZES, SUBMITTED, sized
from tests.sandbox.serving import ROOT, TODAY, serve
from tests.sandbox.test_sandbox_app import basic

PEOPLE, USERS = f"{ROOT}/people", "/api/v2/users/"


@pytest.fixture
def crowd(tmp_path: Path) -> Path:
    """900 workers and 130 accounts, the first of them managed by the last."""
    draft = Draft()
    for number in range(900):
        draft.worker(f"Worker {number:03}", id=f"w:{number}", email=f"w{number}@example.com", employee_number=f"N{number}")
    for number in range(130):
        department, boss, mail = ("Site", None, None) if number else (None, "User 129", "u129@example.com")
        name, email, uid = f"User {number}", f"u{number}@example.com", f"580:u{number}"
        draft.user(name, email, id=uid, department=department, manager_name=boss, manager_email=mail)
    draft.save(tmp_path / "crowd.db")
    return tmp_path / "crowd.db"


async def people(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    """Every row of `/people`."""
    found: list[dict[str, Any]] = (await client.get(PEOPLE)).json()
    return found


async def users(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    """Every row of `/users/`."""
    found: list[dict[str, Any]] = []
    while rows := (await client.get(USERS, params={"limit": 100, "offset": len(found)})).json()["results"]:
        found += rows
    return found


@pytest.mark.parametrize("path", [PEOPLE, f"{PEOPLE}?page=0", USERS])
async def test_nobody_is_listed_unless_the_directories_are_open(company: Path, path: str) -> None:
    assert (await serve(company).get(path)).status_code == 404
    assert (await serve(company, directories=True).get(path)).status_code == 200


async def test_open_directories_change_no_answer_of_the_documented_endpoints(company: Path) -> None:
    shut, wide = serve(company), serve(company, directories=True)
    for path in ("/api/v2/checkins/?limit=100", f"{ROOT}/assignments/current", f"{ROOT}/assignments?startDay=2026-11-01&dayRange=60"):
        assert (await shut.get(path)).content == (await wide.get(path)).content


async def test_each_directory_is_behind_the_credentials_of_its_own_api(company: Path) -> None:
    client = serve(company, directories=True, checkins_user="u", checkins_key="k", workforce_token="t")
    for path, mine, other in ((USERS, basic("u:k"), {"Authorization": "Bearer t"}), (PEOPLE, {"Authorization": "Bearer t"}, basic("u:k"))):
        answers = [(await client.get(path, headers=headers)).status_code for headers in (mine, other, {})]
        assert answers == [200, 401, 401]


async def test_directories_are_in_the_request_log_like_every_call(company: Path, tmp_path: Path) -> None:
    client = serve(company, directories=True, request_log=tmp_path / "log")
    for path in (f"{PEOPLE}?page=0", f"{USERS}?limit=1"):
        await client.get(path)
    assert (tmp_path / "log").read_text().splitlines() == [f"{PEOPLE}?page=0", f"{USERS}?limit=1"]


async def test_people_come_in_pages_of_400_and_an_empty_one_beyond_the_last(crowd: Path) -> None:
    client = serve(crowd, directories=True)
    pages = [(await client.get(PEOPLE, params={"page": page})).json() for page in range(4)]
    assert [(page["possible_pages"], page["current_page"], len(page["data"])) for page in pages] == [
        (3, 0, 400),
        (3, 1, 400),
        (3, 2, 100),
        (3, 3, 0),
    ]
    assert [row["id"] for page in pages for row in page["data"]] == [f"w:{number}" for number in range(900)]
    assert (await client.get(PEOPLE, params={"page": "many"})).status_code == 400
    assert (await client.get(PEOPLE, params={"page": 10**17})).json()["data"] == []


async def test_without_a_page_people_are_one_bare_array(crowd: Path) -> None:
    assert len(await people(serve(crowd, directories=True))) == 900


async def test_people_of_another_company_are_not_known(company: Path) -> None:
    assert (await serve(company, directories=True).get("/v2/companies/other/people")).status_code == 404


async def test_users_come_by_limit_and_offset_with_links_like_check_ins(crowd: Path) -> None:
    client = serve(crowd, directories=True)
    first = (await client.get(USERS)).json()
    assert (first["count"], len(first["results"]), first["previous"]) == (130, 50, None)
    second = (await client.get(first["next"])).json()
    assert [row["api_id"] for row in second["results"]][:1] == ["u50"]
    last = (await client.get(USERS, params={"limit": 1000, "offset": 100})).json()
    assert (len(last["results"]), last["next"]) == (30, None)
    assert len((await client.get(USERS, params={"limit": 1000})).json()["results"]) == 100


async def test_a_user_has_an_id_without_the_tenants_number_departments_and_a_manager(crowd: Path) -> None:
    first, second, *_ = await users(serve(crowd, directories=True))
    assert (first["api_id"], first["departments"]) == ("u0", [])
    assert first["manager"] == {"name": "User 129", "email": "u129@example.com", "api_id": "u129"}
    assert ([one["name"] for one in second["departments"]], second["manager"]) == (["Site"], None)


async def test_a_name_is_split_before_its_last_word_and_loses_nothing(company: Path) -> None:
    names = [row["name"] for row in await people(serve(company, directories=True))]
    assert {"first": "Mary Ann", "last": "Lee"} in names
    assert {"first": "", "last": "王小明"} in names
    joined = {f"{name['first']} {name['last']}".strip() for name in names}
    assert {member.worker for member in sandbox.CAST if member.worker} <= joined


async def test_every_row_gives_away_private_details_that_are_the_same_each_time(company: Path) -> None:
    client = serve(company, directories=True)
    for row in await people(client):
        private = decoys.worker(row["id"])
        assert private.items() <= row.items()
        assert {"dob", "hourly_wage", "address_1", "phone"} <= private.keys()
    rows = await users(client)
    assert all(decoys.user(row["api_id"]).items() <= row["properties"].items() for row in rows)
    assert len({row["properties"]["Home address"] + row["properties"]["Private phone"] for row in rows}) == len(rows)


async def test_most_workers_have_the_email_of_their_account_some_none_few_another_or_a_shared_one(company: Path) -> None:
    client = serve(company, directories=True)
    listed, accounts = await people(client), {row["email"] for row in await users(client)}
    emails = [row["email"] for row in listed]
    shared = {email for email in emails if email and emails.count(email) > 1}
    assert len([email for email in emails if email in accounts]) > 0.6 * len(emails)
    assert 0.1 * len(emails) < emails.count(None) < 0.25 * len(emails)
    assert shared == {"site.office@example.com", "yard.1@example.com"}
    assert len([email for email in emails if email and email.endswith("@example.net")]) == 6


async def test_the_cast_differs_in_its_emails_as_it_is_described(company: Path) -> None:
    client = serve(company, directories=True)
    listed = {f"{row['name']['first']} {row['name']['last']}".strip(): row["email"] for row in await people(client)}
    assert listed["Ann Lee"] == "ann@example.com"
    assert listed["Priya Nair"] == "priya.nair@example.com"
    assert listed["Sean O’Neil"] is listed["王小明"] is None  # noqa: RUF001
    assert listed["Kofi Mensah"] == listed["Lena Fischer"] == "site.office@example.com"


async def test_directories_show_those_whom_nothing_else_shows(company: Path) -> None:
    client = serve(company, directories=True)
    [ida] = [row for row in await people(client) if row["name"]["first"] == "Ida"]
    assert (await client.get(f"{ROOT}/people/{ida['id']}/assignments?startDay={TODAY}&dayRange=365")).json() == []
    rows = await users(client)
    barkers = [row["email"] for row in rows if row["name"] == "Tom Barker"]
    assert barkers == ["tom.barker@example.com", "tom.barker2@example.com"]
    counts = [(await client.get("/api/v2/checkins/", params={"person_email": email})).json()["count"] for email in barkers]
    assert counts[0] > counts[1] == 0
    assert [row["name"] for row in rows if not row["is_active"]] == ["Hanna Virtanen"]
    assert "Joanne Stefani" in {row["name"] for row in rows}


async def test_the_sized_company_has_projects_of_5_50_and_500_people_who_all_check_in_weekly(tmp_path: Path) -> None:
    projects = sized(tmp_path / "sized.db", today=TODAY)
    client = serve(tmp_path / "sized.db", directories=True)
    for name, uid in projects.items():
        rows = (await client.get(f"{ROOT}/projects/{uid}/assignments?startDay=2026-11-01&dayRange=30")).json()
        assert len({row["person_name"] for row in rows}) == len(rows) == SIZES[name]
    assert (await client.get("/api/v2/checkins/?limit=1")).json()["count"] == 1000 * (SUBMITTED + 1)
    listed, accounts = await people(client), await users(client)
    assert len({row["email"] for row in listed}) == len(listed) == 1000
    assert {row["email"] for row in listed} == {row["email"] for row in accounts}
    own = (await client.get("/api/v2/checkins/", params={"person_name": accounts[0]["name"]})).json()["results"]
    assert [row["submission_date"] is None for row in own] == [True] + [False] * SUBMITTED
    assert datetime.fromisoformat(own[0]["deadline_date"]).astimezone(UTC).date() > TODAY
