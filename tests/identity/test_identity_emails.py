"""Emails as keys, where the list of people is turned on: they link what names cannot, and are none when two people have them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from loaders.mapping import parse
from tests.identity.companies import EXACT, MODES, Company, Modes, sandboxed, served
from tests.identity.verdicts import Shown, consistent, everybody, hold
from tests.waiting import LONG

ALL = pytest.mark.parametrize("modes", MODES, ids=str)
DIRECTORIES = pytest.mark.parametrize("users", [False, True], ids=["people", "people-and-users"])
Said = dict[str, tuple[str, str | None, str | None]]
UNMATCHED, AMBIGUOUS = ("UNMATCHED", None, None), ("AMBIGUOUS", None, None)


def by(method: str, account: str) -> tuple[str, str, str]:
    """A link by this method."""
    return "MATCHED", method, account


async def decided(company: Company, folder: Path, modes: Modes = EXACT, *, users: bool = False, **rules: Any) -> Said:
    """Everybody's status, method and account, where the list of people is turned on."""
    async with served(company, folder, modes, people_directory=True, users_directory=users, **rules) as graph:
        return {key: (one.status, one.method, one.account) for key, one in (await consistent(company, graph)).items()}


@DIRECTORIES
@ALL
async def test_an_email_links_a_changed_surname(tmp_path: Path, modes: Modes, users: bool) -> None:
    company = Company()
    company.worker("Emily Carter", "w", email="emily@example.com")
    company.user("Emily Walsh", "emily@example.com", "a")
    company.user("Joe Emily", "joe.emily@example.com", "other")
    assert await decided(company, tmp_path, modes, users=users) == {"w": by("UNIQUE_EMAIL", "a")}


@DIRECTORIES
@ALL
async def test_emails_tell_namesakes_apart(tmp_path: Path, modes: Modes, users: bool) -> None:
    company = Company()
    for key in "12":
        company.worker("Ann Lee", f"w{key}", email=f"{key}@example.com")
        company.user("Ann Lee", f"{key}@example.com", f"a{key}", unsubmitted=1)
    found = await decided(company, tmp_path, modes, users=users)
    assert found == {"w1": by("UNIQUE_EMAIL", "a1"), "w2": by("UNIQUE_EMAIL", "a2")}


@DIRECTORIES
@ALL
async def test_an_email_that_two_workers_have_is_no_key(tmp_path: Path, modes: Modes, users: bool) -> None:
    """(faults.md F35)"""
    company = Company()
    company.worker("Emily Carter", "w1", email="yard@example.com")
    company.worker("Ann Lee", "w2", email="YARD@example.com")
    company.user("Emily Walsh", "yard@example.com", "a")
    assert await decided(company, tmp_path, modes, users=users) == {"w1": UNMATCHED, "w2": UNMATCHED}


@DIRECTORIES
@ALL
async def test_an_email_that_somebody_without_work_has_too_is_no_key(tmp_path: Path, modes: Modes, users: bool) -> None:
    company = Company()
    company.worker("Emily Carter", "w1", email="yard@example.com")
    company.draft.worker("Ann Lee", email="yard@example.com")
    company.user("Emily Walsh", "yard@example.com", "a")
    assert await decided(company, tmp_path, modes, users=users) == {"w1": UNMATCHED}


@DIRECTORIES
@ALL
async def test_an_email_that_two_accounts_have_is_no_key(tmp_path: Path, modes: Modes, users: bool) -> None:
    """(faults.md F35)"""
    company = Company()
    company.worker("Emily Carter", "w", email="office@example.com")
    company.user("Emily Walsh", "office@example.com", "a")
    company.user("Emily Ray", "office@example.com", "b", submitted=3)
    assert await decided(company, tmp_path, modes, users=users) == {"w": UNMATCHED}


