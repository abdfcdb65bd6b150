"""The wire: several requests on one connection, what could be read in two ways, and wishes for other protocols."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.door.knocking import HELD, Answer, Street, street

OK = b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n"
BODY = json.dumps({"query": "{ __typename }"}).encode()
POST = b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
WHOLE = POST + b"Content-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
LAST = b"Connection: close\r\n"


def ended(said: bytes) -> bytes:
    """The same request as the last one of its connection."""
    return said.replace(b"\r\n", b"\r\n" + LAST, 1)


async def answers(one: Street, said: bytes) -> list[Answer]:
    """All answers on one connection, each of which is of a length that it says."""
    heard, found = await one.heard(said), []
    while heard:
        head, _, rest = heard.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        length = int(fields["content-length"])
        found.append(Answer(int(first.split()[1]), fields, rest[:length]))
        heard = rest[length:]
    return found


@pytest.mark.parametrize(
    "said",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/0.9\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.2\r\nHost: a\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: a\r\n\r\n",
        b"GET / http/1.1\r\nHost: a\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"DESCRIBE / RTSP/0.9\r\nHost: a\r\n\r\n",
        b"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n",
        b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET\t/a\tHTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /\xe9 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
        b" GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\nHost: a\n\n",
        b"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
        b"GET / HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX\t: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX\x00: a\r\n\r\n",
        POST + b"Content-Length: +1\r\n\r\na",
        POST + b"Content-Length: 1 2\r\n\r\na",
        POST + b"Content-Length: 1, 1\r\n\r\na",
        POST + b"Content-Length: 0x1\r\n\r\na",
        POST + b"Content-Length:\r\n\r\na",
        POST + b"Content-Length: 99999999999999999999999\r\n\r\na",
        POST + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
        POST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: identity\r\n\r\n",
        POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
        CHUNKED + b" 1\r\nx\r\n0\r\n\r\n",
        CHUNKED + b"0x1\r\nx\r\n0\r\n\r\n",
        CHUNKED + b"-1\r\nx\r\n0\r\n\r\n",
        CHUNKED + b"1\nx\n0\n\n",
        CHUNKED + b"1\r\nxy0\r\n\r\n",
        CHUNKED + b"1;a\nx\r\n0\r\n\r\n",
        CHUNKED + b"fffffffffffffffff\r\nx\r\n0\r\n\r\n",
        CHUNKED + b"\r\nx\r\n0\r\n\r\n",
    ],
    ids=repr,
)
async def test_what_two_readers_could_read_differently_is_refused_and_ends_the_connection(company: Path, said: bytes) -> None:
    async with street(company) as one:
        (answer,) = await answers(one, said + OK)
    assert (answer.status, answer.codes) == (400, ["BAD_REQUEST"])
    assert answer.headers["connection"] == "close"


async def test_requests_that_come_together_are_answered_in_their_order(company: Path) -> None:
    async with street(company) as one:
        found = await answers(one, OK + WHOLE + OK.replace(b"live", b"none") + WHOLE + ended(OK))
    assert [answer.status for answer in found] == [200, 200, 404, 200, 200]
    assert [json.loads(found[at].content) for at in (1, 3)] == [HELD] * 2


@pytest.mark.parametrize("before", [OK, WHOLE, OK + WHOLE, WHOLE + OK])
@pytest.mark.parametrize("broken", [b"hello\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", CHUNKED + b"nothing\r\n"])
async def test_what_is_refused_waits_for_the_answers_before_it(company: Path, before: bytes, broken: bytes) -> None:
    async with street(company) as one:
        found = await answers(one, before + broken + OK)
    assert [answer.status for answer in found] == [200] * before.count(b" HTTP/1.1") + [400]


@pytest.mark.parametrize("wish", [b"h2c", b"websocket", b"foo"])
async def test_a_wish_for_another_protocol_is_not_heeded_and_costs_no_body(company: Path, wish: bytes) -> None:
    fields = b"\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nUpgrade: " + wish + b"\r\n"
    asked = [said.replace(b"\r\n", fields, 1) for said in (OK, WHOLE, CHUNKED + b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY))]
    async with street(company) as one:
        found = await answers(one, b"".join(asked) + ended(OK))
    assert [answer.status for answer in found] == [200] * 4
    assert [json.loads(answer.content) for answer in found[1:3]] == [HELD] * 2


async def test_fields_after_a_body_are_no_fields_of_the_head(company: Path) -> None:
    chunks = b"%x\r\n%b\r\n0\r\nAccept: text/csv\r\nX-Request-Id: late\r\n\r\n" % (len(BODY), BODY)
    async with street(company) as one:
        (answer,) = await answers(one, ended(CHUNKED + chunks))
    assert json.loads(answer.content) == HELD
    assert answer.headers["x-request-id"] != "late"


async def test_blanks_around_a_value_are_no_part_of_it_and_empty_lines_before_a_request_are_nothing(company: Path) -> None:
    async with street(company) as one:
        (answer,) = await answers(one, b"\r\n\r\n" + ended(OK.replace(b"Host: a", b"Host: a\r\nX-Request-Id:\t mine \t ")))
    assert (answer.status, answer.headers["x-request-id"]) == (200, "mine")


async def test_heads_that_come_in_pieces_are_counted_one_by_one(company: Path) -> None:
    """A connection may carry more heads than one may be large."""
    padded = OK.replace(b"Host: a", b"Host: a\r\nX-Padding: " + b"x" * 20_000)
    async with street(company) as one:
        found = await answers(one, padded * 20 + ended(OK))
    assert [answer.status for answer in found] == [200] * 21
