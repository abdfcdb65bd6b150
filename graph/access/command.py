"""`crewgraph keys new`, `list` and `revoke`: a key for a client, shown once, and the file that the server knows keys by."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from graph.access.keys import Key, add, new, parse, remove
from graph.access.reread import Broken
from graph.access.rights import Caller
from graph.access.scopes import SCOPES
from graph.plainly import out, plainly
from graph.settings import Unusable, load
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
            with explained(file):
                add(file, lines)
    sys.stdout.write(f"{secret}\n")
    if file is None:
        out.print("Add these lines to the file that CREWGRAPH_KEY_FILE names:")
        out.print(lines, markup=False, highlight=False, soft_wrap=True)
    out.print("The key is shown this once: the server keeps its hash only.")


KeyFile = Annotated[Path | None, typer.Option(help="File of keys; without it, the one that CREWGRAPH_KEY_FILE names.")]


@group.command(name="list")
def list_keys(file: KeyFile = None) -> None:
    """Print who has a key, with which scopes, and until when; a key itself is nowhere kept."""
    with plainly():
        keys = read_keys(key_file(file))
    today = utc_now().date()
    for key in keys:
        caller, ends = key.caller, "for ever" if key.expires is None else f"until {key.expires}"
        state = "expired" if key.expires is not None and key.expires < today else "good"
        sys.stdout.write(f"{caller.name}\t{state}, {ends}\t{' '.join(sorted(caller.scopes))}\t{caller.email or '-'}\n")


@group.command()
def revoke(name: Annotated[str, typer.Argument(help="Whose key it is.")], file: KeyFile = None) -> None:
    """Take a key out of the file: running servers refuse it within a second."""
    with plainly():
        path = key_file(file)
        with explained(path):
            found = remove(path, name)
        if not found:
            raise Unusable([f"{path} has no key of the name {name}; `crewgraph keys list` shows those that it has."])
    out.print(f"The key of {name} is revoked.", markup=False)


def key_file(given: Path | None) -> Path:
    """The file that was given, else the configured one. Raises Unusable."""
    path = given or load().key_file
    if path is None:
        raise Unusable(["Which file of keys? Give --file, or set CREWGRAPH_KEY_FILE."])
    return path


def read_keys(path: Path) -> tuple[Key, ...]:
    """The keys of a file. Raises Unusable."""
    with explained(path):
        return parse(path.read_text(encoding="utf-8"))


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Raises Unusable where a file of keys is broken, or no text."""
    try:
        yield
    except UnicodeDecodeError as cause:
        raise Unusable([f"{path} cannot be read as UTF-8 text."]) from cause
    except Broken as cause:
        raise Unusable([f"{path}, {problem}." for problem in cause.problems]) from cause
