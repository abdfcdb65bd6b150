"""The generated company: always the same, always alive, and with what real companies have."""

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

import sandbox
from sandbox import Draft
from sandbox.cast import SHARED_MAILBOX, SITE
from tests.sandbox.serving import ROOT, TODAY, noon, serve

LIST = "/api/v2/checkins/"
SPAN: dict[str, str | int] = {"startDay": (TODAY - timedelta(200)).isoformat(), "dayRange": 365}
LONDON = timezone(timedelta(hours=1))


def rows(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()


async def everything(client: httpx.AsyncClient, path: str, **params: Any) -> list[Any]:
    """All check-ins or people of a question."""
    if path == LIST:
        found: list[Any] = []
        while page := (await client.get(path, params={**params, "limit": 100, "offset": len(found)})).json()["results"]:
            found += page
        return found
    pages = (await client.get(ROOT + path, params=params)).json()["possible_pages"]
    return [row for page in range(pages) for row in (await client.get(ROOT + path, params={**params, "page": page})).json()["data"]]


def test_the_same_seed_and_day_give_the_same_bytes(company: Path, tmp_path: Path) -> None:
    sandbox.build(tmp_path / "again.db", today=TODAY)
    sandbox.build(tmp_path / "other.db", today=TODAY, seed=2)
    assert (tmp_path / "again.db").read_bytes() == company.read_bytes() != (tmp_path / "other.db").read_bytes()


def test_building_reports_progress_up_to_the_end_and_leaves_one_file(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    sandbox.build(tmp_path / "c.db", people=150, today=TODAY, progress=lambda done, total: seen.append((done, total)))
    assert len(seen) > 20
    assert seen == sorted(seen)
    assert seen[-1] == (15_000, 15_000)
    assert [path.name for path in tmp_path.iterdir()] == ["c.db"]


def test_a_build_that_fails_leaves_the_old_file_alone(company: Path, tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    path.write_bytes(company.read_bytes())

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sandbox.build(path, people=150, today=TODAY, progress=stop)
    assert path.read_bytes() == company.read_bytes()
    assert list(tmp_path.iterdir()) == [path]


def test_ensure_builds_what_is_missing_and_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    assert sandbox.ensure(path, people=30, seed=1, today=TODAY)
    assert not sandbox.ensure(path, people=30, seed=1, today=TODAY)


@pytest.mark.parametrize(("people", "seed"), [(31, 1), (30, 2)])
def test_ensure_never_replaces_another_company(tmp_path: Path, people: int, seed: int) -> None:
    path = tmp_path / "c.db"
    sandbox.build(path, people=30, seed=1, today=TODAY)
    before = path.read_bytes()
    with pytest.raises(sandbox.OtherFile, match="holds a company of 30 people made from seed 1"):
        sandbox.ensure(path, people=people, seed=seed)
    assert path.read_bytes() == before


def test_ensure_never_serves_a_company_of_another_day(tmp_path: Path) -> None:
    """What a pinned company shows is the same on every machine: another day's company, moved, would not show the same."""
    path = tmp_path / "c.db"
    assert sandbox.ensure(path, people=30, seed=1, today=TODAY)
    assert not sandbox.ensure(path, people=30, seed=1, today=TODAY)
    assert not sandbox.ensure(path, people=30, seed=1)
    with pytest.raises(sandbox.OtherFile, match=f"holds a company made on {TODAY}, not on 2027-01-04"):
        sandbox.ensure(path, people=30, seed=1, today=date(2027, 1, 4))


@pytest.mark.parametrize("content", [b"notes", b"", b"SQLite format 3\x00"])
def test_ensure_never_replaces_what_is_no_company(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(sandbox.OtherFile, match="is no company"):
        sandbox.ensure(path, people=30, seed=1)
    assert path.read_bytes() == content


def test_a_file_of_another_schema_is_rebuilt_and_never_served(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    sandbox.build(path, people=30, today=TODAY)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE meta SET version = 0")
    with pytest.raises(ValueError, match="schema version 0"):
        sandbox.create_app(path)
    assert sandbox.ensure(path, people=30, seed=1, today=TODAY)


@pytest.mark.parametrize("people", [1, 24, 60])
async def test_a_small_company_has_the_cast_and_the_documents_too(tmp_path: Path, people: int) -> None:
    sandbox.build(tmp_path / "c.db", people=people, today=TODAY)
    names = {name for (name,) in rows(tmp_path / "c.db", "SELECT name FROM workers")}
    assert {"Aaron Kelly", "Hunter Gray", "Ann Lee", "王小明"} <= names
    assert (await serve(tmp_path / "c.db").get(f"{ROOT}/assignments/current")).json()["data"]


def test_the_company_has_as_many_field_workers_as_asked_besides_those_of_the_documents(company: Path) -> None:
    assert rows(company, "SELECT count(DISTINCT worker) FROM assignments") == [(302,)]


@pytest.mark.parametrize("days", range(7))
async def test_forty_people_work_on_harbour_bridge_on_any_day_of_the_week(company: Path, days: int) -> None:
    day = TODAY + timedelta(days)
    bridge = sandbox.landmarks(company)[sandbox.HARBOUR_BRIDGE]
    people = await everything(serve(company, clock=noon(day)), "/assignments/current")
    assert sum(any(row["project_id"] == bridge for row in person["assignments"]) for person in people) == 40


async def test_everybody_of_harbour_bridge_checks_in_under_the_same_name(company: Path) -> None:
    client, bridge = serve(company), sandbox.landmarks(company)[sandbox.HARBOUR_BRIDGE]
    crew = (await client.get(f"{ROOT}/projects/{bridge}/assignments", params=SPAN)).json()
    assert len({row["person_id"] for row in crew}) == 40
    for row in crew:
        assert (await client.get(LIST, params={"person_name": row["person_name"]})).json()["count"] >= 4


async def test_projects_have_a_good_spread_of_people_today(company: Path) -> None:
    people = await everything(serve(company, clock=noon(date(2026, 11, 19))), "/assignments/current")
    crews = Counter(row["project_name"] for person in people for row in person["assignments"])
    sizes = sorted(crews.values())
    assert len(sizes) > 15
    assert sizes[0] <= 10
    assert 20 <= sizes[-1] <= 60


def test_the_landmarks_name_both_projects_and_every_group(company: Path) -> None:
    found = sandbox.landmarks(company)
    assert {sandbox.HARBOUR_BRIDGE, SITE, "The documents", "North 1", "East 1", "South 1", "West 1"} == set(found)


async def test_the_cast_is_there_as_it_is_described(company: Path) -> None:
    client = serve(company)
    site = sandbox.landmarks(company)[SITE]
    workers = Counter(
        row["person_name"]
        for row in {row["person_id"]: row for row in (await client.get(f"{ROOT}/projects/{site}/assignments", params=SPAN)).json()}.values()
    )
    accounts = Counter(name for (name,) in rows(company, "SELECT name FROM users"))
    assert workers == Counter(member.worker for member in sandbox.CAST if member.worker)
    assert all(accounts[member.user] >= 1 for member in sandbox.CAST if member.user)
    assert (workers["Daniel Murphy"], accounts["Daniel Murphy"]) == (2, 1)
    assert (workers["Sofia Rossi"], accounts["Sofia Rossi"]) == (1, 2)
    assert (workers["James Smith"], accounts["James Smith"]) == (2, 2)
    assert (workers["Victor Stone"], accounts["Victor Stone"]) == (1, 0)
    assert (workers["Grace Whitfield"], accounts["Grace Whitfield"]) == (0, 1)
    assert rows(company, f"SELECT count(*) FROM users WHERE email = '{SHARED_MAILBOX}'") == [(2,)]
    assert len(rows(company, "SELECT 1 FROM workers WHERE employee_number = 'C-011'")) == 2


def test_most_but_not_all_people_are_known_to_both_systems(company: Path) -> None:
    workers = Counter(name for (name,) in rows(company, "SELECT name FROM workers"))
    users = Counter(name for (name,) in rows(company, "SELECT name FROM users"))
    assert 200 < len(workers.keys() & users.keys()) < 290
    assert len(users.keys() - workers.keys()) > 20
    assert rows(company, "SELECT count(*) > 3 FROM workers WHERE employee_number IS NULL") == [(1,)]


def test_work_varies_as_in_life(company: Path) -> None:
    [(total, long, nights, timeless, statusless, weekend, never)] = rows(
        company,
        """SELECT count(*), sum(end - start > 366), sum(start_time = '10:00 PM'), sum(start_time IS NULL), sum(status IS NULL),
        sum(days = 65), sum(updated IS NULL) FROM assignments""",
    )
    assert 1000 < total < 4000
    assert min(long, nights, timeless, statusless, weekend, never) > 5
    assert {repeat for (repeat,) in rows(company, "SELECT repeat FROM time_off")} == {"never", "weekly", "biweekly", "monthly"}
    overlapping = (
        "SELECT count(*) FROM assignments a JOIN assignments b USING (worker) WHERE a.id < b.id AND a.start <= b.end AND b.start <= a.end"
    )
    back_to_back = "SELECT count(*) FROM assignments a JOIN assignments b USING (worker) WHERE b.start = a.end + 3"
    assert rows(company, overlapping)[0][0] > 100
    assert rows(company, back_to_back)[0][0] > 100


def test_nothing_has_been_created_updated_or_submitted_after_today(company: Path) -> None:
    assert rows(company, f"SELECT max(created) <= {TODAY.toordinal()}, max(updated) <= {TODAY.toordinal()} FROM assignments") == [(1, 1)]
    assert rows(company, f"SELECT max(day) < {TODAY.toordinal()} FROM check_ins") == [(1,)]


def test_nothing_was_updated_before_it_was_created(company: Path) -> None:
    assert rows(company, "SELECT count(*) FROM assignments WHERE updated < created") == [(0,)]


def test_everybody_has_one_scheduled_check_in_a_week_and_few_ad_hoc_ones(company: Path) -> None:
    scheduled = rows(company, "SELECT user, deadline / 604800000000, count(*) FROM check_ins WHERE id >= 0 AND NOT is_adhoc GROUP BY 1, 2")
    assert {count for _, _, count in scheduled} == {1}
    assert len({week for _, week, _ in scheduled}) == 104
    [(share,)] = rows(company, "SELECT avg(is_adhoc) FROM check_ins")
    assert 0.003 < share < 0.02


def test_check_ins_are_mostly_on_time_and_the_newest_week_is_partly_open(company: Path) -> None:
    [(late, vacation, missed, grace)] = rows(
        company,
        """SELECT avg(overdue AND submitted IS NOT NULL), avg(on_vacation), avg(overdue AND submitted IS NULL),
        avg(submitted > deadline AND NOT overdue) FROM check_ins WHERE id >= 0""",
    )
    assert all(0.01 < share < 0.1 for share in (late, vacation, missed, grace))
    [(open_share,)] = rows(company, "SELECT avg(submitted IS NULL) FROM check_ins WHERE deadline = (SELECT max(deadline) FROM check_ins)")
    assert 0.3 < open_share < 0.8


def test_who_is_on_vacation_has_submitted_nothing_and_is_not_overdue(company: Path) -> None:
    assert rows(company, "SELECT count(*) FROM check_ins WHERE on_vacation AND (submitted IS NOT NULL OR overdue)") == [(0,)]


def test_check_ins_are_numbered_without_gaps_in_the_order_of_their_deadlines(company: Path) -> None:
    numbered = rows(company, "SELECT id, deadline - offset * 60000000 FROM check_ins WHERE id >= 0 ORDER BY id")
    assert [number for number, _ in numbered] == list(range(len(numbered)))
    assert all(newer >= older for (_, newer), (_, older) in pairwise(numbered))


@pytest.mark.parametrize("days", [7, 13, 70, 364, -14])
async def test_a_file_that_is_used_later_is_served_moved_by_whole_weeks(company: Path, days: int) -> None:
    moved = days // 7 * 7
    now, later = serve(company), serve(company, clock=noon(TODAY + timedelta(days)))
    was = await everything(now, "/assignments/current", date=TODAY.isoformat())
    new = await everything(later, "/assignments/current", date=(TODAY + timedelta(moved)).isoformat())
    assert [[row["id"] for row in person["assignments"]] for person in was] == [
        [row["id"] for row in person["assignments"]] for person in new
    ]
    starts = [
        [datetime.strptime(row["start_day"], "%m/%d/%y") for person in people for row in person["assignments"]] for people in (was, new)
    ]
    assert {b - a for a, b in zip(*starts, strict=True)} == {timedelta(moved)}


@pytest.mark.parametrize("days", [7, 400, 3650])
async def test_moved_check_ins_stay_in_order_around_the_fixed_ones(company: Path, days: int) -> None:
    client = serve(company, clock=noon(TODAY + timedelta(days)))
    newest = (await client.get(LIST, params={"limit": 1})).json()["results"][0]["deadline_date"]
    assert abs(datetime.fromisoformat(newest).date() - TODAY - timedelta(days)) < timedelta(9)
    count = (await client.get(LIST, params={"limit": 1})).json()["count"]
    sampled = [
        row
        for offset in range(0, count, 500)
        for row in (await client.get(LIST, params={"limit": 100, "offset": offset})).json()["results"]
    ]
    last = (await client.get(LIST, params={"limit": 100, "offset": count - 100})).json()["results"]
    instants = [datetime.fromisoformat(row["deadline_date"]) for row in [*sampled, *last]]
    assert instants[: len(sampled)] == sorted(instants[: len(sampled)], reverse=True)
    assert any(row["api_id"].startswith("580:ce417c60") for row in await everything(client, LIST, person_name="Michael Test"))
    if days == 3650:
        assert [row["api_id"][:12] for row in last[-2:]] == ["580:ce417c60", "580:c9b26b5e"]


async def test_the_documents_records_never_move(company: Path) -> None:
    for days in (0, 8, 5000):
        client = serve(company, clock=noon(TODAY + timedelta(days)))
        [kelly] = await everything(client, "/assignments", startDay="2018-07-02", dayRange=0)
        assert (kelly["person_name"], kelly["assignments"][0]["start_day"], kelly["timeoff"]) == ("Aaron Kelly", "7/02/18", [])
        check_in = (await client.get(f"{LIST}580%3Ac9b26b5e-f9b5-4b5f-8525-5b706ce891ba/")).json()
        assert check_in["deadline_date"] == "2025-04-11T12:00:00+01:00"


async def test_details_and_filters_move_with_the_list(company: Path) -> None:
    client = serve(company, clock=noon(TODAY + timedelta(70)))
    day = (TODAY + timedelta(70) - timedelta(3)).isoformat()
    found = await everything(client, LIST, date_from=day, date_to=day)
    assert {row["submission_date"][:10] for row in found} == {day}
    detail = (await client.get(f"{LIST}{found[0]['api_id']}/")).json()
    assert detail["deadline_date"] == found[0]["deadline_date"]
    assert detail["responses"][0]["response_date"][:10] == day


async def test_a_draft_moves_only_when_it_knows_its_day(tmp_path: Path) -> None:
    for name, today in (("stays", None), ("moves", TODAY)):
        draft = Draft(today)
        draft.check_in(draft.user("A", None), datetime(2026, 11, 20, 12, tzinfo=LONDON), id="x")
        draft.save(tmp_path / name)
    later = noon(TODAY + timedelta(15))
    stays, moves = [(await serve(tmp_path / name, clock=later).get(LIST)).json()["results"][0] for name in ("stays", "moves")]
    assert (stays["deadline_date"], moves["deadline_date"]) == ("2026-11-20T12:00:00+01:00", "2026-12-04T12:00:00+01:00")


async def test_an_app_that_runs_into_the_next_week_moves_too(company: Path) -> None:
    shown = [TODAY]
    client = serve(company, clock=lambda: noon(shown[-1])())
    before = (await client.get(LIST, params={"date_from": "2026-01-01", "limit": 1})).json()
    shown.append(TODAY + timedelta(7))
    after = (await client.get(LIST, params={"date_from": "2026-01-08", "limit": 1})).json()
    assert before["count"] == after["count"]
    assert before["results"][0]["deadline_date"] < after["results"][0]["deadline_date"]
