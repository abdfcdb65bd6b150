"""The company that every side is asked about: projects of known sizes, and everybody in both systems under one unique name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sandbox import Draft
from sandbox.names import email, full

ELSEWHERE = 50
"""How many people work on each project that nobody asks about."""


@dataclass(frozen=True)
class Company:
    """`people` work for it: so many on each of `projects`, with `check_ins` each, and all others elsewhere, with one."""

    projects: tuple[int, ...]
    people: int = 1_000
    check_ins: int = 8

    def save(self, path: Path, today: date) -> None:
        """The company as a file for the sandbox. Everybody works every day, from ten days ago until in 30 days."""
        draft = Draft()
        for number, (project, check_ins) in enumerate(self.hired(draft)):
            hire(draft, number, project, check_ins, today)
        draft.save(path)

    def hired(self, draft: Draft) -> Iterator[tuple[str, int]]:
        """The project of each person, and how many check-ins they have."""
        for size in self.projects:
            yield from [(draft.project(f"Project {size}", id=project(size)), self.check_ins)] * size
        for number in range(self.people - sum(self.projects)):
            if number % ELSEWHERE == 0:
                elsewhere = draft.project(f"Elsewhere {number // ELSEWHERE}")
            yield elsewhere, 1


def project(size: int) -> str:
    """The id of the project on which so many people work."""
    return f"project-{size}"


def person(number: int) -> str:
    """The id of a person in workforce."""
    return f"person-{number}"


def hire(draft: Draft, number: int, on: str, check_ins: int, today: date) -> None:
    """One person in both systems, with a check-in a week; the newest is due next week, and all others were submitted."""
    name = full(number)
    worker = draft.worker(name, id=person(number), employee_number=f"E-{number}", email=email(name))
    draft.assign(worker, on, today - timedelta(days=10), today + timedelta(days=30), work_days=range(7))
    user = draft.user(name, email(name), department="Structures")
    for week in range(check_ins):
        deadline = datetime.combine(today + timedelta(days=6 - 7 * week), time(12), UTC)
        draft.check_in(user, deadline, submitted=deadline - timedelta(hours=1) if week else None)
