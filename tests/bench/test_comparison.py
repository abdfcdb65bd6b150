"""The comparison works, and only equal answers are compared. Nothing here looks at how long anything took."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.picture import picture
from bench.questions import Unequal, difference, digest, meaning, responses
from bench.results import Results, Row, find, load
from bench.table import tables
from tests.waiting import LONG

ROOT = Path(__file__).parents[2]
ROW = Row(
    "ours",
    "Crewgraph",
    "walk + responses",
    5,
    "cold",
    0,
    1_000,
    8,
    cpu=[3.0, 1.0, 2.0],
    wall=[4.0],
    calls=46,
    megabytes=90,
    size=10,
    digest="a",
)


async def test_a_quick_comparison_yields_rows_of_both_sides_whose_answers_mean_the_same_by_the_machines_clock(tmp_path: Path) -> None:
    places = ("--json", str(tmp_path / "bench.json"), "--picture", str(tmp_path / "bench.svg"))
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench", "--quick", *places, cwd=ROOT, stdout=PIPE, stderr=PIPE)
    async with asyncio.timeout(LONG * 3):
        told, complaints = await process.communicate()
    assert process.returncode == 0, complaints.decode()
    rows = load(tmp_path / "bench.json").rows
    walks = [one for one in rows if one.question == "walk + responses"]
    states = {"ours": ("cold", "known", "data", "answer"), "book": ("cold", "known")}
    assert {(one.side, one.state) for one in walks} == {(side, state) for side, its in states.items() for state in its}
    assert len({one.digest for one in walks}) == 1
    assert all(one.cpu and one.wall and one.size for one in rows)
    book = find(rows, side="book", question="walk + responses", people=5, state="known")
    assert book is not None
    assert book.calls == 1 + 5 + 5 * 8
    assert "| 5 | walk + responses | Strawberry by the book |" in told.decode()
    assert ElementTree.parse(tmp_path / "bench.svg").getroot().get("role") == "img"


def test_answers_mean_the_same_whatever_the_order_of_people_and_the_extensions() -> None:
    one = {"data": {"project": {"people": [{"id": "1"}, {"id": "2"}]}}, "extensions": {"cost": 1}}
    other = {"data": {"project": {"people": [{"id": "2"}, {"id": "1"}]}}}
    assert digest(json.dumps(one).encode()) == digest(json.dumps(other).encode())


def test_a_difference_is_told_by_its_place() -> None:
    assert difference({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}) == "data.a[1].b: 2 is not 3"
    assert difference({"a": [1]}, {"a": [1, 2]}) == "data.a: [1] is not [1, 2]"
    assert difference({"a": [1]}, {"a": [1]}) is None


@pytest.mark.parametrize("answer", ['{"errors": [{}], "data": {"project": null}}', '{"data": {"project": null}}'])
def test_an_answer_with_errors_or_without_data_does_not_count(answer: str) -> None:
    with pytest.raises(Unequal):
        meaning(answer.encode())


def test_the_tables_show_medians_spreads_and_what_a_side_does_not_know() -> None:
    shown = tables(Results([ROW, replace(ROW, company=10_000)], ["A note."]), 1_000, 8)
    assert "| 5 | walk + responses | Crewgraph | 2.00 (1.00 to 3.00) | - | - | - | 46 | - | - |" in shown
    assert "| 10,000 | 8 | walk + responses of 5 | Crewgraph | 2.00 | - | - | - | 46 | - |" in shown
    assert shown.endswith("A note.")


def test_the_picture_has_a_bar_for_each_side_and_the_longest_for_the_most() -> None:
    rows = [ROW, replace(ROW, side="book", title="By the <book>", cpu=[200.0]), replace(ROW, state="known")]
    drawn = ElementTree.fromstring(picture(rows))
    bars = [(one.get("class"), float(one.get("width", 0))) for one in drawn.iter("{http://www.w3.org/2000/svg}rect")][1:]
    assert [kind for kind, _ in bars] == ["ours", "others", "ours"]
    assert bars[1][1] == bars[2][1] > bars[0][1]


def test_of_a_hundred_operations_99_were_answered_within_the_99th() -> None:
    assert replace(ROW, wall=[float(number) for number in range(1, 101)]).within(0.99) == 99
    assert replace(ROW, wall=[7.0]).within(0.5) == 7


def test_a_question_asks_about_as_many_people_as_it_says() -> None:
    assert json.loads(responses(50).body)["variables"] == {"id": "project-50"}
