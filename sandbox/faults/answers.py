"""What faults make of an answer: pure functions from one answer to another."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from sandbox.faults.kinds import ITSELF, Body, Count, Fault, Huge, Next, Records, Redirect, Shift, Status
from sandbox.faults.records import linked, mistold, spoiled
from sandbox.query import DEFAULT_LIMIT

JSON = {"content-type": "application/json"}
LOGIN = b"<!doctype html><title>Sign in</title><form><input name=user><input name=password></form>"
MEGABYTE = 1_000_000
UNREADABLE = object()
"""What stands for the JSON of a body that has none."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, headers and a body, of which the first `sent` bytes are sent before the connection closes; all of them when it is None."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    sent: int | None = None


def changed(fault: Fault, answer: Answer, url: str, wall: Callable[[], datetime]) -> Answer:
    """The answer as the fault leaves it; only good ones are spoiled. `url` is where it was asked, and dates are by `wall`."""
    if isinstance(fault, Status):
        return refusal(fault, wall)
    if isinstance(fault, Redirect):
        return Answer(fault.code, {"location": url if fault.to == ITSELF else fault.to})
    if answer.status != 200:
        return answer
    if isinstance(fault, Body):
        return bodily(fault, answer)
    return padded(fault, answer) if isinstance(fault, Huge) else edited(fault, answer, url)


def refusal(fault: Status, wall: Callable[[], datetime]) -> Answer:
    """An HTTP error, with the headers that say when to come back."""
    headers = dict(JSON)
    if fault.retry_after is not None:
        headers["retry-after"] = moment(fault.retry_after, wall()) if fault.as_date else str(fault.retry_after)
    if fault.reset is not None:
        headers["x-rate-limit-reset"] = str(int(wall().timestamp()) + fault.reset)
    return Answer(fault.code, headers, b'{"error": "a rehearsed fault"}')


def moment(seconds: int | float | str, now: datetime) -> str:
    """The HTTP date so many seconds from now."""
    return format_datetime(now + timedelta(seconds=float(seconds)), usegmt=True)


def bodily(fault: Body, answer: Answer) -> Answer:
    """The answer with another body, or with the type of another one."""
    match fault.kind:
        case "disconnect":
            return replace(answer, sent=len(answer.body) // 2)
        case "html":
            return Answer(200, {"content-type": "text/html; charset=utf-8"}, LOGIN)
        case "content-type":
            return replace(answer, headers={"content-type": "text/plain; charset=utf-8"})
        case "swapped":
            return replace(answer, body=swapped(answer.body))
    bodies = {"truncated": answer.body[: len(answer.body) // 2], "bom": b"\xef\xbb\xbf" + answer.body, "empty": b"", "null": b"null"}
    return replace(answer, body=bodies[fault.kind])


def swapped(body: bytes) -> bytes:
    """A list around an object, an object around a list."""
    return b'{"rows": ' + body + b"}" if body.startswith(b"[") else b"[" + body + b"]"


def padded(fault: Huge, answer: Answer) -> Answer:
    """The right body, with more blanks behind it than anybody wants to read."""
    body = answer.body + b" " * (fault.megabytes * MEGABYTE)
    if not fault.gzip:
        return replace(answer, body=body)
    return replace(answer, headers={**answer.headers, "content-encoding": "gzip"}, body=zlib.compress(body, wbits=31))


def edited(fault: Fault, answer: Answer, url: str) -> Answer:
    """The answer with other JSON; what another fault left unreadable stays as it is."""
    raw = readable(answer.body)
    if raw is UNREADABLE:
        return answer
    if isinstance(fault, Count):
        raw = mistold(fault, raw)
    if isinstance(fault, Next):
        raw = linked(fault, raw, url if fault.to == ITSELF else fault.to)
    if isinstance(fault, Records):
        raw = spoiled(fault, raw)
    return replace(answer, body=msgspec.json.encode(raw))


def readable(body: bytes) -> Any:
    """A body's JSON, or UNREADABLE."""
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return UNREADABLE


def before(query: str) -> str | None:
    """The query of the page before the one that is asked for; None on the first."""
    asked = dict(parse_qsl(query))
    page, offset, limit = (whole(asked.get(name)) for name in ("page", "offset", "limit"))
    if page:
        return urlencode({**asked, "page": page - 1})
    return urlencode({**asked, "offset": max(0, offset - (limit or DEFAULT_LIMIT))}) if offset else None


def whole(text: str | None) -> int:
    """A whole number; 0 for anything else."""
    return int(text) if text is not None and text.isdecimal() else 0


def shifted(fault: Shift, answer: Answer, earlier: Answer) -> Answer:
    """A later page after rows were put in at the top: it begins with the last rows of the page before, and its own last ones fall out."""
    raw, above = (readable(one.body) for one in (answer, earlier))
    name = next((name for name in ("results", "data") if isinstance(raw, dict) and name in raw), None)
    if name is None or not raw[name]:
        return answer
    rows = (above[name][-fault.rows :] + raw[name])[: len(above[name])]
    total = {"count": raw["count"] + fault.rows} if isinstance(raw.get("count"), int) else {}
    return replace(answer, body=msgspec.json.encode({**raw, **total, name: rows}))
