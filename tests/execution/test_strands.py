"""Coroutines run side by side within one task: each is a task of its own to what it calls, and nobody is cancelled for another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from contextvars import ContextVar
from typing import Any

import pytest

from graph.execution.strands import Strands, side_by_side
from tests.waiting import LONG, settled, until
from upstreams.gathering import together

SAID: ContextVar[str] = ContextVar("SAID", default="nothing")


async def ended(*work: Awaitable[Any]) -> list[Any]:
    """What they come to, in their order; errors as they are."""
    strands: Strands[int] = Strands()
    found: dict[int, Any] = {}
    come = strands.run([strands.begin(one, number) for number, one in enumerate(work)])
    while True:
        found |= {one.then: one.error or one.value for one in come}
        if not strands.pending:
            return [found[number] for number in range(len(work))]
        come = await strands.next()


async def slow(turns: int, value: Any = "came") -> Any:
    """A value that takes some turns of the loop."""
    for _ in range(turns):
        await asyncio.sleep(0)
    if isinstance(value, BaseException):
        raise value
    return value


async def test_what_need_not_wait_has_ended_at_its_first_step() -> None:
    strands: Strands[str] = Strands()
    (one,) = strands.run([strands.begin(slow(0, "at once"), "why")])
    assert (one.value, one.then, strands.pending) == ("at once", "why", set())


async def test_each_comes_to_its_own_end() -> None:
    later = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(later.set_result, "future")
    found = await ended(slow(3), slow(1, ValueError("bad")), later, asyncio.ensure_future(slow(2, "task")), slow(0))
    assert [str(one) for one in found] == ["came", "bad", "future", "task", "came"]


async def test_timeouts_and_task_groups_cancel_the_one_that_they_are_in() -> None:
    async def timed() -> str:
        try:
            async with asyncio.timeout(0.001):
                await asyncio.Event().wait()
        except TimeoutError:
            return "timed out"
        return "never"

    async def several(*work: Coroutine[Any, Any, Any]) -> Any:
        return await together(work)

    outer = asyncio.current_task()
    found = await ended(timed(), slow(5), several(slow(2, "a"), slow(1, "b")), several(slow(9), slow(1, ValueError("bad"))), timed())
    assert [str(one) for one in found] == ["timed out", "came", "['a', 'b']", "bad", "timed out"]
    assert asyncio.current_task() is outer


async def test_each_has_a_context_of_its_own() -> None:
    async def say(word: str) -> str:
        before = SAID.get()
        SAID.set(word)
        await settled()
        return f"{before}, {SAID.get()}"

    assert await ended(say("one"), say("two")) == ["nothing, one", "nothing, two"]
    assert SAID.get() == "nothing"


async def test_when_the_one_who_waits_is_cancelled_so_are_all_and_they_may_tidy_up() -> None:
    tidied: list[str] = []

    async def tidy(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await slow(2)
            tidied.append(name)

    waiting = asyncio.ensure_future(ended(tidy("a"), tidy("b")))
    await settled()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert sorted(tidied) == ["a", "b"]


async def test_those_that_are_left_to_themselves_still_end() -> None:
    strands: Strands[None] = Strands()
    done: list[str] = []

    async def work() -> None:
        await slow(3)
        done.append("done")

    strands.run([strands.begin(work(), None)])
    rest = asyncio.ensure_future(strands.rest())
    async with asyncio.timeout(LONG):
        await until(lambda: bool(done))
        await rest


async def test_one_that_awaits_what_nobody_can_fails_alone() -> None:
    class Strange:
        def __await__(self) -> Any:
            yield "strange"

    found = await ended(Strange(), slow(1))
    assert (type(found[0]), found[1]) == (RuntimeError, "came")


async def test_side_by_side_all_come_in_their_order_with_their_errors() -> None:
    found = await side_by_side([slow(3, "last"), slow(0, "first"), slow(1, ValueError("bad")), slow(1, asyncio.CancelledError())])
    assert [type(one) for one in found] == [str, str, ValueError, asyncio.CancelledError]
    assert (found[:2], await side_by_side([])) == (["last", "first"], [])


async def test_side_by_side_all_are_cancelled_with_the_one_who_waits() -> None:
    never = asyncio.get_running_loop().create_future()
    waiting = asyncio.ensure_future(side_by_side([slow(0), never]))
    await settled()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert never.cancelled()
