"""Who may begin, who waits for their turn, and who is sent away before everybody waits too long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

SHORT = 0.1
"""The part of their patience that newcomers have while the line does not move on."""
CROWD = 8
"""How many may be in line for each one that is served at once."""


class Overloaded(Exception):
    """There is no turn soon; `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


@dataclass(eq=False)
class Turn:
    """A place in line: held for `patience` seconds, lost at `until`; `call` is what happens when it comes."""

    call: Callable[[], None]
    patience: float
    until: float
    called: bool = False


@dataclass
class Line:
    """`most` are served at once; others wait in line, for as many seconds as there is `patience`, and the oldest is served first.

    A line that has been standing for that long will not shorten by waiting: newcomers then wait a tenth of it, so that a burst is
    served and an overload is not (controlled delay).
    """

    most: int
    patience: float = 0.5
    clock: Callable[[], float] = time.monotonic
    running: int = 0
    waiting: dict[Turn, None] = field(default_factory=dict)
    emptied: float = field(init=False)

    def __post_init__(self) -> None:
        self.emptied = self.clock()

    def enter(self, call: Callable[[], None]) -> Turn | None:
        """A place in line, or None for whoever may begin at once. Raises Overloaded when the line is too long."""
        now = self.clock()
        if not self.waiting:
            self.emptied = now
        if self.running < self.most and not self.waiting:
            self.running += 1
            return None
        if len(self.waiting) >= CROWD * self.most:
            raise self.overloaded()
        patience = self.patience * (SHORT if now - self.emptied > self.patience else 1)
        turn = Turn(call, patience, now + patience)
        self.waiting[turn] = None
        return turn

    def leave(self) -> None:
        """One is done; the next whose patience has not ended begins."""
        self.running -= 1
        while self.waiting:
            turn = next(iter(self.waiting))
            del self.waiting[turn]
            if turn.until >= self.clock():
                self.running, turn.called = self.running + 1, True
                turn.call()
                return

    def forgo(self, turn: Turn) -> None:
        """Whoever held this turn has gone; if it has come, it is the next one's."""
        if turn.called:
            self.leave()
        else:
            self.waiting.pop(turn, None)

    def overloaded(self) -> Overloaded:
        """The refusal."""
        return Overloaded(max(1, round(self.patience)))

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Inside it is one's turn. Raises Overloaded when it does not come in time."""
        await self.wait()
        try:
            yield
        finally:
            self.leave()

    async def wait(self) -> None:
        """Until the turn comes; whoever is cancelled meanwhile takes nobody's place."""
        come = asyncio.Event()
        turn = self.enter(come.set)
        if turn is None:
            return
        taken = False
        try:
            taken = await within(come, turn.patience)
        finally:
            if not taken:
                self.forgo(turn)
        if not taken:
            raise self.overloaded()


async def within(event: asyncio.Event, seconds: float) -> bool:
    """Whether an event happens in so many seconds."""
    waiting = asyncio.ensure_future(event.wait())
    try:
        await asyncio.wait([waiting], timeout=seconds)
    finally:
        waiting.cancel()
    return event.is_set()
