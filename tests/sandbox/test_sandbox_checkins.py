"""The check-ins API: filters, pages, matching, refusals."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox import Answer, Draft
from tests.sandbox.serving import serve

LIST = "/api/v2/checkins/"
KEYS = ["api_id", "deadline_date", "submission_date", "overdue", "on_vacation", "is_adhoc"]
LONDON = timezone(timedelta(hours=1))


@pytest.fixture
def lees(tmp_path: Path) -> Path:
    """Ann Lee, Joann Lee and ANN LEE with one check-in each, of managers whose names contain each other too."""
    draft = Draft()
    people = (("Ann Lee", "ann@example.com", "Bob"), ("Joann Lee", "joann@example.com", "Bobby"), ("ANN LEE", "ANN@example.com", "Bob"))
    for number, (name, email, manager) in enumerate(people):
        user = draft.user(name, email, id=name, department="Site", manager_name=manager, manager_email=f"{manager}@example.com")
        draft.check_in(
            user, datetime(2026, 1, 2 + number, 12, tzinfo=LONDON), id=name, submitted=datetime(2026, 1, 2 + number, 9, tzinfo=LONDON)
        )
    draft.save(tmp_path / "lees.db")
    return tmp_path / "lees.db"


async def ids(client: httpx.AsyncClient, **params: Any) -> list[str]:
    answer = await client.get(LIST, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.json()["count"] == len(answer.json()["results"])
    return [row["api_id"] for row in answer.json()["results"]]


async def test_a_page_holds_50_check_ins_when_no_limit_is_sent_and_never_more_than_100(company: Path) -> None:
    client = serve(company)
    assert len((await client.get(LIST)).json()["results"]) == 50
    assert len((await client.get(LIST, params={"limit": 5000})).json()["results"]) == 100


async def test_rows_have_the_documented_keys_and_no_person(company: Path) -> None:
    rows = (await serve(company).get(LIST)).json()["results"]
    assert {tuple(row) for row in rows} == {tuple(KEYS)}


async def test_the_newest_deadline_comes_first(company: Path) -> None:
    client = serve(company)
    deadlines = [
        datetime.fromisoformat(row["deadline_date"])
        for offset in range(0, 24_000, 1000)
        for row in (await client.get(LIST, params={"limit": 100, "offset": offset})).json()["results"]
    ]
    assert deadlines == sorted(deadlines, reverse=True)
    assert len(deadlines) > 2000


async def test_fixed_check_ins_stand_where_their_deadlines_belong(company: Path) -> None:
    client, rows, window = serve(company), list[Any](), "date_from=2025-04-01&date_to=2025-04-30&limit=100"
    while page := (await client.get(f"{LIST}?{window}&offset={len(rows)}")).json()["results"]:
        rows += page
    found = [row["api_id"] for row in rows]
    assert "580:ce417c60-30ca-4e39-967e-b258d496be30" in found
    instants = [datetime.fromisoformat(row["deadline_date"]) for row in rows]
    assert instants == sorted(instants, reverse=True)


async def test_next_and_previous_are_absolute_and_keep_the_other_parameters(company: Path) -> None:
    client = serve(company)
    first = (await client.get(LIST, params={"department": "Structures", "limit": 7})).json()
    assert first["previous"] is None
    assert first["next"].startswith("http://sandbox.test/api/v2/checkins/?")
    assert parse_qs(urlsplit(first["next"]).query) == {"department": ["Structures"], "limit": ["7"], "offset": ["7"]}
    second = (await client.get(first["next"])).json()
    assert parse_qs(urlsplit(second["previous"]).query)["offset"] == ["0"]
    assert (await client.get(second["previous"])).json() == first


async def test_the_last_page_has_no_next_and_a_page_behind_it_is_empty(company: Path) -> None:
    client = serve(company)
    count = (await client.get(LIST, params={"limit": 1})).json()["count"]
    last = (await client.get(LIST, params={"limit": 10, "offset": count - 3})).json()
    beyond = (await client.get(LIST, params={"limit": 10, "offset": count + 3})).json()
    assert (len(last["results"]), last["next"]) == (3, None)
    assert (beyond["results"], beyond["next"], beyond["count"]) == ([], None, count)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(limit=st.integers(1, 100), name=st.sampled_from(["Michael Test", "Ann Lee", "Sofia Rossi", "James Smith"]))
async def test_any_limit_pages_through_every_row_once(company: Path, limit: int, name: str) -> None:
    client, found = serve(company), list[str]()
    page: dict[str, Any] = {"next": f"{LIST}?limit={limit}&person_name={name}"}
    while page["next"]:
        page = (await client.get(page["next"])).json()
        found += [row["api_id"] for row in page["results"]]
    assert len(found) == len(set(found)) == page["count"]


async def test_an_empty_filter_is_no_filter_and_an_unknown_parameter_is_ignored(lees: Path) -> None:
    assert len(await ids(serve(lees), person_name="", date_from="", nonsense="Ann Lee")) == 3


@pytest.mark.parametrize("name", ["person_name", "person_email", "manager_name", "manager_email", "department"])
async def test_a_filter_that_fits_nobody_finds_nothing(lees: Path, name: str) -> None:
    assert await ids(serve(lees), **{name: "nobody"}) == []


async def test_filters_are_exact_unless_told_otherwise(lees: Path) -> None:
    client = serve(lees)
    assert await ids(client, person_name="Ann Lee") == ["Ann Lee"]
    assert await ids(client, person_email="ann@example.com") == ["Ann Lee"]
    assert await ids(client, manager_name="Bob") == ["ANN LEE", "Ann Lee"]
    assert await ids(client, manager_email="Bobby@example.com", department="Site") == ["Joann Lee"]


async def test_names_may_match_as_substrings_and_emails_not(lees: Path) -> None:
    client = serve(lees, name_match="substring")
    assert await ids(client, person_name="nn Lee") == ["Joann Lee", "Ann Lee"]
    assert await ids(client, manager_name="Bob") == ["ANN LEE", "Joann Lee", "Ann Lee"]
    assert await ids(client, person_email="nn@example.com") == []


async def test_emails_may_match_as_substrings_and_names_not(lees: Path) -> None:
    client = serve(lees, email_match="substring")
    assert await ids(client, person_email="ann@example.com") == ["Joann Lee", "Ann Lee"]
    assert await ids(client, person_name="nn Lee") == []


async def test_case_may_be_ignored(lees: Path) -> None:
    assert await ids(serve(lees, ignore_case=True), person_name="ann lee") == ["ANN LEE", "Ann Lee"]
    assert await ids(serve(lees, ignore_case=True, email_match="substring"), person_email="Nn@EXAMPLE") == [
        "ANN LEE",
        "Joann Lee",
        "Ann Lee",
    ]


async def test_submission_dates_are_inclusive_in_the_offset_of_the_timestamp(tmp_path: Path) -> None:
    draft = Draft()
    user = draft.user("A", "a@example.com")
    draft.check_in(user, datetime(2026, 1, 9, tzinfo=LONDON), id="late", submitted=datetime(2026, 1, 5, 23, 59, 59, 999_999, tzinfo=LONDON))
    draft.check_in(
        user, datetime(2026, 1, 8, tzinfo=LONDON), id="early", submitted=datetime(2026, 1, 4, 23, 30, tzinfo=UTC)
    )  # 00:30 in London
    draft.check_in(user, datetime(2026, 1, 7, tzinfo=LONDON), id="never")
    draft.save(tmp_path / "days.db")
    client = serve(tmp_path / "days.db")
    assert await ids(client, date_from="2026-01-05", date_to="2026-01-05") == ["late", "early"]
    assert await ids(client, date_from="2026-01-06") == await ids(client, date_to="2026-01-04") == []
    assert await ids(client) == ["late", "early", "never"]


async def test_either_date_alone_leaves_out_what_was_never_submitted(company: Path) -> None:
    client = serve(company)
    for params in ({"date_from": "2000-01-01"}, {"date_to": "2100-01-01"}):
        rows = (await client.get(LIST, params={**params, "limit": 100})).json()["results"]
        assert all(row["submission_date"] for row in rows)
    newest = (await client.get(LIST, params={"limit": 100})).json()["results"]
    assert not all(row["submission_date"] for row in newest)


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=-1",
        "limit=ten",
        "limit=1e2",
        "limit=9999999999999999999",
        "offset=-1",
        "offset=x",
        "limit=%F0%9F%92%A9",
        "offset=²",
    ],
)
async def test_a_malformed_number_is_refused(company: Path, query: str) -> None:
    answer = await serve(company).get(f"{LIST}?{query}")
    assert answer.status_code == 400
    assert list(answer.json()) == ["error"]


@pytest.mark.parametrize("given", ["2025-02-30", "25-01-25", "2025/01/25", "20250125", "2025-01-25T00:00:00Z", "yesterday", "0000-00-00"])
@pytest.mark.parametrize("name", ["date_from", "date_to"])
async def test_a_malformed_date_is_refused(company: Path, name: str, given: str) -> None:
    answer = await serve(company).get(LIST, params={name: given})
    assert (answer.status_code, name in answer.json()["error"]) == (400, True)


async def test_paths_without_their_slash_are_not_found(company: Path) -> None:
    client = serve(company)
    assert (await client.get("/api/v2/checkins")).status_code == 404
    assert (await client.get("/api/v2/checkins/580%3Ace417c60-30ca-4e39-967e-b258d496be30")).status_code == 404


@pytest.mark.parametrize(
    "uid",
    ["580%3Ace417c60-30ca-4e39-967e-b258d496be31", "x", "..", "%2e%2e", "a%2Fb", "580:CE417C60-30CA-4E39-967E-B258D496BE30", "z" * 32],
)
async def test_an_unknown_check_in_is_a_404_in_json(company: Path, uid: str) -> None:
    answer = await serve(company).get(f"{LIST}{uid}/")
    assert (answer.status_code, list(answer.json()), answer.headers["content-type"]) == (404, ["error"], "application/json")


async def test_every_listed_check_in_has_a_detail_that_agrees(company: Path) -> None:
    client = serve(company)
    for row in (await client.get(LIST, params={"limit": 20, "offset": 200})).json()["results"]:
        detail = (await client.get(f"{LIST}{row['api_id']}/")).json()
        assert {key: detail[key] for key in KEYS} == row
        assert len(detail["responses"]) == (row["submission_date"] is not None)


async def test_responses_are_what_the_draft_says(tmp_path: Path) -> None:
    draft, deadline = Draft(), datetime(2026, 1, 9, 12, tzinfo=LONDON)
    ann = draft.user("Ann", "ann@example.com", properties={"Role": "Welder"})
    bob = draft.user("Bob", None, department="Site")
    draft.check_in(ann, deadline, id="own", submitted=deadline)
    draft.check_in(ann, deadline, id="none", submitted=deadline, responses=[])
    draft.check_in(ann, deadline, id="open")
    draft.check_in(ann, deadline, id="two", submitted=deadline, responses=[ann, Answer(bob, datetime(2026, 1, 9, tzinfo=UTC), "580:r")])
    draft.save(tmp_path / "responses.db")
    client = serve(tmp_path / "responses.db")
    found = {uid: (await client.get(f"{LIST}{uid}/")).json()["responses"] for uid in ("own", "none", "open", "two")}
    assert (found["none"], found["open"]) == ([], [])
    assert [(row["person_name"], row["person_properties"]) for row in found["own"]] == [("Ann", [{"name": "Role", "value": "Welder"}])]
    assert found["own"][0]["response_date"] == "2026-01-09T12:00:00.164000+01:00"
    assert [row["person_api_id"] for row in found["two"]] == [ann, bob]
    assert found["two"][1] == {
        "api_id": "580:r",
        "response_date": "2026-01-09T00:00:00+00:00",
        "person_name": "Bob",
        "person_api_id": bob,
        "person_email": None,
        "person_department": "Site",
        "person_properties": [],
    }
