"""The mapping file while it is in use: read again when it changes, kept as it was when it breaks, and added to (faults.md F36)."""

from __future__ import annotations

import asyncio
import codecs
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

from loaders.mapping import COLUMNS, BrokenMapping, Entry, Register, find_delimiter, parse, parse_header

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
    data = path.read_bytes()
    return data.decode(detect_encoding(data)).replace("\r\n", "\n").replace("\r", "\n")


def detect_encoding(data: bytes) -> str:
    """UTF-16 for what begins with its mark, as Excel writes "Unicode Text"; UTF-8 for all else."""
    return "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8"


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
    data = path.read_bytes() if seen is not None else (",".join(COLUMNS) + "\n").encode()
    encoding = detect_encoding(data)
    before = data.decode(encoding)
    if meaning(parse(before).by_person.get(entry.person_id)) == meaning(entry):
        return
    after = added(before, entry)
    if meaning(parse(after).by_person.get(entry.person_id)) != meaning(entry):
        raise BrokenMapping(["the new line would not be read as it is meant"])
    replace(path, after, seen, encoding)


def added(text: str, entry: Entry) -> str:
    """The file's text with one more line of the same layout, and with the third column when it is needed for the first time."""
    end = "\r\n" if "\r\n" in text.partition("\n")[0] + "\n" else "\n"
    delimiter = find_delimiter(text)
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter))
    row = [entry.person_id, entry.email or "", entry.checkins_id or ""]
    named = len(parse_header(rows[0]))
    if named == len(COLUMNS) or entry.checkins_id is None:
        row = [*row[:named], *[""] * (len(rows[0]) - named)]
        return ended(text, end) + lines([row], end, delimiter)
    wider = [[*rows[0][:named], COLUMNS[2]], *([*one[:named], ""] if any(one) else one for one in rows[1:]), row]
    return "\ufeff" * text.startswith("\ufeff") + lines(wider, end, delimiter)


def ended(text: str, end: str) -> str:
    """The text, its last line ended."""
    return text if text.endswith(("\n", "\r")) else text + end


def lines(rows: list[list[str]], end: str, delimiter: str) -> str:
    """Rows as CSV; the writer quotes a line end of either kind only when it ends lines itself with both."""
    return "".join(line(row, delimiter).removesuffix("\r\n") + end for row in rows)


def line(row: list[str], delimiter: str) -> str:
    """A row as CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerow(row)
    return text.getvalue()


def replace(path: Path, text: str, seen: Version | None, encoding: str = "utf-8") -> None:
    """Put a file in the place of one that is still as it was seen, with its permissions; readers see the one or the other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "w", encoding=encoding, newline="") as file:
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
