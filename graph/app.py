"""The composition root: from settings to an ASGI app. Only this module names concrete clients."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from graph import graphiql, http
from graph.access.guard import Access
from graph.door.documents import documents
from graph.door.guard import Guard
from graph.endpoint import endpoint
from graph.limits import Limits
from graph.operating.front import Front, Shed, Straight
from graph.operating.health import Health
from graph.operating.options import Operating
from graph.operating.visits import ident
from graph.operating.watch import Connections, Watch
from graph.portions import Portions
from graph.service import Service
from graph.settings import Settings
from graph.weights.free import Free
from loaders.known import Known, Rules
from loaders.mapping import Register
from loaders.watched import Watched
from upstreams.caller import Caller
from upstreams.check_ins import CheckIns
from upstreams.clocks import utc_now
from upstreams.dialect import Dialect
from upstreams.http import Http
from upstreams.ledger import Ledger
from upstreams.observer import SILENT
from upstreams.within import Within
from upstreams.workforce import Workforce

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
"""All of them, so that a wrong one gets a coded answer."""

EXPOSED_HEADERS = ("Age", "RateLimit", "RateLimit-Policy", "Retry-After", "WWW-Authenticate", "X-Request-Id")
"""What pages of other origins may read, beside what they always may (`Content-Type`, `Cache-Control`, ...)."""

METHOD = http.Refusal(405, "METHOD_NOT_ALLOWED", "Use POST, or GET for queries.", http.ALLOWED)
NOWHERE = http.Refusal(404, "NOT_FOUND", "There is nothing here. The graph is at /graphql.")


@dataclass(frozen=True)
class Upstreams:
    """How the two upstreams are reached; a transport of None is the network, and dates in their headers are compared with `wall`."""

    check_ins: Dialect
    workforce: Dialect
    company: str
    check_ins_transport: httpx.AsyncBaseTransport | None = None
    workforce_transport: httpx.AsyncBaseTransport | None = None
    wall: Callable[[], datetime] = utc_now


def from_settings(settings: Settings) -> Upstreams:
    """The configured upstreams."""
    return Upstreams(settings.check_ins(), settings.workforce(), settings.workforce_company or "")


def create_app(
    upstreams: Upstreams,
    rules: Rules | None = None,
    register: Register | Watched | None = None,
    *,
    origins: Sequence[str] = (),
    limits: Limits | None = None,
    access: Access | None = None,
    operating: Operating | None = None,
) -> Starlette:
    """The graph as an ASGI app; it opens its upstream clients when it starts and closes them when it stops.

    A `register` that is watched is read again whenever its file changes. Pages of these web `origins` may ask the app from a
    browser, without credentials of the browser's own. `access` tells callers apart; without it everybody may see everything.
    """
    quiet()
    logging.getLogger("crewgraph.audit").setLevel(logging.INFO)  # whatever else is logged
    access, limits, watch = access or Access(), limits or Limits(), Watch(operating or Operating())
    assets = [Mount("/graphql/static", graphiql.assets())] if access.gateway is None else []
    routes = [Route("/graphql", endpoint, methods=METHODS), *assets, *Health(watch).routes()]
    shared = Middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["GET", "POST"],
        allow_headers=["*"],
        expose_headers=EXPOSED_HEADERS,
        max_age=86_400,
    )
    before = [
        Middleware(Front, watch),
        Middleware(Guard, limits.door.hsts),
        *([shared] if origins else []),
        Middleware(Shed, watch, "/graphql"),
        Middleware(Straight, "/graphql", METHODS, endpoint),
    ]
    alive = lifespan(upstreams, rules or Rules(), register or Register(), limits, watch, access)
    app = Starlette(routes=routes, middleware=before, exception_handlers={HTTPException: coded}, lifespan=alive)
    app.router.redirect_slashes = False  # such a redirect would go to whatever host the client named (faults.md F29)
    return app


def quiet() -> None:
    """Keep addresses, which hold names and emails, out of every log: httpx logs each request's."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)


def lifespan(
    upstreams: Upstreams, rules: Rules, register: Register | Watched, limits: Limits, watch: Watch, access: Access
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """What lives as long as the process."""

    @asynccontextmanager
    async def opened(app: Starlette) -> AsyncIterator[None]:
        async with knowing(upstreams, rules, register, limits, watch) as known, documents(limits) as taught, access.alive():
            app.state.service = Service(known, limits, watch, access, taught, limits.answers(), Portions(limits.portions), Free())
            yield

    return opened


@asynccontextmanager
async def knowing(
    upstreams: Upstreams, rules: Rules, register: Register | Watched, limits: Limits, watch: Watch | None = None
) -> AsyncIterator[Known]:
    """What the process has and remembers; the clients, the memories and the watch over the mapping file end with it.

    Raises BrokenStore when the links that outlived the last process cannot be read.
    """
    cache, engine, store, books = limits.cache(), limits.engine(), limits.store(), Ledger()
    observer = watch.observer if watch is not None else SILENT
    connect = partial(Http, observer=observer, calendar=rules.clock, wall=upstreams.wall)
    check_ins = Caller(connect(upstreams.check_ins, upstreams.check_ins_transport), cache, engine)
    workforce = Caller(connect(upstreams.workforce, upstreams.workforce_transport), cache, engine)
    clients = Workforce(Within(workforce, books), upstreams.company), CheckIns(Within(check_ins, books))
    known = Known(*clients, rules, register.register if isinstance(register, Watched) else register, store)
    async with AsyncExitStack() as ending:
        for close in (*([engine.aclose] if engine is not None else []), store.aclose, workforce.aclose, check_ins.aclose):
            ending.push_async_callback(close)
        await known.restore()
        if isinstance(register, Watched):
            reading = asyncio.create_task(register.watch(partial(mapped_anew, known, register)))
            ending.callback(reading.cancel)
        if watch is not None:
            await ending.enter_async_context(watch.watching(Connections((check_ins.http, workforce.http), engine)))
        yield known


def mapped_anew(known: Known, watched: Watched, people: Iterable[str]) -> None:
    """Take what the mapping file says now, and forget what was decided about those of whom it says otherwise."""
    known.register = watched.register
    for person_id in people:
        known.unlink(person_id)


async def coded(request: Request, cause: Exception) -> Response:
    """What Starlette refuses, an unknown path or method, with a code like everything else."""
    return http.refused(METHOD if getattr(cause, "status_code", 404) == 405 else NOWHERE, ident(request.scope))
