"""What made no call is not estimated again while all that it was given is fresh; everything else is, each time."""

from __future__ import annotations

import math
from weakref import ref

import pytest

from graph.weights.free import Free
from tests.clocks import Clock
from upstreams.calls import Mode
from upstreams.ledger import Ledger


class Look:
    """A look at an operation."""


LOOK, OTHER = Look(), Look()


def ended(fresh: float, *, spent: int = 0, own: int = 0) -> Ledger:
    """The books of an operation that has ended."""
    return Ledger(fresh=fresh, spent=spent, own=own)


def test_it_holds_for_the_same_look_until_the_first_thing_that_it_was_given_is_old() -> None:
    free = Free(clock := Clock())
    free.note(LOOK, ended(30))
    clock.now += 29
    assert free.holds(LOOK, Ledger(), Mode.USUAL)
    assert not free.holds(OTHER, Ledger(), Mode.USUAL)
    assert not free.holds(LOOK, Ledger(traced=True), Mode.USUAL)
    assert not free.holds(LOOK, Ledger(), Mode.NONE)
    clock.now += 1
    assert not free.holds(LOOK, Ledger(), Mode.USUAL)


@pytest.mark.parametrize(
    "books",
    [ended(30, spent=1), ended(30, own=1), ended(0), ended(math.inf)],
    ids=["calls", "the server's calls", "nothing fresh", "nothing given"],
)
def test_it_does_not_hold_for_what_was_not_free(books: Ledger) -> None:
    free = Free(Clock())
    free.note(LOOK, books)
    assert not free.holds(LOOK, Ledger(), Mode.USUAL)


def test_a_look_that_nobody_keeps_is_not_kept_for_its_sake() -> None:
    free, look = Free(Clock()), Look()
    free.note(look, ended(30))
    seen = ref(look)
    del look
    assert seen() is None
