"""From check-ins to their responses and people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from loaders import resting
from loaders.exactness import is_exact, list_roles
from loaders.identity import person_of
from loaders.reach import Part, allowed, filtered
from loaders.recent import newest
from loaders.request import Loaders
from loaders.resting import Basis
from loaders.rows import Question, Rows, Slice, submitted_within, widened
from loaders.window import Window
from resolvers.paging import COMPLETE, Completeness, Connection, Page, Read, place, read
from upstreams.check_ins import Filter
from upstreams.errors import BadInput
from upstreams.gathering import together
from upstreams.records import CheckIn, Person, Response
from upstreams.values import bare

UNSHOWN = Completeness(False, "Some check-ins could not be read, or do not show whose they are, and are left out.")
MOVED = Completeness(False, "The check-ins changed while they were being read, twice: some may be missing.")


LOOSE = "`{0}` matches more than it asks for, as check-ins finds parts of texts by it: check-ins of others may be among these."
UNSURE = "Whether check-ins finds exactly what `{0}` asks for could not be told: check-ins of others may be among these."
NAMES = {
    "department": "department",
    "manager_email": "managerEmail",
    "manager_name": "managerName",
    "person_email": "personEmail",
    "person_name": "personName",
}
"""The fields of a filter as clients know them."""


@dataclass(frozen=True)
class Asked:
    """What a connection over rows asks: which of them, for whom its cursors are, and the page that the client wants."""

    question: Question
    asked: object
    page: Page

    def read(self, found: Slice) -> Read[CheckIn]:
        """The page from what was found."""
        placed = zip(found.places, found.items, strict=True)
        return read(placed, self.asked, self.page, more=found.more, completeness=completeness(found))


async def check_in(loaders: Loaders, id: str) -> CheckIn | None:  # noqa: A002 - the argument's name in the graph
    """The check-in with this id, or None when the upstream does not know it (seed A:84-145)."""
    await allowed(loaders, id)
    return await loaders.check_in.load(id)


def check_ins_at_hand(loaders: Loaders, ids: Sequence[str]) -> Mapping[str, Any]:
    """The check-ins of these ids, errors among them, if none must be waited for and all may be seen."""
    found = loaders.check_in.at_hand(ids) if loaders.reach is None else None
    return dict(zip(ids, found, strict=True)) if found is not None else {}


async def check_ins(loaders: Loaders, page: Page, where: Filter, submitted: Window | None) -> Connection[CheckIn]:
    """The check-ins that a filter finds, whoever they belong to (seed A:9-80), as far as the caller may see them."""
    if loaders.reach is not None:
        return within(loaders, await filtered(loaders, loaders.reach, widened(where, submitted)), [where, submitted], page, submitted)
    found = connection(loaders, Rows(widened(where, submitted), None, submitted), page, [where, submitted])
    return labelled(loaders, found, widened(where, submitted)) if list_roles(where) else found


def labelled(loaders: Loaders, connection: Connection[CheckIn], where: Filter) -> Connection[CheckIn]:
    """The same list, which says of each text that it is filtered by whether it may hold more than was asked for."""

    async def one() -> Read[CheckIn]:
        read = await connection.page()
        ids = frozenset(edge.node.id for edge in read.edges)
        roles = list_roles(where) if ids else []
        exact = await together([is_exact(loaders, where, role, ids) for role in roles])
        notes = [(UNSURE if found is None else LOOSE).format(NAMES[role]) for role, found in zip(roles, exact, strict=True) if not found]
        loaders.approximate.update(notes)
        said = [*([read.completeness.reason] if read.completeness.reason else []), *notes]
        return replace(read, completeness=Completeness(read.completeness.complete, " ".join(said) or None))

    return Connection(one, connection.count)


def connection(loaders: Loaders, rows: Rows, page: Page, asked: object) -> Connection[CheckIn]:
    """A connection over rows; nothing is read before a field asks, and page and count share their calls.

    Cursors belong to what was `asked`, not to the rows: these hold emails, which could be guessed back from a seal.
    """
    about = Asked(Question(rows, page.first, offset(place(asked, page.after))), asked, page)

    async def one() -> Read[CheckIn]:
        return about.read(await loaders.slice(about.question))

    async def count() -> int | None:
        return await loaders.totals.load(rows)

    return Connection(one, count, about)


def completeness(found: Slice) -> Completeness:
    """Whether a slice is all that it should be, and why not."""
    if found.complete:
        return COMPLETE
    return MOVED if found.moved else UNSHOWN


def within(loaders: Loaders, part: Part, question: object, page: Page, submitted: Window | None) -> Connection[CheckIn]:
    """A connection over rows in memory, newest first."""
    zone = loaders.known.rules.zone
    rows = [row for row in newest(part.rows.values()) if submitted is None or submitted_within(row, submitted, zone)]
    sealed = [loaders.reach, question]
    start = offset(place(sealed, page.after))

    async def one() -> Read[CheckIn]:
        shown = list(enumerate(rows))[start : start + page.first]
        more, completeness = start + len(shown) < len(rows), COMPLETE if part.whole else UNSHOWN
        return read(((at, row) for at, row in shown), sealed, page, more=more, completeness=completeness)

    async def count() -> int | None:
        return len(rows) if part.whole else None

    return Connection(one, count)


def offset(found: object) -> int:
    """The upstream offset right after the place in a cursor."""
    if found is None:
        return 0
    if not isinstance(found, int) or isinstance(found, bool) or found < 0:
        raise BadInput("after", "is not a cursor of this list")
    return found + 1


async def responses(check_in: CheckIn, loaders: Loaders) -> list[Response] | None:
    """The responses, from the check-in's detail; None when the upstream no longer knows it."""
    detail = check_in if check_in.responses is not None else await loaders.check_in.load(check_in.id)
    return answered(detail, loaders) if detail is not None else None


