"""The check-ins API of seed A: a list without people, and details with the responses that name them."""

import json
from sqlite3 import Row

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import access, query, rows, shape
from sandbox.answer import answer, listing
from sandbox.arrange import RESPONSE_DELAY
from sandbox.ids import Kind, derive, number
from sandbox.options import Options
from sandbox.shape import Object
from sandbox.store import Store
from sandbox.timeline import COLUMNS, Question, Timeline


def routes(store: Store, options: Options) -> list[Route]:
    """Both endpoints, behind Basic credentials where they are set; their paths end in a slash (seed A:11, A:86)."""
    api = CheckIns(store, options)
    behind = access.checkins(options)
    return [
        Route("/api/v2/checkins/", behind(api.page), methods=["GET"]),
        Route("/api/v2/checkins/{api_id}/", behind(api.detail), methods=["GET"]),
    ]


class CheckIns:
    """The endpoints over one store."""

    def __init__(self, store: Store, options: Options) -> None:
        self.store = store
        self.timeline = Timeline(store, options)

    async def page(self, request: Request) -> Response:
        """Seed A:9-80: one page of the check-ins that match every filter sent; an empty filter is none, an unknown one is ignored."""
        limit, offset = query.span(request.query_params)
        count, numbers = self.timeline.page(_question(request), offset, limit)
        return listing(request.url, count, limit, offset, self._listed(numbers))

    async def detail(self, request: Request) -> Response:
        """Seed A:84-145: one check-in with its responses."""
        row = self._find(request.path_params["api_id"])
        if row is None:
            raise HTTPException(404, "no such check-in")
        return answer({**self._shown(row), "responses": self._responses(row)})

    def _find(self, uid: str) -> Row | None:
        """The check-in with this very id, given or derived."""
        given = self.store.row("SELECT * FROM check_ins WHERE uid = ?", (uid,))
        if given is not None:
            return given
        return self.store.row("SELECT * FROM check_ins WHERE id = ? AND uid IS NULL", (number(Kind.CHECK_IN, uid, self.store.seed),))

    def _listed(self, numbers: list[int]) -> list[Object]:
        sql = "SELECT c.* FROM json_each(?) AS asked CROSS JOIN check_ins c ON c.id = asked.value ORDER BY asked.key"
        return [self._shown(row) for row in self.store.rows(sql, (json.dumps(numbers),))]

    def _shown(self, row: Row) -> Object:
        return shape.check_in(row, row["uid"] or derive(Kind.CHECK_IN, row["id"], self.store.seed), self._shift(row))

    def _responses(self, row: Row) -> list[Object]:
        if row["answered"] == rows.OWN:
            return [self._own(row)]
        listed = self.store.rows("SELECT * FROM responses WHERE check_in = ? ORDER BY id", (row["id"],))
        return [
            shape.response(item["uid"], shape.moment(item["moment"], item["offset"], self._shift(row)), self._user(item)) for item in listed
        ]

    def _own(self, row: Row) -> Object:
        """The one response that every submitted check-in implies: by its person, a moment after submission."""
        at = shape.moment(row["submitted"] + RESPONSE_DELAY, row["offset"], self._shift(row))
        return shape.response(derive(Kind.RESPONSE, row["id"], self.store.seed), at, self._user(row))

    def _user(self, row: Row) -> Row:
        user = self.store.row("SELECT * FROM users WHERE id = ?", (row["user"],))
        assert user is not None, "every check-in and response is a user's"
        return user

    def _shift(self, row: Row) -> int:
        return self.store.shift if row["id"] >= 0 else 0


def _question(request: Request) -> Question:
    params = request.query_params
    texts = {name: value for name in COLUMNS if (value := query.text(params, name)) is not None}
    return Question(query.plain_day(params, "date_from"), query.plain_day(params, "date_to"), texts)
