"""What speaks for and against a link: who else has the name, the number or the email, and whether a link still holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from loaders.accounts import Found
from loaders.directory import Directory
from loaders.known import Known
from loaders.links import Identity, Method
from loaders.mapping import Entry
from loaders.names import fold_number, folded, same
from loaders.rolls import Roll, Rolls
from upstreams.records import Account, Person
from upstreams.values import bare

TAKEN = "The one account that fits belongs to somebody else."
"""The reason of an outcome that ends when the other link does."""


@dataclass(frozen=True)
class Evidence:
    """What a decision rests on: the person, the workforce directory, the accounts of that name, and the optional directories."""

    person: Person
    directory: Directory | None
    found: Found = field(default_factory=Found)
    rolls: Rolls = field(default_factory=Rolls)

    def bearers(self, name: str | None) -> frozenset[str]:
        """The ids of everybody in workforce who has this name."""
        return namesakes(self.directory, name) | (self.rolls.people.bearers(name) if self.rolls.people is not None else frozenset())

    @property
    def namesakes(self) -> frozenset[str]:
        """The ids of all workforce people of this person's name."""
        return self.bearers(self.person.name) | {self.person.id}


def namesakes(directory: Directory | None, name: str | None) -> frozenset[str]:
    """The ids of everybody in the workforce directory who has this name."""
    return frozenset(one.id for one in directory.named.get(folded(name), ())) if directory is not None else frozenset()


def number_is_key(known: Known, evidence: Evidence) -> bool:
    """Whether this person's employee number may serve as a key: configured, present, and nobody else's (faults.md F35).

    It needs a name too, since check-ins cannot be asked by property. Two numbers that differ by zeros in front are one key's, which
    is then nobody's.
    """
    number, directory = fold_number(evidence.person.employee_number), evidence.directory
    alone = directory is not None and len(directory.numbered.get(number, ())) == 1 and directory.everybody
    return bool(known.rules.employee_number_property and number) and alone and bool(folded(evidence.person.name))


def contradicts(known: Known, evidence: Evidence, account: Account) -> bool:
    """Whether the account shows an employee number that is not this person's: another one, or one that is somebody else's.

    Where several people's numbers differ by zeros in front, only one that shows the very text of somebody else's speaks against it.
    """
    theirs, ours = known.number(account), folded(evidence.person.employee_number)
    if theirs and ours and fold_number(theirs) != fold_number(ours):
        return True
    bearers = evidence.directory.with_number(theirs) if evidence.directory is not None else ()
    return any(one.id != evidence.person.id and (not ours or same(one.employee_number, theirs)) for one in bearers)


def credible(known: Known, evidence: Evidence, account: Account) -> bool:
    """Whether the account of a person's email is believed to be theirs: a foreman's mailbox may be entered for a worker.

    It must not have the name of somebody else in workforce, nor one without any word of the person's own.
    """
    bearers, person = evidence.bearers(account.name), evidence.person
    mistaken = bool(bearers) and person.id not in bearers
    return not mistaken and akin(person.name, account.name) and not contradicts(known, evidence, account)


def rival(evidence: Evidence, account: Account) -> bool:
    """Whether the account has the email of somebody else in workforce, who had its name once, as a married person may."""
    people = evidence.rolls.people
    holders = people.holders(account.email) if people is not None else frozenset()
    return people is not None and evidence.person.id not in holders and any(akin(people.by_id[one].name, account.name) for one in holders)


def akin(one: str | None, other: str | None) -> bool:
    """Whether two names have a word in common; nothing is known of a name that is missing, so nothing speaks against it."""
    return not (words(one) and words(other)) or bool(words(one) & words(other))


def words(name: str | None) -> set[str]:
    """The words of a name, without initials; all of it where there is nothing else."""
    return {word for word in re.findall(r"\w+", folded(name)) if len(word) > 1} or {folded(name)} - {""}


def taken(known: Known, person_id: str, account: Account) -> bool:
    """Whether the account is somebody else's already, by the mapping file or by a link: links are one-to-one."""
    entry = known.register.of_account(account.id, account.email)
    holder = entry.person_id if entry is not None else known.linked.peek(bare(account.id))
    return holder is not None and holder != person_id


def holds(known: Known, person_id: str, found: Identity) -> bool:
    """Whether nothing that is known by now contradicts a remembered outcome; it costs no call.

    A name, number or email that is nobody's alone any more is no evidence (faults.md F31, F35), the mapping file outranks everything,
    and an account that was somebody else's may be free by now.
    """
    if found.owned is None:
        return found.reason != TAKEN or any(taken(known, person_id, one) for one in found.candidates)
    entry, account = known.register.by_person.get(person_id), found.owned.account
    if taken(known, person_id, account) or changed(known, account):
        return False
    if found.method is Method.MAPPING_FILE or entry is not None:
        return found.method is Method.MAPPING_FILE and entry is not None and meant(entry, account)
    return rests(known, person_id, found.method, account)


def holding(known: Known) -> Callable[[str, Identity], bool]:
    """`holds` for many outcomes at once: what was found to hold still does, if nothing that was looked at has changed."""
    rolls = known.rolls.peek("people"), known.rolls.peek("users")
    sure = known.held.on(known.rules, known.register, known.directories.peek("company"), *rolls)

    def still(person_id: str, found: Identity) -> bool:
        if found.owned is None:
            return holds(known, person_id, found)
        if sure.get(person_id) is found and known.linked.peek(bare(found.owned.account.id)) in (None, person_id):
            return True
        if not holds(known, person_id, found):
            return False
        sure[person_id] = found
        return True

    return still


def rests(known: Known, person_id: str, method: Method | None, account: Account) -> bool:
    """Whether a link's evidence may be used, and is what it was, as far as the directories have been read lately."""
    directory, rolls = known.directories.peek("company"), Rolls(known.rolls.peek("people"), known.rolls.peek("users"))
    me = directory.people.get(person_id) if directory is not None else None
    evidence = Evidence(me or Person(person_id, account.name), directory, rolls=rolls)
    if method is Method.UNIQUE_EMAIL:
        return known.rules.people_directory and (rolls.people is None or listed(rolls.people, person_id, account))
    if method is Method.EMPLOYEE_NUMBER:
        return bool(known.rules.employee_number_property) and (me is None or number_is_key(known, evidence))
    others = rolls.users.bearers(account.name) - {bare(account.id)} if rolls.users is not None else frozenset()
    alone = len(evidence.namesakes) == 1 and not others and not rival(evidence, account)
    return known.rules.match_names and alone and same(evidence.person.name, account.name)


def listed(people: Roll, person_id: str, account: Account) -> bool:
    """Whether the directory, as far as it could be read, still shows the account's email as this person's alone."""
    me = people.by_id.get(person_id)
    return people.holders(account.email) == {person_id} if me is not None else not people.complete


def changed(known: Known, account: Account) -> bool:
    """Whether the check-ins directory shows another email of an account than its link rests on."""
    users = known.rolls.peek("users")
    now = users.by_id.get(bare(account.id)) if users is not None else None
    return now is not None and bool(folded(now.email)) and folded(now.email) != folded(account.email)


def meant(entry: Entry, account: Account) -> bool:
    """Whether this is the account that an entry means."""
    return bare(entry.checkins_id) == bare(account.id) if entry.checkins_id else same(entry.email, account.email)
