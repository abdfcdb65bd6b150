"""Paths: ids are refused or encoded, never trusted; slashes end where the documents end them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date
from typing import Any

import pytest

from tests.upstreams.doubles import always, check_ins, http, refused, sample, workforce
from upstreams.check_ins import Filter
from upstreams.errors import BadInput, BadResponse
from upstreams.values import segment
from upstreams.workforce import COMPANY, CURRENT, Current, Route, Starts, Workforce

DAY = date(2024, 1, 1)
STARTS = Starts(DAY, DAY, UTC)
ESCAPES = [
    "",
    " ",
    ".",
    "..",
    " .. ",
    "../x",
    "a/b",
    "a\\b",
    "/",
    "%2e%2e",
    "..%2fadmin",
    "a%41",
    "50%",
    "..x",
    "a..b",
    "a\nb",
    "a\r\nHost: x",
    "\x00",
    "\x7f",
    "\ud800",
    "a" * 201,
]

READS: list[Callable[[Workforce, str], Awaitable[Any]]] = [
    lambda client, given: client.project(given, STARTS),
    lambda client, given: client.person(given, STARTS),
    lambda client, given: client.page(Route("group", given), STARTS),
]


@pytest.mark.parametrize("escape", ESCAPES)
async def test_an_id_that_could_leave_the_path_is_refused_before_any_call(escape: str) -> None:
    # trap 35
    double = always(sample("company"))
    with pytest.raises(BadInput) as refusal:
        await check_ins(double).check_in(escape)
    assert refusal.value.argument == "id"
    for read in READS:
        with pytest.raises(BadInput) as refusal:
            await read(workforce(double), escape)
        assert refusal.value.argument == "id"
    assert double.requests == []


def test_a_refusal_does_not_repeat_the_id() -> None:
    # trap 35
    error = refused(lambda: segment("id", "SECRET/.."))
    assert error is not None
    assert "SECRET" not in f"{error} {error.problem}"


def test_a_company_that_could_leave_the_path_is_refused_when_the_client_is_made() -> None:
    # trap 35
    client = workforce(always([]))
    assert refused(lambda: Workforce(client.calls, "..")) is not None


@pytest.mark.parametrize(
    ("given", "encoded"),
    [
        ("580:ce417c60", "580%3Ace417c60"),  # seed A:98
        ("a b?c#d", "a%20b%3Fc%23d"),
        ("a.b", "a.b"),
        ("\u00e9", "%C3%A9"),
        ("a+b&c=d;e,f", "a%2Bb%26c%3Dd%3Be%2Cf"),
    ],
)
async def test_an_id_is_one_encoded_segment(given: str, encoded: str) -> None:
    # trap 35
    double = always([])
    client = workforce(double)
    assert segment("id", given) == encoded
    await client.person(given, STARTS)
    assert double.targets[0].startswith(f"/v2/companies/acme/people/{encoded}/assignments?")


async def test_a_call_uses_the_id_as_it_was_given_prefix_and_all() -> None:
    # trap 6: the prefix is stripped to compare, not to call
    double = always(sample("check_in"))
    await check_ins(double).check_in("580:ce417c60-30ca-4e39-967e-b258d496be30")
    assert double.targets == ["/api/v2/checkins/580%3Ace417c60-30ca-4e39-967e-b258d496be30/"]


async def test_check_in_paths_end_in_a_slash_and_begin_with_one() -> None:
    # trap 36: seed A:86 lacks the leading one
    double = always({**sample("check_in"), **sample("check_ins")})
    client = check_ins(double)
    await client.listing(Filter(), limit=1)
    with pytest.raises(BadResponse, match="other-id"):  # the sample is another check-in
        await client.check_in("1")
    assert [target.partition("?")[0] for target in double.targets] == ["/api/v2/checkins/", "/api/v2/checkins/1/"]


async def test_assignment_paths_end_without_a_slash_and_hold_the_plain_company_id() -> None:
    # traps 36 and 37: seed B:40 prints `_\<company_id>_`
    double = always({**sample("company"), "possible_pages": 1})
    client = workforce(double)
    await client.page(COMPANY, STARTS)
    await client.page(CURRENT, Current(DAY))
    await client.page(Route("group", "g"), STARTS)
    await client.project("j", STARTS)
    await client.person("p", STARTS)
    root = "/v2/companies/acme"
    paths = ["/assignments", "/assignments/current", "/groups/g/assignments", "/projects/j/assignments", "/people/p/assignments"]
    assert [target.partition("?")[0] for target in double.targets] == [f"{root}{path}" for path in paths]


async def test_the_stray_quote_of_the_documents_example_is_not_copied() -> None:
    # trap 37: seed A:33-34
    double = always(sample("check_ins"))
    where = Filter(date(2025, 1, 25), None, "Research and Development", None, "Joanne Stefani", None, "Michael Test")
    await check_ins(double).listing(where, limit=100)
    expected = "date_from=2025-01-25&department=Research%20and%20Development&manager_name=Joanne%20Stefani&person_name=Michael%20Test"
    assert double.targets == [f"/api/v2/checkins/?{expected}&limit=100&offset=0"]


async def test_the_query_is_part_of_the_url_and_survives_a_base_url_with_a_path() -> None:
    # trap 34
    double = always(sample("check_ins"))
    wire, client = http(double), check_ins(double)
    assert wire.target("/x", [("a", "b")]) == "/x?a=b"
    assert wire.target("/x", []) == "/x"
    await client.listing(Filter(person_name="Ann Lee"), limit=2)
    assert double.targets == ["/api/v2/checkins/?person_name=Ann%20Lee&limit=2&offset=0"]


async def test_an_unknown_check_in_project_person_or_group_is_none() -> None:
    # trap 38, fault F19
    double = always({"error": "no such"}, 404)
    client = workforce(double)
    assert await check_ins(double).check_in("1") is None
    assert await client.project("j", STARTS) is None
    assert await client.person("p", STARTS) is None
    assert await client.page(Route("group", "g"), STARTS) is None
    assert await client.scan(Route("group", "g"), STARTS) is None
