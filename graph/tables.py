"""What `crewgraph people match` shows: a table for people, and CSV for spreadsheets."""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import nullcontext
from enum import Enum
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from graph.matching import Matched, Row
from upstreams.records import Account
from upstreams.values import bare

STYLES = {"MATCHED": "green", "UNMATCHED": "yellow", "AMBIGUOUS": "magenta", "ERROR": "red"}


class Shown(Enum):
    """What a row of the table can say of somebody."""

    MATCHED = "MATCHED"
    UNMATCHED = "UNMATCHED"
    AMBIGUOUS = "AMBIGUOUS"
    ERROR = "ERROR"


COLUMNS = (
    *("person_id", "name", "status", "method", "checkins_id", "email", "reason"),
    *("suggestion_id", "suggestion_email", "suggestion_score"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets take for the beginning of a formula."""
STDOUT = Path("-")


def writable(path: Path) -> None:
    """Raises OSError when this file cannot be written, before the work rather than after it."""
    if path != STDOUT:
        path.open("a", encoding="utf-8").close()


def show(matched: Matched, statuses: Collection[Shown], path: Path | None, bom: bool | None = None) -> None:
    """The table of those with one of the statuses, or of all; and everybody as CSV, instead of the table on standard output."""
    if path is not None:
        save(matched, path, bom=path != STDOUT if bom is None else bom)
    screen = Console(stderr=path == STDOUT, highlight=False)
    if path != STDOUT:
        screen.print(table([row for row in matched.rows if not statuses or Shown(row.status) in statuses]))
    screen.print(summary(matched), soft_wrap=True)


def table(rows: Collection[Row]) -> Table:
    """A line for each of these people."""
    found = Table("Person", "Name", "Status", "Method", "In check-ins, and why")
    for row in rows:
        method = row.identity.method.value if row.identity is not None and row.identity.method is not None else ""
        status = Text(row.status, STYLES[row.status])
        found.add_row(plain(row.person.id), plain(row.person.name or ""), status, method, plain("\n".join(why(row))))
    return found


def why(row: Row) -> Iterator[str]:
    """The reason, the linked account, and whoever could be meant."""
    if row.owned is not None:
        yield label(row.owned.account)
    yield row.identity.reason if row.identity is not None else row.code
    suggested = {bare(one.account.id) for one in row.suggestions}
    for one in row.suggestions:
        yield f"? {label(one.account)}: {one.reason}"
    for account in row.identity.candidates if row.identity is not None else ():
        if bare(account.id) not in suggested:
            yield f"- {label(account)}"


def label(account: Account) -> str:
    """An account on one line."""
    return f"{account.name or 'without a name'} <{account.email or 'no email'}> {account.id}"


def plain(text: str) -> Text:
    """Text that cannot steer the terminal."""
    return Text("".join(one if one.isprintable() or one == "\n" else "\N{REPLACEMENT CHARACTER}" for one in text))


def summary(matched: Matched) -> Text:
    """How many people there are of each status, and what it took; nobody is named."""
    statuses = Counter(row.status for row in matched.rows)
    methods = Counter(row.identity.method.value for row in matched.rows if row.identity is not None and row.identity.method is not None)
    by = ", ".join(f"{count} by {method}" for method, count in sorted(methods.items()))
    lines = [
        f"{len(matched.rows)} people: {statuses['MATCHED']} matched{f' ({by})' if by else ''}, {statuses['UNMATCHED']} unmatched, "
        f"{statuses['AMBIGUOUS']} ambiguous, {statuses['ERROR']} undecided because of an error.",
        f"{sum(1 for row in matched.rows if row.suggestions)} of them have a suggestion.",
        f"{matched.calls} upstream calls in {matched.seconds:.1f} seconds.",
        *matched.notes,
    ]
    return Text("\n".join(lines))


def save(matched: Matched, path: Path, *, bom: bool) -> None:
    """Everybody as CSV, in a file or on standard output: UTF-8 whatever the terminal has, with the mark that Excel knows it by."""
    encoding = "utf-8-sig" if bom else "utf-8"
    with nullcontext(sys.stdout.buffer) if path == STDOUT else path.open("wb") as file:
        text = io.TextIOWrapper(file, encoding=encoding, newline="")
        write(matched, text)
        text.detach()  # which writes what is left, and lets standard output stay open


def write(matched: Matched, file: TextIO) -> None:
    """A header, and a line for each person."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([guarded(cell) for cell in cells(row)] for row in matched.rows)


def cells(row: Row) -> list[str]:
    """One person's values, the best suggestion only."""
    identity, account = row.identity, row.owned.account if row.owned is not None else Account("")
    best = row.suggestions[0] if row.suggestions else None
    return [
        *(row.person.id, row.person.name or "", row.status),
        identity.method.value if identity is not None and identity.method is not None else "",
        *(account.id, account.email or "", identity.reason if identity is not None else row.code),
        *((best.account.id, best.account.email or "", str(best.score)) if best is not None else ("", "", "")),
    ]


def guarded(cell: str) -> str:
    """The cell with an apostrophe in front where a spreadsheet would run it as a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
