"""What a query costs, told before it is asked and, if that is wanted, beside what it came to."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from graphql import DocumentNode, GraphQLError, GraphQLSchema, GraphQLSyntaxError, OperationDefinitionNode, OperationType, parse, validate
from graphql.execution.values import get_variable_values
from starlette.applications import Starlette

from graph.app import Upstreams, create_app, from_settings, knowing
from graph.embedded import embedded
from graph.errors import formatted
from graph.estimate import estimate
from graph.forecast import Estimate
from graph.limits import OPEN, none
from graph.schema import WEIGHTS, schema
from graph.selection import asked
from graph.settings import Settings
from graph.weights.bounds import Bounds
from graph.weights.prices import price
from loaders.mapping import Register
from loaders.stores import MemoryStore
from upstreams.dialect import Dialect

TRACED = {"x-crewgraph-trace": "1"}
NOWHERE = Upstreams(Dialect("checkins", "http://nowhere"), Dialect("workforce", "http://nowhere"), "company")
"""Upstreams that nobody asks anything."""


class Wrong(Exception):
    """A query that cannot be asked; `problems` has a sentence each, after its line and column where it has them."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Question:
    """A query, its variables, and which of its operations is meant."""

    text: str
    variables: Mapping[str, Any]
    operation: str | None = None


@dataclass(frozen=True)
class Explained:
    """The estimate under a budget of `limit` calls, the points under what `documents` may cost and, if the query was run, its trace and
    the codes of its errors.
    """

    estimate: Estimate
    limit: int
    trace: Mapping[str, Any] | None = None
    errors: Mapping[str, int] | None = None
    points: int = 0
    documents: Bounds = field(default_factory=Bounds)

    def shown(self) -> dict[str, Any]:
        """All of it as data, without anybody's id."""
        found = self.estimate
        steps = [asdict(step) for step in found.steps]
        told = {"least": found.least, "likely": found.likely, "waves": found.waves, "limit": self.limit, "steps": steps}
        told |= {"points": self.points, "mostPoints": self.documents.cost}
        if self.trace is None:
            return {"estimate": told}
        return {"estimate": told, "run": {**self.trace, "identities": identities(self.trace), "errors": dict(self.errors or {})}}


def identities(trace: Mapping[str, Any]) -> list[dict[str, Any]]:
    """How many identities were decided or remembered, by status and method."""
    counts = Counter((one["status"], one["method"], one["remembered"]) for one in trace["identities"])
    return [{"status": kind[0], "method": kind[1], "remembered": kind[2], "people": many} for kind, many in sorted(counts.items(), key=str)]


def read(given: str) -> str:
    """The text of a query: itself, what a file holds, or, for `-`, standard input. Raises OSError."""
    if given == "-":
        return sys.stdin.read()
    return given if "{" in given else Path(given).read_text(encoding="utf-8")


def question(given: str, variables: str | None, operation: str | None) -> Question:
    """What is asked. Raises Wrong when the variables are no JSON object, and OSError."""
    try:
        found = json.loads(variables) if variables else {}
    except ValueError as cause:
        raise Wrong([f"--variables: this is not JSON: {cause}."]) from cause
    if not isinstance(found, dict):
        raise Wrong(["--variables: must be a JSON object."])
    return Question(read(given), found, operation)


def understood(question: Question) -> tuple[GraphQLSchema, DocumentNode, str | None, Mapping[str, Any]]:
    """The operation, as it is looked at by `asked` and `price`. Raises Wrong with what the API would answer."""
    try:
        document = parse(question.text)
    except GraphQLSyntaxError as error:
        raise Wrong(told([error])) from error
    if errors := validate(schema._schema, document):
        raise Wrong(told(errors))
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    meant = [one for one in operations if question.operation is None or (one.name and one.name.value == question.operation)]
    if len(meant) != 1 or meant[0].operation is not OperationType.QUERY:
        raise Wrong(["Name one of the document's queries with `--operation`."])
    values = get_variable_values(schema._schema, meant[0].variable_definitions or (), dict(question.variables))
    if isinstance(values, list):
        raise Wrong(told(values))
    return schema._schema, document, question.operation, question.variables


def told(errors: list[GraphQLError]) -> list[str]:
    """Errors in the API's words, each after its place."""
    return [
        " ".join([*(f"{at['line']}:{at['column']}:" for at in one.get("locations", ())[:1]), one["message"]])
        for one in formatted(errors, "")
    ]


async def foreseen(question: Question, settings: Settings) -> Explained:
    """The estimate where nothing is known; nobody is asked anything. Raises Wrong, and Unusable for settings."""
    operation, limits, mapping = understood(question), settings.limits(), settings.mapping()
    register = mapping.register if mapping is not None else Register()
    async with knowing(NOWHERE, settings.rules(), register, replace(limits, engine=none, store=MemoryStore)) as known:
        return Explained(estimate(asked(*operation), known), limits.calls, points=price(WEIGHTS, *operation), documents=limits.documents)


async def ran(question: Question, settings: Settings, latency_ms: float = 0) -> Explained:
    """The same from the links that are remembered, and what the query came to. Raises Wrong, and Unusable for settings."""
    upstreams = embedded(settings, latency_ms) if settings.sandboxed else from_settings(settings)
    limits = replace(settings.limits(), trace=True, door=OPEN)
    return await run(question, create_app(upstreams, settings.rules(), settings.mapping(), limits=limits))


async def run(question: Question, app: Starlette) -> Explained:
    """The estimate from what the graph knows before it is asked, and what the query came to."""
    operation, transport = understood(question), httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://graph") as client:
        found, limits = estimate(asked(*operation), app.state.service.known), app.state.service.limits
        body = {"query": question.text, "variables": question.variables, "operationName": question.operation}
        answer = (await client.post("/graphql", json=body, headers=TRACED)).json()
        codes = Counter(error["extensions"]["code"] for error in answer.get("errors", ()))
        return Explained(found, limits.calls, answer["extensions"]["trace"], codes, price(WEIGHTS, *operation), limits.documents)
