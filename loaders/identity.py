"""Who is who between the two upstreams, which share no key: refuse rather than guess.

A workforce person and a check-ins account are linked, in this order, by the mapping file, by an employee number that a configured
property shows, by an email that both sides have for one person only (where a directory shows workforce's), or by a name that is
proved to be unique on both sides. Anything else is UNMATCHED or AMBIGUOUS. A namesake who has never checked in cannot be seen
without the check-ins directory; the link says its method.
"""

from __future__ import annotations

from dataclasses import replace

from loaders.accounts import Found, Source, attribute, behind, distinct
from loaders.directory import Directory
from loaders.evidence import TAKEN, Evidence, contradicts, credible, meant, namesakes, number_is_key, rival, taken
from loaders.known import Known
from loaders.links import Identity, Method, Owned, Status
from loaders.mapping import Entry
from loaders.names import fold_number, folded, same, spellings
from loaders.rolls import Rolls
from upstreams.check_ins import Filter, askable
from upstreams.gathering import together
from upstreams.records import Account, Person
from upstreams.values import bare


async def identity(source: Source, person: Person) -> Identity:
    """The identity of a workforce person in check-ins, decided anew."""
    known = source.known
    entry = known.register.by_person.get(person.id)
    if entry is not None:
        return await mapped(source, person, entry)
    directory = await source.directory()
    me = directory.people.get(person.id)
    evidence = Evidence(me or person, directory, rolls=await rolls(source))
    if number_is_key(known, evidence):
        evidence = replace(evidence, found=await by_name(source, evidence))
        if (link := numbered(known, evidence)) is not None:
            return link
    if (link := await emailed(source, evidence)) is not None:
        return link
    if not (directory.everybody and evidence.rolls.complete):
        return ambiguous(known, "A directory could not be read whole, so nobody is known to be alone in it.")
    if me is None:
        return unmatched(known, "Workforce shows no booking of this person lately, so the name is not known to be unique.")
    if not (askable(me.name) and folded(me.name)):
        return unmatched(known, "Workforce shows no name for this person that could be looked up.")
    if not evidence.found.rows and (verdict := hopeless(known, evidence)) is not None:
        return verdict
    return decide(known, replace(evidence, found=await by_name(source, evidence)))


async def by_name(source: Source, evidence: Evidence) -> Found:
    """The accounts under this person's name."""
    return await named(source, evidence.person.name or "", each_row=len(evidence.namesakes) > 1)


async def rolls(source: Source) -> Rolls:
    """The optional directories, as far as they are turned on. Raises UpstreamError: what is turned on is needed."""
    return Rolls(await source.known.roll("people", source.ledger), await source.known.roll("users", source.ledger))


async def emailed(source: Source, evidence: Evidence) -> Identity | None:
    """The link by an email that is one person's only on both sides; None where it is no key, or where the account speaks against it."""
    people, users = evidence.rolls.people, evidence.rolls.users
    email = people.email(evidence.person.id) if people is not None else None
    holders = users.by_email.get(folded(email), ()) if users is not None else ()
    if email is None or (users is not None and not (users.complete and len(holders) == 1)):
        return None
    written = dict.fromkeys((email, email.lower(), *(one.email for one in holders)))
    found = await under(source, [Filter(person_email=one) for one in written if askable(one)])
    mine = [one for one in found.accounts if same(one.account.email, email)]
    if len(mine) != 1 or not found.proved or any(one.id != bare(mine[0].account.id) for one in holders):
        return None
    return claim(source.known, evidence.person, mine[0], Method.UNIQUE_EMAIL) if credible(source.known, evidence, mine[0].account) else None


def hopeless(known: Known, evidence: Evidence, candidates: tuple[Account, ...] = ()) -> Identity | None:
    """The verdict where a name cannot link this person, whatever check-ins has."""
    if len(evidence.namesakes) > 1:
        return ambiguous(known, "Workforce has several people of this name.", candidates)
    if not known.rules.match_names:
        return unmatched(known, "Matching by name is turned off, and nothing stronger links this person.", candidates)
    return None


def numbered(known: Known, evidence: Evidence) -> Identity | None:
    """The link by the employee number, if one account of this name shows it."""
    number = fold_number(evidence.person.employee_number)
    alike = [one for one in evidence.found.accounts if same(one.account.name, evidence.person.name)]
    bearers = [one for one in alike if fold_number(known.number(one.account)) == number]
    if len(bearers) == 1 and (not bearers[0].direct or known.alone(bearers[0].account)):
        return claim(known, evidence.person, bearers[0], Method.EMPLOYEE_NUMBER)
    return None


async def named(source: Source, name: str, *, each_row: bool = False) -> Found:
    """The accounts behind every spelling of a name that a byte-exact filter could hold.

    `each_row` attributes row by row: workforce has namesakes, who may share a mailbox in check-ins, and counts would not show it.
    """
    return await under(source, [Filter(person_name=one) for one in spellings(name) if askable(one)], each_row=each_row)


async def under(source: Source, filters: list[Filter], *, each_row: bool = False) -> Found:
    """The accounts behind any of these filters."""
    look = attribute if each_row else behind
    founds = [found for found in await together([look(source, one) for one in filters]) if found.rows]
    accounts = distinct([one for found in founds for one in found.accounts])
    return Found(tuple(accounts), sum(found.rows for found in founds), all(found.proved for found in founds))


