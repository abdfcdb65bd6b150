"""A small company with everything that makes sharing hard: twins, namesakes, people in check-ins only, disagreeing responses, two pages."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sandbox import Draft
from tests.graphs import TODAY, noon

CREW = ("Ann Lee", "Bob Ray", "Zoë Ångström", "Joann Lee", "Cy Fox", "Dee Hill", "Eve Moss", "Flo Nash")
"""Each alone in both systems, though one filter by part of a name would find two."""
NOON = noon()


def firm(path: Path, *, crowd: int = 0) -> None:
    """The company at `path`; `crowd` more people, on a project of their own, make its scans longer."""
    draft = Draft()
    depot = draft.project("Depot", id="depot")
    bridge, tower = draft.project("Bridge", id="bridge", number="B-1", color="#123456"), draft.project("Tower", id="tower", number="T-1")
    for number, name in enumerate([*CREW, *(f"Extra {number}" for number in range(crowd))]):
        person(draft, name, number, depot if number >= len(CREW) else tower if number % 3 == 2 else bridge)
    for own, badge in (("twin-1", "7"), ("twin-2", "8")):
        draft.assign(draft.worker("Tim Twin", id=own, employee_number=badge), bridge, TODAY, TODAY + timedelta(days=3))
    for own, email in (("t1", "tim@example.com"), ("t2", "tim2@example.com")):
        history(draft, draft.user("Tim Twin", email, id=own), own, 2)
    history(draft, draft.user("Only Here", "only@example.com", id="only"), "only", 2)
    draft.assign("w0", tower, TODAY - timedelta(days=500), TODAY - timedelta(days=400))
    draft.time_off("w1", TODAY, TODAY + timedelta(days=2), reason="family")
    draft.save(path)


def person(draft: Draft, name: str, number: int, project: str) -> None:
    """Somebody with a job, an account and four check-ins, one of them not handed in."""
    own, email = f"w{number}", f"{number}@example.com"
    draft.worker(name, id=own, employee_number=f"E-{number}", job_title="Mason", groups=["everybody"])
    draft.assign(own, project, TODAY - timedelta(days=10 + number), TODAY + timedelta(days=20))
    history(draft, draft.user(name, email, id=f"a{number}", properties={"Number": f"E-{number}"}), f"a{number}", 3)
    draft.check_in(f"a{number}", NOON + timedelta(days=6), id=f"a{number}-next")


def history(draft: Draft, user: str, prefix: str, weeks: int) -> None:
    """So many weekly check-ins, handed in an hour before they were due."""
    for week in range(weeks):
        due = NOON - timedelta(days=1 + 7 * week)
        draft.check_in(user, due, id=f"{prefix}-{week}", submitted=due - timedelta(hours=1))
