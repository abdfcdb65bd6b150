"""Who is who when names, emails and numbers mislead, as a client of the graph sees it; tests/identity has every such company."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import httpx
import pytest

from loaders.mapping import Register, parse
from tests.faults.bent import bent, honest, within
from tests.graphs import TODAY, codes, kind
from tests.identity.companies import EXACT, MODES, PROJECT, Company, Modes, served

ALL = pytest.mark.parametrize("modes", MODES, ids=str)
WALK = f"""{{ project(id: "{PROJECT}") {{ people {{
  id name identity {{ status method checkInsId reason candidates {{ id }} }}
  checkIns(first: 50) {{ totalCount nodes {{ id responses {{ personName personEmail }} people {{ id }} }} }}
}} }} }}"""


async def walked(company: Company, folder: Path, modes: Modes = EXACT, **given: Any) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The people of the project by id, and the codes of the answer."""
    async with served(company, folder, modes, **given) as graph:
        answer = await graph.ask(WALK)
    return {one["id"]: one for one in answer["data"]["project"]["people"]}, codes(answer)


def mapped(*lines: str) -> Register:
    """A mapping file of these lines."""
    return parse("\n".join(["person_id,email,checkins_id", *lines]))


@ALL
@pytest.mark.parametrize("side", ["workforce", "check-ins", "both"])
async def test_two_people_of_one_name_are_never_merged_nor_shown_an_empty_list(tmp_path: Path, modes: Modes, side: str) -> None:
    """A null with its code, for each of them, and each stays a person of their own (faults.md F31)."""
    company = Company()
    workers = [company.worker("Ann Lee", f"w{one}") for one in range(1 if side == "check-ins" else 2)]
    for one in range(1 if side == "workforce" else 2):
        company.user("Ann Lee", f"ann{one}@example.com", f"a{one}")
    people, found = await walked(company, tmp_path, modes)
    assert sorted(people) == workers
    assert {(one["checkIns"], one["identity"]["status"], one["identity"]["checkInsId"]) for one in people.values()} == {
        (None, "AMBIGUOUS", None)
    }
    assert found == [("IDENTITY_AMBIGUOUS", f"project.people.{index}.checkIns") for index in range(len(workers))]


@ALL
@pytest.mark.parametrize("other", ["Joann Lee", "Ann Lee Ray", "Mary Ann Lee"])
async def test_what_a_name_filter_finds_of_a_namesake_is_never_attached(tmp_path: Path, modes: Modes, other: str) -> None:
    """Every check-in that is shown is one whose own detail names the person (faults.md F32)."""
    company = Company()
    company.worker("Ann Lee", "w1")
    company.worker(other, "w2")
    company.user(other, "joann@example.com", "a2", submitted=4, unsubmitted=1)
    company.user("Ann Lee", "ann@example.com", "a1", submitted=3)
    people, found = await walked(company, tmp_path, modes)
    assert found == []
    for own, name, account in (("w1", "Ann Lee", "a1"), ("w2", other, "a2")):
        rows = people[own]["checkIns"]["nodes"]
        assert rows
        assert {row["id"] for row in rows} <= company.rows[account]
        assert {response["personName"] for row in rows for response in row["responses"]} == {name}
        assert {person["id"] for row in rows for person in row["people"]} == {own}


async def test_no_row_of_a_name_is_shown_before_a_detail_has_told_whose_it_is(tmp_path: Path) -> None:
    """Where details cannot be read, nobody is shown anything (faults.md F32)."""
    company = Company()
    company.worker("Ann Lee", "w1")
    company.user("Ann Lee", "ann@example.com", "a1", submitted=3)
    async with served(company, tmp_path) as graph:
        graph.wire.cut = lambda path: path.startswith("/api/v2/checkins/") and not path.startswith("/api/v2/checkins/?")
        answer = await graph.ask('{ person(id: "w1") { name checkIns(first: 5) { totalCount nodes { id } } } }')
    assert answer["data"]["person"] == {"name": "Ann Lee", "checkIns": None}
    assert codes(answer) == [("UPSTREAM_UNAVAILABLE", "person.checkIns")]


