"""The workforce API: windows, working days, pages, spellings, filters, refusals."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox import Draft
from tests.sandbox.serving import ROOT, TODAY, serve

COMMON = {
    "id", "start_day", "end_day", "start_time", "end_time", "work_days", "created_at", "updated_at",
    "project_id", "project_name", "category_id", "category_name", "subcategory_id", "subcategory_name",
}  # fmt: skip
PERSON = {"person_id", "person_name"}
DONE = ("COMP", "#FFFB23", "done", "Complete")


@pytest.fixture
def crew(tmp_path: Path) -> Path:
    """Ann with a status in January, Bob without one in February and off in March, Cy with neither; Ann and Cy are in the group north."""
    draft = Draft()
    ann = draft.worker("Ann", id="ann", employee_number="7", job_title=("t1", "Welder", "#000000"), groups=["north"])
    bob, cy = draft.worker("Bob", id="bob"), draft.worker("Cy", id="cy", groups=["north"])
    draft.group("South", id="south")
    bridge = draft.project("Bridge", id="bridge", number="B-1", color="#123456")
    draft.project("Nothing yet", id="empty")
    draft.assign(
        ann, bridge, date(2026, 1, 5), date(2026, 1, 30), id="a1", status=DONE, created=date(2025, 12, 1), updated=date(2026, 1, 2)
    )
    draft.assign(bob, bridge, date(2026, 2, 2), date(2026, 2, 27), id="b1", work_days={0, 6}, start_time=None, end_time=None)
    draft.time_off(bob, date(2026, 3, 2), date(2026, 3, 6), reason="medical", is_paid=False, repeat="weekly")
    draft.time_off(cy, date(2030, 1, 1), date(2030, 1, 1), reason="other")
    draft.save(tmp_path / "crew.db")
    return tmp_path / "crew.db"


@pytest.fixture
def crowd(tmp_path: Path) -> Path:
    """250 people with one day of work each on 5 January 2026."""
    draft = Draft()
    project = draft.project("Bridge")
    for number in range(250):
        draft.assign(draft.worker(f"Person {(number * 7) % 250:03d}"), project, date(2026, 1, 5), date(2026, 1, 5))
    draft.save(tmp_path / "crowd.db")
    return tmp_path / "crowd.db"


async def get(client: httpx.AsyncClient, path: str, **params: Any) -> Any:
    answer = await client.get(ROOT + path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def found(client: httpx.AsyncClient, path: str = "/assignments", **params: Any) -> list[str]:
    """Who is answered with which assignments, as `name` or `name:id`."""
    people = (await get(client, path, **params))["data"]
    return [":".join([person["person_name"], *(row["id"] for row in person["assignments"])]) for person in people]


async def test_people_are_shown_with_their_job_and_both_lists(crew: Path) -> None:
    page = await get(serve(crew), "/assignments", startDay="2026-01-01", dayRange=90)
    ann, bob = page["data"]
    assert list(page) == ["possible_pages", "current_page", "data"]
    assert (ann["employee_number"], ann["job_title_id"], ann["job_title_name"], ann["job_title_color"]) == ("7", "t1", "Welder", "#000000")
    assert (bob["employee_number"], bob["job_title_id"], bob["job_title_name"], bob["job_title_color"]) == (None, None, None, None)
    assert bob["timeoff"] == [
        {
            "reason": "medical",
            "is_paid": False,
            "repeat": "weekly",
            "start_time": "7:00 AM",
            "end_time": "3:30 PM",
            "start_day": "3/02/26",
            "end_day": "3/06/26",
        }
    ]


async def test_each_endpoint_has_its_own_spellings(crew: Path) -> None:
    client, window = serve(crew), {"startDay": "2026-01-01", "dayRange": 90}
    ann, bob = (await get(client, "/assignments", **window))["data"]
    [of_ann], [of_bob] = ann["assignments"], bob["assignments"]
    with_status, without = await get(client, "/projects/bridge/assignments", **window)
    [of_person] = await get(client, "/people/ann/assignments", **window)
    assert set(of_ann) == COMMON | {"project_number", "assignment_status"}
    assert set(of_bob) == COMMON | {"project_number", "assignment_state"}
    assert set(with_status) == set(without) == COMMON | PERSON | {"project_number", "state"}
    assert set(of_person) == COMMON | PERSON | {"job_number", "project_color", "state"}
    status = {"abbreviation": "COMP", "color": "#FFFB23", "id": "done", "name": "Complete"}
    assert of_ann["assignment_status"] == with_status["state"] == of_person["state"] == status
    assert of_bob["assignment_state"] is without["state"] is None
    assert (of_person["job_number"], of_person["project_color"]) == ("B-1", "#123456")


async def test_weekdays_are_text_keys_from_sunday_and_times_may_be_null(crew: Path) -> None:
    _, bob = await get(serve(crew), "/projects/bridge/assignments", startDay="2026-01-01", dayRange=90)
    assert bob["work_days"] == {"0": True, "1": False, "2": False, "3": False, "4": False, "5": False, "6": True}
    assert (bob["start_time"], bob["end_time"]) == (None, None)


async def test_the_window_holds_its_first_and_its_last_day(crew: Path) -> None:
    client = serve(crew)
    assert await found(client, startDay="2026-01-05", dayRange=0) == ["Ann:a1"]
    assert await found(client, startDay="2026-01-04", dayRange=1) == ["Ann:a1"]
    assert await found(client, startDay="2026-01-06", dayRange=1) == []
    assert await found(client, startDay="2026-01-04", dayRange=0) == []


async def test_an_assignment_that_began_before_the_window_is_not_in_it(crew: Path) -> None:
    client = serve(crew)
    assert await found(client, startDay="2026-01-06", dayRange=20) == []
    assert await get(client, "/people/ann/assignments", startDay="2026-01-06", dayRange=20) == []


async def test_time_off_that_overlaps_the_window_makes_a_person_appear(crew: Path) -> None:
    client = serve(crew)
    assert await found(client, startDay="2026-03-06", dayRange=5) == ["Bob"]
    assert await found(client, startDay="2026-03-07", dayRange=5) == []


@pytest.mark.parametrize("start", ["2026-01-05T23:30:00-11:00", "2026-01-05T00:15:00%2B14:00", "2026-01-05T12:00:00Z", "2026-01-05"])
async def test_start_day_is_the_day_in_its_own_offset(crew: Path, start: str) -> None:
    answer = await serve(crew).get(f"{ROOT}/assignments?startDay={start}&dayRange=0")
    assert [person["person_name"] for person in answer.json()["data"]] == ["Ann"]


@pytest.mark.parametrize("start", ["2026-01-05T00:00:00+01:00", "2026-01-05+01:00", "", "1/05/26", "2026-02-30", "20260105", "0000-01-01"])
async def test_a_plus_sign_that_arrives_as_a_blank_and_other_bad_days_are_refused(crew: Path, start: str) -> None:
    for path in ("/assignments", "/groups/north/assignments", "/projects/bridge/assignments", "/people/ann/assignments"):
        answer = await serve(crew).get(f"{ROOT}{path}?startDay={start}&dayRange=1")
        assert (answer.status_code, "startDay" in answer.json()["error"]) == (400, True)


@pytest.mark.parametrize("given", ["366", "-1", "", "x", "1.5", "+1", " 1"])
async def test_a_missing_or_bad_day_range_is_refused(crew: Path, given: str) -> None:
    answer = await serve(crew).get(f"{ROOT}/assignments", params={"startDay": "2026-01-01", "dayRange": given})
    assert (answer.status_code, "dayRange" in answer.json()["error"]) == (400, True)
    assert (await serve(crew).get(f"{ROOT}/assignments?startDay=2026-01-01")).status_code == 400


async def test_a_day_range_of_365_is_allowed(crew: Path) -> None:
    assert await found(serve(crew), startDay="2026-01-01", dayRange=365) == ["Ann:a1", "Bob:b1"]


async def test_current_asks_for_a_working_day_within_the_span(crew: Path) -> None:
    client = serve(crew)
    path = "/assignments/current"
    assert await found(client, path, date="2026-01-05") == ["Ann:a1"]
    assert await found(client, path, date="2026-01-30") == ["Ann:a1"]
    assert await found(client, path, date="2026-01-10") == []  # a Saturday
    assert await found(client, path, date="2026-02-07") == ["Bob:b1"]  # a Saturday
    assert await found(client, path, date="2026-02-09") == []
    assert await found(client, path, date="2026-03-03") == []  # time off alone is no assignment


async def test_current_without_a_date_means_today(company: Path) -> None:
    client = serve(company)
    assert await get(client, "/assignments/current") == await get(client, "/assignments/current", date=TODAY.isoformat())


@pytest.mark.parametrize("query", ["date=tomorrow", "page=-1", "page=x", "created_at=x", "updated_before=2026-13-01"])
async def test_bad_optional_parameters_are_refused(crew: Path, query: str) -> None:
    answer = await serve(crew).get(f"{ROOT}/assignments/current?{query}")
    assert (answer.status_code, list(answer.json())) == (400, ["error"])


async def test_a_group_shows_its_own_people_only(crew: Path) -> None:
    client, window = serve(crew), {"startDay": "2026-01-01", "dayRange": 90}
    assert await found(client, "/groups/north/assignments", **window) == ["Ann:a1"]
    assert await found(client, "/groups/south/assignments", **window) == []


async def test_a_project_without_assignments_is_an_empty_list(crew: Path) -> None:
    client, window = serve(crew), {"startDay": "2026-01-01", "dayRange": 90}
    assert await get(client, "/projects/empty/assignments", **window) == []
    assert await get(client, "/people/cy/assignments", **window) == []


@pytest.mark.parametrize("path", ["groups/bridge", "projects/ann", "people/north", "projects/..%2F", "people/%00"])
async def test_unknown_groups_projects_and_people_are_404(crew: Path, path: str) -> None:
    answer = await serve(crew).get(f"{ROOT}/{path}/assignments?startDay=2026-01-01&dayRange=1")
    assert (answer.status_code, list(answer.json())) == (404, ["error"])


async def test_another_company_is_404_on_every_endpoint(crew: Path) -> None:
    client = serve(crew, company="acme")
    for path in ("assignments", "assignments/current", "groups/north/assignments", "projects/bridge/assignments", "people/ann/assignments"):
        query = "startDay=2026-01-01&dayRange=1"
        assert (await client.get(f"/v2/companies/sandbox/{path}?{query}")).status_code == 404
        assert (await client.get(f"/v2/companies/acme/{path}?{query}")).status_code == 200


async def test_workforce_paths_have_no_trailing_slash(crew: Path) -> None:
    assert (await serve(crew).get(f"{ROOT}/assignments/?startDay=2026-01-01&dayRange=1")).status_code == 404


async def test_a_page_holds_100_people_sorted_by_name(crowd: Path) -> None:
    client, window = serve(crowd), {"startDay": "2026-01-05", "dayRange": 0}
    pages = [await get(client, "/assignments", **window, page=page) for page in range(3)]
    names = [[person["person_name"] for person in page["data"]] for page in pages]
    assert [len(page) for page in names] == [100, 100, 50]
    assert [*names[0], *names[1], *names[2]] == [f"Person {number:03d}" for number in range(250)]
    assert [(page["possible_pages"], page["current_page"]) for page in pages] == [(3, 0), (3, 1), (3, 2)]
    assert all("warning" not in page for page in pages)


async def test_a_page_out_of_bounds_is_empty_and_says_why(crowd: Path) -> None:
    page = await get(serve(crowd), "/assignments", startDay="2026-01-05", dayRange=0, page=3)
    assert (page["data"], page["possible_pages"], page["current_page"]) == ([], 3, 3)
    assert "out of bounds" in page["warning"]


async def test_a_window_without_anybody_is_one_empty_page(crowd: Path) -> None:
    page = await get(serve(crowd), "/assignments", startDay="2020-01-05", dayRange=0)
    assert page == {"possible_pages": 1, "current_page": 0, "data": []}


FILTERS = [
    ("created_at", 0, True), ("created_at", 1, False), ("created_before", 0, True), ("created_before", -1, False),
    ("created_after", 0, True), ("created_after", 1, False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "shift", "kept"), [*FILTERS, *((name.replace("created", "updated"), *rest) for name, *rest in FILTERS)])
async def test_created_and_updated_filters_are_inclusive_on_every_endpoint(crew: Path, name: str, shift: int, kept: bool) -> None:
    stamp = date(2025, 12, 1) if name.startswith("created") else date(2026, 1, 2)
    bound, client, window = {name: (stamp + timedelta(shift)).isoformat()}, serve(crew), {"startDay": "2026-01-05", "dayRange": 0}
    want = ["a1"] if kept else []
    for path in ("/assignments", "/groups/north/assignments"):
        assert await found(client, path, **window, **bound) == ["Ann:a1"] * kept
    assert await found(client, "/assignments/current", date="2026-01-05", **bound) == ["Ann:a1"] * kept
    for path in ("/projects/bridge/assignments", "/people/ann/assignments"):
        assert [row["id"] for row in await get(client, path, **window, **bound)] == want


async def test_an_assignment_never_updated_is_in_no_updated_filter(crew: Path) -> None:
    window: dict[str, Any] = {"startDay": "2026-02-02", "dayRange": 0}
    assert await found(serve(crew), **window, updated_before="2100-01-01") == []
    assert await found(serve(crew), **window, created_before="2100-01-01", created_after="") == ["Bob:b1"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(back=st.integers(0, 400), days=st.integers(0, 365))
async def test_the_company_pages_hold_every_assignment_of_the_projects_once(company: Path, back: int, days: int) -> None:
    client, window = serve(company), {"startDay": (TODAY - timedelta(back)).isoformat(), "dayRange": days}
    pages = (await get(client, "/assignments", **window))["possible_pages"]
    people = [person for page in range(pages) for person in (await get(client, "/assignments", **window, page=page))["data"]]
    by_company = {row["id"]: row["project_id"] for person in people for row in person["assignments"]}
    assert len(people) == len({person["person_id"] for person in people})
    for project in sorted(set(by_company.values()))[:5]:
        rows = await get(client, f"/projects/{project}/assignments", **window)
        assert {row["id"] for row in rows} == {uid for uid, of in by_company.items() if of == project}
