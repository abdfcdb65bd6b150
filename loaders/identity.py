"""Who is who between the two upstreams, which share no key: refuse rather than guess.

A workforce person and a check-ins account are linked, in this order, by the mapping file, by an employee number that a configured
property shows, or by a name that is proved to be unique on both sides. (An email is no evidence yet: no workforce endpoint in use
shows one.) Anything else is UNMATCHED or AMBIGUOUS. A namesake who has never checked in cannot be seen; the link says its method.
"""

from __future__ import annotations

from dataclasses import dataclass

from loaders.accounts import Found, Source, behind, distinct
from loaders.directory import Directory
from loaders.known import Known
from loaders.links import Identity, Method, Owned, Status
from loaders.mapping import Entry
from loaders.names import folded, same, spellings
from upstreams.check_ins import Filter
from upstreams.gathering import together
from upstreams.records import Account, Person
from upstreams.values import bare


@dataclass(frozen=True)
class Evidence:
    """What a decision rests on: the person, the ids of all workforce people of that name, and the accounts of that name."""

    person: Person
    namesakes: frozenset[str]
    number_unique: bool
    found: Found


async def identity(source: Source, person: Person) -> Identity:
    """The identity of a workforce person in check-ins, decided anew."""
    entry = source.known.register.by_person.get(person.id)
    if entry is not None:
        return await mapped(source, person, entry)
    if not folded(person.name) or not (person.name or "").isprintable():
        return unmatched(source.known, "Workforce shows no name for this person that could be looked up.")
    directory = await source.directory()
    me = directory.people.get(person.id, person)
    namesakes = frozenset({person.id, *(one.id for one in directory.named.get(folded(person.name), ()))})
    numbered = number_is_key(source.known, directory, me)
    if len(namesakes) > 1 and not numbered:
        return ambiguous(source.known, "Workforce has several people of this name.")
    if not source.known.rules.match_names and not numbered:
        return unmatched(source.known, "Matching by name is turned off, and nothing stronger links this person.")
    found = await named(source, person.name or "")
    return decide(source.known, Evidence(replace_name(me, person), namesakes, numbered, found))


def replace_name(me: Person, person: Person) -> Person:
    """The directory's row under the name that was asked about."""
    return Person(me.id, person.name, me.employee_number or person.employee_number, me.job_title)


def number_is_key(known: Known, directory: Directory, person: Person) -> bool:
    """Whether this person's employee number may serve as a key: configured, present, and nobody else's (faults.md F35)."""
    number = folded(person.employee_number)
    return bool(known.rules.employee_number_property and number) and len(directory.numbered.get(number, ())) == 1


async def named(source: Source, name: str) -> Found:
    """The accounts behind every spelling of a name that a byte-exact filter could hold."""
    founds = [found for found in await together([behind(source, Filter(person_name=one)) for one in spellings(name)]) if found.rows]
    accounts = distinct([one for found in founds for one in found.accounts])
    return Found(tuple(accounts), sum(found.rows for found in founds), all(found.proved for found in founds))


def decide(known: Known, evidence: Evidence) -> Identity:
    """The verdict on the evidence; pure but for the register and the links already made."""
    person, found = evidence.person, evidence.found
    namesakes = [one for one in found.accounts if same(one.account.name, person.name)]
    if evidence.number_unique and (one := sole([one for one in namesakes if number(known, one.account) == folded(person.employee_number)])):
        return claim(known, person, one, Method.EMPLOYEE_NUMBER)
    candidates = tuple(one.account for one in namesakes)
    if len(evidence.namesakes) > 1:
        return ambiguous(known, "Workforce has several people of this name.", candidates)
    if not known.rules.match_names:
        return unmatched(known, "Matching by name is turned off, and nothing stronger links this person.", candidates)
    if not found.proved:
        return ambiguous(known, "Not every check-in under this name shows whose it is.", candidates)
    if not namesakes:
        return unmatched(known, "Check-ins has nobody of this name.")
    if len(namesakes) > 1:
        return ambiguous(known, "Check-ins has several people of this name.", candidates)
    if contradicts(known, person, namesakes[0].account):
        return unmatched(known, "Check-ins has one person of this name, with another employee number.", candidates)
    return claim(known, person, namesakes[0], Method.UNIQUE_NAME)


