"""What is shown of a person beside the name: from the directory, and from their account in check-ins."""

from __future__ import annotations

from loaders.accounts import whole
from loaders.request import Loaders
from resolvers.people import owned
from upstreams.records import Account, JobTitle, Person, Property


async def listed_person(person: Person, loaders: Loaders) -> Person:
    """The person as the directory shows them, which alone has employee number and job title (upstreams.md 7)."""
    if person.account is not None or person.employee_number is not None or person.job_title is not None:
        return person
    return (await loaders.directory()).people.get(person.id, person)


async def employee_number(person: Person, loaders: Loaders) -> str | None:
    """The employee number in workforce."""
    return (await listed_person(person, loaders)).employee_number


async def job_title(person: Person, loaders: Loaders) -> JobTitle | None:
    """The job title in workforce."""
    return (await listed_person(person, loaders)).job_title


async def account(person: Person, loaders: Loaders) -> Account | None:
    """The check-ins account, as a check-in showed it."""
    if person.account is not None:
        return person.account
    mine = await owned(person, loaders)
    await told(person, loaders)
    return mine.account if mine is not None else None


async def told(person: Person, loaders: Loaders) -> None:
    """Say how old an account may be that a link remembers: as old as the link."""
    link = await loaders.link(person)
    loaders.ledger.aged("checkins", max((loaders.known.rules.clock() - link.decided).total_seconds(), 0.0))


async def email(person: Person, loaders: Loaders) -> str | None:
    """The email in check-ins."""
    found = await account(person, loaders)
    return found.email if found is not None else None


async def detailed(person: Person, loaders: Loaders) -> Account | None:
    """The check-ins account with its department and properties, which a link alone may not know."""
    if person.account is not None:
        return person.account
    mine = await owned(person, loaders)
    await told(person, loaders)
    return await whole(loaders, mine) if mine is not None else None


async def department(person: Person, loaders: Loaders) -> str | None:
    """The department in check-ins."""
    found = await detailed(person, loaders)
    return found.department if found is not None else None


async def properties(person: Person, loaders: Loaders) -> list[Property] | None:
    """The properties in check-ins."""
    found = await detailed(person, loaders)
    return list(found.properties) if found is not None else None
