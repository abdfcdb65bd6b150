"""The database file: its tables and indexes, and the one way it is written."""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, get_args

from sandbox import rows

VERSION = 2

TABLES: Mapping[str, type[tuple[Any, ...]]] = {
    "meta": rows.Meta,
    "groups": rows.Named,
    "titles": rows.Title,
    "statuses": rows.Status,
    "categories": rows.Named,
    "subcategories": rows.Named,
    "projects": rows.Project,
    "workers": rows.Worker,
    "members": rows.Member,
    "assignments": rows.Assignment,
    "time_off": rows.TimeOff,
    "users": rows.User,
    "check_ins": rows.CheckIn,
    "responses": rows.Response,
}
Numbered = Iterable[tuple[int, tuple[Any, ...]]]

# Each index is named after its first column and holds every column that its question needs, so that the rows stay unread.
INDEXES = (
    "CREATE UNIQUE INDEX groups_uid ON groups (uid)",
    "CREATE UNIQUE INDEX projects_uid ON projects (uid)",
    "CREATE UNIQUE INDEX workers_uid ON workers (uid)",
    "CREATE INDEX members_grp ON members (grp, worker)",
    "CREATE INDEX assignments_start ON assignments (fixed, start, worker, created, updated)",
    "CREATE INDEX assignments_end ON assignments (fixed, end, start, days, worker, created, updated)",
    "CREATE INDEX assignments_worker ON assignments (worker, fixed, start)",
    "CREATE INDEX assignments_project ON assignments (project, fixed, start)",
    "CREATE INDEX time_off_end ON time_off (fixed, end, start, worker)",
    "CREATE INDEX time_off_worker ON time_off (worker, fixed, end, start)",
    "CREATE UNIQUE INDEX users_uid ON users (uid)",
    "CREATE INDEX users_name ON users (name)",
    "CREATE INDEX users_email ON users (email)",
    "CREATE INDEX users_name_folded ON users (name_folded)",
    "CREATE INDEX users_email_folded ON users (email_folded)",
    "CREATE INDEX users_department ON users (department)",
    "CREATE INDEX users_manager ON users (manager)",
    "CREATE UNIQUE INDEX check_ins_uid ON check_ins (uid) WHERE uid IS NOT NULL",
    "CREATE INDEX check_ins_user ON check_ins (user, day)",
    "CREATE INDEX check_ins_day ON check_ins (day)",
    "CREATE INDEX responses_check_in ON responses (check_in)",
)


def write(path: Path, tables: Mapping[str, Numbered], tick: Callable[[int], None]) -> None:
    """The file at `path` holds exactly `tables` (rows with their numbers); a reader sees the old file or the new one, never a half."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    try:
        _fill(part, tables, tick)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _fill(part: Path, tables: Mapping[str, Numbered], tick: Callable[[int], None]) -> None:
    with closing(sqlite3.connect(part, isolation_level=None)) as db:
        db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; BEGIN")
        for table, row in TABLES.items():
            columns = [f"{name} {_type(hint)}" for name, hint in row.__annotations__.items()]
            db.execute(f"CREATE TABLE {table} ({', '.join(['id INTEGER PRIMARY KEY', *columns])})")
            db.executemany(f"INSERT INTO {table} VALUES (?{', ?' * len(columns)})", _ticking(tables[table], tick))  # noqa: S608 - our names
        for index in INDEXES:
            db.execute(index)
            tick(0)
        db.execute("COMMIT")


def _ticking(numbered: Numbered, tick: Callable[[int], None]) -> Iterator[tuple[Any, ...]]:
    count = 0
    for count, (number, row) in enumerate(numbered, 1):
        yield (number, *row)
        if not count % 1000:
            tick(1000)
    tick(count % 1000)


def _type(hint: Any) -> str:
    """The type of a column, without which its index would not be used for a typed one."""
    return "TEXT" if hint is str or str in get_args(hint) else "INTEGER"
