"""Who is who, for every kind of company that has fooled somebody, under every way in which the filters may match."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.identity.companies import MODES, Company, Modes, served
from tests.identity.verdicts import consistent, decided, everybody, hold, said

pytestmark = pytest.mark.parametrize("modes", MODES, ids=str)


async def test_a_unique_name_on_both_sides_is_linked(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "w")
    company.user("Ann Lee", "ann@example.com", "a", submitted=3)
    people = await decided(company, tmp_path, modes)
    assert (said(people), people["w"].method) == ({"w": ("MATCHED", "a")}, "UNIQUE_NAME")
    assert people["w"].rows == frozenset(company.rows["a"])


async def test_somebody_without_check_ins_is_unmatched(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "w")
    company.user("Bob Ray", "bob@example.com", "b")
    assert said(await decided(company, tmp_path, modes)) == {"w": ("UNMATCHED", None)}


async def test_namesakes_in_workforce_are_ambiguous(tmp_path: Path, modes: Modes) -> None:
    """(faults.md F31)"""
    company = Company()
    company.worker("Ann Lee", "w1")
    company.worker("Ann Lee", "w2")
    company.user("Ann Lee", "ann@example.com", "a")
    assert said(await decided(company, tmp_path, modes)) == {"w1": ("AMBIGUOUS", None), "w2": ("AMBIGUOUS", None)}


async def test_namesakes_in_check_ins_are_ambiguous(tmp_path: Path, modes: Modes) -> None:
    """(faults.md F31)"""
    company = Company()
    company.worker("Ann Lee", "w")
    company.user("Ann Lee", "ann@example.com", "a", submitted=3)
    company.user("Ann Lee", "lee@example.com", "b")
    people = await decided(company, tmp_path, modes)
    assert said(people) == {"w": ("AMBIGUOUS", None)}
    assert set(people["w"].candidates) == {"a", "b"}


async def test_namesakes_who_share_a_mailbox_are_ambiguous_once_both_have_been_met(tmp_path: Path, modes: Modes) -> None:
    """No filter tells twins of one name and one email apart: the README names the limit."""
    company = Company()
    company.worker("Ann Lee", "w")
    company.user("Ann Lee", "office@example.com", "a")
    company.user("Ann Lee", "office@example.com", "b")
    await twins_are_parted(company, tmp_path, modes)


async def twins_are_parted(company: Company, folder: Path, modes: Modes) -> None:
    """After one check-in of each account has been read, nobody is shown anything of somebody else."""
    async with served(company, folder, modes) as graph:
        for rows in company.rows.values():
            await graph.ask("query ($id: ID!) { checkIn(id: $id) { responses { id } } }", id=max(rows))
        people = await consistent(company, graph)
        assert people["w"].account is None


async def test_people_who_share_a_mailbox_are_linked_by_their_names_each_to_their_own(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    for name, worker, account in (("Ann Lee", "w1", "a"), ("Bob Ray", "w2", "b")):
        company.worker(name, worker)
        company.user(name, "office@example.com", account, submitted=3)
    assert said(await decided(company, tmp_path, modes)) == {"w1": ("MATCHED", "a"), "w2": ("MATCHED", "b")}


async def test_a_namesake_without_an_email_makes_it_ambiguous(tmp_path: Path, modes: Modes) -> None:
    """(faults.md F31)"""
    company = Company()
    company.worker("Ann Lee", "w")
    company.user("Ann Lee", "ann@example.com", "a")
    company.user("Ann Lee", None, "b")
    assert said(await decided(company, tmp_path, modes)) == {"w": ("AMBIGUOUS", None)}


async def test_a_unique_account_without_an_email_is_linked_and_shown_by_its_details(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "w")
    company.user("Ann Lee", None, "a", submitted=3)
    people = await decided(company, tmp_path, modes)
    assert said(people) == {"w": ("MATCHED", "a")}
    assert people["w"].rows == frozenset(company.rows["a"])


async def test_check_ins_that_were_all_never_submitted_show_nobody_and_are_ambiguous(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "w")
    company.user("Ann Lee", "ann@example.com", "a", submitted=0, unsubmitted=2)
    assert said(await decided(company, tmp_path, modes)) == {"w": ("AMBIGUOUS", None)}


async def test_a_namesake_who_never_submitted_anything_makes_it_ambiguous(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "w")
    company.user("Ann Lee", "ann@example.com", "a")
    company.user("Ann Lee", "lee@example.com", "b", submitted=0, unsubmitted=2)
    assert said(await decided(company, tmp_path, modes)) == {"w": ("AMBIGUOUS", None)}


async def test_a_count_of_check_ins_includes_the_unsubmitted_ones_or_is_not_given(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "w")
    company.user("Ann Lee", "ann@example.com", "a", submitted=3, unsubmitted=2)
    people = await decided(company, tmp_path, modes)
    assert said(people) == {"w": ("MATCHED", "a")}
    assert people["w"].total in (None, 5)


async def test_responses_that_disagree_are_nobodys_proof(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "w1")
    company.worker("Bob Ray", "w2")
    company.user("Ann Lee", "ann@example.com", "a")
    company.user("Bob Ray", "bob@example.com", "b")
    company.check_in("a", "both", hours=500, responses=["a", "b"])
    async with served(company, tmp_path, modes) as graph:
        people = await everybody(graph)
        hold(company, people)
        assert people["w2"].account == "b"
        assert people["w1"].account in ("a", None)


async def test_a_check_in_answered_by_somebody_else_is_not_shown_as_theirs(tmp_path: Path, modes: Modes) -> None:
    """(faults.md F32)"""
    company = Company()
    company.worker("Ann Lee", "w1")
    company.worker("Bob Ray", "w2")
    company.user("Ann Lee", "ann@example.com", "a")
    company.user("Bob Ray", "bob@example.com", "b")
    company.check_in("a", "answered-by-bob", hours=0, responses=["b"])
    async with served(company, tmp_path, modes) as graph:
        for _ in range(2):
            people = await everybody(graph)
            assert "answered-by-bob" not in (people["w2"].rows or ())
            assert people["w1"].account in ("a", None)
            assert (people["w1"].rows or frozenset()) <= company.rows["a"]


async def test_responses_that_repeat_are_one_person(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "w")
    company.user("Ann Lee", "ann@example.com", "a")
    company.check_in("a", "twice", hours=500, responses=["a", "a"])
    assert said(await decided(company, tmp_path, modes)) == {"w": ("MATCHED", "a")}


async def test_equal_numbers_of_check_ins_over_several_pages_do_not_pass_for_one_person(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "w")
    company.user("Ann Lee", "ann@example.com", "a", submitted=104)
    company.user("Ann Lee", "lee@example.com", "b", submitted=104)
    async with served(company, tmp_path, modes) as graph:
        people = await everybody(graph)
        hold(company, people)
        assert said(people) == {"w": ("AMBIGUOUS", None)}


async def test_more_than_a_page_of_check_ins_is_shown_whole(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "w")
    company.user("Ann Lee", "ann@example.com", "a", submitted=104)
    company.user("Joann Lee", "joann@example.com", "j", submitted=104)
    async with served(company, tmp_path, modes) as graph:
        people = await everybody(graph)
        hold(company, people)
        assert said(people) == {"w": ("MATCHED", "a")}
    assert people["w"].rows == frozenset(company.rows["a"])


async def test_a_changed_surname_is_unmatched_on_both_sides(tmp_path: Path, modes: Modes) -> None:
    """(faults.md F33)"""
    company = Company()
    company.worker("Ann Lee", "w")
    company.user("Ann Jones", "ann@example.com", "a")
    assert said(await decided(company, tmp_path, modes)) == {"w": ("UNMATCHED", None)}


async def test_two_accounts_of_one_name_and_email_are_not_merged_once_both_have_been_met(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Bob Ray", "w")
    company.user("Ann Lee", "ann@example.com", "a")
    company.user("Ann Lee", "ann@example.com", "b", unsubmitted=1)
    await twins_are_parted(company, tmp_path, modes)


async def test_without_match_names_a_name_links_nobody(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "w1")
    company.worker("Bob Ray", "w2")
    company.worker("Bob Ray", "w3")
    company.user("Ann Lee", "ann@example.com", "a")
    company.user("Bob Ray", "bob@example.com", "b")
    people = await decided(company, tmp_path, modes, match_names=False)
    assert said(people) == {"w1": ("UNMATCHED", None), "w2": ("AMBIGUOUS", None), "w3": ("AMBIGUOUS", None)}


async def test_former_namesakes_out_of_the_directory_are_neither_linked(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "w1", days_ago=600)
    company.worker("Ann Lee", "w2", days_ago=500)
    company.user("Ann Lee", "ann@example.com", "a")
    query = '{ project(id: "bridge") { people(startingBetween: {from: "2024-01-01", to: "2026-12-31"}) { id identity { status checkInsId } } } }'
    async with served(company, tmp_path, modes) as graph:
        found = (await graph.data(query))["project"]["people"]
        assert [one["id"] for one in found] == ["w1", "w2"]
        assert [one["identity"]["checkInsId"] for one in found] == [None, None]


async def test_somebody_out_of_the_directory_is_the_same_person_in_both_directions(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Ann Lee", "w1", days_ago=600)
    company.worker("Bob Ray", "w2")
    company.user("Ann Lee", "ann@example.com", "a")
    async with served(company, tmp_path, modes) as graph:
        person = (await graph.data('{ person(id: "w1") { id identity { checkInsId } checkIns(first: 9) { nodes { people { id } } } } }'))[
            "person"
        ]
        back = {one["id"] for row in (person["checkIns"] or {"nodes": ()})["nodes"] for one in row["people"]}
        assert back <= {"w1"}
