"""The mapping file as text: what it holds, and every way in which it can be broken, with line numbers."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.mapping import BrokenMapping, Register, parse
from loaders.names import folded
from upstreams.values import bare

HEAD = "person_id,email,checkins_id\n"


def test_lines_are_found_by_each_of_their_keys() -> None:
    found = parse(f"\ufeff{HEAD}w1,Ann@Example.com,\n\nw2, office@example.com ,580:a\nw3,,b\n")
    assert {key: (one.email, one.checkins_id, one.line) for key, one in found.by_person.items()} == {
        "w1": ("Ann@Example.com", None, 2),
        "w2": ("office@example.com", "580:a", 4),
        "w3": (None, "b", 5),
    }
    assert set(found.by_account) == {"a", "b"}
    assert found.by_email["ann@example.com"].person_id == "w1"


def test_an_account_is_found_by_id_with_or_without_prefix_and_else_by_email() -> None:
    found = parse(f"{HEAD}w1,ann@example.com,\nw2,office@example.com,580:a\n")
    assert [one and one.person_id for one in (found.of_account("a", None), found.of_account("580:a", "x@example.com"))] == ["w2", "w2"]
    assert [one and one.person_id for one in (found.of_account("z", "ANN@example.com"), found.of_account("z", "office@example.com"))] == [
        "w1",
        None,
    ]
    assert found.of_account("z", None) is None


def test_a_mailbox_of_several_named_accounts_is_no_key() -> None:
    found = parse(f"{HEAD}w1,office@example.com,a\nw2,office@example.com,b\n")
    assert found.by_email == {}


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffperson_id;email;checkins_id\r\nw1;Ann@Example.com;580:a\r\n",
        "Person_ID,EMAIL , Checkins_Id\nw1,Ann@Example.com,580:a\n",
        "person_id;email;checkins_id;\r\nw1;Ann@Example.com;580:a;\r\n;;;\r\n",
        "person_id\temail\tcheckins_id\t\t\nw1\tAnn@Example.com\t580:a\t\t\n",
        '"person_id";"email";"checkins_id"\n"w1";"Ann@Example.com";"580:a"\n',
    ],
    ids=["semicolons", "capitals", "empty column", "tabs", "quotes"],
)
def test_what_excel_makes_of_a_mapping_file_is_read(text: str) -> None:
    found = parse(text)
    assert [(one.person_id, one.email, one.checkins_id, one.line) for one in found.by_person.values()] == [
        ("w1", "Ann@Example.com", "580:a", 2)
    ]


@pytest.mark.parametrize("text", ["person_id,email\n", HEAD, "person_id,email"])
def test_a_file_without_lines_maps_nobody(text: str) -> None:
    assert parse(text).by_person == {}


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [1]),
        ("w1,ann@example.com\n", [1]),
        ("email,person_id\nann@example.com,w1\n", [1]),
        ("person_id|email\nw1|ann@example.com\n", [1]),
        ("person_id;email;;\nw1;ann@example.com;;x\n", [2]),
        ("person_id;email;;other\nw1;ann@example.com;;x\n", [1]),
        ("\ufeffPerson_ID;Email;\r\nw1;ann@example.com;\r\n\r\nw2;ann;\r\n", [4]),
        ("person_id,email,other\nw1,ann@example.com,x\n", [1]),
        (f"{HEAD}w1,ann@example.com\n", [2]),
        (f"{HEAD}w1,ann@example.com,a,b\n", [2]),
        (f"{HEAD},ann@example.com,\n", [2]),
        (f"{HEAD}w1,,\n", [2]),
        (f"{HEAD}w1,ann,\n", [2]),
        (f"{HEAD}w1,ann @example.com,\n", [2]),
        (f"{HEAD}w1,a@example.com,\nw1,b@example.com,\n", [3]),
        (f"{HEAD}w1,a@example.com,\nw2,A@Example.com,\n", [3]),
        (f"{HEAD}w1,a@example.com,x\nw2,b@example.com,580:x\n", [3]),
        (f"{HEAD}w1,a@example.com,\nw2,a@example.com,x\n", [2]),
        (f'{HEAD}w1,"ann@example.com\n', [2]),
        (f"{HEAD},a@example.com,\nw2,,\nw3,b,\n", [2, 3, 4]),
    ],
)
def test_what_is_broken_is_refused_with_the_line(text: str, lines: list[int]) -> None:
    """(faults.md F36)"""
    with pytest.raises(BrokenMapping) as broken:
        parse(text)
    assert [int(one.split(":")[0].removeprefix("line ")) for one in broken.value.problems] == lines


@pytest.mark.parametrize("email", ["a\tb@example.com", "a\u200bb@example.com", "a\u00a0b@example.com", f"{'a' * 500}@example.com"])
def test_an_email_that_no_filter_can_carry_is_refused_at_the_start(email: str) -> None:
    with pytest.raises(BrokenMapping):
        parse(f"{HEAD}w1,{email},\n")


def test_an_account_id_that_is_only_a_prefix_is_refused() -> None:
    with pytest.raises(BrokenMapping):
        parse(f"{HEAD}w1,,580:\n")


CELL = st.sampled_from(["", "a", "b", "580:a", "a@x", "A@x", "b@x", "office@x"])


@given(st.lists(st.tuples(st.sampled_from(["", "w1", "w2", "w3"]), CELL, CELL), max_size=5))
def test_whatever_is_accepted_is_one_to_one(rows: list[tuple[str, str, str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([("person_id", "email", "checkins_id"), *rows])
    found, problems = read(text.getvalue())
    assert all(problem.startswith("line ") for problem in problems)
    assert problems or len(found.by_person) == len([row for row in rows if any(row)])
    ids = [bare(one.checkins_id) for one in found.by_person.values() if one.checkins_id]
    whole = [folded(one.email) for one in found.by_person.values() if not one.checkins_id]
    assert len(ids) == len(set(ids))
    assert len(whole) == len(set(whole))
    assert not set(whole) & {folded(one.email) for one in found.by_person.values() if one.checkins_id}


@given(st.text(max_size=200))
def test_any_text_is_a_mapping_or_broken_with_reasons(text: str) -> None:
    found, problems = read(text)
    assert not (found.by_person and problems)


def read(text: str) -> tuple[Register, list[str]]:
    """The mapping of a text, or nothing and what is wrong with it."""
    try:
        return parse(text), []
    except BrokenMapping as broken:
        return Register(), broken.problems
