"""The mapping file at work: a human's word outranks names, and still shows nobody anything of somebody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from loaders.mapping import parse
from tests.identity.companies import EXACT, MODES, Company, Modes, served
from tests.identity.verdicts import BY_EMAIL, Shown, consistent, everybody, hold, said

ALL = pytest.mark.parametrize("modes", MODES, ids=str)


async def mapped(company: Company, folder: Path, lines: str, modes: Modes = EXACT, **rules: Any) -> dict[str, Shown]:
    """Everybody, with these lines as the mapping file."""
    async with served(company, folder, modes, register=parse(f"person_id,email,checkins_id\n{lines}"), **rules) as graph:
        return await consistent(company, graph)


@ALL
async def test_it_tells_workforce_namesakes_apart(tmp_path: Path, modes: Modes) -> None:
    """(faults.md F33)"""
    company = Company()
    for key in "12":
        company.worker("Ann Lee", f"w{key}")
        company.user("Ann Lee", f"ann{key}@example.com", f"a{key}", submitted=3)
    people = await mapped(company, tmp_path, "w1,ann1@example.com,\nw2,ann2@example.com,\n", modes)
    assert said(people) == {"w1": ("MATCHED", "a1"), "w2": ("MATCHED", "a2")}
    assert {one.method for one in people.values()} == {"MAPPING_FILE"}


@ALL
async def test_it_tells_check_ins_namesakes_apart_and_gives_the_other_to_nobody(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "w")
    company.user("Ann Lee", "ann@example.com", "a")
    company.user("Ann Lee", "lee@example.com", "b", submitted=3)
    people = await mapped(company, tmp_path, "w,ann@example.com,\n", modes)
    assert said(people) == {"w": ("MATCHED", "a")}


@ALL
async def test_it_links_a_changed_surname(tmp_path: Path, modes: Modes) -> None:
    """(faults.md F33)"""
    company = Company()
    company.worker("Ann Lee", "w")
    company.user("Ann Jones", "ann@example.com", "a")
    assert said(await mapped(company, tmp_path, "w,ANN@example.com,\n" if modes.ignore_case else "w,ann@example.com,\n", modes)) == {
        "w": ("MATCHED", "a")
    }


@ALL
async def test_a_mapped_account_is_never_linked_to_somebody_else_by_name(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "w1")
    company.worker("Joe Ray", "w2")
    company.user("Joe Ray", "joe@example.com", "j")
    people = await mapped(company, tmp_path, "w1,joe@example.com,\n", modes)
    assert said(people) == {"w1": ("MATCHED", "j"), "w2": ("AMBIGUOUS", None)}


@ALL
async def test_a_mapped_account_is_never_linked_to_somebody_else_by_employee_number(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "w1")
    company.worker("Joe Ray", "w2", number="7")
    company.user("Joe Ray", "joe@example.com", "j", properties={"No": "7"})
    people = await mapped(company, tmp_path, "w1,joe@example.com,\n", modes, employee_number_property="No")
    assert said(people) == {"w1": ("MATCHED", "j"), "w2": ("AMBIGUOUS", None)}


@ALL
async def test_an_email_that_nobody_has_yet_shows_no_check_ins(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "w")
    company.user("Ann Lee", "ann@example.com", "a")
    people = await mapped(company, tmp_path, "w,new@example.com,\n", modes)
    assert (people["w"].account, people["w"].rows or frozenset()) == (None, frozenset())


@ALL
async def test_a_shared_mailbox_alone_is_no_key(tmp_path: Path, modes: Modes) -> None:
    """(faults.md F35)"""
    company = Company()
    company.worker("Ann Lee", "w1")
    company.worker("Bob Ray", "w2")
    company.user("Ann Lee", "office@example.com", "a")
    company.user("Bob Ray", "office@example.com", "b")
    people = await mapped(company, tmp_path, "w1,office@example.com,\n", modes)
    assert said(people)["w1"] == ("AMBIGUOUS", None)


@ALL
@pytest.mark.parametrize("prefix", ["", "580:"])
async def test_a_shared_mailbox_with_an_account_id_is_a_key(tmp_path: Path, modes: Modes, prefix: str) -> None:
    company = Company()
    company.worker("Ann Lee", "w1")
    company.worker("Bob Ray", "w2")
    company.user("Ann Lee", "office@example.com", "580:a", submitted=3)
    company.user("Bob Ray", "office@example.com", "580:b")
    people = await mapped(company, tmp_path, f"w1,office@example.com,{prefix}a\nw2,office@example.com,{prefix}b\n", modes)
    assert said(people) == {"w1": ("MATCHED", "580:a"), "w2": ("MATCHED", "580:b")}


@ALL
async def test_the_other_account_of_a_half_mapped_mailbox_is_not_the_mapped_persons(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "w1")
    company.user("Ann Lee", "office@example.com", "a")
    company.user("Bob Ray", "office@example.com", "b")
    people = await mapped(company, tmp_path, "w1,office@example.com,a\n", modes)
    assert said(people) == {"w1": ("MATCHED", "a")}


@ALL
async def test_namesakes_in_one_mailbox_are_told_apart_by_account_id_or_not_shown(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "w1")
    company.user("Ann Lee", "office@example.com", "a")
    company.user("Ann Lee", "office@example.com", "b", submitted=3)
    people = await mapped(company, tmp_path, "w1,office@example.com,a\n", modes)
    assert people["w1"].account in ("a", None)


@ALL
async def test_an_account_id_without_an_email_shows_nothing_of_a_namesake(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "w")
    company.user("Ann Lee", "ann@example.com", "a")
    company.user("Ann Lee", None, "b", submitted=3)
    people = await mapped(company, tmp_path, "w,,b\n", modes)
    assert people["w"].account in ("b", None)


@ALL
async def test_an_account_that_cannot_be_found_under_the_mapped_key_is_not_an_empty_list(tmp_path: Path, modes: Modes) -> None:
    """(faults.md F33)"""
    company = Company()
    company.worker("Ann Lee", "w")
    company.user("Ann Jones", "jones@example.com", "a")
    async with served(company, tmp_path, modes, register=parse("person_id,email,checkins_id\nw,lee@example.com,a\n")) as graph:
        shown = (await everybody(graph))["w"]
        assert shown.rows in (None, company.rows["a"])


@ALL
async def test_two_lines_never_give_one_account_to_two_people(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "w1")
    company.worker("Bob Ray", "w2")
    company.user("Bob Ray", "bob@example.com", "b")
    async with served(company, tmp_path, modes, register=parse("person_id,email,checkins_id\nw1,bob@example.com,\nw2,,b\n")) as graph:
        hold(company, await everybody(graph))


@ALL
async def test_the_email_of_a_shared_mailbox_finds_nobody_even_when_one_account_of_it_is_mapped(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "w1")
    company.user("Ann Lee", "office@example.com", "a")
    company.user("Bob Ray", "office@example.com", "b")
    async with served(company, tmp_path, modes, register=parse("person_id,email,checkins_id\nw1,office@example.com,a\n")) as graph:
        assert (await graph.ask(BY_EMAIL, email="office@example.com"))["data"]["person"] is None


async def test_a_person_whom_workforce_does_not_know_takes_no_account_from_a_name(tmp_path: Path) -> None:
    company = Company()
    company.worker("Ann Lee", "w")
    company.user("Ann Lee", "ann@example.com", "a")
    async with served(company, tmp_path, register=parse("person_id,email\ngone,ann@example.com\n")) as graph:
        assert (await everybody(graph))["w"].status == "AMBIGUOUS"
