"""What Prometheus is told: all of it, and nothing of anybody."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from graph.limits import Limits
from graph.operating.metrics import Metrics, Risen, Sums, resident
from graph.operating.visits import Visit, kind
from graph.operating.watching import Metered
from tests.graphs import codes, graph, is_check_ins
from tests.operating.asking import NAMES, WALK, numbers
from tests.waiting import LONG, until
from upstreams.errors import TimedOut

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


async def test_operations_are_counted_by_kind_and_outcome_and_their_errors_by_code(company: Path) -> None:
    async with graph(company) as found:
        await found.ask(NAMES)
        await found.ask("{ __schema { queryType { name } } }")
        await found.ask('{ _entities(representations: [{__typename: "Person", id: "nobody"}]) { __typename } }')
        await found.ask("{ nothing }")
        await found.client.post("/graphql", content=b"{")
        found.wire.cut = is_check_ins
        partial = await found.ask(WALK)
        counted = await numbers(found.client)
    outcomes = {name.partition("{")[2][:-1]: value for name, value in counted.items() if name.startswith("crewgraph_operations_total")}
    assert outcomes == {
        'kind="query",outcome="ok"': 1,
        'kind="introspection",outcome="ok"': 1,
        'kind="entities",outcome="ok"': 1,
        'kind="none",outcome="refused"': 2,
        'kind="query",outcome="partial"': 1,
    }
    assert counted['crewgraph_operation_errors_total{code="UPSTREAM_UNAVAILABLE"}'] == len(codes(partial)) > 0
    assert counted['crewgraph_operation_errors_total{code="GRAPHQL_VALIDATION_FAILED"}'] == 1
    assert counted['crewgraph_operation_seconds_count{kind="query"}'] == 2
    assert counted["crewgraph_operations_in_flight"] == 0


async def test_upstream_tries_are_timed_by_route_template_and_outcome(company: Path) -> None:
    async with graph(company) as found:
        await found.ask(WALK)
        found.wire.cut = is_check_ins
        await found.ask(WALK)
        counted = await numbers(found.client)
    tries = {name: value for name, value in counted.items() if name.startswith("crewgraph_upstream_attempt_seconds_count")}
    assert sum(tries.values()) == len(found.wire.calls)
    routes = {re.findall(r'route="([^"]*)"', name)[0] for name in tries}
    assert all(re.fullmatch(r"(/[a-z0-9{}_-]+)+/?", route) for route in routes), routes
    assert {re.findall(r'outcome="([^"]*)"', name)[0] for name in tries} == {"ok", "unavailable"}
    assert counted['crewgraph_upstream_attempts_in_flight{upstream="checkins"}'] == 0


class Held(httpx.AsyncBaseTransport):
    """A wire on which nothing comes back before `freed` is set."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner, self.freed = inner, asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self.freed.wait()
        return await self.inner.handle_async_request(request)


async def test_tries_are_shown_while_they_are_on_the_wire(company: Path) -> None:
    async with graph(company) as found:
        found.wire.inner = held = Held(found.wire.inner)
        asking = asyncio.create_task(found.ask(NAMES))
        await until(lambda: found.wire.calls)
        name = 'crewgraph_upstream_attempts_in_flight{upstream="workforce"}'
        assert (await numbers(found.client))[name] == len(found.wire.calls)
        held.freed.set()
        await asking
        assert (await numbers(found.client))[name] == 0


async def test_answers_are_counted_by_where_they_came_from_and_links_by_result(company: Path) -> None:
    async with graph(company, limits=Limits()) as found:
        await found.ask(WALK)
        cold = await numbers(found.client)
        await found.ask(WALK)
        warm = await numbers(found.client)
    network = [f'crewgraph_upstream_answers_total{{source="network",upstream="{one}"}}' for one in ("checkins", "workforce")]
    assert all(cold[name] > 0 for name in network)
    assert [warm[name] for name in network] == [cold[name] for name in network]
    assert sum(warm.get(f'crewgraph_upstream_answers_total{{source="cache",upstream="{one}"}}', 0) for one in ("checkins", "workforce")) > 0
    assert cold['crewgraph_identities_total{method="UNIQUE_NAME",status="MATCHED"}'] > 0