def sole(ones: list[Owned]) -> Owned | None:
    """The only one, or None."""
    return ones[0] if len(ones) == 1 else None


def number(known: Known, account: Account) -> str:
    """The employee number that an account's configured property shows, folded; empty when there is none."""
    return next((folded(one.value) for one in account.properties if same(one.name, known.rules.employee_number_property)), "")


def contradicts(known: Known, person: Person, account: Account) -> bool:
    """Whether both sides show an employee number, and not the same."""
    theirs, ours = number(known, account), folded(person.employee_number)
    return bool(theirs and ours) and theirs != ours


def claim(known: Known, person: Person, one: Owned, method: Method) -> Identity:
    """The link, unless the account is somebody else's already: links are one-to-one."""
    entry = known.register.of_account(one.account.id, one.account.email)
    holder = entry.person_id if entry is not None else known.linked.peek(bare(one.account.id))
    if holder is not None and holder != person.id:
        return ambiguous(known, "The one account of this name belongs to somebody else.", (one.account,))
    known.linked.keep(bare(one.account.id), person.id)
    return Identity(Status.MATCHED, REASONS[method], known.rules.clock(), method, one)


REASONS = {
    Method.MAPPING_FILE: "The mapping file says so.",
    Method.EMPLOYEE_NUMBER: "Both sides show the same employee number, and nobody else has it.",
    Method.UNIQUE_NAME: "Exactly one person in the workforce directory and exactly one check-ins account have this name.",
}


async def mapped(source: Source, person: Person, entry: Entry) -> Identity:
    """The identity that the mapping file gives; a shared mailbox needs the entry to name the account (faults.md F35)."""
    if entry.email is None and not folded(person.name):
        return unmatched(source.known, "The mapping file gives no email, and workforce shows no name to look under.")
    base = Filter(person_email=entry.email) if entry.email else Filter(person_name=person.name)
    found = await behind(source, base)
    fitting = [one for one in found.accounts if fits(entry, one.account)]
    if len(fitting) == 1 and (found.proved or entry.checkins_id):
        source.known.linked.keep(bare(fitting[0].account.id), person.id)
        return Identity(Status.MATCHED, REASONS[Method.MAPPING_FILE], source.known.rules.clock(), Method.MAPPING_FILE, fitting[0])
    if fitting or not found.proved:
        accounts = tuple(one.account for one in fitting)
        return ambiguous(source.known, "Several accounts share the mapped email; name one in the mapping file.", accounts)
    nobody = Owned(Account(entry.checkins_id or "", email=entry.email), base, direct=False)
    return Identity(Status.MATCHED, REASONS[Method.MAPPING_FILE], source.known.rules.clock(), Method.MAPPING_FILE, nobody)


def fits(entry: Entry, account: Account) -> bool:
    """Whether this is the account that an entry means."""
    return bare(entry.checkins_id) == bare(account.id) if entry.checkins_id else same(entry.email, account.email)


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
        people = directory.named.get(folded(account.name), ())
    for person in people:
        link = await source.link(person)
        if link.status is Status.MATCHED and link.owned is not None and bare(link.owned.account.id) == bare(account.id):
            return person
    return Person(account.id, account.name, account=account)


async def unlinked(source: Source, account: Account) -> Identity:
    """The identity of somebody known to check-ins only: ambiguous when workforce has people of that name."""
    directory = await source.directory()
    if directory.named.get(folded(account.name)):
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
    if folded(account.name):
        return Filter(person_name=account.name)
    return Filter(person_email=account.email) if folded(account.email) else None
