# ruff: noqa: A002 - `id` is the documents' own word
"""A company made by hand, record by record: by tests, and by the modules that hold the documents' records and generate a company."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from sandbox import arrange, rows, schema
from sandbox.ids import Kind, derive
from sandbox.records import Answer, Entry, Records, Table
from sandbox.rows import Assignment, CheckIn, Named, Project, Status, TimeOff, Title, Worker

WEEKDAYS = frozenset({1, 2, 3, 4, 5})


class Draft:
    """A company under construction.

    With `today`, its dates are those of that day and move with the clock in whole weeks; without, they stay as they are.
    Each method returns the public id of what it made; ids default to derived ones.
    """

    def __init__(self, today: date | None = None, *, seed: int = 0, people: int = 0) -> None:
        self.records = Records(today, seed, people)
        self.fixed = False  # True while records are added that shall never move

    def group(self, name: str, *, id: str | None = None) -> str:
        """A group of workers; its name is only for people to read, no endpoint shows it."""
        return self.records.groups.add(Named(self.records.groups.new(id), name))

    def worker(
        self,
        name: str,
        *,
        id: str | None = None,
        employee_number: str | None = None,
        email: str | None = None,
        job_title: str | tuple[str, str, str] | None = None,
        groups: Iterable[str] = (),
    ) -> str:
        """A person of the workforce; `job_title` is a name or (id, name, colour), `groups` are ids, made when they are new.

        The email is shown by the directory only.
        """
        title = self._title(job_title)
        workers = self.records.workers
        made = workers.add(Worker(workers.new(id), name, employee_number, title, email))
        for group in groups:
            number = self.records.groups.find(group, lambda uid: Named(uid, uid))
            self.records.members.append((number, workers[made]))
        return made

    def project(self, name: str, *, id: str | None = None, number: str | None = None, color: str | None = None) -> str:
        """A project."""
        return self.records.projects.add(Project(self.records.projects.new(id), name, number, color))

    def assign(
        self,
        worker_id: str,
        project_id: str,
        start: date,
        end: date,
        *,
        id: str | None = None,
        start_time: str | None = "7:30 AM",
        end_time: str | None = "3:30 PM",
        work_days: Iterable[int] = WEEKDAYS,
        status: tuple[str, str, str, str] | None = None,
        category: tuple[str, str] | None = None,
        subcategory: tuple[str, str] | None = None,
        created: date | None = None,
        updated: date | None = None,
    ) -> str:
        """An assignment from `start` to `end`, both included; `status` is (abbreviation, colour, id, name), a category (id, name)."""
        uid = id or derive(Kind.ASSIGNMENT, len(self.records.assignments), self.records.seed)
        self.records.assignments.append(
            Assignment(
                id,
                self.fixed,
                self.records.workers[worker_id],
                self.records.projects[project_id],
                start.toordinal(),
                end.toordinal(),
                start_time,
                end_time,
                sum(1 << day for day in set(work_days)),
                self._status(status),
                _named(self.records.categories, category),
                _named(self.records.subcategories, subcategory),
                (created or start).toordinal(),
                updated.toordinal() if updated else None,
            )
        )
        return uid

    def time_off(
        self,
        worker_id: str,
        start: date,
        end: date,
        *,
        reason: str,
        is_paid: bool = True,
        repeat: str = "never",
        start_time: str | None = "7:00 AM",
        end_time: str | None = "3:30 PM",
    ) -> None:
        """An absence from `start` to `end`, both included."""
        days = start.toordinal(), end.toordinal()
        self.records.time_off.append(
            TimeOff(self.fixed, self.records.workers[worker_id], reason, is_paid, repeat, *days, start_time, end_time)
        )

    def user(
        self,
        name: str,
        email: str | None,
        *,
        id: str | None = None,
        department: str | None = None,
        manager_name: str | None = None,
        manager_email: str | None = None,
        properties: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        active: bool = True,
    ) -> str:
        """An account in check-ins; `properties` are names with values. Whether it is active is shown by the directory only."""
        pairs = json.dumps([{"name": key, "value": value} for key, value in dict(properties).items()], ensure_ascii=False)
        users = self.records.users
        made = users.add(arrange.person(users.new(id), name, email, department, pairs, active=active))
        if manager_name or manager_email:
            self.records.managers[users[made]] = manager_name, manager_email
        return made

    def check_in(
        self,
        user_id: str,
        deadline: datetime,
        *,
        id: str | None = None,
        submitted: datetime | None = None,
        overdue: bool = False,
        on_vacation: bool = False,
        is_adhoc: bool = False,
        responses: Sequence[Answer | str] | None = None,
    ) -> str:
        """A check-in of one user; a submitted one has one response by them unless `responses` (user ids or `Answer`s) says otherwise."""
        offset = rows.minutes(deadline)
        moment = rows.moment(submitted, offset) if submitted else None
        uid = id or derive(Kind.CHECK_IN, len(self.records.check_ins), self.records.seed)
        answered = rows.LISTED if responses is not None else rows.OWN if submitted else 0
        answers = [Answer(given) if isinstance(given, str) else given for given in responses or ()]
        row = CheckIn(
            uid,
            self.records.users[user_id],
            rows.moment(deadline, offset),
            moment,
            None if moment is None else rows.day(moment),
            offset,
            overdue,
            on_vacation,
            is_adhoc,
            answered,
        )
        self.records.check_ins.append(Entry(row, self.fixed, answers))
        return uid

    def save(self, path: Path | str, *, stream: Iterable[CheckIn] = (), tick: Callable[[int], None] = lambda rows: None) -> None:
        """The company as a database file; `stream` adds moving check-ins that are in order already, newest deadline first."""
        schema.write(Path(path), arrange.tables(self.records, stream), tick)

    def _title(self, given: str | tuple[str, str, str] | None) -> int | None:
        if given is None:
            return None
        titles = self.records.titles
        uid, name, color = given if isinstance(given, tuple) else (self._same(titles, given), given, "#5bd043")
        return titles.find(uid, lambda uid: Title(uid, name, color))

    def _same(self, titles: Table[Title], name: str) -> str:
        return next((row.uid for row in titles.rows if row.name == name), titles.new())

    def _status(self, given: tuple[str, str, str, str] | None) -> int | None:
        if given is None:
            return None
        abbreviation, color, uid, name = given
        return self.records.statuses.find(uid, lambda uid: Status(uid, abbreviation, color, name))


def _named(table: Table[Named], given: tuple[str, str] | None) -> int | None:
    return None if given is None else table.find(given[0], lambda uid: Named(uid, given[1]))
