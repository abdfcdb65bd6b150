"""What an upstream's answer means before it is parsed, and what it means that none came. Pure."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import httpx
import msgspec

from upstreams.clocks import utc_now
from upstreams.errors import BadResponse, Missing, RateLimited, Refused, Unavailable, UpstreamError
from upstreams.pauses import wanted


class Answer(msgspec.Struct, frozen=True):
    """What came back: a status, headers by their names in lower case, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def why(cause: httpx.RequestError | httpx.InvalidURL) -> str:
    """Why nothing came back: a wrong setting or a certificate stays wrong, anything else may pass (faults.md F7)."""
    if isinstance(cause, (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError)):
        return "configuration"
    refused = isinstance(cause, httpx.ConnectError) and any(isinstance(one, ssl.SSLError) for one in causes(cause))
    return "tls" if refused else "transport"


def causes(error: BaseException) -> Iterator[BaseException]:
    """What an error was raised from, all the way down."""
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__


def check(name: str, status: int, headers: Mapping[str, str], wall: Callable[[], datetime] = utc_now) -> None:
    """Raise what this status or media type means; JSON with 200 passes, an HTML login page does not (upstreams.md 38)."""
    if status != 200:
        raise failure(name, status, wanted(headers, limited=status == 429, clock=wall))
    if "json" not in headers.get("content-type", "").partition(";")[0].lower():
        raise BadResponse(name, status=status, reason="content-type")


def failure(name: str, status: int, retry_after: float | None) -> UpstreamError:
    """The error that a status stands for (upstreams.md 38)."""
    if status in {401, 403}:
        return Refused(name, status=status)
    if status == 404:
        return Missing(name, status=status)
    if status == 429:
        return RateLimited(name, status=status, retry_after=retry_after)
    if status >= 500:
        return Unavailable(name, status=status, retry_after=retry_after)
    return BadResponse(name, status=status, reason="status")


def decode(name: str, body: bytes) -> Any:
    """The JSON of a body; a broken one is a BadResponse."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        raise BadResponse(name, status=200, reason="json") from cause
