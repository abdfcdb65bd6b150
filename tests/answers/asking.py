"""What the tests of remembered answers ask, on a clock that only they move."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx

from graph.answers import Answers
from graph.limits import Limits
from tests.clocks import Clock
from tests.graphs import Graph
from upstreams.cache import Cache

PROJECTS = "{ projects(first: 3) { nodes { id name } } }"
PEOPLE = "query People($first: Int! = 2) { people(first: $first) { nodes { id name } } }"


@dataclass
class Moment:
    """A memory of whole answers beside the usual one of the upstreams', on one clock."""

    seconds: float = 5.0
    clock: Clock = field(default_factory=Clock)

    def limits(self, size: int = 64_000_000) -> Limits:
        """What a graph remembers."""
        return Limits(cache=lambda: Cache(clock=self.clock), answers=lambda: Answers(self.seconds, size, self.clock))


async def post(one: Graph, query: str = PROJECTS, headers: dict[str, str] | None = None, **given: object) -> httpx.Response:
    """The answer to a POST."""
    return await one.client.post("/graphql", json={"query": query, **given}, headers=headers)


def remembered(response: httpx.Response) -> bool:
    """Whether an answer comes from memory: only these have an age."""
    return "age" in response.headers
