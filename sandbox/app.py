"""The sandbox as one ASGI app: both APIs under their documented paths."""

import asyncio
from pathlib import Path
from typing import TextIO
from weakref import finalize

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox import checkins, directories, workforce
from sandbox.answer import answer, refuse
from sandbox.faults.injector import Injector
from sandbox.faults.rehearsal import Rehearsal
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
    """Both APIs over the company file at `path`, which is only read and must not change meanwhile.

    With a fault plan, which is under way from now on, `/sandbox/faults` says how many calls and faults there were.
    """
    store = Store(Path(path), options.clock)
    log = Path(options.request_log).open("a", encoding="latin-1") if options.request_log else None  # noqa: SIM115 - closed with the app
    app = Starlette(
        routes=[*checkins.routes(store, options), *workforce.routes(store, options), *directories.routes(store, options)],
        middleware=[Middleware(Journal, log=log, seconds=options.latency_ms / 1000)],
        exception_handlers={HTTPException: refuse},
    )
    app.router.redirect_slashes = False
    app.state.store = store
    if options.faults is not None:
        rehearse(app, Rehearsal(options.faults, options.stopwatch, options.wall))
    finalize(app, _close, store, log)
    return app


def rehearse(app: Starlette, rehearsal: Rehearsal) -> None:
    """Let a plan's faults strike the calls of an app, between its journal and its endpoints."""

    async def report(_request: Request) -> Response:
        return answer(rehearsal.shown())

    app.router.routes.append(Route("/sandbox/faults", report, methods=["GET"]))
    app.user_middleware.append(Middleware(Injector, rehearsal=rehearsal))
    app.state.rehearsal = rehearsal


def _close(store: Store, log: TextIO | None) -> None:
    store.close()
    if log is not None:
        log.close()
