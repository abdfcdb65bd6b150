# ruff: noqa: S608 - every piece of the SQL is written here, values are bound
"""Which check-ins a question means, newest deadline first.

Moving check-ins are numbered in that order from 0, so a list of them is a sorted list of numbers and the whole company is just a
range. The few fixed ones are let in at the places where their deadlines belong today.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from sandbox.arrange import fold
from sandbox.options import Options
from sandbox.rows import DAY, MINUTE
from sandbox.store import Store

COLUMNS = {
    "department": "department",
    "manager_email": "email",
    "manager_name": "name",
    "person_email": "email",
    "person_name": "name",
}
ALWAYS = (0, 4_000_000)  # every day that a date can name
Place = tuple[int, int]  # how many moving check-ins are newer than a fixed one, and its number


@dataclass(frozen=True, slots=True)
class Question:
    """The filters of seed A:19-25; `texts` holds those on people that were sent."""

    date_from: int | None = None
    date_to: int | None = None
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def dated(self) -> bool:
        """Whether submission dates matter, which leaves out what was never submitted."""
        return self.date_from is not None or self.date_to is not None


class Timeline:
    """The check-ins of a store in order."""

    def __init__(self, store: Store, options: Options) -> None:
        self.store = store
        self.options = options

    def page(self, question: Question, offset: int, limit: int) -> tuple[int, list[int]]:
        """How many check-ins the question means, and the numbers of those from `offset` on."""
        moving, fixed = self._moving(question), self._fixed(question)
        return len(moving) + len(fixed), merged(moving, fixed, offset, limit)

    def _moving(self, question: Question) -> Sequence[int]:
        conditions, values = self._conditions(question, self.store.shift)
        if not conditions:
            return range(self.store.moving)
        sql = f"SELECT id FROM check_ins WHERE {' AND '.join(conditions)} AND +id >= 0"
        return self.store.memo.get((sql, *values.values()), partial(self.store.numbers, sql, values))

    def _fixed(self, question: Question) -> list[Place]:
        conditions, values = self._conditions(question, 0)
        # a plus keeps a column from being searched for: the few numbers below 0 are the shorter way
        found = " AND ".join(["id < 0", *(f"+{condition}" for condition in conditions)])
        sql = f"SELECT id, deadline - offset * :minute AS instant FROM check_ins WHERE {found}"
        rows = self.store.rows(sql, values | {"minute": MINUTE})
        return sorted(((self._newer(row["instant"]), row["id"]) for row in rows), key=lambda place: (place[0], -place[1]))

    def _newer(self, instant: int) -> int:
        """How many moving check-ins have a deadline at or after this one."""
        return bisect_left(range(self.store.moving), True, key=lambda number: self._instant(number) < instant)

    def _instant(self, number: int) -> int:
        row = self.store.row("SELECT deadline - offset * ? FROM check_ins WHERE id = ?", (MINUTE, number))
        assert row is not None, "moving check-ins are numbered without gaps"
        return int(row[0]) + self.store.shift * DAY

    def _conditions(self, question: Question, shift: int) -> tuple[list[str], dict[str, object]]:
        people, values = self._people(question.texts)
        conditions = [f"user IN (SELECT id FROM users WHERE {' AND '.join(people)})"] if people else []
        if question.dated:
            first, last = question.date_from or ALWAYS[0], question.date_to or ALWAYS[1]
            conditions.append("day BETWEEN :first AND :last")
            values |= {"first": first - shift, "last": last - shift}
        return conditions, values

    def _people(self, texts: Mapping[str, str]) -> tuple[list[str], dict[str, object]]:
        """What a user fulfils, and the values that this binds; departments always match exactly."""
        conditions = [self._match(name, COLUMNS[name]) for name in texts]
        return conditions, {name: self._fold(name, value) for name, value in texts.items()}

    def _match(self, name: str, column: str) -> str:
        if column == "department":
            return "department = :department"
        match = self.options.name_match if column == "name" else self.options.email_match
        column = f"{column}_folded" if self.options.ignore_case else column
        condition = f"{column} = :{name}" if match == "exact" else f"instr({column}, :{name}) > 0"
        return f"manager IN (SELECT id FROM users WHERE {condition})" if name.startswith("manager") else condition

    def _fold(self, name: str, value: str) -> str:
        return fold(value) if self.options.ignore_case and name != "department" else value


def merged(moving: Sequence[int], fixed: Sequence[Place], offset: int, limit: int) -> list[int]:
    """The slice of both in one order: a fixed number stands behind all moving numbers below its place."""
    spots = [bisect_left(moving, place) + index for index, (place, _) in enumerate(fixed)]
    before = sum(spot < offset for spot in spots)
    inside = [(spot - offset, number) for spot, (_, number) in zip(spots, fixed, strict=True) if offset <= spot < offset + limit]
    page = list(moving[offset - before : offset - before + limit - len(inside)])
    for spot, number in inside:
        page.insert(spot, number)
    return page
