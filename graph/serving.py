"""What `crewgraph serve` serves, in one process or in several that each make it for themselves."""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from starlette.applications import Starlette

import sandbox
from graph.app import Upstreams, create_app, from_settings
from graph.embedded import embedded, rehearsed, require_sandbox
from graph.operating import logs, server
from graph.operating.drain import Drain
from graph.operating.workers import UNUSABLE, Workers, listen
from graph.settings import Settings, Unusable, load

log = logging.getLogger("crewgraph.workers")


@dataclass(frozen=True)
class Order:
    """What the command line asked for: flags that outrank the environment, in every worker too, and what is to go wrong."""

    flags: Mapping[str, object] = field(default_factory=dict)
    latency_ms: float = 0
    rehearse: Path | None = None

    def settings(self) -> Settings:
        """The settings under these flags. Raises Unusable."""
        return load(**self.flags)

    def checked(self) -> Settings:
        """The same, once it is known that the app can be made of them. Raises Unusable and OSError, before any worker does."""
        settings = self.settings()
        if self.flags.get("sandbox_today") is not None:
            require_sandbox(settings, "--today")
        settings.mapping()
        settings.access()
        settings.limits()
        self.upstreams(settings)
        return settings

    def plan(self, settings: Settings) -> sandbox.Plan | None:
        """What goes wrong with the sandbox. Raises Unusable and BrokenPlan."""
        return rehearsed(settings, self.rehearse)

    def upstreams(self, settings: Settings) -> Upstreams:
        """The configured upstreams, or the embedded sandbox. Raises Unusable and BrokenPlan."""
        plan = self.plan(settings)
        return embedded(settings, self.latency_ms, plan) if settings.sandboxed else from_settings(settings)

    def app(self, settings: Settings, drain: Drain) -> Starlette:
        """The app over its upstreams. Raises Unusable."""
        return create_app(
            self.upstreams(settings),
            settings.rules(),
            settings.mapping(),
            origins=settings.cors_origins,
            limits=settings.limits(),
            access=settings.access(),
            operating=settings.operating(drain),
        )


def serve(order: Order, settings: Settings, listener: socket.socket) -> int:
    """Serve until told to stop, which is a success: the exit status."""
    if settings.workers == 1:
        return one(order, settings, listener)
    patience = settings.drain_grace_seconds + settings.drain_seconds
    return Workers(settings.workers, work, order, listener, patience).run()


def one(order: Order, settings: Settings, listener: socket.socket) -> int:
    """Serve in this process."""
    drain = settings.drain()
    return run(order.app(settings, drain), listener, drain, settings.keep_alive_seconds)


def run(app: Starlette, listener: socket.socket, drain: Drain, keep_alive: int = server.KEEP_ALIVE_SECONDS) -> int:
    """Serve an app on a socket; a signal, also one that comes before there is a server, is a success."""
    listen()
    return 0 if server.serve(app, listener, drain, keep_alive) else UNUSABLE


def work(order: Order, listener: socket.socket) -> None:
    """The life of one worker; its signals come from the process that began it, not from the terminal."""
    os.setpgid(0, 0)
    listen()
    try:
        settings = order.settings()
        logs.configure(settings.log_format, settings.log_level)
        status = one(order, settings, listener)
    except (Unusable, sandbox.BrokenPlan) as cause:  # what it was checked with at first is no longer so
        log.warning("a worker cannot begin: %s", "; ".join(cause.problems))
        status = UNUSABLE
    sys.exit(status)
