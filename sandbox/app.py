"""The sandbox as one ASGI app: both APIs under their documented paths."""

import asyncio
from pathlib import Path
from typing import TextIO
from weakref import finalize

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox import checkins, directories, workforce
from sandbox.answer import refuse
from sandbox.options import DEFAULTS, Options
from sandbox.store import Store


class Journal:
    """Every request is written down as it was sent, then kept waiting for the latency."""

    def __init__(self, app: ASGIApp, log: TextIO | None, seconds: float) -> None:
        self.app, self.log, self.seconds = app, log, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self._write(scope)
            await asyncio.sleep(self.seconds)
        await self.app(scope, receive, send)

    def _write(self, scope: Scope) -> None:
        if self.log is None:
            return
        question = scope["query_string"].decode("latin-1")
        path = scope["raw_path"].decode("latin-1")
        self.log.write(f"{path}?{question}\n" if question else f"{path}\n")
        self.log.flush()


def create_app(path: Path | str, options: Options = DEFAULTS) -> Starlette:
    """Both APIs over the company file at `path`, which is only read and must not change meanwhile."""
    store = Store(Path(path), options.clock)
    log = Path(options.request_log).open("a", encoding="latin-1") if options.request_log else None  # noqa: SIM115 - closed with the app
    app = Starlette(
        routes=[*checkins.routes(store, options), *workforce.routes(store, options), *directories.routes(store, options)],
        middleware=[Middleware(Journal, log=log, seconds=options.latency_ms / 1000)],
        exception_handlers={HTTPException: refuse},
    )
    app.router.redirect_slashes = False
    app.state.store = store
    finalize(app, _close, store, log)
    return app


def _close(store: Store, log: TextIO | None) -> None:
    store.close()
    if log is not None:
        log.close()
