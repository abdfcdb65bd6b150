"""What is remembered: for a while, within bounds, made once whoever waits, and never an error."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.memory import Remembered
from tests.clocks import Clock


class Maker:
    """Makes a value when it is let, and counts how often it was asked to."""

    def __init__(self, value: int | Exception) -> None:
        self.value, self.calls, self.allowed = value, 0, asyncio.Event()

    async def __call__(self) -> int:
        self.calls += 1
        await self.allowed.wait()
        if isinstance(self.value, Exception):
            raise self.value
        return self.value


def never() -> Callable[[], Coroutine[Any, Any, int]]:
    """A maker that must not be asked."""

    async def make() -> int:
        raise AssertionError

    return make


def test_a_value_is_forgotten_exactly_when_its_time_is_over() -> None:
    clock = Clock()
    memory: Remembered[str, int] = Remembered(seconds=10, size=5, clock=clock)
    memory.keep("a", 1)
    clock.now = 9.99
    assert memory.peek("a") == 1
    clock.now = 10
    assert memory.peek("a") is None


def test_no_time_at_all_remembers_nothing() -> None:
    memory: Remembered[str, int] = Remembered(seconds=0, size=5, clock=Clock())
    memory.keep("a", 1)
    assert memory.peek("a") is None


def test_looking_does_not_lengthen_a_life_and_keeping_again_does() -> None:
    clock = Clock()
    memory: Remembered[str, int] = Remembered(seconds=10, size=5, clock=clock)
    memory.keep("a", 1)
    memory.keep("b", 1)
    clock.now = 6
    assert memory.peek("a") == 1
    memory.keep("b", 2)
    clock.now = 12
    assert (memory.peek("a"), memory.peek("b")) == (None, 2)


def test_forgetting_is_final_and_harmless() -> None:
    memory: Remembered[str, int] = Remembered(seconds=10, size=5, clock=Clock())
    memory.keep("a", 1)
    memory.forget("a")
    memory.forget("a")
    assert memory.peek("a") is None


@given(st.integers(1, 4), st.lists(st.tuples(st.booleans(), st.integers(0, 6)), max_size=40))
def test_the_one_unused_for_longest_makes_room(size: int, steps: list[tuple[bool, int]]) -> None:
    memory: Remembered[int, int] = Remembered(seconds=10, size=size, clock=Clock())
    model: OrderedDict[int, int] = OrderedDict()
    for keeps, key in steps:
        if keeps:
            memory.keep(key, key)
            model[key] = key
            model.move_to_end(key)
            while len(model) > size:
                model.popitem(last=False)
        else:
            assert memory.peek(key) == model.get(key)
            if key in model:
                model.move_to_end(key)
        assert len(memory.kept) <= size


async def test_many_who_wait_cost_one_make() -> None:
    memory: Remembered[str, int] = Remembered(seconds=10, size=5, clock=Clock())
    maker = Maker(7)
    waiting = [asyncio.create_task(memory.get("a", maker)) for _ in range(500)]
    await asyncio.sleep(0)
    maker.allowed.set()
    assert set(await asyncio.gather(*waiting)) == {7}
    assert maker.calls == 1
    assert await memory.get("a", never()) == 7


async def test_an_error_reaches_all_who_wait_and_is_not_remembered() -> None:
    memory: Remembered[str, int] = Remembered(seconds=10, size=5, clock=Clock())
    maker = Maker(ValueError("no"))
    maker.allowed.set()
    results = await asyncio.gather(*(memory.get("a", maker) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in results] == [ValueError] * 3
    assert maker.calls == 1
    assert (memory.peek("a"), memory.making) == (None, {})
    maker.value = 8
    assert await memory.get("a", maker) == 8


async def test_who_leaves_takes_nothing_along() -> None:
    memory: Remembered[str, int] = Remembered(seconds=10, size=5, clock=Clock())
    maker = Maker(7)
    first = asyncio.create_task(memory.get("a", maker))
    second = asyncio.create_task(memory.get("a", maker))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    maker.allowed.set()
    assert await second == 7
    assert maker.calls == 1


async def test_keys_do_not_wait_for_each_other() -> None:
    memory: Remembered[str, int] = Remembered(seconds=10, size=5, clock=Clock())
    slow, quick = Maker(1), Maker(2)
    waiting = asyncio.create_task(memory.get("slow", slow))
    quick.allowed.set()
    assert await memory.get("quick", quick) == 2
    slow.allowed.set()
    assert await waiting == 1


async def test_a_false_value_is_a_value() -> None:
    memory: Remembered[str, bool] = Remembered(seconds=10, size=5, clock=Clock())
    memory.keep("a", False)
    assert await memory.get("a", never()) is False  # type: ignore[arg-type]