@ALL
@pytest.mark.parametrize(
    ("name", "email", "line"),
    [
        ("Ann Jones", "ann@example.com", "w1,ann@example.com,"),
        ("Ann Jones", "jones@example.com", "w1,jones@example.com,a1"),
        ("Ann Lee", "new@example.com", "w1,new@example.com,a1"),
    ],
    ids=["renamed", "renamed, with a new email", "with a new email"],
)
async def test_the_mapping_file_finds_who_was_renamed_or_has_a_new_email_and_the_identity_says_so(
    tmp_path: Path, modes: Modes, name: str, email: str, line: str
) -> None:
    """(faults.md F33)"""
    company = Company()
    company.worker("Ann Lee", "w1")
    company.user(name, email, "a1")
    people, found = await walked(company, tmp_path, modes, register=mapped(line))
    assert found == []
    assert {row["id"] for row in people["w1"]["checkIns"]["nodes"]} == company.rows["a1"]
    assert (people["w1"]["identity"]["status"], people["w1"]["identity"]["method"]) == ("MATCHED", "MAPPING_FILE")


@ALL
async def test_who_is_hired_again_under_a_new_id_has_their_check_ins_there_by_the_mapping_file(tmp_path: Path, modes: Modes) -> None:
    """The old id, of the same name, is left without them; no name makes it ambiguous (faults.md F33)."""
    company = Company()
    company.worker("Ann Lee", "w-old", days_ago=30)
    company.worker("Ann Lee", "w-new")
    company.user("Ann Lee", "ann@example.com", "a1", submitted=3)
    people, found = await walked(company, tmp_path, modes, register=mapped("w-new,ann@example.com,a1"))
    assert {row["id"] for row in people["w-new"]["checkIns"]["nodes"]} == company.rows["a1"]
    assert (people["w-new"]["identity"]["method"], people["w-old"]["checkIns"]) == ("MAPPING_FILE", None)
    assert {code for code, _ in found} <= {"IDENTITY_AMBIGUOUS"}


@ALL
async def test_the_mapping_file_wins_over_a_unique_name(tmp_path: Path, modes: Modes) -> None:
    """(faults.md F33)"""
    company = Company()
    company.worker("Ann Lee", "w1")
    company.user("Ann Lee", "lee@example.com", "a1")
    company.user("Ann Jones", "jones@example.com", "a2")
    people, _ = await walked(company, tmp_path, modes, register=mapped("w1,jones@example.com,a2"))
    assert {row["id"] for row in people["w1"]["checkIns"]["nodes"]} == company.rows["a2"]
    assert people["w1"]["identity"]["method"] == "MAPPING_FILE"


SAME = [
    ("Ann O'Neil", "Ann O\u2019Neil"),
    ("Zo\u00eb Lee", unicodedata.normalize("NFD", "Zo\u00eb Lee")),
    ("Ann Lee ", "Ann Lee"),
    ("\uff21nn Lee", "Ann Lee"),
]


@pytest.mark.parametrize(("worker", "account"), SAME, ids=["apostrophe", "composed", "trailing blank", "wide letter"])
async def test_a_name_that_is_only_typed_otherwise_is_the_same_name_where_the_filter_finds_it(
    tmp_path: Path, worker: str, account: str
) -> None:
    """Linked by the proved name, or, where no filter finds that spelling, unmatched: never taken for somebody else's (faults.md F34)."""
    company = Company()
    company.worker(worker, "w1")
    company.user(account, "ann@example.com", "a1")
    people, _ = await walked(company, tmp_path)
    found = people["w1"]["identity"]["status"], people["w1"]["identity"]["checkInsId"]
    assert found in (("MATCHED", "a1"), ("UNMATCHED", None))
    assert found[0] == "MATCHED" or worker.startswith("\uff21")


@pytest.mark.parametrize(("one", "other"), [*SAME, ("ANN LEE", "Ann Lee")])
@pytest.mark.parametrize("modes", [one for one in MODES if one.ignore_case], ids=str)
async def test_two_names_that_are_typed_otherwise_are_namesakes(tmp_path: Path, modes: Modes, one: str, other: str) -> None:
    """Folding is for finding namesakes as much as for finding the person (faults.md F34)."""
    company = Company()
    company.worker(one, "w1")
    company.worker(other, "w2")
    company.user(other, "ann@example.com", "a1")
    people, found = await walked(company, tmp_path, modes)
    assert {person["identity"]["status"] for person in people.values()} == {"AMBIGUOUS"}
    assert {code for code, _ in found} == {"IDENTITY_AMBIGUOUS"}


