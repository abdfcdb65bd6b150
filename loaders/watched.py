"""The mapping file while it is in use: read again when it changes, kept as it was when it breaks, and added to (faults.md F36)."""

from __future__ import annotations

import asyncio
import csv
import io
import logging
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from loaders.mapping import COLUMNS, BrokenMapping, Entry, Register, parse

MOST_TOLD = 5
SETTLED = 0.1
"""Seconds for which a file must stay as it is to be believed: somebody may be in the middle of writing it."""

log = logging.getLogger("crewgraph.mapping")


class Version(NamedTuple):
    """What tells one state of a file from another without reading it."""

    changed: int
    size: int
    inode: int


class Watched:
    """A mapping file and what it says; `register` is always a whole, unbroken state of it.

    Raises BrokenMapping, OSError or UnicodeDecodeError when it cannot be read at first.
    """

    def __init__(self, path: Path, parse: Callable[[str], Register] = parse, every: float = 5.0, settled: float = SETTLED) -> None:
        self.path, self.parse, self.every, self.settled = path, parse, every, settled
        self.seen = version(path)
        self.register = parse(read(path))

    async def check(self) -> frozenset[str]:
        """Read the file again if it changed; the ids of the people of whom it now says otherwise. What is broken is logged once."""
        now = await asyncio.to_thread(version, self.path)
        if now == self.seen:
            return frozenset()
        try:
            register = self.parse(await asyncio.to_thread(read, self.path))
        except (OSError, UnicodeDecodeError, BrokenMapping) as cause:
            register, problem = self.register, told(cause)
        else:
            problem = ""
        await asyncio.sleep(self.settled)
        if now != await asyncio.to_thread(version, self.path):
            return frozenset()  # it is being written: next time
        if problem:
            log.warning("the mapping file %s; what it said before stays in force", problem)
        before, self.register, self.seen = self.register, register, now
        return changed(before, register)

    async def watch(self, act: Callable[[frozenset[str]], object]) -> None:
        """Check for ever, and act on the people of whom the file says otherwise; ends when it is cancelled."""
        while True:
            await asyncio.sleep(self.every)
            if people := await self.check():
                act(people)


def version(path: Path) -> Version | None:
    """The state that a file is in; None when there is none that can be looked at."""
    try:
        found = path.stat()
    except OSError:
        return None
    return Version(found.st_mtime_ns, found.st_size, found.st_ino)


def read(path: Path) -> str:
    """The text of a file, all its line ends as one."""
    return path.read_text(encoding="utf-8")


def told(cause: Exception) -> str:
    """What is wrong with a file, with line numbers and without the people in it."""
    if isinstance(cause, BrokenMapping):
        more = len(cause.problems) - MOST_TOLD
        return "is broken: " + "; ".join(cause.problems[:MOST_TOLD]) + (f"; and {more} more" if more > 0 else "")
    return "cannot be read as UTF-8 text" if isinstance(cause, UnicodeDecodeError) else "cannot be read"


def changed(before: Register, after: Register) -> frozenset[str]:
    """The people whose entry came, went or says otherwise; where it stands in the file does not matter."""
    people = before.by_person.keys() | after.by_person.keys()
    return frozenset(one for one in people if meaning(before.by_person.get(one)) != meaning(after.by_person.get(one)))


def meaning(entry: Entry | None) -> tuple[str | None, str | None] | None:
    """What an entry says of its person."""
    return (entry.email, entry.checkins_id) if entry is not None else None


def accept(path: Path, entry: Entry) -> None:
    """Add an entry to the mapping file at once or not at all; one that is there already changes nothing.

    Raises BrokenMapping when the file is or would become broken, OSError or UnicodeDecodeError when it cannot be read or written.
    """
    path, seen = path.resolve(), version(path)
    before = path.read_bytes().decode() if seen is not None else ",".join(COLUMNS) + "\n"
    if meaning(parse(before).by_person.get(entry.person_id)) == meaning(entry):
        return
    after = added(before, entry)
    if meaning(parse(after).by_person.get(entry.person_id)) != meaning(entry):
        raise BrokenMapping(["the new line would not be read as it is meant"])
    replace(path, after, seen)


def added(text: str, entry: Entry) -> str:
    """The file's text with one more line, and with the third column when it is needed for the first time."""
    end = "\r\n" if "\r\n" in text.partition("\n")[0] + "\n" else "\n"
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    row = [entry.person_id, entry.email or "", entry.checkins_id or ""]
    if len(rows[0]) == len(COLUMNS):
        return ended(text, end) + lines([row], end)
    if entry.checkins_id is None:
        return ended(text, end) + lines([row[:2]], end)
    wider = [[*rows[0], COLUMNS[2]], *([*one, ""] if any(one) else one for one in rows[1:]), row]
    return "\ufeff" * text.startswith("\ufeff") + lines(wider, end)


def ended(text: str, end: str) -> str:
    """The text, its last line ended."""
    return text if text.endswith(("\n", "\r")) else text + end


def lines(rows: list[list[str]], end: str) -> str:
    """Rows as CSV; the writer quotes a line end of either kind only when it ends lines itself with both."""
    return "".join(line(row).removesuffix("\r\n") + end for row in rows)


def line(row: list[str]) -> str:
    """A row as CSV."""
    text = io.StringIO(newline="")
    csv.writer(text).writerow(row)
    return text.getvalue()


def replace(path: Path, text: str, seen: Version | None) -> None:
    """Put a file in the place of one that is still as it was seen, with its permissions; readers see the one or the other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if seen is not None:
            shutil.copymode(path, name)
        if version(path) != seen:
            raise BrokenMapping(["the file was changed by somebody else at the same time; try again"])
        os.replace(name, path)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)
