"""What a draft has collected so far: tables in the order of insertion, with links as row numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, NamedTuple, Protocol, TypeVar

from sandbox.ids import Kind, derive
from sandbox.rows import Assignment, CheckIn, Named, Project, Status, TimeOff, Title, User, Worker


class Answer(NamedTuple):
    """One response to a check-in: who gave it (a user id), when (default: right after submission) and its id (default: derived)."""

    user: str
    at: datetime | None = None
    id: str | None = None


class Entry(NamedTuple):
    """A check-in beside what its row does not hold."""

    row: CheckIn
    fixed: bool
    answers: Sequence[Answer]


class Row(Protocol):
    """A row with a public id."""

    @property
    def uid(self) -> str: ...


R = TypeVar("R", bound=Row)


class Table(Generic[R]):
    """Rows numbered from 0 and found by public id."""

    def __init__(self, kind: Kind, seed: int) -> None:
        self.kind, self.seed = kind, seed
        self.rows: list[R] = []
        self.numbers: dict[str, int] = {}

    def __getitem__(self, uid: str) -> int:
        return self.numbers[uid]

    def new(self, uid: str | None = None) -> str:
        """`uid`, or the derived id of the next row."""
        return uid or derive(self.kind, len(self.rows), self.seed)

    def add(self, row: R) -> str:
        """The id of the row, which is new."""
        if row.uid in self.numbers:
            raise ValueError(f"{self.kind.name.lower()} {row.uid} is there already")
        self.numbers[row.uid] = len(self.rows)
        self.rows.append(row)
        return row.uid

    def find(self, uid: str, make: Callable[[str], R]) -> int:
        """The number of row `uid`, made when it is new."""
        return self.numbers[uid] if uid in self.numbers else self.numbers[self.add(make(uid))]


@dataclass
class Records:
    """Everything that one company is made of."""

    today: date | None
    seed: int
    people: int
    groups: Table[Named] = field(init=False)
    titles: Table[Title] = field(init=False)
    statuses: Table[Status] = field(init=False)
    categories: Table[Named] = field(init=False)
    subcategories: Table[Named] = field(init=False)
    projects: Table[Project] = field(init=False)
    workers: Table[Worker] = field(init=False)
    users: Table[User] = field(init=False)
    members: list[tuple[int, int]] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    time_off: list[TimeOff] = field(default_factory=list)
    check_ins: list[Entry] = field(default_factory=list)
    managers: dict[int, tuple[str | None, str | None]] = field(default_factory=dict)  # by user: name, email

    def __post_init__(self) -> None:
        self.groups, self.titles = Table(Kind.GROUP, self.seed), Table(Kind.TITLE, self.seed)
        self.statuses, self.projects = Table(Kind.STATUS, self.seed), Table(Kind.PROJECT, self.seed)
        self.categories, self.subcategories = Table(Kind.CATEGORY, self.seed), Table(Kind.SUBCATEGORY, self.seed)
        self.workers, self.users = Table(Kind.WORKER, self.seed), Table(Kind.USER, self.seed)
