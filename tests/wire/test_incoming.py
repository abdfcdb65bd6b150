"""What an answer is does not depend on how its bytes happen to arrive; what is none is an error, and nothing is ever used in part."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from contextlib import suppress
from itertools import pairwise

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from upstreams.answers import Answer
from upstreams.errors import BadResponse
from upstreams.incoming import LARGEST_HEAD, Incoming

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
LENGTH = HEAD + b"Content-Length: 7\r\n\r\n[1,2,3]"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n4;x=y\r\n2,3]\r\n0\r\n\r\n"
TRAILED = CHUNKED[:-2] + b"Content-Type: text/html\r\nX-Check: 1\r\n\r\n"
HINTED = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\nX-Early: 1\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
ENDLESS = HEAD + b"\r\n[1,2,3]"


def fed(parts: Iterable[bytes], *, ends: bool = False, largest: int = 1_000) -> Incoming:
    """What has come in with these parts, and with the end of the connection."""
    incoming = Incoming("checkins", largest)
    for part in parts:
        incoming.feed(part)
    if ends:
        incoming.end()
    return incoming


def split(message: bytes, places: Iterable[int]) -> list[bytes]:
    """A message in pieces."""
    cuts = [0, *sorted(place % len(message) for place in places), len(message)]
    return [message[one:other] for one, other in pairwise(cuts) if one < other]


PLACES = st.lists(st.integers(0, 400), max_size=8)


@pytest.mark.parametrize("message", [LENGTH, CHUNKED, TRAILED, HINTED + LENGTH, HINTED + CHUNKED], ids="LCTHh")
@given(places=PLACES)
def test_an_answer_is_the_same_however_it_is_cut(message: bytes, places: list[int]) -> None:
    incoming = fed(split(message, places))
    answer = incoming.answer()
    assert (incoming.whole, incoming.keeps, answer.status, answer.body) == (True, True, 200, b"[1,2,3]")
    assert answer.headers["content-type"] == "application/json"
    assert "x-early" not in answer.headers


@given(places=PLACES, end=st.integers(1, 10))
def test_an_answer_is_not_whole_before_its_last_byte(places: list[int], end: int) -> None:
    for message in (LENGTH, CHUNKED):
        incoming = fed(split(message[:-end], places))
        assert not incoming.whole
        with pytest.raises(httpx.RemoteProtocolError if incoming.heard else httpx.ReadError):
            incoming.end()


@given(places=PLACES)
def test_a_body_without_a_length_ends_with_the_connection_which_is_not_used_again(places: list[int]) -> None:
    incoming = fed(split(ENDLESS, places), ends=True)
    assert (incoming.whole, incoming.keeps, incoming.answer().body) == (True, False, b"[1,2,3]")


@given(places=PLACES)
def test_one_parser_reads_one_answer_after_another(places: list[int]) -> None:
    incoming = Incoming("checkins", 1_000)
    for message in (LENGTH, CHUNKED, HINTED + LENGTH, TRAILED, LENGTH) * 2:
        incoming.begin()
        for part in split(message, places):
            incoming.feed(part)
        assert incoming.answer() == Answer(200, incoming.answer().headers, b"[1,2,3]")
        assert incoming.keeps


@given(st.binary(min_size=1))
def test_no_bytes_at_all_are_more_than_a_protocol_error(garbage: bytes) -> None:
    for message in (garbage, LENGTH[:40] + garbage, CHUNKED[:90] + garbage):
        with suppress(httpx.RemoteProtocolError):
            fed([message], ends=True)


BROKEN = {
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    "TLS": b"\x15\x03\x03\x00\x02\x02\x28",
    "HTTP/2": b"\x00\x00\x00\x04\x00\x00\x00\x00\x00",
    "a length that is no number": HEAD + b"Content-Length: ten\r\n\r\n{}",
    "a negative length": HEAD + b"Content-Length: -1\r\n\r\n{}",
    "two lengths": HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a length and chunks": HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "a chunk of no size": HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a chunk that is longer than it says": HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n",
    "another protocol": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
    "a header in a status line": b"HTTP/1.1 OK 200\r\n\r\n",
    "a head without an end": HEAD + b"X: " + b"x" * LARGEST_HEAD,
    "hints without an end": HINTED * (LARGEST_HEAD // len(HINTED) + 1),
}


@pytest.mark.parametrize("message", BROKEN.values(), ids=BROKEN)
def test_what_is_no_answer_is_a_protocol_error(message: bytes) -> None:
    # fault F8
    with pytest.raises(httpx.RemoteProtocolError):
        fed([message[at : at + 1_000] for at in range(0, len(message), 1_000)])


@pytest.mark.parametrize("ending", [b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n[1,", CHUNKED[:-5]], ids=["body", "chunks"])
def test_an_answer_that_breaks_off_is_a_protocol_error(ending: bytes) -> None:
    # fault F8
    with pytest.raises(httpx.RemoteProtocolError):
        fed([ending], ends=True)


def test_no_answer_at_all_is_a_read_error() -> None:
    with pytest.raises(httpx.ReadError):
        fed([], ends=True)


@pytest.mark.parametrize("framing", [b"Content-Length: 2000\r\n\r\n", b"\r\n"], ids=["length", "endless"])
def test_a_body_that_is_too_large_is_refused_before_its_end(framing: bytes) -> None:
    # fault F9
    with pytest.raises(BadResponse) as caught:
        fed([HEAD + framing, b" " * 600, b" " * 600])
    assert (caught.value.status, caught.value.reason) == (200, "too-large")


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_what_has_no_body_is_whole_with_its_head_whatever_that_says(status: bytes) -> None:
    incoming = fed([b"HTTP/1.1 " + status + b"\r\nContent-Length: 7\r\n\r\n", b"[1,2,3]"])
    assert (incoming.whole, incoming.keeps, incoming.answer().body) == (True, False, b"")


def test_a_header_that_comes_twice_is_one_with_both_values() -> None:
    answer = fed([HEAD + b"Vary: Accept\r\nvary: Cookie\r\nContent-Length: 0\r\n\r\n"]).answer()
    assert answer.headers["vary"] == "Accept, Cookie"


@given(places=PLACES, body=st.binary(max_size=300))
def test_a_packed_body_comes_as_it_is(places: list[int], body: bytes) -> None:
    packed = gzip.compress(body)
    message = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed
    assert fed(split(message, places)).answer().body == packed
