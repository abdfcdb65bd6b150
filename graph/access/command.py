"""`crewgraph keys new`: a key for a client, shown once, and what the server needs to know it by."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from graph.access.keys import Key, add, new
from graph.access.reread import Broken
from graph.access.rights import Caller
from graph.access.scopes import SCOPES
from graph.plainly import out, plainly
from graph.settings import Unusable
from upstreams.clocks import utc_now

group = typer.Typer(no_args_is_help=True, help="The API keys of clients.")


@group.callback()
def common() -> None:
    """The API keys of clients."""


@group.command(name="new")
def made(
    name: Annotated[str, typer.Argument(help="Whose key it is, for the audit.")],
    scope: Annotated[list[str], typer.Option(help=f"A scope; may be given several times. One of: {', '.join(SCOPES)}.")],
    email: Annotated[str | None, typer.Option(help="The email of the person who uses it, for `checkins:team`.")] = None,
    days: Annotated[int | None, typer.Option(help="For how many days it is good; for ever without it.", min=1, max=3650)] = None,
    file: Annotated[Path | None, typer.Option(help="File of keys to add it to; without it, its lines are printed.")] = None,
) -> None:
    """Make a key: it is printed once, and only its hash is kept."""
    with plainly():
        if unknown := [one for one in scope if one not in SCOPES]:
            raise Unusable([f"--scope {', '.join(unknown)}: must be one of {', '.join(SCOPES)}."])
        expires = utc_now().date() + timedelta(days=days) if days is not None else None
        secret, lines = new(Key("", Caller(name, "api-key", frozenset(scope), email), expires))
        if file is not None:
            added(file, lines)
    sys.stdout.write(f"{secret}\n")
    if file is None:
        out.print("Add these lines to the file that CREWGRAPH_KEY_FILE names:")
        out.print(lines, markup=False, highlight=False, soft_wrap=True)
    out.print("The key is shown this once: the server keeps its hash only.")


def added(file: Path, lines: str) -> None:
    """Add the lines to the file. Raises Unusable when that would break it, or it is broken."""
    try:
        add(file, lines)
    except UnicodeDecodeError as cause:
        raise Unusable([f"{file} cannot be read as UTF-8 text."]) from cause
    except Broken as cause:
        raise Unusable([f"{file}, {problem}." for problem in cause.problems]) from cause
