"""What every answer has, whoever gave it: the request's id, and the end of the connection while the server ends.

An overload is refused here too, as soon as it is seen: a server that has too much to do must not do much to say so.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from graph import http
from graph.operating.visits import ident
from graph.operating.watch import Watch

BRIEF = 16_384
"""Bytes of a body that comes with its head; who sends more is heard out first, lest the refusal is lost with the connection."""


class Front:
    """Pure ASGI; the id is in every log line that is written while the request is answered."""

    def __init__(self, app: ASGIApp, watch: Watch, path: str) -> None:
        self.app, self.watch, self.path = app, watch, path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and complete the headers of the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = ident(scope)

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                if self.watch.drain.begun:
                    headers["Connection"] = "close"
            await send(message)

        with bound_contextvars(request_id=request_id):
            if scope["path"] == self.path and self.watch.line.full and brief(scope):
                self.watch.shed()
                await http.refused(http.overloaded(self.watch.line.overloaded().retry_after), request_id)(scope, receive, complete)
            else:
                await self.app(scope, receive, complete)


def brief(scope: Scope) -> bool:
    """Whether a request is a POST whose body was sent along."""
    length = Headers(scope=scope).get("content-length", "")
    return scope["method"] == "POST" and length.isdecimal() and len(length) < 9 and int(length) <= BRIEF
