"""What the process remembers of accounts, and when it drops a link."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from graph.settings import load
from loaders.attributions import owner
from loaders.hand import told
from loaders.known import Known, Rules
from loaders.links import Identity, Owned, Status
from loaders.rows import Rows
from tests.graphs import noon
from upstreams.check_ins import CheckIns, Filter
from upstreams.dialect import Dialect
from upstreams.http import Http
from upstreams.listings import parse_detail
from upstreams.reading import Reading
from upstreams.records import Account, CheckIn, Listing, Property, Response
from upstreams.workforce import Workforce


@pytest.fixture
async def known() -> AsyncIterator[Known]:
    """A process that has asked nothing yet."""
    check_ins, workforce = Http(Dialect("checkins", "http://c")), Http(Dialect("workforce", "http://w"))
    yield Known(Workforce(workforce, "x"), CheckIns(check_ins), Rules(employee_number_property="No", clock=noon))
    await check_ins.aclose()
    await workforce.aclose()


def answered(*people: object) -> object:
    """A check-in that these people answered."""
    responses = [
        {"api_id": f"r{index}", "person_api_id": one, "person_name": "Ann"} if isinstance(one, str) else one
        for index, one in enumerate(people)
    ]
    return {"api_id": "580:c", "responses": responses}


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        (["580:a"], "580:a"),
        (["580:a", "580:a"], "580:a"),
        (["580:a", "580:b"], None),
        ([], None),
        (["580:a", {"person_api_id": "580:b"}], None),
        (["580:a", 7], None),
    ],
)
def test_a_check_in_has_an_owner_only_if_every_response_shows_the_same(people: list[object], expected: str | None) -> None:
    """Trap 3: a response that cannot be read may be somebody else's."""
    found = owner(parse_detail(answered(*people), Reading()))
    assert (found.id if found else None) == expected


@pytest.mark.parametrize(
    "later",
    [
        Account("580:a", "Ann Jones", "ann@x"),
        Account("580:a", "Ann Lee", "jones@x"),
        Account("580:a", "Ann Lee", "ann@x", properties=(Property("No", "8"),)),
    ],
)
async def test_an_account_that_shows_another_name_email_or_number_loses_its_link(known: Known, later: Account) -> None:
    """F33."""
    known.meet(Account("580:a", "Ann Lee", "ann@x", properties=(Property("No", "7"),)))
    known.linked.keep("a", "w")
    known.meet(later)
    assert known.linked.peek("a") is None


async def test_accounts_without_a_name_are_nobodys_namesakes(known: Known) -> None:
    first, second = known.meet(Account("580:a")), known.meet(Account("580:b"))
    known.linked.keep("a", "w")
    known.meet(Account("580:c"))
    assert known.linked.peek("a") == "w"
    assert known.namesakes(first) == known.namesakes(second) == frozenset()


def test_the_procore_dialect_renames_the_start_day_only() -> None:
    """upstreams.md, "Access"."""
    dialect = load(
        checkins_url="http://c", workforce_url="http://w", workforce_company="x", workforce_dialect="procore", workforce_token="t"
    ).workforce()
    names = ("startDay", "dayRange", "page", "created_after")
    assert [dialect.parameter(name) for name in names] == ["start_day", "dayRange", "page", "created_after"]


ANN = Owned(Account("580:a", "Ann Lee", "ann@x"), Filter(person_email="ann@x"), direct=True)


@pytest.mark.parametrize(
    ("owners", "believed"),
    [
        ({}, False),
        ({"1": "580:a"}, True),
        ({"1": "580:a", "2": "580:a"}, True),
        ({"1": "580:a", "2": "580:b"}, False),
        ({"2": "580:b"}, False),
    ],
    ids=["of nobody known", "one is theirs", "all are theirs", "one is somebody else's", "the known one is somebody else's"],
)
def test_rows_are_at_hand_where_one_is_known_to_be_the_accounts_and_none_to_be_anybody_elses(
    known: Known, owners: dict[str, str], believed: bool
) -> None:
    """(faults.md F32)"""
    page = Listing((CheckIn("580:1"), CheckIn("580:2"), CheckIn("580:3")), (0, 1, 2), 0, 3)
    for row, whose in owners.items():
        known.owners.keep(row, Account(whose))
    assert told(known, Rows(ANN.where, ANN), page) is believed
    assert told(known, Rows(ANN.where), page), "rows that are asked for by a filter alone are anybody's"


def test_what_contradicts_an_owner_ends_what_rests_on_it(known: Known) -> None:
    mark = known.mark()
    known.hold([CheckIn("580:1"), CheckIn("580:2")], "580:a")
    known.note(CheckIn("580:1", responses=(Response("r", "580:1", account=Account("580:a")),)))
    assert known.mark() is mark
    known.note(CheckIn("580:2", responses=(Response("q", "580:2", account=Account("580:b")),)))
    assert known.mark() is not mark
    mark = known.mark()
    known.hold([CheckIn("580:1")], "580:b")
    assert known.mark() is not mark


def test_another_outcome_for_somebody_ends_what_rests_on_the_first(known: Known) -> None:
    def verdict(status: Status) -> Identity:
        return Identity(status, "So it is.", known.rules.clock())

    known.decided("w", verdict(Status.UNMATCHED))
    mark = known.mark()
    known.decided("w", verdict(Status.UNMATCHED))
    known.decided("v", verdict(Status.UNMATCHED))
    assert known.mark() is mark
    known.decided("w", verdict(Status.AMBIGUOUS))
    assert known.mark() is not mark
