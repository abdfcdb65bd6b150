"""The command line: `crewgraph serve`, `sandbox`, `schema`, `explain`, `people match`, and `keys new` from `graph.access.command`."""

from __future__ import annotations

import asyncio
import difflib
import json
import logging
import socket
import sys
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.markup import escape
from rich.panel import Panel

import sandbox as sandboxes
from graph import accepting, graphiql, matching, serving, tables, waterfall
from graph import explain as explaining
from graph.access import command as keys
from graph.embedded import company_file, pin
from graph.operating import logs, server
from graph.operating.drain import Drain
from graph.plainly import out, plainly, readable, replace_unprintable
from graph.schema import sdl
from graph.settings import Settings, Unusable, load
from graph.settings.access import exposed
from graph.settings.embedded import parse_day
from graph.settings.unknown import find_unknown_settings

cli = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="One graph over check-ins and workforce."
)
group = typer.Typer(no_args_is_help=True, help="Who is who between the two upstreams.")
cli.add_typer(group, name="people")
cli.add_typer(keys.group, name="keys")

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)]
People = Annotated[int | None, typer.Option(help="People in the sandbox.", min=1, max=1_000_000)]
Seed = Annotated[int | None, typer.Option(help="Seed that the sandbox's company is made from.")]
Latency = Annotated[float, typer.Option("--latency-ms", help="Milliseconds that each sandbox answer waits.", min=0, max=60_000)]
CheckinsUrl = Annotated[str | None, typer.Option(help="Outranks CREWGRAPH_CHECKINS_URL.")]
WorkforceUrl = Annotated[str | None, typer.Option(help="Outranks CREWGRAPH_WORKFORCE_URL.")]
WorkforceCompany = Annotated[str | None, typer.Option(help="Outranks CREWGRAPH_WORKFORCE_COMPANY.")]
IdentityFile = Annotated[str | None, typer.Option(help="Outranks CREWGRAPH_IDENTITY_FILE.")]
NumberProperty = Annotated[str | None, typer.Option(help="Outranks CREWGRAPH_EMPLOYEE_NUMBER_PROPERTY.")]
TimeZone = Annotated[str | None, typer.Option(help="Outranks CREWGRAPH_TIME_ZONE.")]
Today = Annotated[str | None, typer.Option(help="Day that the sandbox takes for today, such as 2026-11-24; time stands still at its noon.")]
Rehearse = Annotated[Path | None, typer.Option(help="TOML file with the faults of a rehearsal, which begins at once.")]
Match = Literal["exact", "substring"]
FORGETFUL = (
    "No folder of the user's can be written, so links are kept in memory, and proved again after each start: "
    "set CREWGRAPH_LINK_FILE to a file in one that can, or CREWGRAPH_REDIS_URL."
)
PINNED = "PINNED to {day}: it is always noon of that day there."
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
    checkins_url: CheckinsUrl = None,
    workforce_url: WorkforceUrl = None,
    workforce_company: WorkforceCompany = None,
    identity_file: IdentityFile = None,
    employee_number_property: NumberProperty = None,
    time_zone: TimeZone = None,
    workers: Annotated[int | None, typer.Option(help="Outranks CREWGRAPH_WORKERS.", min=1, max=64)] = None,
    today: Today = None,
    rehearse: Rehearse = None,
) -> None:
    """Serve the graph, with GraphiQL for browsers, over the configured upstreams or over the embedded sandbox."""
    with plainly():
        flags = {
            "sandbox_people": people,
            "sandbox_seed": seed,
            "checkins_url": checkins_url,
            "workforce_url": workforce_url,
            "workforce_company": workforce_company,
            "identity_file": identity_file,
            "employee_number_property": employee_number_property,
            "time_zone": time_zone,
            "workers": workers,
            "sandbox_today": read_today(today),
        }
        order = serving.Order(flags, latency_ms, rehearse)
        settings = order.checked()
        exposed(settings, host)
        asyncio.run(readable(settings.links()))
        listener = server.listening(host, port)
    logs.configure(settings.log_format, settings.log_level)
    for warning in (*find_unknown_settings(Settings), *([FORGETFUL] if settings.forgets_links() else [])):
        logging.getLogger("crewgraph.settings").warning(warning)
    welcome(settings, listener, order.plan(settings))
    raise typer.Exit(serving.serve(order, settings, listener))


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
    today: Today = None,
    name_match: Annotated[Match, typer.Option(help="How the check-ins name filters match.")] = "exact",
    email_match: Annotated[Match, typer.Option(help="How the check-ins email filters match.")] = "exact",
    ignore_case: Annotated[bool, typer.Option(help="Whether those filters ignore upper and lower case.")] = False,
    checkins_user: Annotated[str | None, typer.Option(help="Ask callers for this user of check-ins.")] = None,
    checkins_key: Annotated[str | None, typer.Option(help="Ask callers for this key of check-ins.")] = None,
    workforce_user: Annotated[str | None, typer.Option(help="Ask callers for this user of workforce.")] = None,
    workforce_key: Annotated[str | None, typer.Option(help="Ask callers for this key of workforce.")] = None,
    workforce_token: Annotated[str | None, typer.Option(help="Ask callers for this Bearer token of workforce.")] = None,
    rehearse: Rehearse = None,
) -> None:
    """Serve both REST APIs over a made-up company, on one port, for demonstrations, tests and load."""
    with plainly():
        plan = sandboxes.read_plan(rehearse) if rehearse is not None else None
        day = read_today(today)
        path = company_file(file, people, seed, day)
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
        faults=plan,
    )
    with plainly():
        app, listener = sandboxes.create_app(path, pin(options, day)), server.listening(host, port)
    address = server.origin(listener)
    out.print(
        f"Check-ins: {address}/api/v2/checkins/   Workforce: {address}/v2/companies/{company}/assignments", soft_wrap=True, markup=False
    )
    if day is not None:
        out.print(PINNED.format(day=day))
    if plan is not None:
        out.print(f"REHEARSAL, counted at {address}/sandbox/faults:\n{plan}", style="bold yellow", markup=False)
    logs.configure("console", "warning")
    raise typer.Exit(serving.run(app, listener, Drain()))