LOOSER = ["Anne Smith", "Smith, Ann", "Ann M. Smith", "Ann-Smith", "\u00c1nn Smith", "Ann Smyth"]
REPORT = "{ identityReport { entries(first: 9) { nodes { person { id } identity { status } suggestions { account { id } } } } } }"


@ALL
@pytest.mark.parametrize("account", LOOSER)
async def test_a_name_that_is_only_like_another_is_a_suggestion_and_never_a_link(tmp_path: Path, modes: Modes, account: str) -> None:
    """(faults.md F34)"""
    company = Company()
    company.worker("Ann Smith", "w1")
    company.user(account, "ann.smith@example.com", "a1")
    async with served(company, tmp_path, modes) as graph:
        await graph.data("{ checkIns(first: 9) { nodes { responses { id } } } }")
        person = (await graph.data('{ person(id: "w1") { identity { status } checkIns(first: 1) { totalCount } } }'))["person"]
        (entry,) = (await graph.data(REPORT))["identityReport"]["entries"]["nodes"]
    assert person == {"identity": {"status": "UNMATCHED"}, "checkIns": None}
    assert [one["account"]["id"] for one in entry["suggestions"]] == ["a1"]


@ALL
@pytest.mark.parametrize(
    "query",
    ['person(email: "office@example.com") { id }', 'person(employeeNumber: "7") { id }', 'project(number: "B-1") { id }'],
    ids=["a shared mailbox", "an employee number used again", "a project number used again"],
)
async def test_a_key_that_is_not_unique_finds_nobody_and_says_why(tmp_path: Path, modes: Modes, query: str) -> None:
    """(faults.md F35)"""
    company = Company()
    company.draft.project("Tower", id="tower", number="B-1")
    company.draft.project("Shed", id="shed", number="B-1")
    for one, name in (("1", "Ann Lee"), ("2", "Bob Ray")):
        company.draft.assign(company.worker(name, f"w{one}", number="7"), {"1": "tower", "2": "shed"}[one], *days())
        company.user(name, "office@example.com", f"a{one}")
    async with served(company, tmp_path, modes) as graph:
        answer = await graph.ask(f"{{ it: {query} }}")
    assert (answer["data"], codes(answer)) == ({"it": None}, [("IDENTITY_AMBIGUOUS", "it")])


def days() -> tuple[Any, Any]:
    """A day's work."""
    return TODAY, TODAY


@ALL
async def test_an_email_of_two_people_and_a_number_used_again_link_nobody(tmp_path: Path, modes: Modes) -> None:
    """Two workers with one email or one number are each left to their name; nobody gets the other's check-ins (faults.md F35)."""
    company = Company()
    for one, name in (("1", "Ann Lee"), ("2", "Bob Ray")):
        company.worker(name, f"w{one}", number="7", email="office@example.com")
        company.user(name, f"{one}@example.com", f"a{one}", properties={"No": "7"})
    people, found = await walked(company, tmp_path, modes, people_directory=True, employee_number_property="No")
    assert {one["identity"]["method"] for one in people.values()} <= {None, "UNIQUE_NAME"}
    for one in ("1", "2"):
        shown = people[f"w{one}"]["checkIns"]
        assert shown is None or {row["id"] for row in shown["nodes"]} <= company.rows[f"a{one}"]
    assert {code for code, _ in found} <= {"IDENTITY_AMBIGUOUS"}


@pytest.mark.parametrize(
    ("where", "rules"),
    [("company", {}), ("/v2/companies/sandbox/people", {"people_directory": True}), ("/api/v2/users/", {"users_directory": True})],
)
async def test_while_somebodys_name_cannot_be_read_nobody_is_known_to_be_alone_in_theirs(
    company: Path, where: str, rules: dict[str, Any]
) -> None:
    """They may be a namesake (faults.md F11, F31)."""

    def bend(request: httpx.Request, content: Any) -> Any:
        if where in (request.url.path, kind(request.url.path)):
            within(content)[-1].update({"person_name": [], "name": []})
        return content

    query = '{ person(id: "w3") { identity { status } checkIns(first: 1) { totalCount } } }'
    for damage, status in ((honest, "MATCHED"), (bend, "AMBIGUOUS")):
        async with bent(company, damage, **rules) as one:
            answer = await one.ask(query)
            assert answer["data"]["person"]["identity"] == {"status": status}
            assert (answer["data"]["person"]["checkIns"] is None) is (status == "AMBIGUOUS")
