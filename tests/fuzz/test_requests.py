"""Requests at random, by POST and by GET: what is no operation gets a coded 4xx, and nothing ever a 500."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.answers import CODE, discreet, sound
from tests.fuzz.weather import Weather, weather
from tests.fuzz.words import anything, examples, texts

HELD = (
    '{"query": "query A($id: ID) { project(id: $id) { id name } }", "variables": {"id": "bridge"}, "operationName": "A", "extensions": {}}'
)
"""A good request, of which one is mutated."""
PLACES = ('"query A($id: ID) { project(id: $id) { id name } }"', '{"id": "bridge"}', '"bridge"', '"A"', "{}", HELD)
HOSTILE = (
    "NaN", "Infinity", "-0", "1e999", "9" * 5000, "0." + "1" * 5000, '"\\ud800"', "[" * 20_000, "[" * 500 + "]" * 500, '{"a":' * 5000, "",
    '{"id": 1, "id": 2}', '{"persistedQuery": {"version": 1, "sha256Hash": "x"}}', '{"persistedQuery": 1}', '"\\u0000"', "nul", "'x'", "[{}]",
    '"{ a { a { a } } }"', '"fragment A on Query { ...A } { ...A }"', '"subscription { a }"', '"mutation { a }"', '"{"', '"{ __schema { types { name } } }"',
)  # fmt: skip
HEADERS: dict[str, tuple[str, ...]] = {
    "content-type": (
        "application/json",
        "application/json; charset=utf-16",
        "text/plain",
        "multipart/form-data",
        "",
        "application/graphql",
        "é",
        ";;",
    ),
    "accept": ("application/json", "application/graphql-response+json", "text/html", "*/*;q=0", "image/png", "", ",,;q=x", "a/b;q=9"),
    "x-crewgraph-deadline-ms": ("1", "0", "-1", "1e3", "9" * 30, "٣", ""),
    "x-crewgraph-trace": ("1", "0", "yes"),
    "content-length": ("0", "-1", "9" * 30, "x", "٣"),
    "content-encoding": ("gzip", "identity", "br"),
    "cache-control": ("no-cache", "max-age=x", ""),
    "x-request-id": ("a" * 5000, "\t", "é"),
    "traceparent": ("00-0-0-0", "x"),
    "origin": ("null", "http://elsewhere.example"),
}
hostile = st.integers(0, len(HOSTILE) - 1).map(lambda number: HOSTILE[number])
"""One of them; told by its number, because Hypothesis writes out what it samples from."""
mutations = st.builds(lambda place, value: HELD.replace(place, value), st.sampled_from(PLACES), hostile | anything.map(json.dumps))
cuts = st.builds(lambda at, length, new: HELD[:at] + new + HELD[at + length :], st.integers(0, len(HELD)), st.integers(0, 9), texts)
bodies = st.one_of(st.binary(max_size=200), mutations.map(str.encode), cuts.map(lambda text: text.encode("utf-8", "surrogatepass")))
headers = st.lists(
    st.sampled_from(list(HEADERS)).flatmap(lambda name: st.tuples(st.just(name), st.sampled_from(HEADERS[name]))),
    max_size=2,
    unique_by=lambda pair: pair[0],
).map(dict)
parameters = st.dictionaries(
    st.sampled_from(["query", "variables", "operationName", "extensions", "documentId", "id", "x"]),
    st.just('{ __typename }') | hostile.map(lambda text: text[:2000]) | texts | anything.map(json.dumps) | mutations,
    max_size=4,
)  # fmt: skip
JSON = {"content-type": "application/json"}


async def sent(one: Weather, method: str, target: str, given: dict[str, str], body: bytes = b"") -> httpx.Response:
    """The answer to a request whose headers may be bytes that no client would send."""
    fields = [(name.encode(), value.encode()) for name, value in given.items()]
    return await one.send(one.client.build_request(method, target, headers=fields, content=body))


def checked(response: httpx.Response, said: str) -> None:
    """An answer in its place, or a refusal in JSON with a code."""
    if response.status_code == 200 and response.headers["content-type"].startswith("text/html"):
        return
    answer: dict[str, Any] = sound(response, said)
    assert response.status_code == 200 or 400 <= response.status_code < 500, response.text
    assert all(CODE.fullmatch(error["extensions"]["code"]) for error in answer.get("errors", ()))


@examples(150)
@given(st.lists(st.tuples(bodies, headers), min_size=1, max_size=5))
async def test_bodies_at_random_are_answered_or_refused(company: Path, requests: list[tuple[bytes, dict[str, str]]]) -> None:
    """Bytes, mutations of a good request and of its headers (faults.md F26)."""
    async with weather(company, None) as one:
        for body, given in requests:
            checked(await sent(one, "POST", "/graphql", {**JSON, **given}, body), body.decode("utf-8", "replace"))


@examples(100)
@given(st.lists(st.tuples(parameters, headers), min_size=1, max_size=5))
async def test_addresses_at_random_are_answered_or_refused(company: Path, requests: list[tuple[dict[str, str], dict[str, str]]]) -> None:
    """A GET's parameters, whether or not a browser could have sent them unasked (faults.md F29)."""
    async with weather(company, None) as one:
        for found, given in requests:
            query = "&".join(f"{name}={quote(value, errors='surrogatepass')}" for name, value in found.items())
            checked(await sent(one, "GET", f"/graphql?{query}", {"apollo-require-preflight": "true", **given}), query)


@examples(50)
@given(st.lists(st.tuples(st.sampled_from(["GET", "POST", "PUT", "HEAD", "TRACE", "BREW"]), st.text(max_size=30)), min_size=1, max_size=5))
async def test_places_at_random_are_not_there(company: Path, requests: list[tuple[str, str]]) -> None:
    """Other methods and paths: a refusal, and no way to anything else (faults.md F29)."""
    async with weather(company, None) as one:
        for method, path in requests:
            response = await sent(one, method, f"/graphql/{quote(path)}", JSON)
            assert 300 <= response.status_code < 500, response.text
            discreet(response.text, path)