async def test_values_that_could_not_be_read_are_counted_by_field_and_once(company: Path) -> None:
    """(faults.md F11, F21)"""
    async with graph(company) as found:
        inner = found.wire.inner

        class Broken(httpx.AsyncBaseTransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                answer = await inner.handle_async_request(request)
                text = (
                    (await answer.aread()).replace(b'"end_day"', b'"end_day":"someday","x"').replace(b'"endDay"', b'"endDay":"someday","x"')
                )
                return httpx.Response(answer.status_code, content=text, headers={"content-type": "application/json"})

        found.wire.inner = Broken()
        await found.ask("{ assignments(first: 3, activeBetween: {days: 28}) { nodes { endDay } } }")
        first = await numbers(found.client)
        second = await numbers(found.client)
    named = [name for name in first if name.startswith("crewgraph_unreadable_values_total")]
    assert named
    assert all('upstream="workforce"' in name for name in named)
    assert [first[name] for name in named] == [second[name] for name in named]


async def test_the_process_tells_of_its_memory_its_event_loop_and_its_breakers(company: Path) -> None:
    async with graph(company) as found:
        async with asyncio.timeout(LONG):
            while not (counted := await numbers(found.client)).get("crewgraph_event_loop_lag_seconds_count"):
                await asyncio.sleep(0.05)
    assert counted["crewgraph_resident_memory_bytes"] > 10_000_000
    assert counted["crewgraph_event_loop_lag_seconds_count"] >= 1
    assert counted["crewgraph_workers"] == 1
    assert counted['crewgraph_upstream_breaker{state="closed",upstream="checkins"}'] == 1
    assert counted['crewgraph_upstream_breaker{state="open",upstream="checkins"}'] == 0


async def test_no_metric_names_anybody(company: Path) -> None:
    async with graph(company) as found:
        answer = await found.ask(WALK)
        await found.client.post(
            "/graphql", json={"query": "query AdamAbbott { projects(first: 1) { nodes { name } } }", "operationName": "AdamAbbott"}
        )
        await found.ask('{ people(first: 1, name: "Adam Abbott") { nodes { id } } }')
        text = (await found.client.get("/metrics")).text
    people = [person for project in answer["data"]["projects"]["nodes"] for person in project["people"]]
    assert people
    assert not [person["name"] for person in people if person["name"] in text or (person["email"] or "@") in text]
    assert "AdamAbbott" not in text


async def test_the_readme_lists_every_metric_and_no_other(company: Path) -> None:
    async with graph(company) as found:
        text = (await found.client.get("/metrics")).text
    families = list(text_string_to_metric_families(text))
    told = {family.name + ("_total" if family.type == "counter" else "") for family in families if not family.name.endswith("_created")}
    assert set(re.findall(r"^\| `(crewgraph_\w+)` \|", README, re.MULTILINE)) == told


def test_events_are_counted_and_a_breaker_shows_its_state() -> None:
    metrics = Metrics()
    metered = Metered(metrics)
    for name in ("retry", "retry-suppressed", "paused", "breaker-open", "breaker-refused", "breaker-half-open"):
        metered.event("checkins", name)
    read = metrics.registry.get_sample_value
    assert read("crewgraph_upstream_events_total", {"upstream": "checkins", "event": "retry-suppressed"}) == 1
    states = {one: read("crewgraph_upstream_breaker", {"upstream": "checkins", "state": one}) for one in ("closed", "half-open", "open")}
    assert states == {"closed": 0, "half-open": 1, "open": 0}


def test_a_try_that_failed_is_told_by_its_code_and_one_that_was_left_as_cancelled() -> None:
    metrics = Metrics()
    metered, read = Metered(metrics), metrics.registry.get_sample_value
    for error in (TimedOut("checkins"), asyncio.CancelledError()):
        with pytest.raises(type(error)), metered.attempt("checkins", "/x/{id}", 1):
            raise error
    for outcome in ("timeout", "cancelled"):
        assert read("crewgraph_upstream_attempt_seconds_count", {"upstream": "checkins", "route": "/x/{id}", "outcome": outcome}) == 1


def test_a_code_that_is_none_is_not_a_label() -> None:
    metrics = Metrics()
    metrics.broke("ann@example.com")
    metrics.broke("X" * 41)
    assert metrics.registry.get_sample_value("crewgraph_operation_errors_total", {"code": "OTHER"}) == 2


def test_the_file_of_a_worker_that_is_just_beginning_says_nothing_yet(tmp_path: Path) -> None:
    (tmp_path / "counter_1.db").touch()
    (tmp_path / "counter_2.db").symlink_to(tmp_path / "gone")
    assert list(Sums(tmp_path).collect()) == []


def test_only_what_has_risen_is_taken_over() -> None:
    risen = Risen()
    assert risen.by({"a": 2}) == {"a": 2}
    assert risen.by({"a": 2, "b": 1}) == {"b": 1}
    assert risen.by({"a": 5, "b": 1}) == {"a": 3}


def test_an_operation_is_what_its_answer_says() -> None:
    assert [kind(names) for names in ([], ["people"], ["_entities", "__typename"], ["__schema"], ["__typename", "people"])] == [
        "query",
        "query",
        "entities",
        "introspection",
        "query",
    ]
    visit = Visit()
    visit.answer({"data": None, "errors": [{"extensions": {"code": "A"}}]}, 200)
    assert (visit.outcome, visit.codes) == ("failed", {"A": 1})


def test_memory_is_a_number_of_bytes() -> None:
    assert 1_000_000 < resident() < 100_000_000_000
