"""Names that look like others, under every way in which the filters may match: what is the same name, and what only holds it."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Literal

import pytest

from tests.identity.companies import MODES, Company, Modes, served
from tests.identity.verdicts import decided, everybody, hold, said

pytestmark = pytest.mark.parametrize("modes", MODES, ids=str)


@pytest.mark.parametrize("other", ["ANN LEE", " Ann  Lee", "\uff21nn Lee"])
async def test_namesakes_in_workforce_are_ambiguous_however_they_are_typed(tmp_path: Path, modes: Modes, other: str) -> None:
    """(faults.md F31, F34)"""
    company = Company()
    company.worker("Ann Lee", "w1")
    company.worker(other, "w2")
    company.user("Ann Lee", "ann@example.com", "a")
    assert {one.status for one in (await decided(company, tmp_path, modes)).values()} == {"AMBIGUOUS"}


async def test_names_and_emails_within_others_are_not_the_others(tmp_path: Path, modes: Modes) -> None:
    """(faults.md F32)"""
    company = Company()
    for name, email, key in (("Ann Lee", "ann", "1"), ("Joann Lee", "joann", "2"), ("Mary Ann Lee", "mary.ann", "3")):
        company.worker(name, f"w{key}")
        company.user(name, f"{email}@example.com", f"a{key}", submitted=3)
    assert said(await decided(company, tmp_path, modes)) == {f"w{key}": ("MATCHED", f"a{key}") for key in "123"}


async def test_an_unsubmitted_check_in_of_joann_is_never_anns(tmp_path: Path, modes: Modes) -> None:
    """(faults.md F32)"""
    company = Company()
    company.worker("Ann Lee", "w")
    company.user("Ann Lee", "ann@example.com", "a", unsubmitted=1)
    company.user("Joann Lee", "joann@example.com", "j", unsubmitted=3)
    people = await decided(company, tmp_path, modes)
    assert said(people) == {"w": ("MATCHED", "a")}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann O'Neil", "Ann O\u2019Neil"),
        (unicodedata.normalize("NFC", "Zoé Lee"), unicodedata.normalize("NFD", "Zoé Lee")),
        ("Ann Lee", "ANN LEE"),
    ],
    ids=["apostrophe", "composed", "case"],
)
@pytest.mark.parametrize("turned", [False, True], ids=["", "turned"])
async def test_accounts_whose_names_only_look_different_are_ambiguous(
    tmp_path: Path, modes: Modes, one: str, other: str, turned: bool
) -> None:
    """(faults.md F34)"""
    company = Company()
    company.worker(other if turned else one, "w")
    company.user(one, "ann@example.com", "a")
    company.user(other, "lee@example.com", "b")
    people = await decided(company, tmp_path, modes)
    assert said(people) == {"w": ("AMBIGUOUS", None)}


@pytest.mark.parametrize("blanks", ["  ", "\xa0"], ids=["two", "no-break"])
async def test_of_accounts_that_differ_by_blanks_only_the_one_typed_alike_may_be_linked(tmp_path: Path, modes: Modes, blanks: str) -> None:
    company = Company()
    company.worker("Ann Lee", "w")
    company.user("Ann Lee", "ann@example.com", "a")
    company.user(f"Ann{blanks}Lee", "lee@example.com", "b")
    people = await decided(company, tmp_path, modes)
    assert people["w"].account in (None, "a")


async def test_a_name_in_another_unicode_form_is_found(tmp_path: Path, modes: Modes) -> None:
    """(faults.md F34)"""
    company = Company()
    forms: list[tuple[Literal["NFC", "NFD"], Literal["NFC", "NFD"]]] = [("NFC", "NFD"), ("NFD", "NFC")]
    for index, (ours, theirs) in enumerate(forms):
        name = f"Zo\u00e9 {'AB'[index]}. Lee"
        company.worker(unicodedata.normalize(ours, name), f"w{index}")
        company.user(unicodedata.normalize(theirs, name), f"{index}@example.com", f"a{index}")
    people = await decided(company, tmp_path, modes)
    assert said(people) == {"w0": ("MATCHED", "a0"), "w1": ("MATCHED", "a1")}


@pytest.mark.parametrize(
    ("name", "email"),
    [("Ann\u200bLee", "ann@example.com"), ("Ann Lee", "ann\u200b@example.com"), ("A" * 600, None)],
    ids=["name", "email", "long"],
)
async def test_a_name_or_email_that_no_filter_can_carry_costs_only_what_cannot_be_asked(
    tmp_path: Path, modes: Modes, name: str, email: str | None
) -> None:
    company = Company()
    company.worker(name, "w")
    company.user(name, email, "a")
    async with served(company, tmp_path, modes) as graph:
        hold(company, await everybody(graph))
        answer = await graph.ask('{ checkIn(id: "a-0") { people { id name checkIns(first: 5) { nodes { id } } } } }')
        assert [one["extensions"]["code"] for one in answer.get("errors", ()) if one["extensions"]["code"] != "IDENTITY_AMBIGUOUS"] == []
        assert answer["data"]["checkIn"]["people"]


@pytest.mark.parametrize(
    ("name", "email"), [("Al", "al@example.com"), ("Al Bo", "q"), ("\u674e\u660e", "q")], ids=["name", "email", "both"]
)
async def test_whoever_has_nothing_to_leave_out_does_not_vouch_for_the_filters(tmp_path: Path, modes: Modes, name: str, email: str) -> None:
    """(faults.md F32) Both of two namesakes' emails and numbers differ, yet one email is a part of the other."""
    company = Company()
    company.worker(name, "w1")
    company.user(name, email, "q1")
    company.worker("Ann Lee", "w2", number="7")
    company.user("Ann Lee", "ann@example.com", "a", properties={"No": "7"})
    company.user("Ann Lee", "joann@example.com", "b", submitted=3, properties={"No": "8"})
    people = await decided(company, tmp_path, modes, employee_number_property="No")
    assert said(people) == {"w1": ("MATCHED", "q1"), "w2": ("MATCHED", "a")}
