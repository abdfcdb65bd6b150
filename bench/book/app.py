"""The same walk as a tutorial teaches it: Strawberry, aiodataloader and a stock httpx client, one upstream call a key.

It takes names on trust: whoever has the same name in both systems is taken for the same person. Nothing outlives a request.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import strawberry
from aiodataloader import DataLoader
from strawberry.asgi import GraphQL

K = TypeVar("K")
V = TypeVar("V")
Row = dict[str, Any]

client = httpx.AsyncClient(base_url=os.environ["UPSTREAM"], timeout=None, trust_env=False)  # noqa: S113 - 4,000 calls wait for 100 connections


async def get(path: str, **query: str | int) -> Any:
    """One upstream call."""
    response = await client.get(path, params=query)
    response.raise_for_status()
    return response.json()


async def bookings(whose: str, key: str) -> list[Row]:
    """The assignments of a project or person that began within a year."""
    start = datetime.combine(datetime.now(UTC).date() - timedelta(days=364), time(), UTC)
    return await get(f"/v2/companies/sandbox/{whose}/{quote(key)}/assignments", startDay=start.isoformat(), dayRange=365)  # type: ignore[no-any-return]


async def of_project(key: str) -> list[Row]:
    """The assignments of a project."""
    return await bookings("projects", key)


async def of_person(key: str) -> list[Row]:
    """The assignments of a person."""
    return await bookings("people", key)


async def check_ins_of(key: tuple[str, int]) -> list[Row]:
    """The newest check-ins of whoever has this name."""
    name, first = key
    return (await get("/api/v2/checkins/", person_name=name, limit=first))["results"]  # type: ignore[no-any-return]


async def detail(key: str) -> Row:
    """One check-in with its responses."""
    return await get(f"/api/v2/checkins/{quote(key, safe='')}/")  # type: ignore[no-any-return]


def loader(fetch: Callable[[K], Coroutine[Any, Any, V]]) -> DataLoader[K, V]:
    """A loader that makes one call a key."""

    async def batch(keys: list[K]) -> list[V]:
        return await asyncio.gather(*(fetch(key) for key in keys))

    return DataLoader(batch)


@dataclass(frozen=True)
class Loaders:
    """The loaders of one request."""

    projects: DataLoader[str, list[Row]]
    people: DataLoader[str, list[Row]]
    check_ins: DataLoader[tuple[str, int], list[Row]]
    details: DataLoader[str, Row]


Info = strawberry.Info[Loaders, None]


@strawberry.type
class Response:
    id: strawberry.ID
    person_name: str


@strawberry.type
class CheckIn:
    id: strawberry.ID
    deadline: datetime
    submitted_at: datetime | None

    @strawberry.field
    async def responses(self, info: Info) -> list[Response]:
        found = await info.context.details.load(self.id)
        return [Response(id=one["api_id"], person_name=one["person_name"]) for one in found["responses"]]


@strawberry.type
class CheckIns:
    nodes: list[CheckIn]


@strawberry.federation.type(keys=["id"])
class Person:
    id: strawberry.ID
    name: str

    @strawberry.field
    async def check_ins(self, info: Info, first: int) -> CheckIns:
        return CheckIns(nodes=[check_in(row) for row in await info.context.check_ins.load((self.name, first))])

    @classmethod
    async def resolve_reference(cls, info: Info, id: strawberry.ID) -> Person | None:  # noqa: A002 - the key's name
        rows = await info.context.people.load(id)
        return person(rows[0]) if rows else None


@strawberry.federation.type(keys=["id"])
class Project:
    id: strawberry.ID
    name: str

    @strawberry.field
    async def people(self, info: Info) -> list[Person]:
        found = {row["person_id"]: person(row) for row in await info.context.projects.load(self.id)}
        return sorted(found.values(), key=lambda one: one.name)


@strawberry.type
class Query:
    @strawberry.field
    async def project(self, info: Info, id: strawberry.ID) -> Project | None:  # noqa: A002 - the argument's name in the graph
        rows = await info.context.projects.load(id)
        return Project(id=id, name=rows[0]["project_name"]) if rows else None


def person(row: Row) -> Person:
    """Whom an assignment books."""
    return Person(id=row["person_id"], name=row["person_name"])


def check_in(row: Row) -> CheckIn:
    """A row of the list."""
    return CheckIn(id=row["api_id"], deadline=moment(row["deadline_date"]), submitted_at=moment(row["submission_date"]))


def moment(text: str | None) -> Any:
    """A time with its zone."""
    return datetime.fromisoformat(text) if text is not None else None


class App(GraphQL[Loaders, None]):
    """Each request has loaders of its own."""

    async def get_context(self, request: Any, response: Any) -> Loaders:
        """The loaders of one request."""
        return Loaders(loader(of_project), loader(of_person), loader(check_ins_of), loader(detail))


app = App(strawberry.federation.Schema(query=Query, types=[Person]), graphql_ide=None)
