"""Whatever goes wrong on the way is an error of our own tree, which tells nothing that it should not."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policies import ONCE
from tests.upstreams.doubles import Double, always, check_ins, http, plain, reply, shown
from upstreams.answers import check
from upstreams.check_ins import CheckIns, Filter
from upstreams.dialect import Credentials, Dialect
from upstreams.errors import BadInput, BadResponse, Fault, Missing, RateLimited, Refused, TimedOut, Unavailable, UpstreamError
from upstreams.gathering import together
from upstreams.http import Http
from upstreams.policy import Policy
from upstreams.values import pause

LARGEST = Policy().largest
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
SECRET = "hush-hush"
JSON = {"Content-Type": "application/json"}


def families(kind: type[Any]) -> Iterator[type[Any]]:
    """A class and everything below it."""
    yield kind
    for one in kind.__subclasses__():
        yield from families(one)


def expected(kind: type[Exception]) -> type[UpstreamError]:
    """What an httpx exception means to us."""
    if issubclass(kind, httpx.TimeoutException):
        return TimedOut
    if issubclass(kind, (httpx.RemoteProtocolError, httpx.DecodingError)):
        return BadResponse
    return Unavailable


async def failed(transport: httpx.AsyncBaseTransport, **dialect: Any) -> UpstreamError:
    """How a call over this transport fails, every credential and header of it being a secret."""
    settings = {"credentials": Credentials("user", SECRET), "extra_headers": {"X-Company": SECRET}, "policy": ONCE, **dialect}
    secret = Http(Dialect("checkins", f"http://{SECRET}.test/{SECRET}", **settings), transport)
    with pytest.raises(UpstreamError) as caught:
        await plain(secret, f"/{SECRET}", ("person_email", SECRET))
    return caught.value


RAISED = [*families(httpx.RequestError), httpx.InvalidURL]
"""All that a call can raise: not HTTPStatusError, which only `raise_for_status` does, nor StreamError, which is misuse."""


@pytest.mark.parametrize("kind", RAISED)
async def test_every_failure_of_a_transport_has_its_place_in_our_tree(kind: type[Exception]) -> None:
    # fault F7
    def answer(request: httpx.Request) -> httpx.Response:
        raise kind(f"{SECRET} {request.url}")

    error = await failed(Double(answer))
    assert type(error) is expected(kind)
    assert SECRET not in shown(error)


def test_the_walk_over_httpx_finds_its_transport_errors() -> None:
    assert {
        httpx.ConnectError,
        httpx.PoolTimeout,
        httpx.ReadError,
        httpx.ProxyError,
        httpx.UnsupportedProtocol,
        httpx.LocalProtocolError,
    } < set(RAISED)


STATUSES: list[tuple[int, type[UpstreamError]]] = [
    (400, BadResponse),
    (401, Refused),
    (403, Refused),
    (404, Missing),
    (429, RateLimited),
    (500, Unavailable),
    (502, Unavailable),
    (503, Unavailable),
    (504, Unavailable),
    (599, Unavailable),
    (418, BadResponse),
    (204, BadResponse),
    (206, BadResponse),
    (304, BadResponse),
]


@pytest.mark.parametrize(("status", "kind"), STATUSES)
async def test_every_status_has_its_place_in_our_tree(status: int, kind: type[UpstreamError]) -> None:
    # trap 38, fault F19
    error = await failed(Double(lambda request: httpx.Response(status, json={"detail": SECRET})))
    assert type(error) is kind
    assert (error.upstream, error.status) == ("checkins", status)
    assert SECRET not in shown(error)


def test_each_error_has_a_code_of_its_own_and_only_waiting_helps_the_retryable() -> None:
    # trap 38: F19 says that a refusal is not retried
    kinds: list[type[Fault]] = [BadInput, *(one for one in families(UpstreamError) if one is not UpstreamError)]
    assert len({one.code for one in kinds}) == len(kinds)
    assert {one for one in kinds if one.retryable} == {Unavailable, TimedOut, RateLimited}
    assert all(issubclass(one, Fault) for one in kinds)


BODIES: list[tuple[str, str, bytes]] = [
    ("an HTML login page", "text/html; charset=utf-8", b"<html>hush-hush</html>"),
    ("JSON that says it is text", "text/plain", b'{"results": []}'),
    ("an empty body", "application/json", b""),
    ("a truncated body", "application/json", b'{"results": [{"api_id": "hush-hush'),
    ("a byte order mark", "application/json", b"\xef\xbb\xbf{}"),
    ("not a number", "application/json", b'{"count": NaN}'),
    ("bytes that are no UTF-8", "application/json", b'"\xff"'),
    ("half a surrogate", "application/json", b'"\\ud800"'),
    ("two values", "application/json", b"{} {}"),
    ("100,000 brackets", "application/json", b"[" * 100_000),
    ("a number without an end", "application/json", b"9" * 10_000),
]


@pytest.mark.parametrize(("content_type", "body"), [one[1:] for one in BODIES], ids=[one[0] for one in BODIES])
async def test_a_200_that_is_no_json_is_a_bad_response(content_type: str, body: bytes) -> None:
    # trap 38, faults F8, F9 and F10
    error = await failed(Double(lambda request: httpx.Response(200, content=body, headers={"Content-Type": content_type})))
    assert type(error) is BadResponse
    assert SECRET not in shown(error)


async def test_a_200_without_a_content_type_is_a_bad_response() -> None:
    # fault F9
    assert type(await failed(Double(lambda request: httpx.Response(200, content=b"{}")))) is BadResponse


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON", "application/hal+json"]
)
async def test_any_json_content_type_is_read(content_type: str) -> None:
    # fault F9: media types are compared without regard to case
    assert await plain(http(Double(lambda request: httpx.Response(200, content=b"[1]", headers={"Content-Type": content_type})))) == [1]


async def test_a_small_body_that_unpacks_into_a_huge_one_is_a_bad_response() -> None:
    # fault F9
    bomb = gzip.compress(b" " * (LARGEST + 1))
    assert len(bomb) < LARGEST / 500
    error = await failed(Double(lambda request: httpx.Response(200, content=bomb, headers={**JSON, "Content-Encoding": "gzip"})))
    assert (type(error), error.reason) == (BadResponse, "too-large")


async def test_a_body_of_the_largest_size_is_read() -> None:
    # fault F9
    body = b"[]" + b" " * (LARGEST - 2)
    assert await plain(http(Double(lambda request: httpx.Response(200, content=body, headers=JSON)))) == []


async def test_a_body_that_cannot_be_unpacked_is_a_bad_response() -> None:
    # fault F9
    error = await failed(Double(lambda request: httpx.Response(200, content=stream(), headers={**JSON, "Content-Encoding": "gzip"})))
    assert (type(error), error.reason) == (BadResponse, "protocol")


async def stream() -> Any:
    """A body that says it is packed, and is not."""
    yield b"{}"


LOCATIONS = ["http://elsewhere.test/", "/", "", "http:path", "mailto:x", "http://xn--/", "http://[::1", "//x:y", "\x00", "?" * 70_000]


@pytest.mark.parametrize("location", LOCATIONS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_a_bad_response_wherever_it_leads(status: int, location: str) -> None:
    # trap 33, fault F17
    double = Double(lambda request: httpx.Response(status, headers={"Location": location}))
    assert type(await failed(double)) is BadResponse
    assert len(double.requests) == 1


@given(st.text())
async def test_no_location_at_all_gets_out_of_our_tree(location: str) -> None:
    # fault F17
    double = Double(lambda request: httpx.Response(302, headers=[(b"Location", location.encode())]))
    assert type(await failed(double)) is BadResponse


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("header", "seconds"), [("0", 0.0), ("7", 7.0), ("3600", 3600.0)])
async def test_a_pause_in_seconds_is_passed_on(header: str, seconds: float, status: int) -> None:
    # trap 38: `Retry-After` with 429 and 503
    assert (await failed(Double(lambda request: reply({}, status, **{"Retry-After": header})))).retry_after == seconds


def test_a_pause_until_a_date_is_the_seconds_until_then() -> None:
    assert pause(format_datetime(NOW + timedelta(minutes=2), usegmt=True), now=lambda: NOW) == 120


ABSURD = [
    "-5",
    "soon",
    "",
    "1.5",
    "99999999",
    "\u0667",
    ",",
    "Wed, 21 Oct 2099 07:28:00 +99999999999999",
    "Wed, 21 Oct 99999999999 07:28:00 GMT",
]


@pytest.mark.parametrize(
    "header", [*ABSURD, None, "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 2099 07:28:00 GMT", "Wed, 21 Oct 2026 07:28:00 -0000"]
)
def test_a_pause_that_is_past_absurd_or_unreadable_is_none(header: str | None) -> None:
    assert pause(header, now=lambda: NOW) is None


@given(st.text())
def test_no_pause_can_break_an_answer(header: str) -> None:
    found = pause(header, now=lambda: NOW)
    assert found is None or 0 <= found < 1_000_000


def test_an_unreadable_pause_does_not_hide_the_status() -> None:
    with pytest.raises(RateLimited) as caught:
        check("checkins", 429, httpx.Headers({"Retry-After": ABSURD[-2]}))
    assert caught.value.retry_after is None


async def test_the_first_of_several_failures_is_raised_alone_and_the_others_are_cancelled() -> None:
    client = check_ins(always({}, 401))
    with pytest.raises(Refused):
        await together([client.check_in(str(number)) for number in range(3)])


async def test_operators_are_told_of_each_kind_of_failure_once_in_a_while_without_any_address(caplog: pytest.LogCaptureFixture) -> None:
    wire = http(always({"secret": "body"}, 503))
    for _ in range(3):
        with pytest.raises(Unavailable):
            await CheckIns(wire).listing(Filter(person_email="ann@example.com"), limit=1)
    assert caplog.messages == ["checkins: UPSTREAM_UNAVAILABLE status=503 reason=-, 1 so far"]
    assert wire.failures == {"UPSTREAM_UNAVAILABLE status=503 reason=-": 3}
