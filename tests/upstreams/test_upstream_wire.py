"""Over real sockets: what is on the wire, who gets the credentials, and how a broken wire looks."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta, timezone

import pytest

from tests.policies import ONCE
from tests.upstreams.doubles import plain
from tests.upstreams.wire import KEY, answer, calling, listening
from tests.waiting import stopwatch
from upstreams.check_ins import CheckIns, Filter
from upstreams.errors import BadResponse, TimedOut, Unavailable, UpstreamError
from upstreams.workforce import Starts, Workforce

EMPTY = answer(b'{"count": 0, "next": null, "results": []}')


async def test_a_colon_and_a_plus_arrive_as_3a_and_2b() -> None:
    # traps 18, 35 and 36
    day = date(2024, 1, 1)
    async with listening(answer(b'{"api_id": "580:ce417c60", "responses": []}'), EMPTY, answer(b"[]")) as server:
        async with calling(server.url) as http:
            await CheckIns(http).check_in("580:ce417c60")
            await CheckIns(http).listing(Filter(person_email="ann+1@lee.test"), limit=5)
        async with calling(server.url, "workforce") as http:
            await Workforce(http, "acme").project("a+b:c", Starts(day, day, timezone(timedelta(hours=1))))
    assert server.lines == [
        "GET /api/v2/checkins/580%3Ace417c60/ HTTP/1.1",
        "GET /api/v2/checkins/?person_email=ann%2B1%40lee.test&limit=5&offset=0 HTTP/1.1",
        "GET /v2/companies/acme/projects/a%2Bb%3Ac/assignments?startDay=2024-01-01T00%3A00%3A00%2B01%3A00&dayRange=1 HTTP/1.1",
    ]


async def test_a_base_url_with_a_path_keeps_it() -> None:
    # trap 34
    async with listening(EMPTY) as server, calling(f"{server.url}/gateway/") as http:
        await CheckIns(http).listing(Filter(), limit=5)
    assert server.lines == ["GET /gateway/api/v2/checkins/?limit=5&offset=0 HTTP/1.1"]


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
async def test_a_redirect_to_another_host_is_not_followed_and_gets_no_credentials(status: str) -> None:
    # trap 33, fault F17
    async with listening(EMPTY) as other:
        moved = answer(b"", status, f"Location: {other.url}/api/v2/checkins/\r\n")
        async with listening(moved) as server, calling(server.url) as http:
            with pytest.raises(BadResponse):
                await CheckIns(http).listing(Filter(), limit=5)
    assert other.heads == []
    assert len(server.heads) == 1
    assert "\r\nAuthorization: Basic " in server.heads[0]


async def test_a_redirect_to_itself_is_one_call() -> None:
    # fault F17: no loop
    async with listening(answer(b"", "302 Found", "Location: /api/v2/checkins/\r\n"), EMPTY) as server, calling(server.url) as http:
        with pytest.raises(BadResponse):
            await CheckIns(http).listing(Filter(), limit=5)
    assert len(server.heads) == 1


async def test_next_at_another_host_is_never_requested() -> None:
    # trap 33, fault F16
    async with listening(EMPTY) as other:
        link = f'"{other.url}/api/v2/checkins/?limit=1&offset=1"'
        first, second = (f'{{"count": 2, "next": {link}, "results": [{{"api_id": "{number}"}}]}}'.encode() for number in range(2))
        async with listening(answer(first), answer(second), EMPTY) as server, calling(server.url) as http:
            pages = [page async for page in CheckIns(http).pages(Filter(), limit=1)]
    assert [row.id for page in pages for row in page.items] == ["0", "1"]
    assert other.heads == []
    assert [line.split()[1].partition("?")[2] for line in server.lines] == ["limit=1&offset=0", "limit=1&offset=1", "limit=1&offset=2"]


async def test_a_refused_connection_is_unavailable() -> None:
    # fault F7
    async with listening() as server:
        pass
    async with calling(server.url) as http:
        with pytest.raises(Unavailable):
            await plain(http)


async def test_a_server_that_speaks_no_tls_is_unavailable() -> None:
    # fault F7
    async with listening(EMPTY) as server, calling(server.url.replace("http:", "https:")) as http:
        with pytest.raises(UpstreamError) as caught:
            await plain(http)
    assert type(caught.value) is Unavailable


BROKEN = {
    "a body shorter than promised": answer(b'{"a": 1}', encode=lambda body: body[:-3]),
    "a chunk without an end": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{",
    "no HTTP at all": b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    "headers without an end": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000,
    "a length that is no number": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ten\r\n\r\n{}",
}


@pytest.mark.parametrize("piece", BROKEN.values(), ids=BROKEN)
async def test_an_answer_that_breaks_off_is_a_bad_response_and_never_used_in_part(piece: bytes) -> None:
    # fault F8
    async with listening(piece) as server, calling(server.url) as http:
        with pytest.raises(BadResponse) as caught:
            await plain(http)
    assert caught.value.reason == "protocol"
    assert KEY not in f"{caught.value!r}"


async def test_an_upstream_that_drips_is_stopped_by_the_deadline_of_the_whole_call() -> None:
    # fault F5: each byte comes in time, the answer does not
    async with listening(EMPTY, drip=0.02) as server, calling(server.url, policy=replace(ONCE, total=0.2)) as http, stopwatch() as watch:
        with pytest.raises(TimedOut):
            await plain(http)
        assert watch.seconds < 0.5


async def test_no_more_calls_are_in_flight_than_the_dialect_allows() -> None:
    # the gate, in front of a pool without bounds
    async with listening(*[EMPTY] * 8, drip=0.0001) as server, calling(server.url, policy=replace(ONCE, concurrency=2)) as http:
        client = CheckIns(http)
        await asyncio.gather(*(client.listing(Filter(), limit=1) for _ in range(8)))
    assert len(server.heads) == 8
    assert server.most == 2
