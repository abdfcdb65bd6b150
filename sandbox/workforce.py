"""The workforce API of seed B: five reads of assignments, three of them in pages of 100 people."""

import json
from collections import defaultdict
from collections.abc import Sequence
from math import ceil
from sqlite3 import Row

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import access, assignments, query, shape
from sandbox.answer import answer
from sandbox.assignments import BOUNDS, Question
from sandbox.ids import Kind, derive
from sandbox.options import Options
from sandbox.shape import Object
from sandbox.store import Store

PAGE = 100  # people (seed B:50)
NOUNS = {"groups": "group", "projects": "project", "workers": "person"}


def routes(store: Store, options: Options) -> list[Route]:
    """The five endpoints, behind Basic or Bearer credentials where they are set; their paths end without a slash (seed B:5)."""
    api = Workforce(store, options.company)
    behind = access.workforce(options)
    root = "/v2/companies/{company}"
    return [
        Route(f"{root}/assignments", behind(api.company), methods=["GET"]),
        Route(f"{root}/assignments/current", behind(api.current), methods=["GET"]),
        Route(f"{root}/groups/{{uid}}/assignments", behind(api.group), methods=["GET"]),
        Route(f"{root}/projects/{{uid}}/assignments", behind(api.project), methods=["GET"]),
        Route(f"{root}/people/{{uid}}/assignments", behind(api.person), methods=["GET"]),
    ]


class Workforce:
    """The endpoints over one store."""

    def __init__(self, store: Store, company: str) -> None:
        self.store = store
        self.name = company

    async def company(self, request: Request) -> Response:
        """Seed B:3-141: the people with assignments begun, or time off, in the window."""
        self._known(request)
        return self._page(request, _begun(request))

    async def current(self, request: Request) -> Response:
        """Seed B:143-163: the people with an assignment that has a working day on the date."""
        self._known(request)
        day = query.day(request.query_params, "date") or self.store.today.toordinal()
        return self._page(request, Question(day, day, True, _bounds(request)))

    async def group(self, request: Request) -> Response:
        """Seed B:166-192: the company's answer for the people of one group."""
        return self._page(request, _begun(request), self._number(request, "groups"))

    async def project(self, request: Request) -> Response:
        """Seed B:194-249: the assignments to one project begun in the window, without pages."""
        number = self._number(request, "projects")
        rows = assignments.of_project(self.store, _begun(request), number)
        return answer([shape.of_project(row, self._uid(row)) for row in rows])

    async def person(self, request: Request) -> Response:
        """Seed B:251-312: the assignments of one person begun in the window, without pages."""
        number = self._number(request, "workers")
        rows = assignments.of_worker(self.store, _begun(request), number)
        return answer([shape.of_person(row, self._uid(row)) for row in rows])

    def _page(self, request: Request, question: Question, group: int | None = None) -> Response:
        page = query.number(request.query_params, "page", 0)
        people = assignments.people(self.store, question, group)
        pages = max(1, ceil(len(people) / PAGE))
        found: Object = {"possible_pages": pages, "current_page": page, "data": []}
        if page >= pages:
            return answer({**found, "warning": f"The page {page} is out of bounds: the last page is {pages - 1}."})
        return answer({**found, "data": self._people(question, people[page * PAGE : page * PAGE + PAGE])})

    def _people(self, question: Question, numbers: Sequence[int]) -> list[Object]:
        workers = json.dumps(list(numbers))
        jobs = _by_worker(assignments.of_workers(self.store, question, workers))
        absences = _by_worker(assignments.time_off(self.store, question, workers))
        return [
            shape.person(
                row,
                [shape.of_company(job, self._uid(job)) for job in jobs[row["id"]]],
                [shape.time_off(absence) for absence in absences[row["id"]]],
            )
            for row in assignments.workers(self.store, workers)
        ]

    def _uid(self, row: Row) -> str:
        uid: str | None = row["uid"]
        return uid or derive(Kind.ASSIGNMENT, row["id"], self.store.seed)

    def _known(self, request: Request) -> None:
        query.company(request.path_params, self.name)

    def _number(self, request: Request, table: str) -> int:
        self._known(request)
        found = self.store.row(f"SELECT id FROM {table} WHERE uid = ?", (request.path_params["uid"],))  # noqa: S608 - our own word
        if found is None:
            raise HTTPException(404, f"no such {NOUNS[table]}")
        return int(found["id"])


def _begun(request: Request) -> Question:
    return Question(*query.window(request.query_params), bounds=_bounds(request))


def _bounds(request: Request) -> dict[str, int]:
    asked = {name: query.day(request.query_params, name) for name in BOUNDS}
    return {name: day for name, day in asked.items() if day is not None}


def _by_worker(rows: list[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["worker"]].append(row)
    return found
