"""Coroutines run side by side within one task, each of them a task of its own to whatever it calls.

Most of what resolvers wait for is there at once, or comes for hundreds of them at the same time; tasks of asyncio's own cost several
times as much as that. How another task makes itself known is documented: https://docs.python.org/3/library/asyncio-extending.html
"""

from __future__ import annotations

import asyncio
from asyncio.tasks import _enter_task, _leave_task
from collections.abc import Awaitable, Callable, Iterable
from contextvars import copy_context
from functools import partial
from types import CoroutineType
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Strand(Generic[T]):
    """One coroutine, which is run for `then`. It ends with a `value` or an `error`; whenever it may go on, it says so to `wake`."""

    __slots__ = ("__weakref__", "_fut_waiter", "_must_cancel", "cancels", "context", "coroutine", "ended", "error", "then", "value", "wake")

    def __init__(self, what: Awaitable[Any], then: T, wake: Callable[..., None]) -> None:
        self.coroutine: Any = what if type(what) is CoroutineType else awaiting(what)
        self.then, self.wake, self.context = then, wake, copy_context()
        self.value: Any = None
        self.error: BaseException | None = None
        self.ended = self._must_cancel = False
        self.cancels = 0
        self._fut_waiter: asyncio.Future[Any] | None = None

    def step(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Run it until it waits. Whether it has ended."""
        self._fut_waiter = None
        _enter_task(loop, self)  # type: ignore[arg-type]
        try:
            if self._must_cancel:
                self._must_cancel = False
                found = self.context.run(self.coroutine.throw, asyncio.CancelledError())
            else:
                found = self.context.run(self.coroutine.send, None)
        except StopIteration as end:
            self.value, self.ended = end.value, True
        except (Exception, asyncio.CancelledError) as error:
            self.error, self.ended = error, True
        else:
            self.wait(found, loop)
        finally:
            _leave_task(loop, self)  # type: ignore[arg-type]
        return self.ended

    def wait(self, found: Any, loop: asyncio.AbstractEventLoop) -> None:
        """Wait for what the coroutine awaits: a future, or the next turn of the loop."""
        if getattr(found, "_asyncio_future_blocking", False):
            found._asyncio_future_blocking = False
            found.add_done_callback(partial(self.wake, self), context=self.context)
            self._fut_waiter = found
            if self._must_cancel and found.cancel():
                self._must_cancel = False
        elif found is None:
            loop.call_soon(self.wake, self)
        else:
            self.coroutine.close()
            self.error, self.ended = RuntimeError(f"A coroutine awaits a {type(found).__name__}."), True

    def cancel(self, msg: object = None) -> bool:
        """Have its coroutine be cancelled where it waits."""
        if self.ended:
            return False
        self.cancels += 1
        if self._fut_waiter is None or not self._fut_waiter.cancel(msg):
            self._must_cancel = True
        return True

    def cancelling(self) -> int:
        """How often that was asked for."""
        return self.cancels

    def uncancel(self) -> int:
        """Once less."""
        self.cancels = max(self.cancels - 1, 0)
        return self.cancels

    def done(self) -> bool:
        """Whether it has ended."""
        return self.ended

    def get_coro(self) -> Any:
        """Its coroutine."""
        return self.coroutine

    def get_name(self) -> str:
        """What debuggers call it."""
        return "strand"


class Strands(Generic[T]):
    """Those of one part of an answer: they all go on in the coroutine that waits for them, as they come."""

    def __init__(self) -> None:
        self.pending: set[Strand[T]] = set()
        self.come: list[Strand[T]] = []
        self.bell: asyncio.Future[None] | None = None

    def begin(self, what: Awaitable[Any], then: T) -> Strand[T]:
        """A new one, which has not run yet."""
        return Strand(what, then, self.wake)

    def wake(self, strand: Strand[T], _future: object = None) -> None:
        """This one may go on."""
        self.come.append(strand)
        if self.bell is not None and not self.bell.done():
            self.bell.set_result(None)

    def run(self, strands: list[Strand[T]]) -> list[Strand[T]]:
        """Let some go on; those that have ended."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        if task is not None:
            _leave_task(loop, task)
        try:
            ended = [one for one in strands if one.step(loop)]
        finally:
            if task is not None:
                _enter_task(loop, task)
        self.pending.update(strands)
        self.pending.difference_update(ended)
        return ended

    async def next(self) -> list[Strand[T]]:
        """Those that end as soon as any may go on. When this is cancelled, so are they all."""
        while not self.come:
            self.bell = asyncio.get_running_loop().create_future()
            try:
                await self.bell
            except asyncio.CancelledError:
                for one in self.pending:
                    one.cancel()
                await self.rest()
                raise
        come, self.come = self.come, []
        return self.run(come)

    async def rest(self) -> None:
        """Let all go on until they have ended, whatever they come to."""
        while self.pending:
            await self.next()


async def side_by_side(work: Iterable[Awaitable[Any]]) -> list[Any]:
    """What each of these comes to, in their order, errors among it; when this is cancelled, so are they all."""
    strands: Strands[None] = Strands()
    every = [strands.begin(one, None) for one in work]
    strands.run(every)
    while strands.pending:
        await strands.next()
    return [one.value if one.error is None else one.error for one in every]


async def awaiting(what: Awaitable[Any]) -> Any:
    """A coroutine of anything that can be awaited."""
    return await what
