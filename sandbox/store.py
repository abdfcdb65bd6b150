"""The open database file and the one idea that keeps it alive: what it holds moves with today, in whole weeks.

A file remembers the day it was built for. Later everything in it, except the `fixed` records of the documents, is served `shift`
days later than it is stored, where `shift` is the whole weeks that have passed since, so weekdays stay what they are. Queries ask
for stored days (asked minus shift) and answers show moved ones (stored plus shift); nothing is ever rewritten.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from sandbox import schema
from sandbox.memo import Memo


class Store:
    """A company file opened for reading only; one connection, used on the event loop's thread."""

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self.db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        self.db.row_factory = sqlite3.Row
        self.clock = clock
        self.memo = Memo()
        try:
            self.seed, self.built = _meta(self.db)
        except (sqlite3.Error, ValueError):
            self.db.close()
            raise
        self.moving = self.db.execute("SELECT coalesce(max(id) + 1, 0) FROM check_ins WHERE id >= 0").fetchone()[0]

    @property
    def today(self) -> date:
        """The day that the clock shows in its own zone."""
        return self.clock().date()

    @property
    def shift(self) -> int:
        """Days between what is stored and what is served: whole weeks."""
        return 0 if self.built is None else (self.today.toordinal() - self.built) // 7 * 7

    def rows(self, sql: str, values: Mapping[str, Any] | Sequence[Any] = ()) -> Iterator[sqlite3.Row]:
        """The rows of a query."""
        return self.db.execute(sql, values)

    def row(self, sql: str, values: Mapping[str, Any] | Sequence[Any] = ()) -> sqlite3.Row | None:
        """The first row of a query."""
        found: sqlite3.Row | None = self.db.execute(sql, values).fetchone()
        return found

    def numbers(self, sql: str, values: Mapping[str, Any] | Sequence[Any] = ()) -> Iterator[int]:
        """The numbers of a query of one column."""
        cursor = self.db.cursor()
        cursor.row_factory = None
        return chain.from_iterable(cursor.execute(sql, values))

    def close(self) -> None:
        """The file is let go."""
        self.db.close()


def _meta(db: sqlite3.Connection) -> tuple[int, int | None]:
    version, seed, built = db.execute("SELECT version, seed, built FROM meta").fetchone()
    if version != schema.VERSION:
        raise ValueError(f"the file has schema version {version}, this sandbox reads {schema.VERSION}")
    return seed, built
