"""What holds underneath: ids, merging, the memo, names, and indexes for every question."""

import re
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sandbox
from sandbox.ids import Kind, derive, number
from sandbox.memo import Memo
from sandbox.names import email, full
from sandbox.store import Store
from sandbox.timeline import merged
from tests.sandbox.serving import ROOT, client, noon

BIG = ("check_ins", "assignments", "time_off", "members", "responses", "a", "t", "m")
UUID = re.compile(r"(580:)?[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@given(kind=st.sampled_from(Kind), row=st.integers(0, 2**48 - 1), seed=st.integers(0, 2**64 - 1))
def test_an_id_leads_back_to_its_row_and_to_no_other_kind_or_seed(kind: Kind, row: int, seed: int) -> None:
    uid = derive(kind, row, seed)
    assert UUID.fullmatch(uid)
    assert number(kind, uid, seed) == row
    assert number(kind, uid, seed ^ 1) is None
    assert number(Kind.GROUP if kind is not Kind.GROUP else Kind.TITLE, uid, seed) is None


@given(st.text(max_size=50) | st.from_regex(UUID, fullmatch=True))
def test_no_other_text_is_an_id(text: str) -> None:
    found = number(Kind.CHECK_IN, text, 1)
    assert found is None or derive(Kind.CHECK_IN, found, 1) == text


def test_ids_of_neighbours_have_nothing_in_common() -> None:
    first, second = derive(Kind.WORKER, 0, 1), derive(Kind.WORKER, 1, 1)
    assert sum(a == b for a, b in zip(first, second, strict=True)) < 16


@given(
    moving=st.integers(0, 30).flatmap(lambda size: st.lists(st.integers(0, 40), unique=True, max_size=size).map(sorted)),
    places=st.lists(st.integers(0, 40), max_size=4).map(sorted),
    offset=st.integers(0, 40),
    limit=st.integers(1, 40),
)
def test_merging_is_slicing_the_whole_order(moving: list[int], places: list[int], offset: int, limit: int) -> None:
    fixed = [(place, -index) for index, place in enumerate(places, 1)]
    whole = [value for *_, value in sorted([(item, 1, 0, item) for item in moving] + [(place, 0, -value, value) for place, value in fixed])]
    assert merged(moving, fixed, offset, limit) == whole[offset : offset + limit]


def test_the_memo_asks_once_and_forgets_what_was_not_asked_for_longest() -> None:
    memo, asked = Memo(room=8), []

    def find(key: str) -> list[int]:
        asked.append(key)
        return [3, 1, 2]

    for key in ("a", "b", "a", "c", "a", "b"):
        assert list(memo.get(key, lambda key=key: find(key))) == [1, 2, 3]  # type: ignore[misc]
    assert asked == ["a", "b", "c", "b"]
    assert memo.used <= 8


def test_names_are_different_for_different_numbers_and_their_emails_too() -> None:
    names = [full(place) for place in range(60_000)]
    assert len(set(names)) == len({email(name) for name in names}) == 60_000
    assert email("Søren O'Brien-Ünal") == "soren.obrien.unal@example.com"


CASES = [
    "/api/v2/checkins/?limit=3&offset=5000",
    *(f"/api/v2/checkins/?{name}=x" for name in ("person_name", "person_email", "manager_name", "manager_email", "department")),
    "/api/v2/checkins/?date_from=2026-01-01",
    "/api/v2/checkins/?date_to=2026-01-01",
    "/api/v2/checkins/?date_from=2026-01-01&date_to=2026-02-01&department=Structures",
    "/api/v2/checkins/?person_name=Ann%20Lee&date_from=2026-01-01&manager_name=x&person_email=y&department=z",
    "/api/v2/checkins/580%3Ace417c60-30ca-4e39-967e-b258d496be30/",
    "/api/v2/checkins/580%3A00000000-0000-4000-8000-000000000000/",
    *(
        f"{ROOT}/{path}/assignments?startDay=2026-06-01&dayRange=30{bound}"
        for path in ("{group}", "{project}", "{person}", "")
        for bound in ("", "&created_after=2026-05-01&updated_before=2026-07-01")
    ),
    f"{ROOT}/assignments/current?date=2026-06-02",
    f"{ROOT}/assignments/current?date=2026-06-02&updated_at=2026-06-02",
]


@pytest.mark.parametrize("options", [{}, {"ignore_case": True}, {"name_match": "substring", "email_match": "substring"}], ids=str)
@pytest.mark.parametrize("path", CASES)
async def test_every_question_searches_an_index_of_the_big_tables(company: Path, path: str, options: dict[str, object]) -> None:
    marks = sandbox.landmarks(company)
    app = sandbox.create_app(company, sandbox.Options(clock=noon(), **options))  # type: ignore[arg-type]
    store: Store = app.state.store
    [[person]] = store.rows("SELECT uid FROM workers LIMIT 1")
    asked: list[str] = []
    store.db.set_trace_callback(asked.append)
    for name, uid in (
        ("{group}", f"groups/{marks['North 1']}"),
        ("{project}", f"projects/{marks['Harbour Bridge']}"),
        ("{person}", f"people/{person}"),
    ):
        path = path.replace(name, uid)
    answer = await client(app).get(path.replace("//", "/"))
    store.db.set_trace_callback(None)
    assert answer.status_code in {200, 404}
    steps = [step["detail"] for sql in set(asked) for step in store.db.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert steps
    assert not [step for step in steps if step.split()[0] == "SCAN" and step.split()[1] in BIG]
    if not options:
        assert not [step for step in steps if step.startswith("SCAN users")]


def test_a_file_that_is_missing_or_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database" * 100)
    for name in ("missing.db", "text.db"):
        with pytest.raises(sqlite3.Error):
            sandbox.create_app(tmp_path / name)
