"""The two optional lists of people, which the documents do not have: an email and a number where assignments have only a name.

Both rows say far more, down to birth dates and wages: what is not a field of `Listed` or `User` is never read out of them.
What the vendors' own pages say is marked [V], what is inferred from them [I].
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import Any, Generic, TypeVar

from msgspec import Struct

from upstreams.calls import Asks, Call, Kind
from upstreams.errors import BadResponse, Missing, Refused
from upstreams.listings import extent
from upstreams.reading import Reading
from upstreams.values import bare, flag, segment, text, whole

WORKFORCE, CHECK_INS = "workforce", "checkins"
PEOPLE, USERS = "/v2/companies/{company}/people", "/api/v2/users/"
MOST = 1_000_000_000

T = TypeVar("T")


class Listed(Struct, frozen=True):
    """A person of the workforce directory; `person_id` is that of their assignments."""

    person_id: str
    name: str | None = None
    email: str | None = None
    employee_number: str | None = None


class User(Struct, frozen=True):
    """An account of the check-ins directory; `api_id` may lack the tenant's number that responses have (upstreams.md 6).

    `active` is None where the list does not say, as the one in the help centre does not [V].
    """

    api_id: str
    name: str | None = None
    email: str | None = None
    department: str | None = None
    manager_email: str | None = None
    manager_name: str | None = None
    active: bool | None = None


class Leaf(Struct, Generic[T], frozen=True):
    """One page of a directory by id; `following` is the place of the next one, None when there is none.

    `total` is how many pages or rows the upstream says there are; `paged` is False where it says nothing of pages. `dropped` counts the
    rows and values that could not be read, and the rows that contradict another one: by each of them the page is not to be relied on.
    """

    items: Mapping[str, T]
    following: int | None = None
    total: int | None = None
    paged: bool = True
    dropped: int = 0


class Roll(Struct, Generic[T], frozen=True):
    """A whole directory, each person once; not `complete` when a row could not be read or pages moved meanwhile (upstreams.md 31)."""

    items: tuple[T, ...]
    complete: bool = True


class People:
    """The workforce directory of one company."""

    def __init__(self, workforce: Asks, company: str) -> None:
        self.calls = workforce
        self.path = PEOPLE.format(company=segment("company", company))

    async def everybody(self) -> tuple[Listed, ...]:
        """Every person, also those without any work. Raises UpstreamError: Refused where the directory is not open to us."""
        return (await self.roll()).items

    async def roll(self) -> Roll[Listed]:
        """The same, and whether it is all of them."""
        return await read(WORKFORCE, self.page, self.calls.dialect.most_pages)

    async def page(self, number: int) -> Leaf[Listed]:
        """One page, counted from 0; the server decides how many people are on it, up to 400 [V]."""
        call = Call(Kind.LISTED, PEOPLE, self.path, (("page", str(number)),))
        return await opened(WORKFORCE, self.calls.ask(call, partial(parse_people, asked=number)))


class Users:
    """The check-ins directory."""

    def __init__(self, check_ins: Asks) -> None:
        self.calls = check_ins

    async def everybody(self) -> tuple[User, ...]:
        """Every account, also those that never checked in. Raises UpstreamError: Refused where the directory is not open to us."""
        return (await self.roll()).items

    async def roll(self) -> Roll[User]:
        """The same, and whether it is all of them."""
        return await read(CHECK_INS, self.page, self.calls.dialect.most_pages)

    async def page(self, offset: int) -> Leaf[User]:
        """One page; the limit may be clamped. No filter is sent, which leaves nobody out [I]."""
        call = Call(Kind.LISTED, USERS, USERS, (("limit", str(self.calls.dialect.page_size)), ("offset", str(offset))))
        return await opened(
            CHECK_INS,
            self.calls.ask(call, partial(parse_users, offset=offset, address=f"{self.calls.dialect.base_url.rstrip('/')}{USERS}")),
        )


async def opened(name: str, answer: Awaitable[Leaf[T]]) -> Leaf[T]:
    """The page; a 404 is a refusal, since a list has no id that could be unknown (upstreams.md 38)."""
    try:
        return await answer
    except Missing as cause:
        raise Refused(name, status=404) from cause


async def read(name: str, ask: Callable[[int], Awaitable[Leaf[T]]], most: int) -> Roll[T]:
    """Page after page until there are no more; a page of known people only is a loop, unless the total has moved (upstreams.md 31, 32).

    A list that says nothing of pages may come whole again whichever page is asked for: then that is its end.
    """
    found: dict[str, T] = {}
    leaves: list[Leaf[T]] = []
    place = 0
    for _ in range(most):
        leaf = await ask(place)
        again = bool(leaf.items) and leaf.items.keys() <= found.keys()
        if again and leaf.paged and leaf.total == leaves[-1].total:
            raise BadResponse(name, reason="paging-loop")
        if again and not leaf.paged:
            return rolled(found, leaves)
        leaves.append(leaf)
        found.update({key: one for key, one in leaf.items.items() if key not in found})
        if leaf.following is None:
            return rolled(found, leaves)
        place = leaf.following
    raise BadResponse(name, reason="too-many-pages")


def rolled(found: Mapping[str, T], leaves: list[Leaf[T]]) -> Roll[T]:
    """What was found on these pages; a person on two of them means that another may be on none."""
    steady = all(leaf.total == leaves[0].total and not leaf.dropped for leaf in leaves)
    return Roll(tuple(found.values()), steady and len(found) == sum(len(leaf.items) for leaf in leaves))


def parse_people(raw: object, reading: Reading, *, asked: int = 0) -> Leaf[Listed]:
    """A page of `/people`: the envelope of the assignments, as in the vendor's guide, or a bare array, as in Procore's reference [V].

    `asked` must be the page that came; what is said of the number of pages ends the list only where the rows agree (faults.md F18).
    """
    page: Mapping[str, Any] = raw if isinstance(raw, dict) else {}
    rows = page.get("data") if isinstance(raw, dict) else raw
    if not isinstance(rows, list):
        raise BadResponse(WORKFORCE, reason="shape")
    current, pages = page.get("current_page"), whole(page.get("possible_pages"), most=MOST)
    if current is not None and whole(current, most=MOST) != asked:
        raise BadResponse(WORKFORCE, reason="other-page")
    items = once(reading.kept([parse_listed(row, reading) for row in rows]), lambda one: one.person_id, reading)
    following = asked + 1 if rows and pages != asked + 1 else None
    return Leaf(items, following, pages, not (current is None and pages is None), reading.tally.total())


def parse_users(raw: object, reading: Reading, *, offset: int = 0, address: str = "") -> Leaf[User]:
    """A page of `/users/` [V]: the envelope of the check-ins, and the same distrust of its count (faults.md F18)."""
    rows = raw.get("results") if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or not isinstance(rows, list):
        raise BadResponse(CHECK_INS, reason="shape")
    items = once(reading.kept([parse_user(row, reading) for row in rows]), lambda one: bare(one.api_id), reading)
    dropped = reading.tally.total()
    reading.link(raw.get("next"), address, offset)
    count, more = extent(raw, offset + len(rows) if rows else None)
    return Leaf(items, offset + len(rows) if more else None, count, dropped=dropped)


def once(items: Iterable[T], key: Callable[[T], str], reading: Reading) -> dict[str, T]:
    """The items by key, in the order of their first appearance; the first of each stands, and others that differ are counted."""
    found: dict[str, T] = {}
    for one in items:
        if found.setdefault(key(one), one) != one:
            reading.tally["conflict"] += 1
    return found


def parse_listed(raw: object, reading: Reading) -> Listed | None:
    """One row of `/people`, or None without an id."""
    own_id = text(raw.get("id")) if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or own_id is None:
        return None
    return Listed(own_id, full_name(raw, reading), reading.text(raw, "email"), reading.text(raw, "employee_number"))


def parse_user(raw: object, reading: Reading) -> User | None:
    """One row of `/users/`, or None without an id; of several departments the first stands [I]."""
    own_id = text(raw.get("api_id")) if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or own_id is None:
        return None
    department, manager = entry(raw.get("departments")), entry(raw.get("manager"))
    return User(
        own_id,
        full_name(raw, reading),
        reading.text(raw, "email"),
        text(department.get("name")),
        text(manager.get("email")),
        text(manager.get("name")),
        flag(raw.get("is_active")),
    )


def entry(raw: object) -> Mapping[str, Any]:
    """An object, or the first one of a list; anything else is an empty one."""
    if isinstance(raw, list):
        return next((one for one in raw if isinstance(one, dict)), {})
    return raw if isinstance(raw, dict) else {}


def full_name(raw: Mapping[str, Any], reading: Reading) -> str | None:
    """The name as text (check-ins), as `first` and `last` (Procore), or as two fields (both vendors' older pages) [V]."""
    name = raw.get("name")
    if name not in (None, "") and not isinstance(name, dict):
        return reading.text(raw, "name")
    fields = [(name, "first"), (name, "last")] if isinstance(name, dict) else [(raw, "first_name"), (raw, "last_name")]
    return " ".join(part for part in (reading.text(holder, field) for holder, field in fields) if part) or None
