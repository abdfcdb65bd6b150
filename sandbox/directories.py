"""The two lists of people, which the documents do not have and `Options.directories` opens: without it their paths are not known.

Both are real. [V] is what the vendors' own pages say, [I] what they leave open and this server has decided:
- workforce, `/people` (the people guide of Workforce Planning, and Procore's API reference): pages of 400 by a 0-based `page`, in the
  envelope of the assignments, empty beyond the last [V]; without `page`, which is optional [V], all people in one bare array [I];
- check-ins, `/users/` (the help centre's "Get users via the Perform & Engage 365 API"): pages by `limit` and `offset`, ids without the
  number of the tenant [V]; people who have left are listed too [I].
The filters of the real lists are unknown parameters here, and ignored.
"""

import json
import sqlite3
from math import ceil
from uuid import NAMESPACE_OID, uuid5

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import access, decoys, query
from sandbox.answer import answer, listing
from sandbox.ids import TENANT
from sandbox.options import Options
from sandbox.shape import Object
from sandbox.store import Store

PAGE = 400  # people

PEOPLE = """
    SELECT w.uid, w.name, w.email, w.employee_number, t.uid AS title_uid FROM workers w LEFT JOIN titles t ON t.id = w.title
    ORDER BY w.id LIMIT ? OFFSET ?
"""
USERS = """
    SELECT u.*, m.uid AS manager_uid, m.name AS manager_name, m.email AS manager_email FROM users u LEFT JOIN users m ON m.id = u.manager
    ORDER BY u.id LIMIT ? OFFSET ?
"""


def routes(store: Store, options: Options) -> list[Route]:
    """Both lists behind the credentials of their APIs; none at all unless they are wanted."""
    if not options.directories:
        return []
    api = Directories(store, options.company)
    return [
        Route("/v2/companies/{company}/people", access.workforce(options)(api.people), methods=["GET"]),
        Route("/api/v2/users/", access.checkins(options)(api.users), methods=["GET"]),
    ]


class Directories:
    """The two lists over one store."""

    def __init__(self, store: Store, company: str) -> None:
        self.store = store
        self.name = company

    async def people(self, request: Request) -> Response:
        """Every worker, also those without any work, in the order of their names."""
        query.company(request.path_params, self.name)
        if query.text(request.query_params, "page") is None:
            return answer(self._people(-1, 0))
        page = query.number(request.query_params, "page", 0)
        pages = max(1, ceil(self._count("workers") / PAGE))
        return answer({"possible_pages": pages, "current_page": page, "data": self._people(PAGE, page * PAGE) if page < pages else []})

    async def users(self, request: Request) -> Response:
        """Every account, also those that never checked in, in the order of their arrival."""
        limit, offset = query.span(request.query_params)
        rows = [user(row) for row in self.store.rows(USERS, (limit, offset))]
        return listing(request.url, self._count("users"), limit, offset, rows)

    def _people(self, limit: int, offset: int) -> list[Object]:
        return [person(row) for row in self.store.rows(PEOPLE, (limit, offset))]

    def _count(self, table: str) -> int:
        row = self.store.row(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own word
        assert row is not None, "a count is one row"
        return int(row[0])


def person(row: sqlite3.Row) -> Object:
    """One row of `/people`, in the names of Procore's reference, which gives the array of people no envelope but has the same pages [V]."""
    first, _, last = row["name"].rpartition(" ")
    return {
        "id": row["uid"],
        "name": {"first": first, "last": last},
        "is_user": row["email"] is not None,
        "is_assignable": True,
        "status": "active",
        "email": row["email"],
        "job_title_id": row["title_uid"],
        "employee_number": row["employee_number"],
        **decoys.worker(row["uid"]),
    }


def user(row: sqlite3.Row) -> Object:
    """One row of `/users/`.

    The first five fields are those of the help centre [V]; the others are in its older "Directory API: Users" [V], and that they are here
    too is inferred [I].
    """
    uid = row["uid"].removeprefix(TENANT)
    return {
        "api_id": uid,
        "name": row["name"],
        "email": row["email"],
        "departments": [] if row["department"] is None else [department(row["department"])],
        "manager": None if row["manager"] is None else manager(row),
        "is_active": bool(row["active"]),
        "language": "en_gb",
        "properties": {**{pair["name"]: pair["value"] for pair in json.loads(row["properties"])}, **decoys.user(uid)},
    }


def department(name: str) -> Object:
    """A department of a user; its id follows from its name."""
    return {"api_id": str(uuid5(NAMESPACE_OID, name)), "name": name}


def manager(row: sqlite3.Row) -> Object:
    """Who manages a user."""
    return {"name": row["manager_name"], "email": row["manager_email"], "api_id": row["manager_uid"].removeprefix(TENANT)}
