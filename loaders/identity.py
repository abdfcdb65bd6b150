"""Who is who between the two upstreams, which share no key: refuse rather than guess.

A workforce person and a check-ins account are linked, in this order, by the mapping file, by an employee number that a configured
property shows, or by a name that is proved to be unique on both sides. (An email is no evidence yet: no workforce endpoint in use
shows one.) Anything else is UNMATCHED or AMBIGUOUS. A namesake who has never checked in cannot be seen; the link says its method.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from loaders.accounts import Found, Source, attribute, behind, distinct
from loaders.directory import Directory
from loaders.known import Known
from loaders.links import Identity, Method, Owned, Status
from loaders.mapping import Entry
from loaders.names import folded, same, spellings
from upstreams.check_ins import Filter, askable
from upstreams.gathering import together
from upstreams.records import Account, Person
from upstreams.values import bare


@dataclass(frozen=True)
class Evidence:
    """What a decision rests on: the person, the workforce directory, and the accounts of that name."""

    person: Person
    directory: Directory
    found: Found

    @property
    def namesakes(self) -> frozenset[str]:
        """The ids of all workforce people of that name."""
        return frozenset(one.id for one in self.directory.named.get(folded(self.person.name), ())) | {self.person.id}


async def identity(source: Source, person: Person) -> Identity:
    """The identity of a workforce person in check-ins, decided anew."""
    known = source.known
    entry = known.register.by_person.get(person.id)
    if entry is not None:
        return await mapped(source, person, entry)
    directory = await source.directory()
    if not directory.everybody:
        return ambiguous(known, "The workforce directory could not be read whole, so nobody is known to be alone in it.")
    me = directory.people.get(person.id)
    if me is None:
        return unmatched(known, "Workforce shows no booking of this person lately, so the name is not known to be unique.")
    if me.name is None or not askable(me.name) or not folded(me.name):
        return unmatched(known, "Workforce shows no name for this person that could be looked up.")
    evidence = Evidence(me, directory, Found())
    if not number_is_key(known, directory, me) and (verdict := hopeless(known, evidence)) is not None:
        return verdict
    found = await named(source, me.name, each_row=len(evidence.namesakes) > 1)
    return decide(known, replace(evidence, found=found))


def hopeless(known: Known, evidence: Evidence, candidates: tuple[Account, ...] = ()) -> Identity | None:
    """The verdict where a name cannot link this person, whatever check-ins has."""
    if len(evidence.namesakes) > 1:
        return ambiguous(known, "Workforce has several people of this name.", candidates)
    if not known.rules.match_names:
        return unmatched(known, "Matching by name is turned off, and nothing stronger links this person.", candidates)
    return None


def number_is_key(known: Known, directory: Directory, person: Person) -> bool:
    """Whether this person's employee number may serve as a key: configured, present, and nobody else's (faults.md F35)."""
    number = folded(person.employee_number)
    return bool(known.rules.employee_number_property and number) and len(directory.numbered.get(number, ())) == 1


async def named(source: Source, name: str, *, each_row: bool = False) -> Found:
    """The accounts behind every spelling of a name that a byte-exact filter could hold.

    `each_row` attributes row by row: workforce has namesakes, who may share a mailbox in check-ins, and counts would not show it.
    """
    look = attribute if each_row else behind
    founds = [
        found for found in await together([look(source, Filter(person_name=one)) for one in spellings(name) if askable(one)]) if found.rows
    ]
    accounts = distinct([one for found in founds for one in found.accounts])
    return Found(tuple(accounts), sum(found.rows for found in founds), all(found.proved for found in founds))


def decide(known: Known, evidence: Evidence) -> Identity:
    """The verdict on the evidence, beside what is known of mapped, linked and met accounts."""
    person, found = evidence.person, evidence.found
    namesakes = [one for one in found.accounts if same(one.account.name, person.name)]
    if number_is_key(known, evidence.directory, person):
        bearers = [one for one in namesakes if known.number(one.account) == folded(person.employee_number)]
        if len(bearers) == 1 and (not bearers[0].direct or known.alone(bearers[0].account)):
            return claim(known, person, bearers[0], Method.EMPLOYEE_NUMBER)
    candidates = tuple(one.account for one in namesakes)
    if (verdict := hopeless(known, evidence, candidates)) is not None:
        return verdict
    if not found.proved:
        return ambiguous(known, "Not every check-in under this name shows whose it is.", candidates)
    if not namesakes:
        return unmatched(known, "Check-ins has nobody of this name.")
    if len(namesakes) > 1 or known.namesakes(candidates[0]) - {bare(candidates[0].id)}:
        return ambiguous(known, "Check-ins has several people of this name.", candidates)
    if contradicts(known, evidence, candidates[0]):
        return unmatched(known, "Check-ins has one person of this name, with another employee number.", candidates)
    return claim(known, person, namesakes[0], Method.UNIQUE_NAME)


def contradicts(known: Known, evidence: Evidence, account: Account) -> bool:
    """Whether the account shows an employee number that is not this person's: another one, or one that is somebody else's."""
    theirs, ours = known.number(account), folded(evidence.person.employee_number)
    others = {one.id for one in evidence.directory.numbered.get(theirs, ())} - {evidence.person.id}
    return bool(theirs) and ((bool(ours) and theirs != ours) or bool(others))


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


def meant(entry: Entry, account: Account) -> bool:
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
    if askable(account.name):
        return Filter(person_name=account.name)
    return Filter(person_email=account.email) if askable(account.email) else None
