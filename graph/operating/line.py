"""Who may begin, who waits for their turn, and who is sent away before everybody waits too long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

CROWD = 8
"""How many may be in a line that has just formed, for each one that is served at once."""
LATE = 0.2
"""Seconds that the event loop may be late before it is given less to do."""
LEAST = 8
"""How many are served at once however late it is."""


class Overloaded(Exception):
    """There is no turn soon; `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


@dataclass(eq=False)
class Turn:
    """A place in line, which nobody keeps after `until`; `call` is what happens when the turn comes."""

    call: Callable[[], None]
    until: float
    called: bool = False


@dataclass
class Line:
    """At most `most` are served at once; others wait in line, the oldest first, and for `patience` seconds at most.

    What waits for upstreams costs nothing, so there may be many; what computes makes the event loop late, and all the later the more
    there are. So `limit` is what is served at once now: a fifth less whenever the loop is late, and more again when it is not.

    When for as long as that patience nobody could begin without waiting, waiting does not help (controlled delay): from then on the
    line has room for no more than are served at once, so that a burst is served and an overload waits for one answer, not for hundreds.
    """

    most: int
    patience: float = 0.5
    clock: Callable[[], float] = time.monotonic
    running: int = 0
    waiting: dict[Turn, None] = field(default_factory=dict)
    roomy: float = field(init=False)
    limit: float = field(init=False)

    def __post_init__(self) -> None:
        self.roomy, self.limit = self.clock(), float(self.most)

    @property
    def standing(self) -> bool:
        """Whether nobody could begin at once for as long as anybody waits."""
        return not self.room and self.clock() - self.roomy > self.patience

    @property
    def room(self) -> bool:
        """Whether somebody could begin at once."""
        return not self.waiting and self.running < int(self.limit)

    @property
    def full(self) -> bool:
        """Whether there is no place in line."""
        return len(self.waiting) >= (int(self.limit) if self.standing else CROWD * self.most)

    def enter(self, call: Callable[[], None]) -> Turn | None:
        """A place in line, or None for whoever may begin at once. Raises Overloaded when there is neither."""
        if self.room:
            self.running, self.roomy = self.running + 1, self.clock()
            return None
        if self.full:
            raise self.overloaded()
        turn = Turn(call, self.clock() + self.patience)
        self.waiting[turn] = None
        return turn

    def leave(self) -> None:
        """One is done; others may begin."""
        self.running -= 1
        self.advance()

    def adapt(self, lag: float) -> None:
        """Serve fewer or more at once, by how many seconds the event loop is late."""
        if lag > LATE:
            self.limit = max(0.8 * min(self.limit, self.running), min(LEAST, self.most))
        else:
            self.limit = min(1.1 * self.limit + 1, self.most)
            self.advance()

    def advance(self) -> None:
        """As many begin as there is room for, the oldest first; whose patience has ended is passed over, but for the last in line."""
        while self.waiting and self.running < int(self.limit):
            turn = next(iter(self.waiting))
            del self.waiting[turn]
            if turn.until >= self.clock() or not self.waiting:
                self.running, turn.called = self.running + 1, True
                turn.call()

    def forgo(self, turn: Turn) -> None:
        """Whoever held this turn has gone; if it has come, it is the next one's."""
        if turn.called:
            self.leave()
        else:
            self.waiting.pop(turn, None)

    def overloaded(self) -> Overloaded:
        """The refusal."""
        return Overloaded(max(1, round(self.patience)))

    async def wait(self) -> None:
        """Until the turn comes, after which one must leave; whoever is cancelled meanwhile takes nobody's place. Raises Overloaded."""
        come = asyncio.Event()
        turn = self.enter(come.set)
        if turn is None:
            return
        taken = False
        try:
            taken = await within(come, self.patience)
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
