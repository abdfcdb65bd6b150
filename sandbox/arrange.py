"""How the records of a draft become the numbered rows of a file: workers by name, check-ins by deadline."""

from collections.abc import Iterable, Iterator
from datetime import date

from sandbox import rows, schema
from sandbox.ids import Kind, derive
from sandbox.records import Answer, Entry, Records
from sandbox.rows import CheckIn, Member, Meta, Response, User

PLAIN = ("groups", "titles", "statuses", "categories", "subcategories", "projects")
RESPONSE_DELAY = 164_000  # microseconds from submission to response, as between A:130 and A:137
LISTED_IDS = 1 << 40  # the ids of listed responses are derived from numbers that no check-in has


def tables(records: Records, stream: Iterable[CheckIn]) -> dict[str, schema.Numbered]:
    """Every table of the schema; `stream` holds moving check-ins in order, newest deadline first, which come before the draft's own."""
    order = sorted(range(len(records.workers.rows)), key=lambda number: (fold(records.workers.rows[number].name), number))
    rank = {number: place for place, number in enumerate(order)}
    fixed = [entry for entry in records.check_ins if entry.fixed]
    moving = _newest(entry for entry in records.check_ins if not entry.fixed)
    numbered = [*enumerate(moving), *((-place, entry) for place, entry in enumerate(_newest(fixed), 1))]
    return {
        "meta": enumerate([Meta(schema.VERSION, records.people, records.seed, _ordinal(records.today))]),
        **{name: enumerate(getattr(records, name).rows) for name in PLAIN},
        "workers": ((place, records.workers.rows[number]) for place, number in enumerate(order)),
        "members": enumerate(Member(group, rank[worker]) for group, worker in records.members),
        "assignments": enumerate(row._replace(worker=rank[row.worker]) for row in records.assignments),
        "time_off": enumerate(row._replace(worker=rank[row.worker]) for row in records.time_off),
        "users": enumerate(_managed(records)),
        "check_ins": _timeline(numbered, stream),
        "responses": enumerate(_responses(records, numbered)),
    }


def fold(text: str) -> str:
    """The text without regard to case."""
    return text.casefold()


def person(uid: str, name: str, email: str | None, department: str | None = None, properties: str = "[]", *, active: bool = True) -> User:
    """A user without a manager."""
    return User(uid, name, email, department, None, properties, fold(name), None if email is None else fold(email), active)


def _newest(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.row.offset * rows.MINUTE - entry.row.deadline)


def _timeline(numbered: list[tuple[int, Entry]], stream: Iterable[CheckIn]) -> Iterator[tuple[int, CheckIn]]:
    """Moving check-ins count up from 0 and fixed ones down from -1, each the newest deadline first."""
    yield from ((number, entry.row) for number, entry in numbered)
    yield from enumerate(stream, sum(number >= 0 for number, _ in numbered))


def _responses(records: Records, numbered: list[tuple[int, Entry]]) -> Iterator[Response]:
    listed = ((number, entry.row, answer) for number, entry in numbered for answer in entry.answers)
    for count, (number, row, answer) in enumerate(listed):
        uid = answer.id or derive(Kind.RESPONSE, LISTED_IDS + count, records.seed)
        yield Response(uid, number, records.users[answer.user], *_moment(answer, row))


def _moment(answer: Answer, row: CheckIn) -> tuple[int, int]:
    if answer.at is None:
        return (row.deadline if row.submitted is None else row.submitted + RESPONSE_DELAY), row.offset
    offset = rows.minutes(answer.at)
    return rows.moment(answer.at, offset), offset


def _managed(records: Records) -> list[User]:
    """The users with their managers: the user of that name and email, else one more user who never checks in."""
    users = list(records.users.rows)
    known: dict[tuple[str | None, str | None], int] = {(user.name, user.email): number for number, user in reversed(list(enumerate(users)))}
    for number, (name, email) in records.managers.items():
        if (name, email) not in known:
            known[(name, email)] = len(users)
            users.append(person(derive(Kind.USER, len(users), records.seed), name or "", email))
        users[number] = users[number]._replace(manager=known[(name, email)])
    return users


def _ordinal(day: date | None) -> int | None:
    return day.toordinal() if day else None
