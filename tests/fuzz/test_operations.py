"""Operations at random, out of the schema, while the upstreams do whatever they like: each gets an answer that a client can read."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
from hypothesis import given
from hypothesis import strategies as st

from sandbox import Plan
from tests.fuzz.answers import refused, sound, valid
from tests.fuzz.documents import tame, wild, wrong
from tests.fuzz.plans import plans, unreachable
from tests.fuzz.weather import Weather, weather
from tests.fuzz.words import EMAILS, NAMES, anything, counts, dates, examples, ids, references, texts

EVERYTHING = """
query ($id: ID!, $first: Int!, $after: String, $day: Date, $range: DateRange, $changed: ChangedFilter, $filter: CheckInFilter,
    $text: String, $name: String, $flag: Boolean, $representations: [_Any!]!) {
  __typename
  project(id: $id) { __typename checkInSummary(between: {days: -7}) { __typename due onTimeRate } people(activeOn: $day) { __typename id } }
  person(email: $text) { __typename id identity { __typename status method candidates { __typename id } } }
  people(first: $first, after: $after, name: $name, onLeave: $flag) { __typename nodes { __typename id timeOff(activeBetween: $range) { __typename startDay startTime } } }
  assignments(first: $first, after: $after, activeBetween: $range, changed: $changed, conflicting: $flag) { __typename totalCount nodes { __typename id } }
  checkIns(first: $first, after: $after, filter: $filter) { __typename totalCount nodes { __typename id deadline responses { __typename id person { __typename id } } } }
  changes(since: $day) { __typename checkIns(first: $first) { __typename nodes { __typename id } } }
  _entities(representations: $representations) { __typename ... on Person { __typename name checkIns(first: $first) { __typename totalCount } } }
}
"""
ranges = st.one_of(st.builds(lambda days: {"days": days}, counts), st.fixed_dictionaries({}, optional={"from": dates, "to": dates}))
fair: dict[str, st.SearchStrategy[Any]] = {
    "id": ids,
    "first": st.integers(1, 30),
    "after": st.none(),
    "day": st.just("2026-03-04"),
    "range": st.just({"days": -30}),
    "changed": st.just({"createdBefore": "2026-01-01"}),
    "filter": st.just({"submittedBetween": {"days": -30}}),
    "text": st.sampled_from(EMAILS),
    "name": st.none() | st.sampled_from(NAMES),
    "flag": st.none(),
    "representations": st.lists(references, max_size=4),
}
foul: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(fair, anything),
    "first": counts | anything,
    "day": dates | anything,
    "range": ranges | anything,
    "changed": st.dictionaries(st.sampled_from(["createdAt", "updatedAfter", "createdBefore"]), dates) | anything,
    "filter": st.fixed_dictionaries({}, optional={"submittedBetween": ranges, "personName": texts, "managerEmail": texts}) | anything,
    "text": texts | anything,
}
variables = st.builds(
    lambda one, other: {**one, **other},
    st.fixed_dictionaries(fair),
    st.just({}) | st.sampled_from(list(foul)).flatmap(lambda name: st.fixed_dictionaries({name: foul[name]})),
)
"""What fits, with at most one value that may not."""


async def ask(one: Weather, document: str, given: Any = None) -> httpx.Response:
    """The answer to a document."""
    return await one.send(one.client.build_request("POST", "/graphql", json={"query": document, "variables": given}))


@examples(100)
@given(plans, unreachable, st.lists(tame | tame | wild, min_size=1, max_size=3))
async def test_operations_at_random_are_answered_in_any_weather(
    company: Path, plan: Plan | None, cut: str | None, documents: list[str]
) -> None:
    """Side by side: data that fits the schema, a coded error for each null that an upstream is to blame for, and no slot lost."""
    async with weather(company, plan, cut) as one:
        for document, response in zip(documents, await asyncio.gather(*(ask(one, text) for text in documents)), strict=True):
            if (data := sound(response, document).get("data")) is not None:
                valid(document, data)


@examples(100)
@given(plans, unreachable, variables)
async def test_variables_at_random_are_answered_in_any_weather(company: Path, plan: Plan | None, cut: str | None, given: Any) -> None:
    """A value that a type does not take is told of in words about the value, never in Python's."""
    async with weather(company, plan, cut) as one:
        response = await ask(one, EVERYTHING, given)
    answer = sound(response, str(given))
    assert "GRAPHQL_VALIDATION_FAILED" not in response.text, answer
    if (data := answer.get("data")) is not None:
        valid(EVERYTHING, data, given)


@examples(40)
@given(st.lists(wrong, min_size=1, max_size=5))
async def test_documents_that_the_schema_does_not_have_are_refused(company: Path, documents: list[str]) -> None:
    """Before anything is asked of the upstreams."""
    async with weather(company, None) as one:
        for document in documents:
            refused(await ask(one, document), document)
