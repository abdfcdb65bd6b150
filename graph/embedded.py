"""The embedded sandbox: a made-up company, kept on this machine and reached without a socket."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib import metadata
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import sandbox
from graph.app import Upstreams
from graph.settings import PREFIX, Settings, Unusable
from graph.settings.embedded import stopped_clock
from graph.settings.folders import is_writable, list_folders
from upstreams.dialect import Dialect


def embedded(settings: Settings, latency_ms: float, plan: sandbox.Plan | None = None) -> Upstreams:
    """The sandbox inside this process, reached without a socket; it misbehaves as the plan says."""
    path = company_file(settings.sandbox_file, settings.sandbox_people, settings.sandbox_seed, settings.sandbox_today)
    options = sandbox.Options(latency_ms=latency_ms, faults=plan)
    return over(sandbox.create_app(path, pin(options, settings.sandbox_today)), settings)


def pin(options: sandbox.Options, day: date | None) -> sandbox.Options:
    """Return the options of a sandbox in which it is always this day; unchanged without one."""
    return options if day is None else replace(options, clock=stopped_clock(day))


def rehearsed(settings: Settings, file: Path | None) -> sandbox.Plan | None:
    """The fault plan in a file. Raises BrokenPlan, and Unusable where real upstreams are configured: they are nobody's to break."""
    if file is None:
        return None
    require_sandbox(settings, "--rehearse")
    return sandbox.read_plan(file)


def require_sandbox(settings: Settings, flag: str) -> None:
    """Raise Unusable where real upstreams are configured, for a flag that only the sandbox can follow."""
    if not settings.sandboxed:
        raise Unusable([f"{flag} is for the sandbox: unset {PREFIX}CHECKINS_URL and {PREFIX}WORKFORCE_URL to use it."])


def over(app: Starlette, settings: Settings) -> Upstreams:
    """Both upstreams in one ASGI app, spoken to under the settings' limits."""
    transport = httpx.ASGITransport(unbroken(app))
    host = "sandbox" if settings.sandbox_today is None else f"{settings.sandbox_today}.sandbox"  # no day shares its answers through Redis
    check_ins, workforce = (Dialect(name, f"http://{host}", policy=settings.policy()) for name in ("checkins", "workforce"))
    return Upstreams(check_ins, workforce, "sandbox", transport, transport)


def unbroken(app: ASGIApp) -> ASGIApp:
    """The app, where an answer that breaks off is what it is to a client on a socket: a RemoteProtocolError of httpx."""

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        whole = False

        async def watch(message: Message) -> None:
            nonlocal whole
            whole = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        await app(scope, receive, watch)
        if not whole:
            raise httpx.RemoteProtocolError("the connection was closed before the answer was whole")

    return watched


def company_file(path: Path | None, people: int, seed: int, today: date | None = None) -> Path:
    """The database of a company of this size, made with a progress bar unless it is there already."""
    pinned = f"-{today}" if today is not None else ""
    path = path or cache() / f"sandbox-{metadata.version('crewgraph')}-{people}-{seed}{pinned}.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = (TextColumn("Making a company of {task.fields[people]} people"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None, people=people)
        sandbox.ensure(
            path, people=people, seed=seed, today=today, progress=lambda done, total: bar.update(task, completed=done, total=total)
        )
    return path


def cache() -> Path:
    """Where companies are kept: the user's cache folder, or a temporary one where that cannot be written. Raises Unusable."""
    folder = next(filter(is_writable, list_folders("XDG_CACHE_HOME", ".cache")), None)
    if folder is None:
        raise Unusable([f"No folder can be written to keep the made-up company in: set {PREFIX}SANDBOX_FILE to a file in one that can."])
    return folder
