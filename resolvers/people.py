"""From a person to their bookings in workforce and, across the identity, to their check-ins."""

from __future__ import annotations

import re
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

from loaders.accounts import behind
from loaders.booked import Booked
from loaders.identity import own, person_of, unlinked
from loaders.links import Ambiguous, Identity, Owned, Status
from loaders.names import alphabetical, folded, same
from loaders.reach import Part, Reach, shows, theirs
from loaders.request import Loaders
from loaders.rows import rows_of
from loaders.window import Window, on
from resolvers.assignments import MOVED
from resolvers.check_ins import connection, within
from resolvers.keys import one_of
from resolvers.lookups import search
from resolvers.paging import COMPLETE, Connection, Page, listed
from upstreams.check_ins import Filter, askable
from upstreams.errors import BadInput
from upstreams.records import Account, Assignment, CheckIn, Person, Project, TimeOff
from upstreams.values import bare
from upstreams.workforce import ALWAYS, Changed

TENANT = re.compile(r"\A\d+:")
"""The numeric tenant that check-ins ids begin with (upstreams.md 6); workforce ids are taken to have none."""


async def person(loaders: Loaders, id: str | None = None, email: str | None = None, employee_number: str | None = None) -> Person | None:  # noqa: A002 - the argument's name in the graph
    """The person with this id, email or employee number, or None when neither upstream shows one; a gateway's references too."""
    one_of(id=id, email=email, employeeNumber=employee_number)
    if id is None:
        return await by_email(loaders, email) if email is not None else await by_number(loaders, employee_number or "")
    if (found := await remembered(loaders, id)) is not None or TENANT.match(id):
        return found
    seen = await search(loaders, loaders.person_assignments, id)
    if seen.newest is not None:
        return seen.newest.person
    return (await loaders.directory()).people.get(id) if seen.known else None


def people_at_hand(loaders: Loaders, ids: Sequence[str]) -> Mapping[str, Person]:
    """Those people of these ids whom the directory shows, if it has been read lately."""
    directory = loaders.known.directories.peek("company")
    return {own: directory.people[own] for own in ids if own in directory.people} if directory is not None else {}


async def remembered(loaders: Loaders, person_id: str) -> Person | None:
    """The person as the directory shows them, if it has been read lately, or as an account that a check-in showed."""
    directory = loaders.known.directories.peek("company")
    if directory is not None and person_id in directory.people:
        return directory.people[person_id]
    account = await met(loaders, person_id)
    return await person_of(loaders, account) if account is not None else None


async def met(loaders: Loaders, person_id: str) -> Account | None:
    """The account of this id, if a check-in that the caller may see showed it: what others have read is nobody to them."""
    if loaders.reach is not None and not (TENANT.match(person_id) and await shows(loaders, loaders.reach, person_id)):
        return None
    account = loaders.known.accounts.peek(bare(person_id))
    return account if account is not None and account.id == person_id else None


async def by_email(loaders: Loaders, email: str) -> Person | None:
    """The one person whose check-ins account has this email; an email that several accounts share is no key (faults.md F35)."""
    if "@" not in email or not askable(email):
        raise BadInput("email", "must be an email address")
    found = await behind(loaders, Filter(person_email=email))
    accounts = [one.account for one in found.accounts if same(one.account.email, email)]
    if len(accounts) > 1 or (found.rows and not found.proved):
        raise Ambiguous("This email cannot be shown to belong to one person only.")
    if accounts:
        return await person_of(loaders, accounts[0])
    entry = loaders.known.register.by_email.get(folded(email))
    return await person(loaders, id=entry.person_id) if entry is not None else None


async def by_number(loaders: Loaders, number: str) -> Person | None:
    """The one person of this employee number in the directory; a re-used number is no key (faults.md F35)."""
    directory = await loaders.directory()
    found = directory.with_number(number)
    if len(found) > 1:
        raise Ambiguous("Several people have this employee number.")
    if not directory.everybody:
        raise Ambiguous("The workforce directory could not be read whole, so no employee number in it is known to be one person's.")
    return found[0] if found else None


async def people(loaders: Loaders, page: Page, name: str | None = None, on_leave: bool | None = None) -> Connection[Person]:
    """Everybody in the directory, by name; with `name`, those of exactly that name, with `on_leave` those who are, or are not, today."""
    directory, today = await loaders.directory(), on(loaders.known.today())
    found = directory.people_by_name if name is None else alphabetical(directory.named.get(folded(name), ()))
    if on_leave is not None:
        away = {key for key, absences in directory.time_off.items() if any(today.keeps(one.start, one.end) for one in absences)}
        found = tuple(one for one in found if (one[1].id in away) is on_leave)
    completeness = COMPLETE if directory.complete else MOVED
    return listed(found, ["people", name, on_leave], page, completeness)


