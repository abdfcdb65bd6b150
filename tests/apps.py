"""The app itself, for tests that put it on a socket."""

from __future__ import annotations

from pathlib import Path

import httpx
from starlette.applications import Starlette

from graph.app import create_app
from graph.limits import Limits
from loaders.known import Rules
from sandbox import Options
from sandbox import create_app as create_sandbox
from tests.graphs import CALM, noon, upstreams


def crewgraph(database: Path, limits: Limits | None = None) -> Starlette:
    """The graph over the company in this file."""
    wire = httpx.ASGITransport(create_sandbox(database, Options(clock=noon)))
    return create_app(upstreams(wire), Rules(clock=noon), limits=limits, operating=CALM)
