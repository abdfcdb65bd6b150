"""A file that is read again when it changes, and kept as it was when it breaks."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from loaders.watched import SETTLED, read, version

T = TypeVar("T")
log = logging.getLogger("crewgraph.access")
GLANCE_SECONDS = 0.1
"""Between two looks at a file on account of requests: a flood of unknown keys must not read it all the time."""


class Broken(Exception):
    """A file that does not say what it must; `problems` has a sentence each, none of which repeats a secret."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Reread(Generic[T]):
    """A file and what it says; `value` is always a whole, unbroken state of it, and `changes` how often it was another one.

    Raises Broken, OSError or UnicodeDecodeError when it cannot be read at first.
    """

    def __init__(self, path: Path, parse: Callable[[str], T], every: float = 5.0) -> None:
        self.path, self.parse, self.every, self.changes = path, parse, every, 0
        self.seen = version(path)
        self.value = parse(read(path))
        self.change: T | None = None
        self.glanced = float("-inf")

    async def check(self) -> None:
        """Read the file again if it changed, and stays as it is for a moment. What is broken is logged once."""
        now = await asyncio.to_thread(version, self.path)
        if now == self.seen:
            return
        found, problem = await self.read()
        await asyncio.sleep(SETTLED)
        if now != await asyncio.to_thread(version, self.path):
            return  # it is being written, and may lack keys, or the end of one: next time
        self.seen = now
        if found is None:
            log.warning("%s %s; what it said before stays in force", self.path.name, problem)
        else:
            self.value, self.changes = found, self.changes + 1

    def read_change(self) -> T | None:
        """What the file says now if it differs from `value` and is whole, at most once in `GLANCE_SECONDS`: `check` will take it over.

        It reads a small file in place, so that who has just been added need not wait for the next check.
        """
        if (now := time.monotonic()) - self.glanced < GLANCE_SECONDS:
            return self.change
        self.glanced = now
        try:
            self.change = self.parse(read(self.path)) if version(self.path) != self.seen else None
        except (OSError, UnicodeDecodeError, Broken):
            self.change = None
        return self.change

    async def read(self) -> tuple[T | None, str]:
        """What the file says now, or what is wrong with it."""
        try:
            return self.parse(await asyncio.to_thread(read, self.path)), ""
        except (OSError, UnicodeDecodeError):
            return None, "cannot be read as UTF-8 text"
        except Broken as broken:
            return None, str(broken)

    async def watch(self) -> None:
        """Check for ever; ends when it is cancelled."""
        while True:
            await asyncio.sleep(self.every)
            await self.check()
