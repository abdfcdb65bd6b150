"""The documents' own examples: what they ask is answered with what they print."""

import json
from pathlib import Path
from typing import Any

from sandbox.documents import AARON_KELLY, CHILDRENS_MERCY, GROUP
from tests.sandbox.serving import ROOT, serve

WINDOW = "startDay=2018-06-25&dayRange=15"


def printed(name: str) -> Any:
    return json.loads((Path(__file__).parent / "samples" / f"{name}.json").read_text(encoding="utf-8"))


async def test_the_list_example_of_seed_a_is_answered_as_printed(company: Path) -> None:
    asked = "date_from=2025-01-25&department=Research%20and%20Development&manager_name=Joanne%20Stefani&person_name=Michael%20Test"
    answer = await serve(company).get(f"/api/v2/checkins/?{asked}")
    assert answer.json() == printed("check_ins")


async def test_the_detail_example_of_seed_a_is_answered_as_printed(company: Path) -> None:
    answer = await serve(company).get("/api/v2/checkins/580%3Ace417c60-30ca-4e39-967e-b258d496be30/")
    assert answer.json() == printed("check_in")
    assert list(answer.json()) == list(printed("check_in"))


async def test_the_second_check_in_of_seed_a_has_a_response_by_the_same_person(company: Path) -> None:
    answer = await serve(company).get("/api/v2/checkins/580%3Ac9b26b5e-f9b5-4b5f-8525-5b706ce891ba/")
    [response] = answer.json()["responses"]
    [first] = printed("check_in")["responses"]
    assert {key: value for key, value in response.items() if key.startswith("person")} == {
        key: value for key, value in first.items() if key.startswith("person")
    }


async def test_aaron_kelly_is_answered_by_the_company_endpoint_as_printed(company: Path) -> None:
    answer = await serve(company).get(f"{ROOT}/assignments?{WINDOW}")
    assert answer.json()["data"][0] == printed("company")["data"][0]
    assert [person["person_name"] for person in answer.json()["data"]] == ["Aaron Kelly", "Hunter Gray"]


async def test_the_group_endpoint_gives_the_same_people_for_their_group(company: Path) -> None:
    client = serve(company)
    whole = await client.get(f"{ROOT}/assignments?{WINDOW}")
    group = await client.get(f"{ROOT}/groups/{GROUP}/assignments?{WINDOW}")
    assert group.json() == whole.json()


async def test_a_current_day_of_2018_finds_who_worked_on_it(company: Path) -> None:
    answer = await serve(company).get(f"{ROOT}/assignments/current?date=2018-06-27")
    kelly, gray = answer.json()["data"]
    assert kelly["assignments"] == printed("company")["data"][0]["assignments"][:1]
    assert kelly["timeoff"] == []
    assert gray["person_name"] == "Hunter Gray"


async def test_the_project_endpoint_answers_the_hospital_as_printed(company: Path) -> None:
    answer = await serve(company).get(f"{ROOT}/projects/{CHILDRENS_MERCY}/assignments?{WINDOW}")
    assert answer.json() == printed("project")


async def test_the_person_endpoint_answers_aaron_kelly_as_printed(company: Path) -> None:
    answer = await serve(company).get(f"{ROOT}/people/{AARON_KELLY}/assignments?{WINDOW}")
    assert answer.json()[:1] == printed("person")
    assert [row["id"] for row in answer.json()] == ["6bf79bbe-2038-423f-8fee-f890abcbd929", "c2866ae9-7d9e-4b9d-9aaa-b848c2ec10b7"]
