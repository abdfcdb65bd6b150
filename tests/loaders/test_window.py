"""Windows of days against brute force."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.window import LONGEST, Window, chunks, on
from upstreams.errors import BadInput
from upstreams.workforce import LONGEST_RANGE

DAYS = st.dates(date(2000, 1, 1), date(2030, 12, 31))
SPANS = st.tuples(DAYS, st.integers(0, 1500)).map(lambda one: (one[0], one[0] + timedelta(one[1])))


@given(SPANS)
def test_chunks_cover_each_day_once_newest_first_and_none_is_longer_than_a_year(span: tuple[date, date]) -> None:
    found = chunks(*span)
    days = [first + timedelta(ahead) for first, last in reversed(found) for ahead in range((last - first).days + 1)]
    assert days == [span[0] + timedelta(ahead) for ahead in range((span[1] - span[0]).days + 1)]
    assert all((last - first).days < LONGEST_RANGE for first, last in found)


@given(SPANS, st.tuples(DAYS, st.integers(0, 400)).map(lambda one: (one[0], one[0] + timedelta(one[1]))))
def test_active_keeps_what_shares_a_day_with_the_window(span: tuple[date, date], booking: tuple[date, date]) -> None:
    shares = any(span[0] <= booking[0] + timedelta(ahead) <= span[1] for ahead in range((booking[1] - booking[0]).days + 1))
    assert Window("active", *span).keeps(*booking) is shares


@given(SPANS, st.tuples(DAYS, st.integers(0, 400)).map(lambda one: (one[0], one[0] + timedelta(one[1]))), st.integers(1, 900))
def test_ending_keeps_what_ends_in_the_window_and_asks_what_active_asks(
    span: tuple[date, date], booking: tuple[date, date], look_back: int
) -> None:
    window = Window("ending", *span)
    assert window.keeps(*booking) is (span[0] <= booking[1] <= span[1])
    assert not window.keeps(booking[0], None)
    assert window.starts(look_back) == Window("active", *span).starts(look_back)
    assert window.running() == Window("active", *span).running()


@given(SPANS, st.integers(1, 900), st.tuples(DAYS, st.integers(0, 400)).map(lambda one: (one[0], one[0] + timedelta(one[1]))))
def test_the_ranges_of_an_active_window_hold_all_that_began_within_the_look_back(
    span: tuple[date, date], look_back: int, booking: tuple[date, date]
) -> None:
    window = Window("active", *span)
    if not window.keeps(*booking) or booking[0] <= span[0] - timedelta(look_back):
        return
    assert any(first <= booking[0] <= last for first, last in window.starts(look_back))


@given(SPANS)
def test_starting_asks_for_its_own_days_only(span: tuple[date, date]) -> None:
    found = Window("starting", *span).starts(730)
    assert (found[-1][0], found[0][1]) == span


def test_an_unknown_first_or_last_day_is_no_reason_to_leave_a_booking_out() -> None:
    window = on(date(2026, 3, 4))
    assert window.keeps(None, None)
    assert window.keeps(date(2020, 1, 1), None)
    assert not window.keeps(date(2026, 3, 5), None)
    assert not window.keeps(None, date(2026, 3, 3))


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 1, 2), date(2026, 1, 1)),
        (date(1, 1, 1), date(1, 1, 1)),
        (date(9999, 12, 31), date(9999, 12, 31)),
        (date(2000, 1, 1), date(2000, 1, 1) + timedelta(LONGEST)),
    ],
)
def test_a_window_that_cannot_be_meant_is_refused(first: date, last: date) -> None:
    with pytest.raises(BadInput):
        Window("active", first, last)
