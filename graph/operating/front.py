"""What every answer has, whoever gave it: the request's id, and the end of the connection while the server ends."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from graph.operating.drain import Drain
from graph.operating.visits import ident


class Front:
    """Pure ASGI; the id is in every log line that is written while the request is answered."""

    def __init__(self, app: ASGIApp, drain: Drain) -> None:
        self.app, self.drain = app, drain

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
                if self.drain.begun:
                    headers["Connection"] = "close"
            await send(message)

        with bound_contextvars(request_id=request_id):
            await self.app(scope, receive, complete)
