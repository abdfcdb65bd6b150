"""The work of a generated company: who is where from when to when, and who is away."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from sandbox.draft import Draft

BEFORE, AFTER = 420, 180  # the days around today that assignments start in
WEEKS = (2, 4, 6, 8, 12, 16, 26, 40)
COMPLETE = ("COMP", "#FFFB23", "c80148f1-1f29-4595-b552-08fbf16fdb30", "Complete")  # seed B:69-74
ACTIVE = ("ACTV", "#5BD043", "0b7d4c1e-5a0c-4a5e-9d43-6a1f0c2e7b11", "Active")
PLANNED = ("PLAN", "#53A9FF", "4f1e9a52-7c36-4b0d-8e2f-15c8d7a9b322", "Planned")
TENTATIVE = ("TENT", "#F2994A", "93c6f0d8-2b41-4e7a-a5d9-7e0b4c8f1633", "Tentative")
PHASES = tuple((f"7e{n}1c5a0-3d2b-4f68-9a17-c0de5eed000{n}", f"Phase {n}") for n in range(1, 5))
LOTS = tuple((f"5a{n}9e3b7-8c4d-4a21-b6f0-c0de5eed000{n}", f"{side} Lot") for n, side in enumerate(("North", "East", "South", "West"), 1))
DAYS = ({1, 2, 3, 4, 5},) * 16 + ({1, 2, 3, 4}, {2, 3, 4, 5}, {0, 6}, set(range(7)))
EVERY_DAY = frozenset(range(7))
HOURS: Sequence[tuple[str | None, str | None]] = (
    *((("7:30 AM", "3:30 PM"),) * 12),
    ("6:00 AM", "2:00 PM"),
    ("9:00 AM", "5:30 PM"),
    ("7:00 PM", "5:00 AM"),  # ends on the next morning
    ("10:00 PM", "6:00 AM"),
    (None, None),
)
REASONS = ("vacation", "vacation", "vacation", "family", "medical", "training", "jury duty", "other")
REPEATS = ("never",) * 12 + ("weekly", "weekly", "biweekly", "monthly")


def career(draft: Draft, rng: Random, worker: str, projects: Sequence[str], today: date, until: date | None = None) -> None:
    """Assignments of one worker to some of these projects, most to the first ones; none begins at `until` or later."""
    last = until or today + timedelta(days=AFTER)
    for start, end in _spans(rng, today, last):
        project = projects[int(len(projects) * rng.random() ** 1.5)]
        draft.assign(worker, project, start, end, **_details(rng, start, end, today))


def crew(draft: Draft, rng: Random, worker: str, project: str, today: date) -> None:
    """An assignment that spans today and the week after it, with work on every day of the week."""
    start, end = today - timedelta(days=rng.randint(3, 60)), today + timedelta(days=rng.randint(20, 120))
    draft.assign(worker, project, start, end, **{**_details(rng, start, end, today), "work_days": EVERY_DAY})


def absences(draft: Draft, rng: Random, worker: str, today: date) -> None:
    """Time off of one worker: mostly none, up to three times."""
    for _ in range(rng.choice((0, 0, 0, 1, 1, 2, 3))):
        start = today + timedelta(days=rng.randint(-300, 120))
        end = start + timedelta(days=rng.choice((0, 0, 1, 2, 4, 6, 13)))
        draft.time_off(worker, start, end, reason=rng.choice(REASONS), is_paid=rng.random() < 0.8, repeat=rng.choice(REPEATS))


def _spans(rng: Random, today: date, last: date) -> Iterator[tuple[date, date]]:
    """Mondays to Fridays: back to back, with gaps, or overlapping; one in a hundred lasts more than a year."""
    start = _monday(today - timedelta(days=BEFORE - rng.randint(0, 60)))
    while start < last:
        weeks = 60 if rng.random() < 0.01 else rng.choice(WEEKS)
        yield start, start + timedelta(days=7 * weeks - 3)
        start += timedelta(weeks=max(1, weeks + rng.choice((0, 0, 0, 1, 3, -1, -2))))


def _details(rng: Random, start: date, end: date, today: date) -> Mapping[str, Any]:
    start_time, end_time = rng.choice(HOURS)
    created = min(start - timedelta(days=rng.randint(3, 40)), today)
    updated = created + timedelta(days=rng.randint(0, 30))
    return {
        "start_time": start_time,
        "end_time": end_time,
        "work_days": rng.choice(DAYS),
        "status": None if rng.random() < 0.15 else _status(rng, start, end, today),
        "category": rng.choice(PHASES) if rng.random() < 0.7 else None,
        "subcategory": rng.choice(LOTS) if rng.random() < 0.5 else None,
        "created": created,
        "updated": updated if rng.random() < 0.4 and updated <= today else None,
    }


def _status(rng: Random, start: date, end: date, today: date) -> tuple[str, str, str, str]:
    if end < today:
        return COMPLETE
    return ACTIVE if start <= today else rng.choice((PLANNED, TENTATIVE))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
