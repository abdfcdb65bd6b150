"""What orchestrators and operators ask: whether the process lives, may be sent requests, how its upstreams do, and its metrics."""

from __future__ import annotations

import secrets
from dataclasses import asdict

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from graph.access.guard import is_from_this_machine
from graph.operating.watch import Watch


class Health:
    """The routes of one app; none of them waits for an upstream or for a turn."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch

    def routes(self) -> list[Route]:
        """All of them; metrics that are off are nowhere."""
        found = [
            Route("/health/live", self.live),
            Route("/health/ready", self.ready),
            Route("/health/upstreams", self.upstreams),
        ]
        return found if self.watch.options.metrics == "off" else [*found, Route("/metrics", self.metrics)]

    async def live(self, _request: Request) -> JSONResponse:
        """The process answers."""
        return JSONResponse({"status": "live"})

    async def ready(self, _request: Request) -> JSONResponse:
        """200 for as long as requests may come, whatever the upstreams do (faults.md F4)."""
        return JSONResponse({"status": "ready"}) if self.watch.ready else JSONResponse({"status": "not ready"}, 503)

    async def upstreams(self, _request: Request) -> JSONResponse:
        """How each upstream does, as this process's calls show; always 200, and no call is made for it."""
        return JSONResponse({one.dialect.name: asdict(one.health) for one in self.watch.connections.upstreams})

    async def metrics(self, request: Request) -> Response:
        """What Prometheus reads; to whoever may not, there is nothing here."""
        if self.watch.options.metrics == "guarded" and not trusted(request, self.watch.options.metrics_token):
            raise HTTPException(404)
        self.watch.look()
        content, kind = self.watch.metrics.shown(request.headers.get("accept", ""))
        return Response(content, headers={"Content-Type": kind, "Cache-Control": "no-store"})


def trusted(request: Request, token: str | None) -> bool:
    """Whether a request has the token or, where there is none, comes from this very machine and through no proxy."""
    if token is not None:
        return secrets.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {token}".encode())
    return is_from_this_machine(request)
