"""What an identity costs, in upstream calls: golden counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.mapping import parse
from tests.identity.companies import Company, Modes, served

ONE = '{ person(id: "w") { checkIns(first: 5) { nodes { id } } } }'
MANY = """{
  a: person(id: "w") { checkIns(first: 5) { nodes { id } } }
  b: person(id: "w") { one: checkIns(first: 5) { nodes { id } } two: checkIns(first: 5) { nodes { id overdue } edges { cursor } } }
  c: person(id: "w") { email department identity { status } checkIns(first: 5) { nodes { id } } }
}"""
CALIBRATION = 8


def plain() -> Company:
    """Ann Lee with ten check-ins."""
    company = Company()
    company.worker("Ann Lee", "w")
    company.user("Ann Lee", "ann@example.com", "a", submitted=10)
    return company


def check_ins(kinds: dict[str, int]) -> tuple[int, int]:
    """How many lists and how many details of check-ins were read."""
    return kinds.get("check-ins", 0), kinds.get("check-in", 0)


async def test_a_unique_name_costs_a_list_a_detail_the_calibration_and_a_proof_then_one_list(tmp_path: Path) -> None:
    async with served(plain(), tmp_path) as graph:
        assert check_ins(await graph.calls(ONE)) == (1 + CALIBRATION + 1, 1)
        assert check_ins(await graph.calls(ONE)) == (1, 0)


async def test_aliases_and_repeated_fields_cost_nothing_more(tmp_path: Path) -> None:
    async with served(plain(), tmp_path) as one, served(plain(), tmp_path) as many:
        assert await many.calls(MANY) == await one.calls(ONE)
        assert await many.calls(MANY) == await one.calls(ONE)


async def test_workforce_namesakes_cost_check_ins_nothing(tmp_path: Path) -> None:
    company = plain()
    company.worker("Ann Lee", "w2")
    async with served(company, tmp_path) as graph:
        assert check_ins(await graph.calls(ONE)) == (0, 0)


async def test_an_ambiguous_person_costs_check_ins_nothing_the_second_time(tmp_path: Path) -> None:
    company = plain()
    company.user("Ann Lee", "lee@example.com", "b")
    async with served(company, tmp_path) as graph:
        lists, details = check_ins(await graph.calls(ONE))
        assert lists == 1 + CALIBRATION + 2
        assert details == 2
        assert check_ins(await graph.calls(ONE)) == (0, 0)


async def test_an_unmatched_person_costs_one_list_and_then_nothing(tmp_path: Path) -> None:
    company = Company()
    company.worker("Ann Lee", "w")
    async with served(company, tmp_path) as graph:
        assert check_ins(await graph.calls(ONE)) == (1, 0)
        assert check_ins(await graph.calls(ONE)) == (0, 0)


async def test_a_mapped_person_costs_the_same_and_then_one_list(tmp_path: Path) -> None:
    async with served(plain(), tmp_path, register=parse("person_id,email\nw,ann@example.com\n")) as graph:
        assert check_ins(await graph.calls(ONE)) == (1 + CALIBRATION + 1, 1)
        assert check_ins(await graph.calls(ONE)) == (1, 0)


@pytest.mark.parametrize("modes", [Modes("substring"), Modes(email="substring"), Modes("substring", "substring")], ids=str)
async def test_a_substring_match_costs_every_detail_once(tmp_path: Path, modes: Modes) -> None:
    async with served(plain(), tmp_path, modes) as graph:
        assert check_ins(await graph.calls(ONE)) == (1 + CALIBRATION, 10)
        assert check_ins(await graph.calls(ONE)) == (1, 0)


async def test_the_second_person_is_not_charged_for_the_calibration(tmp_path: Path) -> None:
    company = plain()
    company.worker("Bob Ray", "w2")
    company.user("Bob Ray", "bob@example.com", "b", submitted=3)
    async with served(company, tmp_path) as graph:
        await graph.calls(ONE)
        assert check_ins(await graph.calls(ONE.replace('"w"', '"w2"'))) == (2, 1)