async def identity(person: Person, loaders: Loaders) -> Identity:
    """Who the person is in the other upstream, and how that is known."""
    if person.account is not None:
        return await unlinked(loaders, person.account)
    return await loaders.link(person)


async def owned(person: Person, loaders: Loaders) -> Owned | None:
    """The person's check-ins account; None when there is none. Raises Ambiguous rather than guess."""
    if person.account is not None:
        return await own(loaders, person.account)
    link = await loaders.link(person)
    if link.status is Status.AMBIGUOUS:
        raise Ambiguous(link.reason)
    return link.owned


async def reached(person: Person, loaders: Loaders, reach: Reach) -> Part:
    """The person's check-ins that the caller may see. Raises Forbidden when there are none, whoever the person is or may be."""
    try:
        mine = await owned(person, loaders)
    except Ambiguous:
        mine = None
    return await theirs(loaders, reach, mine)


async def booked(person: Person, loaders: Loaders) -> bool:
    """Whether the person is a workforce person; somebody known to check-ins only may be one that cannot be told."""
    if person.account is None:
        return True
    link = await unlinked(loaders, person.account)
    if link.status is Status.AMBIGUOUS:
        raise Ambiguous(link.reason)
    return False


async def check_ins(person: Person, loaders: Loaders, page: Page, submitted: Window | None) -> Connection[CheckIn] | None:
    """The person's check-ins; None when they are not known to check-ins."""
    if loaders.reach is not None:
        return within(loaders, await reached(person, loaders, loaders.reach), [person.id, submitted], page, submitted)
    mine = await owned(person, loaders)
    return theirs_by(person, mine, loaders, page, submitted) if mine is not None else None


def check_ins_at_hand(people: Sequence[Person], loaders: Loaders, page: Page, submitted: Window | None) -> list[Any] | None:
    """The check-ins of each of these people, if it is remembered of all who they are."""
    links = loaders.identity.at_hand(people) if linkable(people, loaders) else None
    if links is None:
        return None
    return [linked(person, link, loaders, page, submitted) for person, link in zip(people, links, strict=True)]


def check_ins_together(
    people: Sequence[Person], loaders: Loaders, page: Page, submitted: Window | None
) -> Coroutine[Any, Any, list[Any]] | None:
    """The same, when it is known of all who they are."""

    async def found() -> list[Any]:
        links = await loaders.identity.load_all(people)
        return [linked(person, link, loaders, page, submitted) for person, link in zip(people, links, strict=True)]

    return found() if linkable(people, loaders) else None


def linkable(people: Sequence[Person], loaders: Loaders) -> bool:
    """Whether these people's check-ins are those behind their links: a lead sees some of them, and accounts are their own."""
    return loaders.reach is None and all(one.account is None for one in people)


def linked(
    person: Person, link: Identity | Exception | None, loaders: Loaders, page: Page, submitted: Window | None
) -> Connection[CheckIn] | Exception | None:
    """The check-ins behind a link, or why there are none."""
    if not isinstance(link, Identity):
        return link
    if link.status is Status.AMBIGUOUS:
        return Ambiguous(link.reason)
    return theirs_by(person, link.owned, loaders, page, submitted) if link.owned is not None else None


def theirs_by(person: Person, mine: Owned, loaders: Loaders, page: Page, submitted: Window | None) -> Connection[CheckIn]:
    """The check-ins of a person by their account."""
    return connection(loaders, rows_of(mine, submitted), page, [person.id, bare(mine.account.id), submitted])


async def assignments(person: Person, loaders: Loaders, window: Window, changed: Changed = ALWAYS) -> list[Assignment] | None:
    """The person's assignments in a window, by start (seed B:251-312)."""
    if not await booked(person, loaders):
        return None
    found = await loaders.person_assignments.load(Booked(person.id, window, changed))
    return list(found.items) if found is not None else None


async def projects(person: Person, loaders: Loaders, window: Window) -> list[Project] | None:
    """The projects that the person is booked on in a window, in the order of their first assignment."""
    found = await assignments(person, loaders, window)
    return list({one.project.id: one.project for one in found}.values()) if found is not None else None


async def time_off(person: Person, loaders: Loaders, window: Window) -> list[TimeOff] | None:
    """The person's time off in a window, by start."""
    if not await booked(person, loaders):
        return None
    return list(await loaders.time_off.load((person.id, window)) or ())
