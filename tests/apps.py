"""The app itself, for tests that put it on a socket."""

from __future__ import annotations

from pathlib import Path

import httpx
from starlette.applications import Starlette

from graph.app import Upstreams, create_app
from graph.limits import Limits
from loaders.known import Rules
from sandbox import Options
from sandbox import create_app as create_sandbox
from tests.graphs import dialects, noon


def crewgraph(database: Path, limits: Limits | None = None) -> Starlette:
    """The graph over the company in this file."""
    wire = httpx.ASGITransport(create_sandbox(database, Options(clock=noon)))
    upstreams = Upstreams(*dialects(), "sandbox", wire, wire)
    return create_app(upstreams, Rules(clock=noon), limits=limits)
