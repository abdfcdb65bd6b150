"""Two years of weekly check-ins, made on the fly: newest deadline first, as they are stored."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

from sandbox import rows
from sandbox.rows import DAY, MINUTE, CheckIn

WEEKS = 104
OFFSET = 60  # minutes: the company's clocks show UTC+1, summer and winter, as those of seed A:65
HOUR = 60 * MINUTE
NOON = 12

# Of 1024 scheduled check-ins, so many (cumulated) end like this; the rest are handed in before the deadline.
VACATION, MISSED, LATE, GRACE = 30, 85, 150, 200


def weekly(rng: Random, tenure: Sequence[int], today: date) -> Iterator[CheckIn]:
    """The check-ins of users 0, 1, 2, ... who have been there for `tenure` weeks (0: who never check in), none submitted today or later."""
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    limit = rows.at(today)
    for week in range(WEEKS):
        deadline = rows.at(friday - timedelta(weeks=week), NOON)
        block = [row for user, weeks in enumerate(tenure) if week < weeks for row in _week(rng.getrandbits(64), user, deadline, limit)]
        yield from sorted(block, key=_newest)


def _newest(row: CheckIn) -> int:
    return -row.deadline


def _week(bits: int, user: int, deadline: int, limit: int) -> Iterator[CheckIn]:
    """One user's week, which these random bits decide: the scheduled check-in, and one time in 128 an ad hoc one."""
    yield _current(bits, user, deadline, limit) if deadline >= limit else _past(bits, user, deadline, limit)
    if not bits >> 57:
        yield _adhoc(bits >> 10, user, deadline - (bits >> 8) % 6 * DAY - 11 * HOUR - 1_000_000, limit)


def _past(bits: int, user: int, deadline: int, limit: int) -> CheckIn:
    """A check-in whose deadline is over."""
    fate, spread = bits & 1023, bits >> 10 & 0xFFFF_FFFF_FFFF
    if fate < VACATION:
        return _row(user, deadline, None, on_vacation=True)
    if fate < MISSED:
        return _row(user, deadline, None, overdue=True)
    if fate < LATE:
        submitted = deadline + HOUR + spread % (60 * HOUR)
        return _row(user, deadline, submitted if submitted < limit else None, overdue=True)
    # seed A:73-75: a few minutes after the deadline are not called overdue
    submitted = deadline + spread % (25 * MINUTE) if fate < GRACE else deadline - spread % (50 * HOUR)
    return _row(user, deadline, min(submitted, limit - 1 - spread % HOUR))


def _current(bits: int, user: int, deadline: int, limit: int) -> CheckIn:
    """A check-in of this week: nearly half have been handed in, the day before at the latest."""
    submitted = limit - 6 * HOUR - (bits >> 10) % (10 * HOUR) if bits & 1023 < 460 else None
    return _row(user, deadline, submitted)


def _adhoc(bits: int, user: int, deadline: int, limit: int) -> CheckIn:
    """A check-in outside the schedule, due one second before one in the morning like seed A:65."""
    submitted = deadline - 2 * HOUR - bits % (20 * HOUR)
    return _row(user, deadline, submitted if submitted < limit else None, is_adhoc=True)


def _row(
    user: int, deadline: int, submitted: int | None, *, overdue: bool = False, on_vacation: bool = False, is_adhoc: bool = False
) -> CheckIn:
    if submitted is None:
        return CheckIn(None, user, deadline, None, None, OFFSET, overdue, on_vacation, is_adhoc, 0)
    return CheckIn(None, user, deadline, submitted, rows.day(submitted), OFFSET, overdue, on_vacation, is_adhoc, rows.OWN)
