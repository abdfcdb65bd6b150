"""How commands end that cannot do their work: with a sentence each, and no traceback."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

import sandbox as sandboxes
from graph.explain import Wrong
from graph.matching import Stopped
from graph.settings import Unusable
from loaders.linkfile import BrokenStore
from loaders.stores import Store

out = Console(stderr=True)


def replace_unprintable() -> None:
    """Have a terminal that lacks a letter show a mark in its place, and read what it cannot, instead of ending a command half-way."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # not where there is none, as in a service of Windows
            stream.reconfigure(errors="replace")


@contextmanager
def plainly() -> Iterator[None]:
    """Settings, files and queries that cannot be used end the program with a sentence each, not with a traceback."""
    try:
        yield
    except (Unusable, Wrong, sandboxes.BrokenPlan) as unusable:
        problems = unusable.problems
    except Stopped as stopped:
        out.print(f"crewgraph: {stopped}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(stopped.status) from stopped
    except sandboxes.OtherFile as other:
        problems = [str(other)]
    except OSError as cause:
        problems = [f"{cause.filename}: {cause.strerror}." if cause.filename is not None else f"{cause.strerror or cause}."]
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
