"""The embedded sandbox: a made-up company, kept on this machine and reached without a socket."""

from __future__ import annotations

import os
import tempfile
from importlib import metadata
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from starlette.applications import Starlette

import sandbox
from graph.app import Upstreams
from graph.settings import Settings
from upstreams.dialect import Dialect


def embedded(settings: Settings, latency_ms: float) -> Upstreams:
    """The sandbox inside this process, reached without a socket."""
    path = company_file(settings.sandbox_file, settings.sandbox_people, settings.sandbox_seed)
    return over(sandbox.create_app(path, sandbox.Options(latency_ms=latency_ms)), settings)


def over(app: Starlette, settings: Settings) -> Upstreams:
    """Both upstreams in one ASGI app, spoken to under the settings' limits."""
    transport = httpx.ASGITransport(app)
    check_ins, workforce = (Dialect(name, "http://sandbox", policy=settings.policy()) for name in ("checkins", "workforce"))
    return Upstreams(check_ins, workforce, "sandbox", transport, transport)


def company_file(path: Path | None, people: int, seed: int) -> Path:
    """The database of a company of this size, made with a progress bar unless it is there already."""
    path = path or cache() / f"sandbox-{metadata.version('crewgraph')}-{people}-{seed}.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = (TextColumn("Making a company of {task.fields[people]} people"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None, people=people)
        sandbox.ensure(path, people=people, seed=seed, progress=lambda done, total: bar.update(task, completed=done, total=total))
    return path


def cache() -> Path:
    """Where companies are kept: the user's cache folder, or a temporary one without it."""
    if given := os.environ.get("XDG_CACHE_HOME"):
        return Path(given) / "crewgraph"
    home = os.environ.get("HOME")
    return Path(home) / ".cache" / "crewgraph" if home else Path(tempfile.gettempdir()) / "crewgraph"
