"""Pages of check-ins out of pages of rows, whatever the upstream does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.known import Known
from loaders.request import Loaders
from loaders.rows import Question, Rows
from upstreams.check_ins import CheckIns, Filter
from upstreams.dialect import Dialect
from upstreams.errors import BadResponse
from upstreams.http import Http
from upstreams.workforce import Workforce


class Server(httpx.AsyncBaseTransport):
    """Check-ins with so many rows, which gives at most `clamp` of them at once; a stuck one always gives the first."""

    def __init__(self, rows: int, clamp: int, *, stuck: bool = False) -> None:
        self.rows, self.clamp, self.stuck, self.calls = rows, clamp, stuck, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        offset = 0 if self.stuck else int(request.url.params["offset"])
        limit = min(int(request.url.params["limit"]), self.clamp)
        results = [{"api_id": f"580:{number}"} for number in range(offset, min(offset + limit, self.rows))]
        return httpx.Response(200, json={"count": self.rows, "next": None, "previous": None, "results": results})


@asynccontextmanager
async def loaders(server: Server) -> AsyncIterator[Loaders]:
    """The loaders of one request over that server."""
    check_ins, workforce = Http(Dialect("checkins", "http://c"), server), Http(Dialect("workforce", "http://w"), server)
    yield Loaders(Known(Workforce(workforce, "x"), CheckIns(check_ins)))
    await check_ins.aclose()
    await workforce.aclose()


@given(rows=st.integers(0, 60), clamp=st.integers(1, 30), first=st.integers(1, 40), offset=st.integers(0, 70))
async def test_a_page_holds_its_rows_whatever_the_upstreams_clamp(rows: int, clamp: int, first: int, offset: int) -> None:
    server = Server(rows, clamp)
    async with loaders(server) as one:
        page = await one.slice(Question(Rows(Filter()), first, offset))
    wanted = list(range(offset, min(offset + first, rows)))
    assert [item.id for item in page.items] == [f"580:{number}" for number in wanted]
    assert list(page.places) == wanted
    assert page.more == (offset + first < rows)
    assert server.calls <= max(1, -(-len(wanted) // clamp) + 1)


async def test_a_server_that_ignores_the_offset_is_left_after_two_pages() -> None:
    """Trap 32, F18."""
    server = Server(1000, 10, stuck=True)
    async with loaders(server) as one:
        with pytest.raises(BadResponse) as error:
            await one.slice(Question(Rows(Filter()), 40))
    assert error.value.reason == "paging-loop"
    assert server.calls == 2


async def test_page_and_count_of_the_same_rows_share_one_call() -> None:
    server = Server(50, 100)
    async with loaders(server) as one:
        rows = Rows(Filter(person_name="Ann"))
        page = await one.slice(Question(rows, 5))
        assert (len(page.items), await one.totals.load(rows)) == (5, 50)
    assert server.calls == 1
