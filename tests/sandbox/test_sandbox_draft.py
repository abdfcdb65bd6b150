"""Companies made by hand."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sandbox import Draft
from tests.sandbox.serving import ROOT, serve

DAY = date(2026, 1, 5)


def test_an_id_is_used_once() -> None:
    draft = Draft()
    draft.worker("Ann", id="x")
    with pytest.raises(ValueError, match="worker x is there already"):
        draft.worker("Bob", id="x")


def test_a_deadline_needs_a_time_zone() -> None:
    draft = Draft()
    with pytest.raises(ValueError, match="needs a time zone"):
        draft.check_in(draft.user("Ann", None), datetime(2026, 1, 5))


def test_what_was_never_made_cannot_be_assigned() -> None:
    draft = Draft()
    with pytest.raises(KeyError):
        draft.assign(draft.worker("Ann"), "nowhere", DAY, DAY)


async def test_every_id_that_a_draft_returns_is_the_one_that_is_served(tmp_path: Path) -> None:
    draft = Draft()
    workers = [draft.worker(name) for name in ("Zoe", "Ann", "Mia")]
    projects = [draft.project(name) for name in ("B", "A")]
    jobs = [draft.assign(worker, project, DAY, DAY) for worker in workers for project in projects]
    user = draft.user("Ann", "ann@example.com")
    check_ins = [draft.check_in(user, datetime(2026, 1, day, tzinfo=UTC)) for day in (3, 5, 4)]
    draft.save(tmp_path / "c.db")
    client = serve(tmp_path / "c.db")
    for number, worker in enumerate(workers):
        rows = (await client.get(f"{ROOT}/people/{worker}/assignments?startDay=2026-01-05&dayRange=0")).json()
        assert [(row["id"], row["project_id"]) for row in rows] == list(zip(jobs[2 * number : 2 * number + 2], projects, strict=True))
    for day, uid in zip((3, 5, 4), check_ins, strict=True):
        assert (await client.get(f"/api/v2/checkins/{uid}/")).json()["deadline_date"] == f"2026-01-0{day}T00:00:00+00:00"


async def test_people_with_the_same_job_title_share_its_id(tmp_path: Path) -> None:
    draft, titles = Draft(), ("Welder", "Welder", ("mine", "Welder", "#111111"), "Foreman", None)
    project = draft.project("Bridge")
    for number, title in enumerate(titles):
        draft.assign(draft.worker(f"W{number}", job_title=title), project, DAY, DAY)
    draft.save(tmp_path / "c.db")
    people = (await serve(tmp_path / "c.db").get(f"{ROOT}/assignments?startDay=2026-01-05&dayRange=0")).json()["data"]
    ids = [person["job_title_id"] for person in people]
    assert ids[0] == ids[1] != ids[3]
    assert (ids[2], ids[4]) == ("mine", None)


async def test_a_manager_is_the_user_of_that_name_and_email_even_one_who_comes_later(tmp_path: Path) -> None:
    draft = Draft()
    ann = draft.user("Ann", "ann@example.com", manager_name="Max", manager_email="max@example.com")
    draft.user("Max", "max@example.com")
    draft.user("Max", "other@example.com")
    draft.check_in(ann, datetime(2026, 1, 5, tzinfo=UTC), id="x")
    draft.save(tmp_path / "c.db")
    client = serve(tmp_path / "c.db")
    counts = {
        query: (await client.get(f"/api/v2/checkins/?{query}")).json()["count"]
        for query in ("manager_name=Max", "manager_email=max@example.com", "manager_email=other@example.com", "person_name=Max")
    }
    assert list(counts.values()) == [1, 1, 0, 0]


async def test_a_draft_may_be_saved_again_with_more_in_it(tmp_path: Path) -> None:
    draft, path = Draft(), tmp_path / "c.db"
    user = draft.user("Ann", None, manager_name="Max")
    for count in (1, 2):
        draft.check_in(user, datetime(2026, 1, count, tzinfo=UTC))
        draft.save(path)
        assert (await serve(path).get("/api/v2/checkins/?manager_name=Max")).json()["count"] == count