def responses_at_hand(check_ins: Sequence[CheckIn], loaders: Loaders) -> list[Any] | None:
    """The responses of each of these, if no detail must be waited for."""
    found = loaders.check_in.at_hand([one.id for one in check_ins if one.responses is None])
    if found is None or len(found) < len(check_ins):
        return None
    return [answered(one, loaders) if isinstance(one, CheckIn) else one for one in found]


async def responses_together(check_ins: Sequence[CheckIn], loaders: Loaders) -> list[Any]:
    """The responses of each of these, when all details have come."""
    found = iter(await loaders.check_in.load_all([one.id for one in check_ins if one.responses is None]))
    details = [one if one.responses is not None else next(found) for one in check_ins]
    return [answered(one, loaders) if isinstance(one, CheckIn) else one for one in details]


def responses_rest(check_ins: Sequence[CheckIn], loaders: Loaders) -> list[Basis | None]:
    """What the responses of each of these rest on."""
    return resting.details(loaders, [one.id for one in check_ins])


def answered(detail: CheckIn, loaders: Loaders) -> list[Response]:
    """The responses that a detail shows."""
    loaders.dropped[detail.id] = detail.dropped
    return list(detail.responses or ())


async def people(check_in: CheckIn, loaders: Loaders) -> list[Person] | None:
    """Everybody who answered, each once: what was never submitted shows nobody (upstreams.md 3)."""
    found = await responses(check_in, loaders)
    if found is None:
        return None
    accounts = {bare(one.account.id): one.account for one in found if one.account is not None}
    people = await together([person_of(loaders, account) for account in accounts.values()])
    return list({person.id: person for person in people}.values())


async def person(response: Response, loaders: Loaders) -> Person | None:
    """Who answered: the linked workforce person, else somebody known to check-ins only."""
    return await person_of(loaders, response.account) if response.account is not None else None


async def of_response(response: Response, loaders: Loaders) -> CheckIn | None:
    """The check-in that was answered."""
    return await loaders.check_in.load(response.check_in_id)


async def response(loaders: Loaders, id: str) -> Response | None:  # noqa: A002 - a key field's name
    """The response with this id, if a check-in read by this process showed it: the upstream has no route by response id."""
    check_in_id = loaders.known.answered.peek(id)
    await allowed(loaders, check_in_id or "")
    detail = await loaders.check_in.load(check_in_id) if check_in_id is not None else None
    return next((one for one in (detail.responses or ()) if one.id == id), None) if detail is not None else None


def person_name(response: Response) -> str | None:
    """The name that check-ins has of whoever responded."""
    return response.account.name if response.account is not None else None


def person_email(response: Response) -> str | None:
    """The email that check-ins has of whoever responded."""
    return response.account.email if response.account is not None else None


def person_department(response: Response) -> str | None:
    """The department that check-ins has of whoever responded."""
    return response.account.department if response.account is not None else None
