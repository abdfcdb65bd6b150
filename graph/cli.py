"""The command line: `crewgraph serve`, `crewgraph sandbox`, `crewgraph schema`."""

from __future__ import annotations

import asyncio
import difflib
import logging
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Annotated, Literal

import httpx
import typer
import uvicorn
from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from starlette.applications import Starlette

import sandbox as sandboxes
from graph import graphiql
from graph.app import Upstreams, create_app, from_settings
from graph.schema import sdl
from graph.settings import Settings, Unusable, load
from loaders.linkfile import BrokenStore
from loaders.stores import Store
from upstreams.dialect import Dialect

cli = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="One graph over check-ins and workforce."
)
out = Console(stderr=True)

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)]
People = Annotated[int | None, typer.Option(help="People in the sandbox.", min=1, max=1_000_000)]
Seed = Annotated[int | None, typer.Option(help="Seed that the sandbox's company is made from.")]
Latency = Annotated[float, typer.Option("--latency-ms", help="Milliseconds that each sandbox answer waits.", min=0, max=60_000)]
Match = Literal["exact", "substring"]
Kept = Annotated[Path | None, typer.Option("--file", help="Database file to keep the company in and use again.")]


def show_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        sys.stdout.write(f"crewgraph {metadata.version('crewgraph')}\n")
        raise typer.Exit


