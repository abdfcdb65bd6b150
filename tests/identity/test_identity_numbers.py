"""Employee numbers as keys: they tell namesakes apart, block a wrong name, and are none when two people have them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.identity.companies import EXACT, MODES, Company, Modes, served
from tests.identity.verdicts import consistent

ALL = pytest.mark.parametrize("modes", MODES, ids=str)
NUMBER = "Employee No"


async def decided(company: Company, folder: Path, modes: Modes = EXACT, **rules: Any) -> dict[str, tuple[str, str | None, str | None]]:
    """Everybody's status, method and account, where the property is configured."""
    async with served(company, folder, modes, employee_number_property=NUMBER, **rules) as graph:
        return {key: (one.status, one.method, one.account) for key, one in (await consistent(company, graph)).items()}


def numbered(company: Company, name: str, key: str, ours: str | None, theirs: str | None, email: str | None = "own") -> None:
    """A worker and an account of one name with an employee number on each side."""
    company.worker(name, f"w{key}", number=ours)
    company.user(name, f"{key}@example.com" if email == "own" else email, f"a{key}", properties={NUMBER: theirs} if theirs else {})


@ALL
async def test_a_number_tells_namesakes_apart(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    numbered(company, "Ann Lee", "1", "7", "7")
    numbered(company, "Ann Lee", "2", "8", "8")
    found = await decided(company, tmp_path, modes)
    assert found == {"w1": ("MATCHED", "EMPLOYEE_NUMBER", "a1"), "w2": ("MATCHED", "EMPLOYEE_NUMBER", "a2")}


@ALL
async def test_a_number_links_even_where_names_may_not(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    numbered(company, "Ann Lee", "1", "7", "7")
    numbered(company, "Bob Ray", "2", None, "8")
    found = await decided(company, tmp_path, modes, match_names=False)
    assert found == {"w1": ("MATCHED", "EMPLOYEE_NUMBER", "a1"), "w2": ("UNMATCHED", None, None)}


@ALL
async def test_a_number_that_two_workers_have_is_no_key(tmp_path: Path, modes: Modes) -> None:
    """(faults.md F35)"""
    company = Company()
    numbered(company, "Ann Lee", "1", "7", "7")
    numbered(company, "Ann Lee", "2", "7", None)
    found = await decided(company, tmp_path, modes)
    assert found == {"w1": ("AMBIGUOUS", None, None), "w2": ("AMBIGUOUS", None, None)}


@ALL
async def test_a_number_that_two_accounts_show_is_no_key(tmp_path: Path, modes: Modes) -> None:
    """(faults.md F35)"""
    company = Company()
    numbered(company, "Ann Lee", "1", "7", "7")
    company.user("Ann Lee", "lee@example.com", "b", properties={NUMBER: "7"})
    assert await decided(company, tmp_path, modes) == {"w1": ("AMBIGUOUS", None, None)}


@ALL
async def test_another_number_blocks_a_unique_name(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    numbered(company, "Ann Lee", "1", "7", "8")
    assert await decided(company, tmp_path, modes) == {"w1": ("UNMATCHED", None, None)}


@ALL
async def test_a_number_missing_on_one_side_leaves_the_name_to_decide(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    numbered(company, "Ann Lee", "1", "7", None)
    numbered(company, "Bob Ray", "2", None, "8")
    found = await decided(company, tmp_path, modes)
    assert found == {"w1": ("MATCHED", "UNIQUE_NAME", "a1"), "w2": ("MATCHED", "UNIQUE_NAME", "a2")}


@ALL
async def test_an_account_that_shows_the_number_of_another_worker_is_not_linked_by_its_name(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "new", number=None)
    company.worker("Ann Jones", "married", number="42")
    company.user("Ann Lee", "ann@example.com", "a", properties={NUMBER: "42"})
    assert (await decided(company, tmp_path, modes))["new"][2] is None


@ALL
async def test_a_number_of_an_account_without_an_email_shows_no_check_ins_of_its_namesake(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    numbered(company, "Ann Lee", "1", "7", "7")
    numbered(company, "Ann Lee", "2", "8", "8", email=None)
    found = await decided(company, tmp_path, modes)
    assert found == {"w1": ("MATCHED", "EMPLOYEE_NUMBER", "a1"), "w2": ("MATCHED", "EMPLOYEE_NUMBER", "a2")}


@ALL
async def test_numbers_of_namesakes_who_share_a_mailbox_show_each_their_own_or_nothing(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    numbered(company, "Ann Lee", "1", "7", "7", email="office@example.com")
    numbered(company, "Ann Lee", "2", "8", "8", email="office@example.com")
    await decided(company, tmp_path, modes)


@ALL
async def test_without_the_property_configured_numbers_mean_nothing(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    numbered(company, "Ann Lee", "1", "7", "8")
    async with served(company, tmp_path, modes) as graph:
        assert (await consistent(company, graph))["w1"].account == "a1"


async def test_a_number_is_compared_whole(tmp_path: Path) -> None:
    company = Company()
    numbered(company, "Ann Lee", "1", "7", "70")
    numbered(company, "Bob Ray", "2", "E-07", "E-7")
    assert await decided(company, tmp_path) == {"w1": ("UNMATCHED", None, None), "w2": ("UNMATCHED", None, None)}


WRITTEN = pytest.mark.parametrize(
    ("ours", "theirs"), [("00123", "123"), ("123", "00123"), ("00123", "123.0"), ("123", " 0123.00 "), ("0", "000")]
)


@WRITTEN
async def test_a_number_is_the_same_with_zeros_in_front_or_a_fraction_of_none(tmp_path: Path, ours: str, theirs: str) -> None:
    """Spreadsheets and imports take a number for one, and write it without its zeros or with a fraction."""
    company = Company()
    numbered(company, "Ann Lee", "1", ours, theirs)
    assert await decided(company, tmp_path) == {"w1": ("MATCHED", "EMPLOYEE_NUMBER", "a1")}


@ALL
async def test_numbers_that_are_written_otherwise_tell_namesakes_apart(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    numbered(company, "Ann Lee", "1", "007", "7")
    numbered(company, "Ann Lee", "2", "008", "8.0")
    found = await decided(company, tmp_path, modes)
    assert found == {"w1": ("MATCHED", "EMPLOYEE_NUMBER", "a1"), "w2": ("MATCHED", "EMPLOYEE_NUMBER", "a2")}


@ALL
async def test_numbers_of_two_workers_that_differ_by_zeros_are_no_evidence_either_way(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    numbered(company, "Ann Lee", "1", "0123", "000123")
    numbered(company, "Bob Ray", "2", "123", "123")
    found = await decided(company, tmp_path, modes)
    assert found == {"w1": ("MATCHED", "UNIQUE_NAME", "a1"), "w2": ("MATCHED", "UNIQUE_NAME", "a2")}


@ALL
async def test_numbers_of_namesakes_that_differ_by_zeros_tell_nobody_apart(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    numbered(company, "Ann Lee", "1", "0123", "123")
    numbered(company, "Ann Lee", "2", "123", None)
    found = await decided(company, tmp_path, modes)
    assert found == {"w1": ("AMBIGUOUS", None, None), "w2": ("AMBIGUOUS", None, None)}


@ALL
async def test_the_very_number_of_somebody_else_speaks_against_a_name(tmp_path: Path, modes: Modes) -> None:
    """Ann Jones was Ann Lee, and her account still says so; the new Ann Lee has a number that differs from hers by a zero."""
    company = Company()
    company.worker("Ann Lee", "new", number="042")
    company.worker("Ann Jones", "married", number="42")
    company.user("Ann Lee", "ann@example.com", "a", properties={NUMBER: "42"})
    assert (await decided(company, tmp_path, modes))["new"] == ("UNMATCHED", None, None)


@ALL
async def test_a_number_of_another_worker_that_is_written_otherwise_speaks_against_a_name(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "new", number=None)
    company.worker("Ann Jones", "married", number="42")
    company.user("Ann Lee", "ann@example.com", "a", properties={NUMBER: "042"})
    assert (await decided(company, tmp_path, modes))["new"][2] is None


@ALL
async def test_two_accounts_whose_numbers_differ_by_zeros_are_no_key(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    numbered(company, "Ann Lee", "1", "7", "7")
    company.user("Ann Lee", "lee@example.com", "b", properties={NUMBER: "007"})
    assert await decided(company, tmp_path, modes) == {"w1": ("AMBIGUOUS", None, None)}


BY_NUMBER = "query ($number: String!) { person(employeeNumber: $number) { id } }"


async def test_a_person_is_found_by_a_number_that_is_written_otherwise(tmp_path: Path) -> None:
    company = Company()
    for name, key, number in (("Ann Lee", "w1", "00123"), ("Bob Ray", "w2", "7"), ("Cy Poe", "w3", "007"), ("Dee Fry", "w4", "E-07")):
        company.worker(name, key, number=number)
    async with served(company, tmp_path) as graph:
        found = {one: (await graph.ask(BY_NUMBER, number=one))["data"]["person"] for one in ("123", "123.0", "00123", "7", "007", "E-7")}
        unclear = await graph.ask(BY_NUMBER, number="07")
    assert found == {"123": {"id": "w1"}, "123.0": {"id": "w1"}, "00123": {"id": "w1"}, "7": {"id": "w2"}, "007": {"id": "w3"}, "E-7": None}
    assert (unclear["data"]["person"], unclear["errors"][0]["extensions"]["code"]) == (None, "IDENTITY_AMBIGUOUS")


async def test_an_account_with_two_different_numbers_has_none(tmp_path: Path) -> None:
    company = Company()
    company.worker("Ann Lee", "w1", number="7")
    company.worker("Ann Lee", "w2", number="8")
    company.user("Ann Lee", "ann@example.com", "a", properties={NUMBER: "7", NUMBER.upper(): "8"})
    assert await decided(company, tmp_path) == {"w1": ("AMBIGUOUS", None, None), "w2": ("AMBIGUOUS", None, None)}
