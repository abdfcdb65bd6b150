"""Who is suggested, and who is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from loaders.mapping import parse
from loaders.suggestions import arranged, ends, spelt
from tests.identity.companies import EXACT, MODES, Company, Modes, served

REPORT = """query ($first: Int!, $after: String, $status: IdentityStatus) {
  identityReport {
    people matched unmatched ambiguous undecided
    entries(first: $first, after: $after, status: $status) {
      nodes { person { id name } identity { status } suggestions { account { id name email } score reason } }
      pageInfo { hasNextPage endCursor } totalCount completeness { complete }
    }
  }
}"""
SEEN = "{ checkIns(first: 100) { nodes { responses { id } } } }"


@pytest.mark.parametrize("name", ["John Smith", "Smith, John", " JOHN  smith ", "Jóhn Smith", "John-Smith"])
def test_names_are_arranged_alike_whatever_the_order_the_accents_and_the_case(name: str) -> None:
    assert arranged(name) == "john smith"


def test_middle_names_do_not_count_at_the_ends_and_one_word_has_none() -> None:
    assert ends("John Peter Smith") == ends("Smith, John") == "john smith"
    assert (ends("Cher"), ends(None), arranged("!")) == ("", "", "")


def test_an_email_is_read_as_a_name() -> None:
    assert (spelt("John.Smith2@example.com"), spelt("jsmith@example.com"), spelt(None)) == ("john smith", "jsmith", "")


async def suggested(company: Company, folder: Path, modes: Modes = EXACT, **given: Any) -> dict[str, list[tuple[str, int, str]]]:
    """Each person's suggestions, once every check-in has been seen."""
    async with served(company, folder, modes, **given) as graph:
        await graph.data(SEEN)
        entries = (await graph.data(REPORT, first=100))["identityReport"]["entries"]["nodes"]
    return {one["person"]["id"]: [(each["account"]["id"], each["score"], each["reason"]) for each in one["suggestions"]] for one in entries}


@pytest.mark.parametrize("modes", MODES, ids=str)
async def test_a_misspelt_a_renamed_and_a_reordered_person_are_suggested(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("John Smith", "w1")
    company.worker("Maria Lopez", "w2")
    company.worker("Daria Davies", "w3")
    company.worker("Peter Paul Rubens", "w4")
    company.worker("Zed Quill", "w5")
    company.user("Jon Smith", "jon@example.com", "a1")
    company.user("Maria Garcia", "maria.lopez@example.com", "a2")
    company.user("Davies, Daria", "d@example.com", "a3")
    company.user("Peter Rubens", "p@example.com", "a4")
    assert await suggested(company, tmp_path, modes) == {
        "w1": [("a1", 95, "name 95% alike")],
        "w2": [("a2", 85, "email spelt like the name")],
        "w3": [("a3", 100, "same name")],
        "w4": [("a4", 90, "same first and last name")],
        "w5": [],
    }


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Mary Mc Donald", "Mary McDonald"),
        ("Maria De La Cruz", "María Delacruz"),
        ("Delacruz, Maria", "Maria De La Cruz"),
        ("Delacruz Maria", "Maria De La Cruz"),
        ("Jan van den Berg", "Jan Vandenberg"),
        ("Sean O Neil", "Sean O'Neil"),
        ("Delacruz", "De La Cruz"),
    ],
)
async def test_a_surname_in_one_word_or_in_several_is_suggested(tmp_path: Path, ours: str, theirs: str) -> None:
    for left, right in ((ours, theirs), (theirs, ours)):
        company = Company()
        company.worker(left, "w")
        company.user(right, "someone@example.com", "a")
        company.user("Mary Donald", "other@example.com", "b")
        found = (await suggested(company, tmp_path))["w"]
        assert found[0] == ("a", 95, "same name but for blanks")


async def test_nobody_is_suggested_who_is_linked_mapped_or_named_like_somebody_else(tmp_path: Path) -> None:
    company = Company()
    for name, key in (("John Smith", "w1"), ("Jon Smith", "w2"), ("Joan Smith", "w3"), ("Joan Smith", "w4"), ("Jo Smith", "w5")):
        company.worker(name, key)
    company.user("Jon Smith", "jon@example.com", "linked")
    company.user("Joan Smith", "joan@example.com", "namesakes")
    company.user("John Smithe", "smithe@example.com", "mapped")
    found = await suggested(company, tmp_path, register=parse("person_id,email\nw5,smithe@example.com\n"))
    assert found == {
        "w1": [],
        "w2": [],
        "w3": [("namesakes", 100, "same name")],
        "w4": [("namesakes", 100, "same name")],
        "w5": [],
    }


async def test_an_employee_number_speaks_for_an_account_and_another_one_against_it(tmp_path: Path) -> None:
    company = Company()
    company.worker("John Smith", "w1", number="1")
    company.worker("Nur Aziz", "w2", number="2")
    company.user("Jon Smith", "jon@example.com", "a1", properties={"No": "7"})
    company.user("N. A.", "na@example.com", "a2", properties={"No": "2"})
    assert await suggested(company, tmp_path, employee_number_property="No") == {"w1": [], "w2": [("a2", 100, "same employee number")]}


async def test_a_number_that_two_workers_write_differently_is_suggested_to_both(tmp_path: Path) -> None:
    company = Company()
    company.worker("Nur Aziz", "w1", number="042")
    company.worker("Nur Aziz", "w2", number="42")
    company.user("N. A.", "na@example.com", "a", properties={"No": "42"})
    found = await suggested(company, tmp_path, employee_number_property="No")
    assert found == {key: [("a", 100, "same employee number")] for key in ("w1", "w2")}


async def test_at_most_three_are_suggested_the_likeliest_first(tmp_path: Path) -> None:
    company = Company()
    company.worker("John Smith", "w")
    for number, name in enumerate(("Jahn Smuth", "John Smyth", "Jon Smith", "Johnn Smith", "Zed Quill")):
        company.user(name, f"{number}@example.com", f"a{number}")
    found = (await suggested(company, tmp_path))["w"]
    assert [(key, score) for key, score, _ in found] == [("a2", 95), ("a3", 95), ("a1", 90)]
