"""Three other teams' services, as small as they can be: the schemas are the `.graphql` files beside this module."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from graphql import build_schema, graphql
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.cast import SHARED_MAILBOX
from sandbox.documents import CHECK_INS

SDL = {path.stem: path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("*.graphql"))}
DESKS = {"A-12": "ann@example.com", "S-01": SHARED_MAILBOX}
MACHINERY = "scalar _Any union _Entity = {} extend type Query {{ _entities(representations: [_Any!]!): [_Entity]! }}"

Values = Mapping[str, Any]
Entities = Mapping[str, Callable[[Values], Values]]


def app() -> Starlette:
    """All three, each under its name."""
    return Starlette(
        routes=[
            service("training", {"badge": lambda _, id: badge(id.removeprefix("forklift-"))}, {"Person": holder}),  # noqa: A006 - the argument's name
            service("facilities", {"desk": lambda _, code: desk(code)}, {"Person": occupant}),
            service("finance", {"payslip": payslip, "budget": budget}, {"Person": worker, "Project": project}),
        ]
    )


def service(name: str, roots: Values, entities: Entities) -> Route:
    """One subgraph: the roots of its query type, and what makes its entities from their representations."""
    union = " | ".join(dict.fromkeys(re.findall(r"type (\w+) @key", SDL[name])))
    schema = build_schema(SDL[name] + MACHINERY.format(union), assume_valid_sdl=True)

    def found(_: object, representations: list[Values]) -> list[Values]:
        return [{"__typename": one["__typename"], **entities[one["__typename"]](one)} for one in representations]

    async def answer(request: Request) -> Response:
        asked = await request.json()
        result = await graphql(schema, asked["query"], {**roots, "_entities": found}, variable_values=asked.get("variables"))
        return JSONResponse(result.formatted)

    return Route(f"/{name}", answer, methods=["POST"])


def badge(person_id: str) -> Values:
    """The training that everybody has passed, announced in a check-in."""
    return {
        "id": f"forklift-{person_id}",
        "title": "Forklift",
        "awardedAt": "2026-01-05T09:00:00Z",
        "holder": lambda _: holder({"id": person_id}),
        "announcedIn": {"id": CHECK_INS[0]},
    }


def holder(person: Values) -> Values:
    """A person of the training team."""

    def badges(_: object, first: int) -> Values:
        edges = [{"cursor": "1", "node": badge(person["id"])}][:first]
        return {"edges": edges, "pageInfo": {"hasNextPage": False, "hasPreviousPage": False}}

    return {"id": person["id"], "badges": badges}


def desk(code: str) -> Values:
    """A desk and whoever sits at it."""
    return {"code": code, "floor": 3, "occupant": lambda _: occupant({"email": DESKS[code]})}


def occupant(person: Values) -> Values:
    """A person of the facilities team."""
    code = next((code for code, email in DESKS.items() if email == person["email"]), None)
    return {"email": person["email"], "desk": desk(code) if code else None}


def worker(person: Values) -> Values:
    """A person of the finance team."""
    return {"employeeNumber": person["employeeNumber"], "hourlyRate": money("42.00")}


def payslip(_: object, employeeNumber: str) -> Values:  # noqa: N803 - the argument's name in the graph
    """What somebody was paid."""
    return {"gross": money("1680.00"), "person": worker({"employeeNumber": employeeNumber})}


def project(known: Values) -> Values:
    """A project of the finance team."""
    return {"number": known["number"], "budget": lambda _: budget(None, known["number"])}


def budget(_: object, projectNumber: str) -> Values:  # noqa: N803 - the argument's name in the graph
    """What a project may cost."""
    return {"total": money("1000000.00"), "project": lambda _: project({"number": projectNumber})}


def money(amount: str) -> Values:
    """An amount in pounds."""
    return {"amount": amount, "currency": "GBP"}
