"""Who may begin, who waits, who is sent away: the line by itself, on a clock that only the test moves."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.operating.line import CROWD, LEAST, Line, Overloaded, Turn
from tests.clocks import Clock
from tests.operating.asking import turn


@dataclass
class Queue:
    """A line and who of its people were called, in this order."""

    line: Line
    called: list[int] = field(default_factory=list)
    turns: dict[int, Turn] = field(default_factory=dict)

    def come(self, who: int) -> bool:
        """Whether somebody may begin at once; else they are in line."""
        turn = self.line.enter(lambda: self.called.append(who))
        if turn is not None:
            self.turns[who] = turn
        return turn is None


def queue(most: int = 2, patience: float = 0.5) -> tuple[Queue, Clock]:
    """A line with its clock."""
    clock = Clock()
    return Queue(Line(most, patience, clock)), clock


def test_as_many_as_there_is_room_for_begin_at_once_and_the_others_in_the_order_in_which_they_came() -> None:
    people, _ = queue(most=2)
    assert [people.come(who) for who in range(5)] == [True, True, False, False, False]
    people.line.leave()
    people.line.leave()
    assert people.called == [2, 3]
    assert people.line.running == 2


def test_a_burst_waits_and_a_line_that_stands_has_room_for_no_more_than_are_served() -> None:
    people, clock = queue(most=2)
    for who in range(2 + CROWD * 2):
        people.come(who)
    with pytest.raises(Overloaded) as refused:
        people.come(99)
    assert refused.value.retry_after == 1
    for _ in range(3):
        people.line.leave()
    clock.now = 0.6
    assert people.line.standing
    assert len(people.line.waiting) > people.line.limit
    with pytest.raises(Overloaded):
        people.come(99)


def test_a_line_that_is_empty_because_all_gave_up_still_stands_until_somebody_could_begin_at_once() -> None:
    people, clock = queue(most=1)
    people.come(0)
    people.come(1)
    people.come(2)
    clock.now = 0.6
    for who in (1, 2):
        people.line.forgo(people.turns[who])
    assert not people.come(3)
    with pytest.raises(Overloaded):
        people.come(4)
    people.line.leave()
    people.line.leave()
    assert people.come(5)
    assert not people.come(6)
    assert not people.come(7)


def test_whose_patience_has_ended_is_passed_over_unless_nobody_else_is_there() -> None:
    people, clock = queue(most=1)
    people.come(0)
    people.come(1)
    clock.now = 0.4
    people.come(2)
    clock.now = 0.7
    people.line.leave()
    assert people.called == [2]
    people.come(3)
    clock.now = 9.0
    people.line.leave()
    assert people.called == [2, 3]


def test_a_late_event_loop_is_given_less_to_do_and_more_again_when_it_is_not_late() -> None:
    people, _ = queue(most=64)
    for who in range(40):
        people.come(who)
    people.line.adapt(0.5)
    assert people.line.limit == 32
    for _ in range(20):
        people.line.adapt(0.5)
    assert people.line.limit == LEAST
    for _ in range(40):
        people.line.adapt(0.0)
    assert people.line.limit == 64


def test_room_that_comes_back_is_given_to_those_in_line() -> None:
    people, _ = queue(most=20)
    people.line.limit = LEAST
    for who in range(LEAST + 2):
        people.come(who)
    people.line.adapt(0.0)
    assert people.called == [LEAST]


@given(st.lists(st.tuples(st.sampled_from(["come", "leave", "forgo", "late", "early", "tick"]), st.integers(0, 9)), max_size=80))
def test_no_more_are_served_than_there_is_room_for_and_nobody_is_lost(steps: list[tuple[str, int]]) -> None:
    """Whoever came is served, in line, sent away, or gone; the count of those served is right after any history."""
    people, clock = queue(most=3)
    serving, number = set[int](), 0
    for step, which in steps:
        if step == "come":
            number += 1
            try:
                if people.come(number):
                    serving.add(number)
            except Overloaded:
                continue
        elif step == "leave" and serving:
            serving.remove(sorted(serving)[which % len(serving)])
            people.line.leave()
        elif step == "forgo" and people.line.waiting:
            turn = list(people.line.waiting)[which % len(people.line.waiting)]
            people.line.forgo(turn)
        elif step in ("late", "early"):
            people.line.adapt(1.0 if step == "late" else 0.0)
        clock.now += which / 10 if step == "tick" else 0
        serving |= {one for one in people.called if one not in serving}
        people.called.clear()
        assert people.line.running == len(serving) <= 3
        assert len(people.line.waiting) <= CROWD * 3


async def test_turns_come_in_time_or_not_at_all() -> None:
    line, order = Line(1, patience=0.05), list[str]()
    async with turn(line):
        with pytest.raises(Overloaded):
            async with turn(line):
                order.append("never")
    async with turn(line):
        order.append("again")
    assert order == ["again"]
    assert (line.running, len(line.waiting)) == (0, 0)


async def test_whoever_is_cancelled_in_line_or_at_the_very_moment_of_their_turn_takes_nobodys_place() -> None:
    line = Line(1, patience=10)
    await line.wait()
    first, second, third = (asyncio.create_task(line.wait()) for _ in range(3))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    line.leave()  # the second's turn comes,
    second.cancel()  # and it goes in the same moment
    await asyncio.wait_for(third, 10)
    assert (line.running, len(line.waiting)) == (1, 0)
    line.leave()
    assert line.running == 0
    assert [one.cancelled() for one in (first, second)] == [True, True]
