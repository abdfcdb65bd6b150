"""What holds for every request and every answer, wherever they go: ASGI middleware around the whole app."""

from __future__ import annotations

import asyncio
import contextlib
from itertools import chain

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph.http import Refusal, refused
from graph.operating.visits import ident

LONGEST_ADDRESS = 16_384
LARGEST_HEAD = 32_768
"""In bytes: of the path with its query, and of all header fields."""
LINGER, LARGEST_REST = 1.0, 32_000_000
"""For how many seconds, and bytes, a body that was refused is still listened to."""

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""What an answer says unless it says otherwise itself: no browser keeps, frames, sniffs, embeds or runs it."""


class Guard:
    """Refuses heads that are too large, adds the security headers, and closes connections whose request was not read to its end."""

    def __init__(self, app: ASGIApp, hsts: int = 0) -> None:
        self.app = app
        headers = HEADERS | ({"strict-transport-security": f"max-age={hsts}; includeSubDomains"} if hsts else {})
        self.headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        unread = has_body(scope)

        async def received() -> Message:
            nonlocal unread
            message = await receive()
            unread = unread and bool(message.get("more_body", False))
            return message

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.complete(message, unread)
            elif unread and not message.get("more_body", False):
                await send({**message, "more_body": True})
                await ignored(received)
                message = {"type": "http.response.body"}
            await send(message)

        refusal = too_large(scope)
        app = self.app if refusal is None else refused(refusal, ident(scope))
        await app(scope, received, sent)

    def complete(self, start: Message, unread: bool) -> None:
        """Add what the head of an answer lacks; where a body goes on unread, the server would swallow it for as long as it lasts."""
        said = dict(start["headers"])  # in lower case, as ASGI has it
        start["headers"] = [*start["headers"], *[one for one in self.headers if one[0] not in said]]
        if unread:
            MutableHeaders(scope=start)["connection"] = "close"


async def ignored(receive: Receive) -> None:
    """Listen for a moment to what nobody reads: a connection that closes over unread bytes takes its answer back."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LINGER):
            heard = 0
            while heard < LARGEST_REST and (message := await receive()).get("more_body", False):
                heard += len(message.get("body", b""))
                await asyncio.sleep(0)  # a sender that never pauses must not keep the time from passing


def has_body(scope: Scope) -> bool:
    """Whether a request says that a body follows."""
    fields = dict(scope["headers"])
    return b"transfer-encoding" in fields or fields.get(b"content-length", b"0") != b"0"


def too_large(scope: Scope) -> Refusal | None:
    """Why a request's head is too large, if it is."""
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
        return Refusal(414, "URI_TOO_LONG", f"An address may have at most {LONGEST_ADDRESS} bytes; use POST.")
    if sum(map(len, chain.from_iterable(scope["headers"]))) > LARGEST_HEAD:
        return Refusal(431, "HEADERS_TOO_LARGE", f"The header fields may have at most {LARGEST_HEAD} bytes.")
    return None