@cli.command()
def schema(
    check: Annotated[bool, typer.Option(help="Compare with the file instead of printing; exit 1 when it differs.")] = False,
    file: Annotated[Path, typer.Option(help="The file to compare with.")] = Path("schema.graphql"),
    scopes: Annotated[
        bool | None,
        typer.Option(
            "--scopes/--no-scopes",
            help="Whether to say which scopes fields need. Without it, as a server with these settings does: where callers are told apart; "
            "--check compares with scopes.",
        ),
    ] = None,
) -> None:
    """Print the schema as SDL, for gateways and registries."""
    if not check:
        with plainly():
            sys.stdout.write(sdl(scopes=load().auth != "none" if scopes is None else scopes))
        return
    kept, current = file.read_text(encoding="utf-8") if file.exists() else "", sdl(scopes=scopes is not False)
    if kept == current:
        out.print(f"{file} is current.")
        return
    sys.stdout.writelines(difflib.unified_diff(kept.splitlines(True), current.splitlines(True), str(file), "the code"))
    out.print(f"{file} differs from the code: write it with `crewgraph schema --scopes > {file}`.", style="red")
    raise typer.Exit(1)


@group.command()
def match(
    people: People = None,
    seed: Seed = None,
    latency_ms: Latency = 0,
    checkins_url: CheckinsUrl = None,
    workforce_url: WorkforceUrl = None,
    workforce_company: WorkforceCompany = None,
    identity_file: IdentityFile = None,
    employee_number_property: NumberProperty = None,
    time_zone: TimeZone = None,
    status: Annotated[list[tables.Shown] | None, typer.Option(case_sensitive=False, help="Show only these in the table.")] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="File for everybody as CSV; with - standard output, instead of the table.")
    ] = None,
    bom: Annotated[
        bool | None,
        typer.Option(
            help="Whether the CSV begins with a byte order mark, which Excel needs. By default a file does, and standard output does not."
        ),
    ] = None,
    survey: Annotated[
        int, typer.Option(help="Days whose check-ins are looked at for accounts to suggest; 0 for none.", min=0, max=3650)
    ] = 28,
    most_details: Annotated[int, typer.Option(help="Most check-ins that the survey reads one by one.", min=0)] = 2000,
    accept: Annotated[bool, typer.Option("--accept", help="Ask about each suggestion, and add the accepted to the mapping file.")] = False,
) -> None:
    """Decide who everybody in the workforce directory is in check-ins, and keep the links for the server."""
    with plainly():
        flags = {
            "sandbox_people": people,
            "sandbox_seed": seed,
            "checkins_url": checkins_url,
            "workforce_url": workforce_url,
            "workforce_company": workforce_company,
            "identity_file": identity_file,
            "employee_number_property": employee_number_property,
            "time_zone": time_zone,
        }
        order = serving.Order(flags, latency_ms)
        settings = order.settings()
        print_unknown_settings()
        asyncio.run(readable(settings.links()))
        if accept:
            accepting.possible(settings.identity_file, csv)
        if csv is not None:
            tables.writable(csv)
        matched = matching.run(settings, order.upstreams(settings), matching.Look(survey, most_details))
        tables.show(matched, status or [], csv, bom)
        if accept and settings.identity_file is not None:
            accepting.ask(matched, settings.identity_file)