def decide(known: Known, evidence: Evidence) -> Identity:
    """The verdict on the evidence, beside what is known of mapped, linked and met accounts."""
    person, found = evidence.person, evidence.found
    alike = [one for one in found.accounts if same(one.account.name, person.name)]
    candidates = tuple(one.account for one in alike)
    if (verdict := hopeless(known, evidence, candidates)) is not None:
        return verdict
    if not found.proved:
        return ambiguous(known, "Not every check-in under this name shows whose it is.", candidates)
    if not alike:
        return unmatched(known, "Check-ins has nobody of this name.")
    users = evidence.rolls.users
    enrolled = users.bearers(person.name) if users is not None else frozenset()
    if len(alike) > 1 or (known.namesakes(candidates[0]) | enrolled) - {bare(candidates[0].id)}:
        return ambiguous(known, "Check-ins has several people of this name.", candidates)
    if contradicts(known, evidence, candidates[0]):
        return unmatched(known, "Check-ins has one person of this name, with another employee number.", candidates)
    if rival(evidence, candidates[0]):
        return ambiguous(known, "The one account of this name has the email of somebody else in workforce.", candidates)
    return claim(known, person, alike[0], Method.UNIQUE_NAME)


def claim(known: Known, person: Person, one: Owned, method: Method) -> Identity:
    """The link, unless the account is somebody else's already: links are one-to-one."""
    if taken(known, person.id, one.account):
        return ambiguous(known, TAKEN, (one.account,))
    known.drops += known.linked.peek(bare(one.account.id)) not in (None, person.id)
    known.linked.keep(bare(one.account.id), person.id)
    return Identity(Status.MATCHED, REASONS[method], known.rules.clock(), method, one)


REASONS = {
    Method.MAPPING_FILE: "The mapping file says so.",
    Method.EMPLOYEE_NUMBER: "Both sides show the same employee number, and nobody else has it.",
    Method.UNIQUE_EMAIL: "Exactly one person in each directory has this email.",
    Method.UNIQUE_NAME: "Exactly one person in the workforce directory and exactly one check-ins account have this name.",
}


async def mapped(source: Source, person: Person, entry: Entry) -> Identity:
    """The identity that the mapping file gives; where an entry names an account, every row is attributed to one (faults.md F35)."""
    base = Filter(person_email=entry.email) if entry.email else asked_by(Account("", person.name))
    if base is None:
        return unmatched(source.known, "The mapping file gives no email, and workforce shows no name to look under.")
    found = await (attribute(source, base) if entry.checkins_id else behind(source, base))
    fitting = [one for one in found.accounts if meant(entry, one.account)]
    if len(fitting) > 1 or (not fitting and not found.proved):
        accounts = tuple(one.account for one in fitting)
        return ambiguous(source.known, "It is not certain which account the mapping file means; name it there.", accounts)
    if not fitting:
        return unmatched(source.known, "Check-ins shows nobody under the key that the mapping file gives.")
    if not found.proved and not entry.checkins_id:
        return ambiguous(source.known, "Not every check-in under the mapped email shows whose it is; name the account in the mapping file.")
    return claim(source.known, person, fitting[0], Method.MAPPING_FILE)


def ambiguous(known: Known, reason: str, candidates: tuple[Account, ...] = ()) -> Identity:
    """Several people could be meant."""
    return Identity(Status.AMBIGUOUS, reason, known.rules.clock(), candidates=candidates)


def unmatched(known: Known, reason: str, candidates: tuple[Account, ...] = ()) -> Identity:
    """Nobody was found."""
    return Identity(Status.UNMATCHED, reason, known.rules.clock(), candidates=candidates)


async def person_of(source: Source, account: Account) -> Person:
    """The person behind an account: the workforce person whose link leads to it, else somebody known to check-ins only."""
    entry = source.known.register.of_account(account.id, account.email)
    directory = await source.directory()
    if entry is not None:
        people: tuple[Person, ...] = (directory.people.get(entry.person_id, Person(entry.person_id)),)
    else:
        people = (*directory.named.get(folded(account.name), ()), *await addressed(source, directory, account))
    for person in people:
        link = await source.link(person)
        if link.status is Status.MATCHED and link.owned is not None and bare(link.owned.account.id) == bare(account.id):
            return person
    return Person(account.id, account.name, account=account)


async def addressed(source: Source, directory: Directory, account: Account) -> tuple[Person, ...]:
    """The workforce people who have an account's email, where the list of people is turned on."""
    roll = await source.known.roll("people", source.ledger)
    holders = roll.by_email.get(folded(account.email), ()) if roll is not None else ()
    return tuple(directory.people.get(one.id, Person(one.id, one.name)) for one in holders)


async def unlinked(source: Source, account: Account) -> Identity:
    """The identity of somebody known to check-ins only: ambiguous when workforce has people of that name."""
    directory, people = await source.directory(), await source.known.roll("people", source.ledger)
    if namesakes(directory, account.name) or (people is not None and people.bearers(account.name)):
        return ambiguous(source.known, "Workforce has people of this name, and none could be linked for certain.")
    return unmatched(source.known, "Workforce has nobody of this name among those booked lately.")


async def own(source: Source, account: Account) -> Owned | None:
    """An account's own rows, whoever it belongs to; None when it shows neither a name nor an email to ask by."""
    base = asked_by(account)
    if base is None:
        return None
    found = await behind(source, base)
    return next((one for one in found.accounts if bare(one.account.id) == bare(account.id)), Owned(account, base, direct=False))


def asked_by(account: Account) -> Filter | None:
    """The filter that an account's rows are asked by; never an empty one, which would be everybody's (upstreams.md 5)."""
    if askable(account.name):
        return Filter(person_name=account.name)
    return Filter(person_email=account.email) if askable(account.email) else None
