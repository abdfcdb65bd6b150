"""A request's body: read within its limits, and decoded as strict JSON (faults.md F26)."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive

from graph.door.policy import Door
from graph.http import JSON, Refusal, described

WHOLE = "crewgraph.whole"
"""Where in the ASGI scope our server says that a request has arrived to its end."""
FRAMING = "Send a body with either Content-Length or Transfer-Encoding, not with both."
LATE = (408, "REQUEST_TIMEOUT", "The request did not arrive in time.")


async def body(request: Request, door: Door) -> bytes:
    """The bytes of a JSON body. Raises Refusal: by the header alone where that says enough, else as soon as a limit is passed."""
    headed(request)
    if declared(request.headers.get("content-length", "0")) > door.largest_body:
        raise too_large(door)
    try:
        return await read(request, door)
    except TimeoutError as cause:
        raise Refusal(*LATE) from cause


def headed(request: Request) -> None:
    """Refuse what is not JSON in UTF-8, is compressed, or could be framed in two ways."""
    kind, parameters = described(request.headers.get("content-type", ""))
    if kind != JSON or parameters.get("charset", "utf-8") not in ("utf-8", "utf8"):
        raise Refusal(415, "UNSUPPORTED_MEDIA_TYPE", f"Send the query as {JSON} in UTF-8.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refusal(415, "UNSUPPORTED_MEDIA_TYPE", "Send the body uncompressed.")
    if "transfer-encoding" in request.headers and "content-length" in request.headers:
        raise Refusal(400, "BAD_REQUEST", FRAMING)


def declared(length: str) -> float:
    """How many bytes a Content-Length announces; what is no number, or too long to be one, announces too many."""
    return int(length) if length.isdecimal() and len(length) < 16 else float("inf")


def too_large(door: Door) -> Refusal:
    """The refusal of a large body."""
    return Refusal(413, "BODY_TOO_LARGE", f"A request may have at most {door.largest_body} bytes.")


async def read(request: Request, door: Door) -> bytes:
    """The body as it arrives. Raises Refusal when it is too large, ClientDisconnect, and TimeoutError when it pauses or takes too long."""
    found, more, until = bytearray(), True, 0.0
    while more:
        if request.scope.get(WHOLE):  # then there is nothing to wait for, and a timer would cost more than the reading
            message = await request.receive()
        else:
            until = until or asyncio.get_running_loop().time() + door.body_seconds
            message = await soon(request.receive, until, door.idle_seconds)
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        found += message.get("body", b"")
        more = message.get("more_body", False)
        if len(found) > door.largest_body:
            raise too_large(door)
    return bytes(found)


async def soon(receive: Receive, until: float, idle: float) -> Message:
    """What comes next. Raises TimeoutError when it does not come until then, or after so many idle seconds."""
    async with asyncio.timeout_at(min(until, asyncio.get_running_loop().time() + idle)):
        return await receive()


def decoded(text: bytes) -> Any:
    """Strict JSON: UTF-8, finite numbers, no lone surrogates, no key twice in one object. Raises Refusal.

    msgspec is strict but for keys given twice, of which parsers disagree which one counts: whoever checked the request on its way
    here may have read the other.
    """
    try:
        found = msgspec.json.decode(text)
        if not plain(text, found):
            json.loads(text.decode(), object_pairs_hook=once)
    except (msgspec.DecodeError, ValueError, RecursionError) as cause:
        raise Refusal(400, "BAD_REQUEST", "This is not JSON in UTF-8.") from cause
    return found


def plain(text: bytes, found: Any) -> bool:
    """Whether it can be told at a glance that no key is twice in an object of a text that was decoded to this.

    Colons stand after keys and in texts. What was decoded has as many, then, as what it was decoded from, less those of keys that were
    given before. Only an escape could write a colon without one. Numbers of more digits than Python reads, msgspec refuses too.
    """
    return b"\\u" not in text and text.count(b":") == msgspec.json.encode(found).count(b":")


def once(pairs: list[tuple[str, Any]]) -> None:
    """Refuse an object that has a key twice."""
    if len(dict(pairs)) < len(pairs):
        raise Refusal(400, "BAD_REQUEST", "An object of the request has a key twice.")
