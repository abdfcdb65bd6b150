"""Walking the check-ins list: our own offsets, every row once, whatever the upstream says of itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.upstreams.doubles import HOST, Double, Object, Rows, check_ins, numbers, reply, rows
from upstreams.check_ins import CheckIns, Filter
from upstreams.errors import BadResponse, Refused, UpstreamError
from upstreams.records import Listing


async def walked(client: CheckIns, limit: int = 100, offset: int = 0) -> list[Listing]:
    """All pages."""
    return [page async for page in client.pages(Filter(), limit=limit, offset=offset)]


def ids(pages: list[Listing]) -> list[int]:
    """The rows of these pages."""
    return numbers(row.id for page in pages for row in page.items)


@pytest.mark.parametrize(("total", "limit", "calls"), [(0, 10, 1), (1, 10, 1), (10, 10, 1), (11, 10, 2), (30, 10, 3), (250, 100, 3)])
async def test_a_list_takes_as_many_calls_as_it_has_pages(total: int, limit: int, calls: int) -> None:
    double = Double(Rows(rows(total)))
    assert ids(await walked(check_ins(double), limit)) == list(range(total))
    assert len(double.requests) == calls


async def test_a_silently_clamped_limit_loses_no_row() -> None:
    # trap 32: the offset advances by what came back
    double = Double(Rows(rows(70), clamp=25))
    assert ids(await walked(check_ins(double), 100)) == list(range(70))
    assert [request.url.params["offset"] for request in double.requests] == ["0", "25", "50"]


async def test_a_walk_may_begin_anywhere_and_says_where_each_row_stands() -> None:
    pages = await walked(check_ins(Double(Rows(rows(30)))), 10, offset=15)
    assert [place for page in pages for place in page.places] == list(range(15, 30))
    assert ids(pages) == list(range(15, 30))


async def test_a_walk_from_beyond_the_end_is_one_empty_page() -> None:
    [page] = await walked(check_ins(Double(Rows(rows(3)))), 10, offset=99)
    assert (page.items, page.count, page.more) == ((), 3, False)


async def test_pages_are_asked_for_only_when_they_are_wanted() -> None:
    double = Double(Rows(rows(500)))
    async for page in check_ins(double).pages(Filter(), limit=10):
        assert ids([page]) == list(range(10))
        break
    assert len(double.requests) == 1


LIES: list[Any] = [0, 1, 10, 11, 10**12, -3, "many", "", None, 2.5, True, [], {}]


@pytest.mark.parametrize("lie", LIES)
async def test_a_lie_about_the_count_loses_no_row_and_costs_at_most_one_call(lie: Any) -> None:
    # fault F18, trap 32: 10 is the number of rows on the page, another way to read seed A:42
    double = Double(Rows(rows(30), count=lambda total: lie))
    assert ids(await walked(check_ins(double), 10)) == list(range(30))
    assert len(double.requests) <= 4


@pytest.mark.parametrize("count", [31, 1000, 10**9])
async def test_a_count_that_is_too_large_ends_at_the_first_empty_page(count: int) -> None:
    # fault F18
    double = Double(Rows(rows(30), count=lambda total: count))
    assert ids(await walked(check_ins(double), 10)) == list(range(30))
    assert len(double.requests) == 4


@pytest.mark.parametrize("lie", [0, 9, 10])
async def test_a_count_that_the_rows_contradict_is_no_total(lie: int) -> None:
    # fault F18: `totalCount` must not repeat it
    listing = await check_ins(Double(Rows(rows(30), count=lambda total: lie))).listing(Filter(), limit=10)
    assert listing.count is None
    assert listing.more


async def test_the_total_alone_costs_one_row() -> None:
    listing = await check_ins(Double(Rows(rows(30)))).listing(Filter(), limit=1)
    assert (listing.count, listing.taken, listing.more) == (30, 1, True)


@pytest.mark.parametrize(
    "link", ["http://elsewhere.test/api/v2/checkins/?offset=0", "https://upstream.test/x", "file:///etc/passwd", 7, "::"]
)
async def test_next_is_never_requested_as_given(link: Any) -> None:
    # trap 33, fault F16: not another host, not another scheme, not itself
    double = Double(Rows(rows(30), next=lambda honest: link))
    assert ids(await walked(check_ins(double), 10)) == list(range(30))
    assert {(request.url.scheme, request.url.host, request.url.path) for request in double.requests} == {
        ("http", "upstream.test", "/api/v2/checkins/")
    }
    assert [request.url.params["offset"] for request in double.requests] == ["0", "10", "20", "30"]


@pytest.mark.parametrize("link", [None, ""])
async def test_a_missing_next_does_not_end_a_list_that_the_count_says_goes_on(link: Any) -> None:
    # fault F16
    double = Double(Rows(rows(30), next=lambda honest: link))
    assert ids(await walked(check_ins(double), 10)) == list(range(30))
    assert len(double.requests) == 3


@pytest.mark.parametrize("count", [99, None])
async def test_a_server_that_ignores_the_offset_is_an_error_after_two_calls(count: int | None) -> None:
    # trap 32: a loop
    double = Double(lambda request: reply({"count": count, "next": HOST, "results": rows(10)}))
    with pytest.raises(BadResponse) as caught:
        await walked(check_ins(double), 10)
    assert caught.value.reason == "paging-loop"
    assert len(double.requests) == 2


async def test_a_list_without_an_end_is_an_error_at_the_page_cap() -> None:
    # trap 32, fault F18
    double = Double(endless)
    with pytest.raises(BadResponse) as caught:
        await walked(check_ins(double, most_pages=7), 1)
    assert caught.value.reason == "too-many-pages"
    assert len(double.requests) == 7


def endless(request: httpx.Request) -> httpx.Response:
    """One more row, for ever."""
    return reply({"count": 10**9, "next": HOST, "results": [{"api_id": request.url.params["offset"]}]})


class Growing:
    """A list to whose head `grown` new rows come between any two calls, up to `most` in all."""

    def __init__(self, old: int, grown: int, most: int) -> None:
        self.old, self.grown, self.most = old, grown, most
        self.calls = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        new = min(self.calls * self.grown, self.most)
        self.calls += 1
        fresh: list[Object] = [{"api_id": str(1000 + number)} for number in range(new, 0, -1)]
        return Rows([*fresh, *rows(self.old)])(request)


@pytest.mark.parametrize(("grown", "most"), [(1, 1), (3, 6), (10, 10), (10, 30)])
async def test_rows_that_new_ones_push_down_are_given_once(grown: int, most: int) -> None:
    # trap 31, fault F15: even when a whole page of them is known already
    pages = await walked(check_ins(Double(Growing(40, grown, most))), 10)
    assert ids(pages) == list(range(40))


async def test_the_count_of_each_page_shows_that_it_moved() -> None:
    # trap 31: whoever walks can say so
    pages = await walked(check_ins(Double(Growing(20, 5, 5))), 10)
    assert [page.count for page in pages] == [20, 25, 25]


async def test_rows_that_cannot_be_read_do_not_end_the_list() -> None:
    # fault F11
    broken: list[Any] = [None, {}, "row", 7]
    pages = await walked(check_ins(Double(Rows([*broken, *rows(3)]))), 2)
    assert ids(pages) == [0, 1, 2]
    assert [page.dropped for page in pages] == [2, 2, 0, 0]
    assert [page.taken for page in pages] == [2, 2, 2, 1]


@pytest.mark.parametrize("failure", [reply({}, 500), reply([]), reply({}, 404)])
async def test_a_failure_midway_is_raised_and_no_part_of_it_is_given(failure: httpx.Response) -> None:
    # fault F8: what was given before stays right, what failed is not used
    honest: Callable[[httpx.Request], httpx.Response] = Rows(rows(30))
    double = Double(lambda request: failure if request.url.params["offset"] == "10" else honest(request))
    given: list[Listing] = []
    with pytest.raises(UpstreamError):
        await kept(check_ins(double), given)
    assert ids(given) == list(range(10))


async def kept(client: CheckIns, pages: list[Listing]) -> None:
    """Put page after page into `pages`, so that those before a failure are left."""
    async for page in client.pages(Filter(), limit=10):
        pages.append(page)


async def test_a_404_of_the_list_itself_is_a_refusal_and_not_an_empty_list() -> None:
    # trap 38
    with pytest.raises(Refused) as caught:
        await walked(check_ins(Double(lambda request: reply({}, 404))))
    assert caught.value.status == 404
