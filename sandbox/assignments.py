# ruff: noqa: S608 - every piece of the SQL is written here, values are bound
"""Which assignments a question means, whose they are, and the rows to show for them.

`frames` holds the two ways of dating: what moves by `shift` days and what is fixed. Joined first, it turns every condition on days into two
searches of one index.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from sqlite3 import Row

from sandbox.store import Store

FRAMES = "WITH frames (fixed, shift) AS (VALUES (0, :shift), (1, 0))"
BEGUN = "a.fixed = f.fixed AND a.start BETWEEN :first - f.shift AND :last - f.shift"  # seed B:18
AT_WORK = "a.fixed = f.fixed AND a.end >= :first - f.shift AND a.start <= :first - f.shift AND (a.days >> (:first % 7)) & 1"  # seed B:149
ABSENT = "t.fixed = f.fixed AND t.end >= :first - f.shift AND t.start <= :last - f.shift"

MEMBER = "m.grp = :grp AND {0}.worker = m.worker AND"

# Seed B:27-34; "before" and "after" include the date.
BOUNDS = {
    "created_at": "a.created + f.shift = :created_at",
    "created_before": "a.created + f.shift <= :created_before",
    "created_after": "a.created + f.shift >= :created_after",
    "updated_at": "a.updated + f.shift = :updated_at",
    "updated_before": "a.updated + f.shift <= :updated_before",
    "updated_after": "a.updated + f.shift >= :updated_after",
}

SHOWN = """
    a.id, a.uid, a.worker, a.start + f.shift AS start, a.end + f.shift AS end, a.start_time, a.end_time, a.days,
    a.created + f.shift AS created, a.updated + f.shift AS updated, w.uid AS worker_uid, w.name AS worker_name,
    p.uid AS project_uid, p.name AS project_name, p.number AS project_number, p.color AS project_color,
    s.uid AS status_uid, s.abbreviation AS status_abbreviation, s.color AS status_color, s.name AS status_name,
    c.uid AS category_uid, c.name AS category_name, l.uid AS subcategory_uid, l.name AS subcategory_name
"""
LINKED = """
    JOIN workers w ON w.id = a.worker JOIN projects p ON p.id = a.project LEFT JOIN statuses s ON s.id = a.status
    LEFT JOIN categories c ON c.id = a.category LEFT JOIN subcategories l ON l.id = a.subcategory
"""


@dataclass(frozen=True, slots=True)
class Question:
    """Assignments begun from `first` to `last`, or at work on `first` when it is `current`; `bounds` are the filters of seed B:29-34."""

    first: int
    last: int
    current: bool = False
    bounds: dict[str, int] = field(default_factory=dict)

    @property
    def condition(self) -> str:
        """What an assignment `a` in the frame `f` fulfils."""
        return " AND ".join([AT_WORK if self.current else BEGUN, *(BOUNDS[name] for name in self.bounds)])

    def values(self, store: Store, **more: object) -> dict[str, object]:
        """What the condition binds."""
        return {"first": self.first, "last": self.last, "shift": store.shift, **self.bounds, **more}


def people(store: Store, question: Question, group: int | None) -> Sequence[int]:
    """The workers, in the order of their names, with any assignment or time off that the question means (current: with an assignment)."""
    scope, a_member, t_member = (
        ("frames f", "", "") if group is None else ("members m CROSS JOIN frames f", MEMBER.format("a"), MEMBER.format("t"))
    )
    sql = f"{FRAMES} SELECT DISTINCT a.worker FROM {scope} CROSS JOIN assignments a WHERE {a_member} {question.condition}"
    if not question.current:
        sql += f" UNION SELECT t.worker FROM {scope} CROSS JOIN time_off t WHERE {t_member} {ABSENT}"
    values = question.values(store, grp=group)
    return store.memo.get((sql, *values.values()), lambda: store.numbers(sql, values))


def of_workers(store: Store, question: Question, workers: str) -> list[Row]:
    """The assignments of workers (a JSON array of their numbers), each worker's earliest first."""
    return _found(store, question, "json_each(:workers) AS asked CROSS JOIN frames f", "a.worker = asked.value", workers=workers)


def of_worker(store: Store, question: Question, worker: int) -> list[Row]:
    """The assignments of one worker, the earliest first."""
    return _found(store, question, "frames f", "a.worker = :worker", worker=worker)


def of_project(store: Store, question: Question, project: int) -> list[Row]:
    """The assignments to one project, the earliest first."""
    return _found(store, question, "frames f", "a.project = :project", project=project)


def time_off(store: Store, question: Question, workers: str) -> list[Row]:
    """The absences of workers that overlap the question's days."""
    shown = "t.worker, t.reason, t.is_paid, t.repeat, t.start_time, t.end_time, t.start + f.shift AS start, t.end + f.shift AS end"
    scope = "json_each(:workers) AS asked CROSS JOIN frames f CROSS JOIN time_off t"
    sql = f"{FRAMES} SELECT {shown} FROM {scope} WHERE t.worker = asked.value AND {ABSENT} ORDER BY start, t.id"
    return list(store.rows(sql, question.values(store, workers=workers)))


def workers(store: Store, numbers: str) -> list[Row]:
    """Workers (a JSON array of their numbers) with their job titles, in the order of their names."""
    sql = """SELECT w.id, w.uid, w.name, w.employee_number, t.uid AS title_uid, t.name AS title_name, t.color AS title_color
        FROM json_each(?) AS asked CROSS JOIN workers w ON w.id = asked.value LEFT JOIN titles t ON t.id = w.title ORDER BY w.id"""
    return list(store.rows(sql, (numbers,)))


def _found(store: Store, question: Question, scope: str, owner: str, **values: object) -> list[Row]:
    condition = f"{owner} AND {question.condition}"
    sql = f"{FRAMES} SELECT {SHOWN} FROM {scope} CROSS JOIN assignments a {LINKED} WHERE {condition} ORDER BY start, a.id"
    return list(store.rows(sql, question.values(store, **values)))