@ALL
async def test_an_email_of_an_account_that_never_checked_in_is_no_key_where_that_can_be_seen(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Emily Carter", "w", email="office@example.com")
    company.user("Emily Walsh", "office@example.com", "a")
    company.draft.user("Emily Ray", "office@example.com", id="silent")
    assert await decided(company, tmp_path, modes, users=True) == {"w": UNMATCHED}


@DIRECTORIES
@ALL
async def test_letters_in_another_case_are_the_same_email_on_both_sides(tmp_path: Path, modes: Modes, users: bool) -> None:
    company = Company()
    company.worker("Emily Carter", "w1", email="Emily@Example.com")
    company.user("Emily Walsh", "emily@example.com", "a1")
    assert await decided(company, tmp_path, modes, users=users) == {"w1": by("UNIQUE_EMAIL", "a1")}


@ALL
async def test_an_email_in_capitals_is_found_where_the_list_of_users_spells_it(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Emily Carter", "w", email="emily@example.com")
    company.user("Emily Walsh", "EMILY@Example.com", "a")
    assert await decided(company, tmp_path, modes, users=True) == {"w": by("UNIQUE_EMAIL", "a")}
    blind = await decided(company, tmp_path, modes)
    assert blind == {"w": by("UNIQUE_EMAIL", "a") if modes.ignore_case else UNMATCHED}


@DIRECTORIES
@ALL
async def test_accounts_whose_emails_differ_by_case_only_are_no_key(tmp_path: Path, modes: Modes, users: bool) -> None:
    company = Company()
    company.worker("Emily Carter", "w", email="Office@example.com")
    company.user("Emily Walsh", "Office@example.com", "a")
    company.user("Emily Ray", "office@example.com", "b", submitted=3)
    assert await decided(company, tmp_path, modes, users=users) == {"w": UNMATCHED}


@DIRECTORIES
@ALL
async def test_an_email_that_differs_on_the_two_sides_leaves_the_name_to_decide(tmp_path: Path, modes: Modes, users: bool) -> None:
    company = Company()
    company.worker("Ann Lee", "w", email="ann.private@example.net")
    company.user("Ann Lee", "ann@example.com", "a")
    assert await decided(company, tmp_path, modes, users=users) == {"w": by("UNIQUE_NAME", "a")}
    assert await decided(company, tmp_path, modes, users=users, match_names=False) == {"w": UNMATCHED}


@DIRECTORIES
@pytest.mark.parametrize("email", ["", " ", None])
@ALL
async def test_no_email_asks_for_nobody_elses_check_ins(tmp_path: Path, modes: Modes, users: bool, email: str | None) -> None:
    company = Company()
    company.worker("Ann Lee", "w1", email=email)
    company.worker("Emily Carter", "w2", email=email)
    company.user("Ann Lee", email, "a")
    company.user("Emily Walsh", email, "b")
    found = await decided(company, tmp_path, modes, users=users)
    assert found["w2"] == UNMATCHED
    assert found["w1"][2] in ("a", None)


@DIRECTORIES
@ALL
async def test_a_foremans_mailbox_shows_the_worker_nothing_of_the_foreman(tmp_path: Path, modes: Modes, users: bool) -> None:
    company = Company()
    company.worker("Will Work", "w", email="frank@example.com")
    company.worker("Frank Fore", "f")
    company.user("Frank Fore", "frank@example.com", "a")
    assert await decided(company, tmp_path, modes, users=users) == {"w": UNMATCHED, "f": by("UNIQUE_NAME", "a")}


@DIRECTORIES
@ALL
async def test_the_mailbox_of_a_foreman_whom_workforce_does_not_have_shows_the_worker_nothing(
    tmp_path: Path, modes: Modes, users: bool
) -> None:
    company = Company()
    company.worker("Will Work", "w", email="frank@example.com")
    company.user("Frank Fore", "frank@example.com", "a")
    assert await decided(company, tmp_path, modes, users=users) == {"w": UNMATCHED}


@DIRECTORIES
@ALL
async def test_a_worker_with_a_foremans_mailbox_is_found_by_name_all_the_same(tmp_path: Path, modes: Modes, users: bool) -> None:
    company = Company()
    company.worker("Will Work", "w", email="frank@example.com")
    company.worker("Frank Fore", "f")
    company.user("Frank Fore", "frank@example.com", "a")
    company.user("Will Work", "will@example.com", "b")
    found = await decided(company, tmp_path, modes, users=users)
    assert found == {"w": by("UNIQUE_NAME", "b"), "f": by("UNIQUE_NAME", "a")}


@DIRECTORIES
@ALL
async def test_a_foremans_mailbox_of_one_who_has_no_work_is_seen_in_the_list_of_people(tmp_path: Path, modes: Modes, users: bool) -> None:
    company = Company()
    company.worker("Frank Work", "w", email="frank@example.com")
    company.draft.worker("Frank Fore", id="f")
    company.user("Frank Fore", "frank@example.com", "a")
    assert await decided(company, tmp_path, modes, users=users) == {"w": UNMATCHED}


@DIRECTORIES
@pytest.mark.parametrize("order", ["name first", "email first"])
@ALL
async def test_a_name_takes_no_account_whose_email_is_that_of_somebody_who_had_the_name(
    tmp_path: Path, modes: Modes, users: bool, order: str
) -> None:
    """Ann Jones was Ann Lee, and her account still says so; a new Ann Lee, who never checked in, must not be shown her check-ins."""
    company = Company()
    keys = ["w1", "w2"] if order == "name first" else ["w2", "w1"]
    for key in keys:
        company.worker(*{"w1": ("Ann Lee", "w1"), "w2": ("Ann Jones", "w2")}[key], email={"w1": None, "w2": "ann@example.com"}[key])
    company.user("Ann Lee", "ann@example.com", "a")
    found = await decided(company, tmp_path, modes, users=users)
    assert found["w1"] == AMBIGUOUS
    assert found["w2"][2] is None


@DIRECTORIES
@ALL
async def test_evidence_counts_in_its_order(tmp_path: Path, modes: Modes, users: bool) -> None:
    company = Company()
    company.worker("Ann Lee", "w", number="7", email="email@example.com")
    company.user("Ann Lee", "number@example.com", "number", properties={"No": "7"})
    company.user("Ann Jones", "email@example.com", "email")
    company.user("Joe Ray", "mapped@example.com", "mapped")
    for property_, method, account in (("No", "EMPLOYEE_NUMBER", "number"), (None, "UNIQUE_EMAIL", "email")):
        assert await decided(company, tmp_path, modes, users=users, employee_number_property=property_) == {"w": by(method, account)}
    register = parse("person_id,email\nw,mapped@example.com\n")
    found = await decided(company, tmp_path, modes, users=users, register=register, employee_number_property="No")
    assert found == {"w": by("MAPPING_FILE", "mapped")}


@DIRECTORIES
@ALL
async def test_another_employee_number_blocks_an_email(tmp_path: Path, modes: Modes, users: bool) -> None:
    company = Company()
    company.worker("Ann Lee", "w", number="7", email="ann@example.com")
    company.user("Ann Jones", "ann@example.com", "a", properties={"No": "8"})
    assert await decided(company, tmp_path, modes, users=users, employee_number_property="No") == {"w": UNMATCHED}


@DIRECTORIES
@pytest.mark.parametrize("first", ["name", "email"])
async def test_one_account_is_one_persons_whatever_the_methods(tmp_path: Path, first: str, users: bool) -> None:
    """A mapped, a numbered and an emailed person want the same account; whoever asks first, one has it."""
    company = Company()
    company.worker("Ann Lee", "w1", number="7")
    company.worker("Ann Jones", "w2", email="ann@example.com")
    company.user("Ann Lee", "ann@example.com", "a", properties={"No": "7"})
    async with served(company, tmp_path, EXACT, people_directory=True, users_directory=users, employee_number_property="No") as graph:
        for key in ("w1", "w2") if first == "name" else ("w2", "w1"):
            await graph.ask('{ person(id: "%s") { checkIns(first: 5) { nodes { id } } } }' % key)  # noqa: UP031 - braces
        people = await everybody(graph)
        hold(company, people)
        assert (people["w1"].account, people["w2"].account) == ("a", None)
    taken = parse("person_id,email,checkins_id\nw2,ann@example.com,a\n")
    async with served(
        company, tmp_path, EXACT, register=taken, people_directory=True, users_directory=users, employee_number_property="No"
    ) as graph:
        people = await everybody(graph)
        hold(company, people)
        assert (people["w1"].account, people["w2"].account) == (None, "a")


@ALL
async def test_an_email_that_passed_to_somebody_else_takes_no_check_ins_along(tmp_path: Path, modes: Modes) -> None:
    """The link is remembered for long; the account has another email by now, and somebody else has the old one."""
    before, after = Company(), Company()
    for company in (before, after):
        company.worker("Emily Carter", "w", email="emily@example.com")
    before.user("Emily Walsh", "emily@example.com", "a")
    after.user("Emily Walsh", "walsh@example.com", "a")
    after.user("Emily Ray", "emily@example.com", "b", submitted=3)
    async with served(before, tmp_path, modes, people_directory=True) as graph:
        assert (await everybody(graph))["w"].account == "a"
        graph.switch.inner = sandboxed(after, tmp_path, modes)
        for _ in range(2):
            people = await everybody(graph)
            assert (people["w"].rows or frozenset()) <= after.rows["a"] | after.rows["b"]
            assert people["w"].account != "a" or (people["w"].rows or frozenset()) <= after.rows["a"]


@ALL
async def test_a_link_by_email_ends_when_the_list_of_people_shows_another_email(tmp_path: Path, modes: Modes) -> None:
    before, after = Company(), Company()
    before.worker("Emily Carter", "w", email="emily@example.com")
    after.worker("Emily Carter", "w", email="carter@example.com")
    after.worker("Emily Walsh", "v", email="emily@example.com")
    for company in (before, after):
        company.user("Emily Walsh", "emily@example.com", "a")
    async with served(before, tmp_path, modes, people_directory=True, directory_seconds=0.5) as graph:
        assert (await everybody(graph))["w"].account == "a"
        graph.switch.inner = sandboxed(after, tmp_path, modes)
        async with asyncio.timeout(LONG):
            while accounts(people := await everybody(graph)) != {"w": None, "v": "a"}:
                await asyncio.sleep(0.1)
        hold(after, people)


def accounts(people: Mapping[str, Shown]) -> dict[str, str | None]:
    """Who is linked to which account."""
    return {key: one.account for key, one in people.items()}


@ALL
async def test_without_the_list_of_people_emails_mean_nothing(tmp_path: Path, modes: Modes) -> None:
    company = Company()
    company.worker("Emily Carter", "w", email="emily@example.com")
    company.user("Emily Walsh", "emily@example.com", "a")
    async with served(company, tmp_path, modes, users_directory=True) as graph:
        assert (await consistent(company, graph))["w"].status == "UNMATCHED"
        assert "people" not in {path.split("/")[-1] for path in graph.wire.calls}
