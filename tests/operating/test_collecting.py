"""The garbage collector: what stays is looked at once, and everything only when nobody waits."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette

from graph.operating import collecting
from graph.operating.drain import Drain
from graph.operating.server import Server, configured


@pytest.fixture
def looks() -> Iterator[list[int]]:
    """The generations that are looked at; afterwards the collector is as it was."""
    found: list[int] = []

    def look(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            found.append(info["generation"])

    before = gc.get_threshold()
    gc.callbacks.append(look)
    yield found
    gc.callbacks.remove(look)
    if collecting.learn in gc.callbacks:
        gc.callbacks.remove(collecting.learn)
    gc.set_threshold(*before)
    gc.unfreeze()


def test_what_has_been_made_by_now_is_not_looked_at_again(looks: list[int]) -> None:
    stays = [[] for _ in range(1_000)]  # type: ignore[var-annotated]
    collecting.settle()
    assert gc.get_freeze_count() > len(stays)
    assert gc.get_threshold() == (collecting.FEW, collecting.ENOUGH, collecting.SELDOM)
    assert 2 in looks


def grown(many: int, *, garbage: bool) -> list[object]:
    """What stays of so many new objects; nothing of those that only the collector can free."""
    stays: list[object] = []
    for _ in range(many):
        one: list[object] = []
        one.append(one)
        if not garbage:
            stays.append(one)
    return stays


def test_looks_come_often_while_they_find_garbage_and_seldom_while_they_find_none(looks: list[int]) -> None:
    collecting.settle()
    looks.clear()
    stays = grown(4 * collecting.FEW, garbage=False)
    assert (looks, gc.get_threshold()[0]) == ([0], collecting.MANY)
    grown(collecting.MANY - 5 * collecting.FEW // 2, garbage=True)
    assert (looks, gc.get_threshold()[0]) == ([0, 0], collecting.FEW)
    grown(4 * collecting.FEW, garbage=True)
    assert len(looks) > 4, len(stays)
    collecting.settle()
    assert gc.callbacks.count(collecting.learn) == 1


@pytest.mark.parametrize("busy", [False, True])
@pytest.mark.parametrize(("generation", "times"), [(1, 1), (0, collecting.ENOUGH)])
def test_everything_is_looked_at_when_that_is_due_and_nobody_waits(looks: list[int], generation: int, times: int, busy: bool) -> None:
    gc.collect()
    for _ in range(times):
        gc.collect(generation)
    looks.clear()
    collecting.tidy(busy=busy)
    assert (2 in looks) is not busy


@pytest.mark.parametrize(("many", "busy", "looked"), [(True, False, [0]), (True, True, []), (False, False, [])])
def test_the_young_are_looked_at_when_they_are_many_and_nobody_waits(looks: list[int], many: bool, busy: bool, looked: list[int]) -> None:
    gc.set_threshold(collecting.MANY)
    gc.collect()
    looks.clear()
    stays = [[] for _ in range(collecting.FEW if many else 1)]  # type: ignore[var-annotated]
    collecting.tidy(busy=busy)
    assert looks == looked, len(stays)


async def test_a_server_looks_at_everything_once_nobody_has_asked_anything_for_a_while(looks: list[int]) -> None:
    server = Server(configured(Starlette(), drain := Drain()), drain)
    seen = []
    for asked in (1, 1, 0):
        server.server_state.total_requests += asked
        gc.collect()
        gc.collect(1)
        looks.clear()
        await server.on_tick(1)
        seen.append(2 in looks)
    assert seen == [False, False, True]
