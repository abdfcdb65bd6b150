"""Upstreams of our own behind the transport seam, the documents' samples, and clients of both."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec

from tests.graphs import noon
from tests.policies import ONCE
from upstreams.calls import Call, Kind
from upstreams.check_ins import CheckIns
from upstreams.dialect import Dialect
from upstreams.errors import BadInput
from upstreams.http import Http
from upstreams.workforce import Workforce

HOST = "http://upstream.test"

Answering = Callable[[httpx.Request], httpx.Response]
Object = dict[str, Any]


def sample(name: str) -> Any:
    """One of the documents' own examples."""
    return msgspec.json.decode((Path(__file__).parent / "samples" / f"{name}.json").read_bytes())


def reply(content: Any, status: int = 200, **headers: str) -> httpx.Response:
    """`content` as JSON."""
    return httpx.Response(status, content=msgspec.json.encode(content), headers={"Content-Type": "application/json", **headers})


class Double(httpx.AsyncBaseTransport):
    """A transport that answers as it is told and keeps what it was asked."""

    def __init__(self, answer: Answering) -> None:
        self.answer = answer
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.answer(request)

    @property
    def targets(self) -> list[str]:
        """The raw path and query of each request."""
        return [request.url.raw_path.decode() for request in self.requests]


def always(content: Any, status: int = 200) -> Double:
    """A transport that answers everything with the same JSON."""
    return Double(lambda request: reply(content, status))


def http(transport: httpx.AsyncBaseTransport, **dialect: Any) -> Http:
    """The plain way to an upstream, over a transport."""
    return Http(Dialect("checkins", HOST, **{"policy": ONCE, **dialect}), transport, calendar=noon)


async def plain(http: Http, path: str = "/", *query: tuple[str, str]) -> Any:
    """The decoded answer to one GET."""
    return await http.ask(Call(Kind.ROWS, path, path, query), lambda raw, _: raw)


def check_ins(transport: httpx.AsyncBaseTransport, **dialect: Any) -> CheckIns:
    """A check-ins client over a transport."""
    return CheckIns(Http(Dialect("checkins", HOST, **{"policy": ONCE, **dialect}), transport, calendar=noon))


def workforce(transport: httpx.AsyncBaseTransport, **dialect: Any) -> Workforce:
    """A client of the company `acme` over a transport."""
    return Workforce(Http(Dialect("workforce", HOST, **{"policy": ONCE, **dialect}), transport, calendar=noon), "acme")


def rows(total: int) -> list[Object]:
    """So many check-in rows, with ids "0", "1", ..."""
    return [{"api_id": str(number), "deadline_date": "2025-04-12T00:59:59+01:00"} for number in range(total)]


def people(total: int) -> list[Object]:
    """So many workforce people, with ids "0", "1", ... and one assignment each."""
    return [
        {"person_id": str(number), "person_name": f"P {number}", "assignments": [{"id": f"a{number}", "project_id": "p"}], "timeoff": []}
        for number in range(total)
    ]


def same(value: Any) -> Any:
    """The truth."""
    return value


@dataclass
class Rows:
    """A check-ins list over `rows` that never gives more than `clamp` of them; `count` and `next` may lie."""

    rows: list[Object]
    clamp: int = 100
    count: Callable[[int], Any] = same
    next: Callable[[str | None], Any] = same

    def __call__(self, request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        offset, limit = int(asked["offset"]), min(int(asked["limit"]), self.clamp)
        link = f"{HOST}/api/v2/checkins/?limit={limit}&offset={offset + limit}" if offset + limit < len(self.rows) else None
        results = self.rows[offset : offset + limit]
        return reply({"count": self.count(len(self.rows)), "next": self.next(link), "previous": None, "results": results})


@dataclass
class People:
    """A workforce list over `rows` in pages of `size`; `possible` and `current` may lie."""

    rows: list[Object]
    size: int = 100
    possible: Callable[[int], Any] = same
    current: Callable[[int], Any] = same

    def __call__(self, request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        pages = max(1, -(-len(self.rows) // self.size))
        found: Object = {"possible_pages": self.possible(pages), "current_page": self.current(page)}
        if page >= pages:
            return reply({**found, "data": [], "warning": "out of bounds"})
        return reply({**found, "data": self.rows[page * self.size : (page + 1) * self.size]})


def refused(make: Callable[[], object]) -> BadInput | None:
    """The BadInput that this raises, if it does."""
    try:
        make()
    except BadInput as error:
        return error
    return None


def shown(error: BaseException) -> str:
    """Everything that an error says of itself."""
    return f"{error} {error!r} {error.args!r} {vars(error)!r}"


def numbers(found: Iterable[str]) -> list[int]:
    """Ids as the numbers that they are."""
    return [int(one) for one in found]
