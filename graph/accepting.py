"""`crewgraph people match --accept`: a human says which suggestions are right, and the mapping file takes them down."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from graph.matching import INTERRUPTED, Matched, Row, Stopped
from graph.settings import Unusable
from graph.tables import STDOUT, label, plain
from loaders.mapping import BrokenMapping, Entry
from loaders.names import folded, same
from loaders.suggestions import Suggestion
from loaders.watched import accept
from upstreams.records import Account
from upstreams.values import bare

QUESTION = Text("Are they the same person? (y)es, (n)o, (q)uit: ")


def possible(path: Path | None, csv: Path | None) -> None:
    """Raises Unusable when there is nobody to ask, or no file for the answers."""
    if path is None:
        raise Unusable(["--accept needs a mapping file: give --identity-file or set CREWGRAPH_IDENTITY_FILE."])
    if csv == STDOUT or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Unusable(["--accept asks questions, so it needs a terminal for its input and output."])


def ask(matched: Matched, path: Path) -> None:
    """Ask about each suggestion until somebody quits; every yes is in the file at once. Raises Stopped."""
    screen, taken = Console(highlight=False), set[str]()
    try:
        for row in matched.rows:
            taken |= {bare(one.id) for one in [asked(screen, row, matched, taken, path)] if one is not None}
    except (EOFError, KeyboardInterrupt):
        screen.print()
        raise Stopped(f"stopped. {told(len(taken), path)}", INTERRUPTED) from None
    except Quit:
        pass
    screen.print(told(len(taken), path), soft_wrap=True, markup=False)


class Quit(Exception):
    """No more questions."""


def asked(screen: Console, row: Row, matched: Matched, taken: set[str], path: Path) -> Account | None:
    """The account that a human accepts for somebody, which is in the file by then. Raises Quit."""
    for one in row.suggestions:
        if bare(one.account.id) not in taken and findable(row, one.account) and yes(screen, row, one):
            if kept(screen, path, entry(row, one.account, matched.shared)):
                return one.account
            return None
    return None


def findable(row: Row, account: Account) -> bool:
    """Whether check-ins can be asked for the account once it is in the file: by its email, else by the name of the person."""
    return bool(folded(account.email)) or same(row.person.name, account.name)


def yes(screen: Console, row: Row, one: Suggestion) -> bool:
    """Whether a human says so. Raises Quit."""
    screen.print()
    screen.print(plain(f"Workforce: {row.person.name or 'without a name'}  {row.person.id}"), soft_wrap=True)
    screen.print(plain(f"Check-ins: {label(one.account)}  ({one.score}: {one.reason})"), soft_wrap=True)
    while True:
        answer = screen.input(QUESTION).strip().casefold()
        if answer in ("q", "quit"):
            raise Quit
        if answer in ("y", "yes", "n", "no"):
            return answer in ("y", "yes")


def entry(row: Row, account: Account, shared: frozenset[str]) -> Entry:
    """The line of the file: by email, with the account's id where that does not tell it from others."""
    alone = bool(folded(account.email)) and folded(account.email) not in shared
    return Entry(row.person.id, account.email, None if alone else account.id, line=0)


def kept(screen: Console, path: Path, new: Entry) -> bool:
    """Whether the line is in the file now; if not, the reason is shown."""
    try:
        accept(path, new)
    except BrokenMapping as broken:
        screen.print(plain(f"Not accepted: {'; '.join(broken.problems)}."), soft_wrap=True)
        return False
    except (OSError, UnicodeDecodeError):
        screen.print(plain(f"Not accepted: {path} cannot be read and written as UTF-8 text."), soft_wrap=True)
        return False
    return True


def told(count: int, path: Path) -> str:
    """What was done."""
    return f"{count} accepted into {path}. A server that uses the file takes them up within seconds."