@cli.callback()
def common(
    _version: Annotated[bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version and exit.")] = False,
) -> None:
    """One graph over check-ins and workforce assignments."""


@cli.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    people: People = None,
    seed: Seed = None,
    latency_ms: Latency = 0,
    checkins_url: Annotated[str | None, typer.Option(help="Outranks CREWGRAPH_CHECKINS_URL.")] = None,
    workforce_url: Annotated[str | None, typer.Option(help="Outranks CREWGRAPH_WORKFORCE_URL.")] = None,
    workforce_company: Annotated[str | None, typer.Option(help="Outranks CREWGRAPH_WORKFORCE_COMPANY.")] = None,
    identity_file: Annotated[str | None, typer.Option(help="Outranks CREWGRAPH_IDENTITY_FILE.")] = None,
    employee_number_property: Annotated[str | None, typer.Option(help="Outranks CREWGRAPH_EMPLOYEE_NUMBER_PROPERTY.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="Outranks CREWGRAPH_TIME_ZONE.")] = None,
) -> None:
    """Serve the graph, with GraphiQL for browsers, over the configured upstreams or over the embedded sandbox."""
    with plainly():
        settings = load(
            sandbox_people=people,
            sandbox_seed=seed,
            checkins_url=checkins_url,
            workforce_url=workforce_url,
            workforce_company=workforce_company,
            identity_file=identity_file,
            employee_number_property=employee_number_property,
            time_zone=time_zone,
        )
        mapping = settings.mapping()
        asyncio.run(readable(settings.links()))
        upstreams = embedded(settings, latency_ms) if settings.sandboxed else from_settings(settings)
    out.print(welcome(settings, host, port))
    run(create_app(upstreams, settings.rules(), mapping, origins=settings.cors_origins, limits=settings.limits()), host, port, "info")


@cli.command()
def sandbox(
    host: Host = "127.0.0.1",
    port: Port = 8001,
    people: Annotated[int, typer.Option(help="People in the company.", min=1, max=1_000_000)] = 300,
    seed: Annotated[int, typer.Option(help="Seed that the company is made from.")] = 1,
    latency_ms: Latency = 0,
    request_log: Annotated[Path | None, typer.Option(help="File that gets each raw request path with its query, a line each.")] = None,
    company: Annotated[str, typer.Option(help="Company id of the workforce API.")] = "sandbox",
    file: Kept = None,
    name_match: Annotated[Match, typer.Option(help="How the check-ins name filters match.")] = "exact",
    email_match: Annotated[Match, typer.Option(help="How the check-ins email filters match.")] = "exact",
    ignore_case: Annotated[bool, typer.Option(help="Whether those filters ignore upper and lower case.")] = False,
    checkins_user: Annotated[str | None, typer.Option(help="Ask callers for this user of check-ins.")] = None,
    checkins_key: Annotated[str | None, typer.Option(help="Ask callers for this key of check-ins.")] = None,
    workforce_user: Annotated[str | None, typer.Option(help="Ask callers for this user of workforce.")] = None,
    workforce_key: Annotated[str | None, typer.Option(help="Ask callers for this key of workforce.")] = None,
    workforce_token: Annotated[str | None, typer.Option(help="Ask callers for this Bearer token of workforce.")] = None,
) -> None:
    """Serve both REST APIs over a made-up company, on one port, for demonstrations, tests and load."""
    with plainly():
        path = company_file(file, people, seed)
    options = sandboxes.Options(
        company=company,
        latency_ms=latency_ms,
        request_log=request_log,
        name_match=name_match,
        email_match=email_match,
        ignore_case=ignore_case,
        checkins_user=checkins_user,
        checkins_key=checkins_key,
        workforce_user=workforce_user,
        workforce_key=workforce_key,
        workforce_token=workforce_token,
    )
    out.print(f"Check-ins: http://{host}:{port}/api/v2/checkins/   Workforce: http://{host}:{port}/v2/companies/{company}/assignments")
    with plainly():
        app = sandboxes.create_app(path, options)
    run(app, host, port, "warning")


@cli.command()
def schema(
    check: Annotated[bool, typer.Option(help="Compare with the file instead of printing; exit 1 when it differs.")] = False,
    file: Annotated[Path, typer.Option(help="The file to compare with.")] = Path("schema.graphql"),
) -> None:
    """Print the schema as SDL, for gateways and registries."""
    if not check:
        sys.stdout.write(sdl())
        return
    kept = file.read_text(encoding="utf-8") if file.exists() else ""
    if kept == sdl():
        out.print(f"{file} is current.")
        return
    sys.stdout.writelines(difflib.unified_diff(kept.splitlines(True), sdl().splitlines(True), str(file), "the code"))
    out.print(f"{file} differs from the code: write it anew with `crewgraph schema > {file}`.", style="red")
    raise typer.Exit(1)


def run(app: Starlette, host: str, port: int, log_level: str) -> None:
    """Serve until told to stop, which is a success: SIGTERM, which uvicorn raises again at its end, exits with 0.

    There is no access log, because the addresses of GET requests hold queries, and those may hold emails.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s:  %(message)s")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    uvicorn.run(app, host=host, port=port, log_level=log_level, access_log=False, server_header=False)


@contextmanager
def plainly() -> Iterator[None]:
    """Settings and files that cannot be used end the program with a sentence each, not with a traceback."""
    try:
        yield
    except Unusable as unusable:
        problems = unusable.problems
    except sandboxes.OtherFile as other:
        problems = [str(other)]
    except OSError as cause:
        problems = [f"{cause.filename}: {cause.strerror}."]
    else:
        return
    for problem in problems:
        out.print(f"crewgraph: {problem}", style="red", markup=False, soft_wrap=True)
    raise typer.Exit(2)


async def readable(store: Store) -> None:
    """Raises Unusable when the links that outlived the last process cannot be read."""
    try:
        await store.load()
    except BrokenStore as broken:
        raise Unusable([f"{broken.path} {broken.reason}."]) from broken
    finally:
        await store.aclose()


def embedded(settings: Settings, latency_ms: float) -> Upstreams:
    """The sandbox inside this process, reached without a socket."""
    path = company_file(settings.sandbox_file, settings.sandbox_people, settings.sandbox_seed)
    return over(sandboxes.create_app(path, sandboxes.Options(latency_ms=latency_ms)), settings)


def over(app: Starlette, settings: Settings) -> Upstreams:
    """Both upstreams in one ASGI app, spoken to under the settings' limits."""
    transport = httpx.ASGITransport(app)
    address = {"base_url": "http://sandbox", "timeout": settings.upstream_timeout, "concurrency": settings.upstream_concurrency}
    return Upstreams(Dialect("checkins", **address), Dialect("workforce", **address), "sandbox", transport, transport)  # type: ignore[arg-type]


def company_file(path: Path | None, people: int, seed: int) -> Path:
    """The database of a company of this size, made with a progress bar unless it is there already."""
    path = path or cache() / f"sandbox-{metadata.version('crewgraph')}-{people}-{seed}.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = (TextColumn("Making a company of {task.fields[people]} people"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out, transient=True) as bar:
        task = bar.add_task("", total=None, people=people)
        sandboxes.ensure(path, people=people, seed=seed, progress=lambda done, total: bar.update(task, completed=done, total=total))
    return path


def cache() -> Path:
    """Where companies are kept: the user's cache folder, or a temporary one without it."""
    if given := os.environ.get("XDG_CACHE_HOME"):
        return Path(given) / "crewgraph"
    home = os.environ.get("HOME")
    return Path(home) / ".cache" / "crewgraph" if home else Path(tempfile.gettempdir()) / "crewgraph"


def welcome(settings: Settings, host: str, port: int) -> Panel:
    """What is served, from where."""
    lines = [f"GraphQL and GraphiQL: http://{host}:{port}/graphql"]
    if settings.sandboxed:
        lines.append(f"[bold yellow]SANDBOX: a made-up company of {settings.sandbox_people} people. No real upstream is configured.[/]")
        lines.append("Set CREWGRAPH_CHECKINS_URL and CREWGRAPH_WORKFORCE_URL to serve yours.")
    if not graphiql.read():
        lines.append("[yellow]GraphiQL was not built: install with npm reachable, see the page for how.[/]")
    return Panel("\n".join(lines), title="Crewgraph", expand=False)


def main() -> None:
    """The console script."""
    cli()
