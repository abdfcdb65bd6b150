"""Over a company that does not change, an answer is the same with the cache, without it, and when the client wants nothing remembered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from graph.limits import Limits
from tests.graphs import Graph, codes, graph, timeless
from tests.sharing.firms import firm

Asked = tuple[str, dict[str, Any]]

PROJECTS = ["bridge", "tower", "none"]
PEOPLE = [*(f"w{number}" for number in range(8)), "twin-1", "twin-2", "a1", "only", "nobody"]
WINDOWS = [
    'activeOn: "2026-03-06"',
    'activeBetween: {from: "2026-02-20", to: "2026-03-20"}',
    'startingBetween: {from: "2024-09-01", to: "2026-03-04"}',
]
HANDED_IN = 'submittedBetween: {from: "2026-02-24", to: "2026-03-04"}'
ROWS = "nodes { id submittedAt overdue } pageInfo { hasNextPage endCursor }"

OF_PROJECTS = [
    *(f"name people({window}) {{ name checkIns(first: {first}) {{ totalCount {ROWS} }} }}" for window, first in product(WINDOWS, (1, 3))),
    f"people {{ id jobTitle {{ name }} checkIns(first: 2, {HANDED_IN}) {{ {ROWS} }} }}",
    "people { timeOff { startDay } checkIns(first: 2) { totalCount } }",
]
OF_PEOPLE = [
    *(
        f"name identity {{ status method }} checkIns(first: {first}) {{ nodes {{ id responses {{ person {{ id }} }} }} }}"
        for first in (1, 2)
    ),
    *(f"assignments({window}) {{ id startDay project {{ name number }} }} timeOff {{ startDay }}" for window in WINDOWS),
]
LISTS = [
    *(f'{{ checkIns(first: {first}, filter: {{personName: "Ann Lee"}}) {{ totalCount {ROWS} }} }}' for first in (1, 2, 50)),
    *(f"{{ assignments(first: {first}, {window}) {{ totalCount nodes {{ id }} }} }}" for first, window in product((1, 4), WINDOWS)),
    *(f"{{ people(first: {first}) {{ totalCount nodes {{ name employeeNumber }} }} }}" for first in (1, 3)),
    *(f"{{ person({key}) {{ id name }} }}" for key in ('email: "1@example.com"', 'employeeNumber: "E-2"', 'email: "tim@example.com"')),
]
ENTITIES = """query ($r: [_Any!]!) { _entities(representations: $r) {
  ... on Person { id name checkIns(first: 1) { totalCount } } ... on CheckIn { id responses { id } } ... on Project { id name } } }"""
KEYS = [
    *({"__typename": "Person", "id": own} for own in PEOPLE),
    *({"__typename": "CheckIn", "id": own} for own in ("a0-0", "a3-1", "t1-0", "gone")),
    *({"__typename": "Project", "id": own} for own in PROJECTS),
]
EVERYTHING: list[Asked] = [
    *((f"query ($id: ID!) {{ project(id: $id) {{ {fields} }} }}", {"id": own}) for fields, own in product(OF_PROJECTS, PROJECTS)),
    *((f"query ($id: ID!) {{ person(id: $id) {{ {fields} }} }}", {"id": own}) for fields, own in product(OF_PEOPLE, PEOPLE)),
    *((query, {}) for query in LISTS),
]
QUERIES = st.one_of(st.sampled_from(EVERYTHING), st.lists(st.sampled_from(KEYS), max_size=4).map(lambda keys: (ENTITIES, {"r": keys})))
WAVES = st.lists(st.lists(QUERIES, min_size=1, max_size=3), min_size=1, max_size=3)
"""Queries that are asked side by side, one such wave after the other."""


async def answers(one: Graph, wave: list[Asked], **headers: str) -> list[Any]:
    """Data and codes of a wave's queries."""
    posts = (one.client.post("/graphql", json={"query": query, "variables": given}, headers=headers) for query, given in wave)
    found = [response.json() for response in await asyncio.gather(*posts)]
    return [(answer["data"], sorted(codes(answer))) for answer in found]


@asynccontextmanager
async def both(path: Path) -> AsyncIterator[tuple[Graph, Graph, Graph]]:
    """Graphs over one company: without a cache, with one, and one for a client that wants nothing remembered."""
    async with graph(path) as off, graph(path, limits=Limits(cache=timeless)) as on, graph(path, limits=Limits(cache=timeless)) as anew:
        yield off, on, anew


@settings(max_examples=40, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(WAVES)
async def test_the_cache_and_its_by_pass_change_no_answer(waves: list[list[Asked]]) -> None:
    """(faults.md F40)"""
    with TemporaryDirectory() as folder:
        firm(path := Path(folder) / "firm.sqlite")
        async with both(path) as (off, on, anew):
            plain = [await answers(off, wave) for wave in waves]
            assert [await answers(on, wave) for wave in waves] == plain
            assert [await answers(anew, wave, **{"Cache-Control": "no-cache"}) for wave in waves] == plain
            assert [await answers(on, wave) for wave in waves] == [await answers(off, wave) for wave in waves]


@settings(max_examples=40, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.lists(QUERIES, min_size=1, max_size=6))
async def test_the_cache_costs_no_call_more(queries: list[Asked]) -> None:
    """Asked one after another: of two at once, whoever comes first proves for both what filters are like, by more calls or fewer."""
    with TemporaryDirectory() as folder:
        firm(path := Path(folder) / "firm.sqlite")
        async with both(path) as (off, on, _):
            for query in queries:
                await answers(off, [query])
                await answers(on, [query])
                assert len(on.wire.calls) <= len(off.wire.calls)
