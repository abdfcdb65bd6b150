"""The SQLite file that links are kept in; opened for each conversation, and never written to unless it is ours and whole."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Literal, NamedTuple

import stamina
from stamina.instrumentation import set_on_retry_hooks

set_on_retry_hooks(())  # stamina's own would log that two servers began at once

OURS = 0x43524757
"""The application id in the file's header: `CRGW`."""
VERSION = 1
SMALLEST = 512
"""Bytes of the smallest SQLite file."""
PATIENCE = 5.0
"""Seconds to wait for another process that writes."""

CREATE = """
CREATE TABLE link (
    namespace TEXT NOT NULL, person_id TEXT NOT NULL, account TEXT NOT NULL, link BLOB NOT NULL,
    PRIMARY KEY (namespace, person_id), UNIQUE (namespace, account)
) WITHOUT ROWID
"""


class Change(NamedTuple):
    """What becomes of a person's link: the account's id without prefix and the link as JSON, or nothing when there is no JSON."""

    person_id: str
    account: str = ""
    link: bytes = b""


class BrokenStore(Exception):
    """A link file that cannot be used, with its path and the reason."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


def load(path: Path, namespace: str) -> list[bytes]:
    """All links of the namespace, as JSON. Raises BrokenStore."""
    try:
        make(path)
        with opened(path) as db:
            prepare(db, path)
            if db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise BrokenStore(path, "is damaged")
            return [link for (link,) in db.execute("SELECT link FROM link WHERE namespace = ?", (namespace,))]
    except OSError as cause:
        raise BrokenStore(path, f"cannot be used: {cause.strerror}") from cause
    except sqlite3.Error as cause:
        raise BrokenStore(path, f"cannot be read: {cause}") from cause


def write(path: Path, namespace: str, changes: Sequence[Change]) -> None:
    """Make these changes in this order, all or none. Raises BrokenStore, also when another file took this one's place."""
    try:
        make(path)
        with opened(path) as db:
            prepare(db, path)
            with transaction(db):
                for change in changes:
                    db.execute("DELETE FROM link WHERE namespace = ? AND person_id = ?", (namespace, change.person_id))
                    if change.link:
                        db.execute("INSERT OR REPLACE INTO link VALUES (?, ?, ?, ?)", (namespace, *change))
    except sqlite3.Error as cause:
        raise BrokenStore(path, f"cannot be written: {cause}") from cause


def make(path: Path) -> None:
    """See that there is a file, of mode 0600 when it is new. Raises OSError, and BrokenStore for a file that SQLite would take as empty.

    What is there is not even opened: closing it would give up the locks that this process has on it, as POSIX has it.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.parent.stat().st_uid not in {0, os.getuid()}:
        raise BrokenStore(path, "lies in a folder of another user, who could put another file in its place")
    if not path.exists():
        with suppress(FileExistsError):  # another process was faster
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    if 0 < path.stat().st_size < SMALLEST:
        raise BrokenStore(path, "belongs to another program")


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that leaves transactions to us."""
    with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as db:
        yield db


@contextmanager
def transaction(db: sqlite3.Connection, kind: Literal["IMMEDIATE", "DEFERRED"] = "IMMEDIATE") -> Iterator[None]:
    """All or nothing, waiting for other writers first; a deferred one only reads, and sees one state of the file."""
    db.execute(f"BEGIN {kind}")
    with db:  # which commits or rolls back what was begun, whoever began it
        yield


def prepare(db: sqlite3.Connection, path: Path) -> None:
    """See that the file is ours, or make an empty one ours. Raises BrokenStore."""
    with transaction(db, "DEFERRED"):
        done = ready(db, path)
    if not done:
        journaled(db)
        with transaction(db):
            if not ready(db, path):  # another process may have been faster
                db.execute(CREATE)
                db.execute(f"PRAGMA application_id = {OURS}")
                db.execute(f"PRAGMA user_version = {VERSION}")
    db.execute("PRAGMA synchronous = NORMAL")


def journaled(db: sqlite3.Connection) -> None:
    """Have the file written by a journal; unlike all else, SQLite does not wait for this until other processes have done the same."""
    for attempt in stamina.retry_context(busy, attempts=None, timeout=PATIENCE, wait_initial=0.01, wait_max=0.1, wait_jitter=0.01):
        with attempt:
            db.execute("PRAGMA journal_mode = WAL")


def busy(error: Exception) -> bool:
    """Whether another process has the file."""
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_BUSY


def ready(db: sqlite3.Connection, path: Path) -> bool:
    """Whether the file is ours; False when it is nobody's yet. Raises BrokenStore."""
    owner, version = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
    if owner == OURS and version == VERSION:
        return True
    if owner == OURS:
        raise BrokenStore(path, f"is of version {version}, and this is version {VERSION}")
    if owner or version or db.execute("SELECT 1 FROM sqlite_master").fetchone():
        raise BrokenStore(path, "belongs to another program")
    return False