@cli.command()
def explain(
    query: Annotated[str, typer.Argument(help="File that holds the query, the query itself, or - for standard input.")],
    variables: Annotated[str | None, typer.Option(help="The query's variables, as JSON.")] = None,
    operation: Annotated[str | None, typer.Option(help="Which of several operations is meant.")] = None,
    run: Annotated[bool, typer.Option("--run", help="Ask the query too, and show what it came to.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    latency_ms: Latency = 0,
) -> None:
    """Say what a query costs in upstream calls, where nothing is known, or run it and say what it came to."""
    with plainly():
        settings, asked = load(), explaining.question(query, variables, operation)
        print_unknown_settings()
        if run:
            asyncio.run(readable(settings.links()))
        found = asyncio.run(explaining.ran(asked, settings, latency_ms) if run else explaining.foreseen(asked, settings))
    if as_json:
        sys.stdout.write(json.dumps(found.shown(), indent=2) + "\n")
    else:
        waterfall.show(found)


def read_today(text: str | None) -> date | None:
    """Return the day that --today names. Raises Unusable with a sentence and an example."""
    try:
        return parse_day(text) if text is not None else None
    except ValueError as cause:
        raise Unusable([f"--today: {cause}."]) from cause


def print_unknown_settings() -> None:
    """Warn on standard error of variables that look like settings and are none."""
    for warning in find_unknown_settings(Settings):
        out.print(f"crewgraph: {warning}", style="yellow", markup=False, soft_wrap=True)


def welcome(settings: Settings, listener: socket.socket, plan: sandboxes.Plan | None) -> None:
    """Say what is served, from where, and what will go wrong with it: to a reader in a box, else in log lines."""
    lines = [f"GraphQL and GraphiQL: {server.origin(listener)}/graphql"]
    if settings.sandboxed:
        lines.append(f"SANDBOX: a made-up company of {settings.sandbox_people} people. No real upstream is configured.")
        if settings.pinned_day is not None:
            lines.append(PINNED.format(day=settings.pinned_day))
        lines.append("Set CREWGRAPH_CHECKINS_URL and CREWGRAPH_WORKFORCE_URL to serve yours.")
    if plan is not None:
        lines.append(f"REHEARSAL: the sandbox misbehaves, in seconds from now.\n{plan}")
    if not graphiql.read():
        lines.append("GraphiQL was not built: install with npm reachable, see the page for how.")
    if out.is_terminal:
        out.print(Panel(escape("\n".join(lines)), title="Crewgraph", expand=False, style="yellow" if settings.sandboxed else ""))
        return
    for line in lines:
        logging.getLogger("crewgraph").info(line)


def main() -> None:
    """The console script."""
    replace_unprintable()
    cli()
