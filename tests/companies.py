"""Companies that more than one folder of tests needs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sandbox import Draft
from sandbox.names import email, full

SIZES: Mapping[str, int] = {"Five": 5, "Fifty": 50, "Five hundred": 500, "Elsewhere": 445}
"""How many people work on each project of `sized`; nobody works on two."""

SUBMITTED = 7
"""How many weekly check-ins each of them has handed in; one more is due next week."""


def sized(path: Path, *, today: date) -> Mapping[str, str]:
    """A company of 1,000 people at `path`, whose dates stay as they are; the id of each project by its name.

    Everybody works every day from ten days ago until in 30 days, has a name and an email that nobody else has, in both systems, and
    eight weekly check-ins.
    """
    draft, number = Draft(), 0
    projects = {name: draft.project(name, number=f"S-{size}") for name, size in SIZES.items()}
    for name, size in SIZES.items():
        for _ in range(size):
            hire(draft, number, projects[name], today)
            number += 1
    draft.save(path)
    return projects


def hire(draft: Draft, number: int, project: str, today: date) -> None:
    """One person in both systems."""
    name, employee = full(number), f"S-{number:04}"
    worker = draft.worker(name, employee_number=employee, email=email(name), groups=["everybody"])
    draft.assign(worker, project, today - timedelta(days=10), today + timedelta(days=30), work_days=range(7))
    user = draft.user(name, email(name), department="Structures", properties={"Employee number": employee})
    for week in range(-1, SUBMITTED):
        deadline = datetime.combine(today - timedelta(days=1 + 7 * week), time(12), UTC)
        draft.check_in(user, deadline, submitted=deadline - timedelta(hours=1) if week >= 0 else None)
