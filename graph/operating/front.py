"""What every answer has, whoever gave it, and the refusal of an overload, for which as little is done as can be."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph import http
from graph.door.fields import Headed
from graph.errors import report
from graph.operating.visits import REQUEST, ident
from graph.operating.watch import Watch

BRIEF = 16_384
"""Bytes of a body that comes with its head; who sends more is heard out first, lest the refusal is lost with the connection."""
HEARING = 1.0
"""Seconds for such a body; what has not come by then is not waited for, and ends the connection."""

BROKEN = http.Refusal(500, "INTERNAL_SERVER_ERROR", "Something went wrong in this server.")


class Front:
    """Pure ASGI, around everything else: the request's id, in the answer and in every log line, and `Connection: close` in a drain."""

    def __init__(self, app: ASGIApp, watch: Watch) -> None:
        self.app, self.watch = app, watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and complete the headers of the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id, begun = ident(scope), False

        async def complete(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
                if self.watch.drain.begun:
                    MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        token = REQUEST.set(request_id)
        try:
            await self.app(scope, receive, complete)
        except Exception as cause:  # the last place where an error of ours can get a code, and lose its text, which may be personal
            if begun:
                raise
            report(cause, request_id)
            await http.refused(BROKEN, request_id)(scope, receive, complete)
        finally:
            REQUEST.reset(token)


class Shed:
    """Pure ASGI: operations are refused without a look for as long as there is no place in line; nothing else ever is."""

    def __init__(self, app: ASGIApp, watch: Watch, path: str) -> None:
        self.app, self.watch, self.path = app, watch, path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or refuse."""
        if scope["type"] != "http" or scope["path"] != self.path or not self.watch.line.full or not brief(scope):
            await self.app(scope, receive, send)
            return
        self.watch.shed()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HEARING):
                await receive()
        refusal = http.overloaded(self.watch.line.overloaded().retry_after)
        await http.refused(refusal, ident(scope))(scope, receive, send)


class Straight:
    """Pure ASGI: what is at this path, by these methods, is answered without a look at the routes; whatever else is there goes on."""

    def __init__(self, app: ASGIApp, path: str, methods: Collection[str], endpoint: Callable[[Request], Awaitable[Response]]) -> None:
        self.app, self.path, self.methods, self.endpoint = app, path, frozenset(methods), endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if scope["type"] != "http" or scope["path"] != self.path or scope["method"] not in self.methods:
            await self.app(scope, receive, send)
            return
        response = await self.endpoint(Headed(scope, receive))
        await response(scope, receive, send)


def brief(scope: Scope) -> bool:
    """Whether a request is a POST whose body was sent along."""
    length = Headers(scope=scope).get("content-length", "")
    return scope["method"] == "POST" and length.isdecimal() and len(length) < 9 and int(length) <= BRIEF
