"""Who in check-ins could be somebody that was not found: suggestions for a human to judge. They never link anybody."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz import fuzz, process

from loaders.accounts import Found, Source
from loaders.directory import Directory
from loaders.evidence import Evidence, contradicts
from loaders.known import Known
from loaders.links import Identity, Status
from loaders.names import fold_number, folded, same
from loaders.rolls import Rolls
from upstreams.records import Account, Person
from upstreams.values import bare

LEAST, MOST = 80, 3
"""The lowest score that is worth a look, and how many suggestions a person gets."""
CLUES = {
    "number": (100, "same employee number"),
    "email": (98, "same email"),
    "joined": (95, "same name but for blanks"),
    "mailbox": (90, "same email before the @"),
    "ends": (90, "same first and last name"),
    "spelt": (85, "email spelt like the name"),
}
"""What both sides may have in common, the score that it earns, and how it is told."""
AT_ONCE = 100
"""Accounts that are looked at before others may run."""

MAX_WORDS = 8
"""The most words of a name that is compared without its blanks."""
DIGITS = re.compile(r"\d+")

Clue = tuple[str, str]


@dataclass(frozen=True)
class Suggestion:
    """An account that could be the person's, from 80 to 100 by how much speaks for it, and what does."""

    account: Account
    score: int
    reason: str


@dataclass
class Pool:
    """The accounts that nobody is linked to, by bare id, with their arranged names and by their clues; `emails` counts all accounts'."""

    accounts: dict[str, Account] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    clues: dict[Clue, list[str]] = field(default_factory=dict)
    emails: Counter[str] = field(default_factory=Counter)

    def add(self, account: Account, number: str) -> None:
        """Put an account in."""
        own = bare(account.id)
        self.accounts[own] = account
        if name := arranged(account.name):
            self.names[own] = name
        found = dict.fromkeys(clues(account.name, account.email, number, spelt(account.email)))
        for clue in (*found, *(("joined", one) for one in rotations(account.name) if ("joined", one) not in found)):
            self.clues.setdefault(clue, []).append(own)


async def pool(source: Source) -> Pool:
    """The accounts that are free as far as this process knows: of the directory where it is turned on, of candidates, and all met."""
    known = source.known
    users = await known.roll("users", source.ledger)
    listed = [Account(one.id, one.name, one.email) for one in users.by_id.values()] if users is not None else []
    candidates = [one for verdict in known.verdicts.fresh().values() for one in verdict.candidates]
    everything = {bare(one.id): one for one in (*listed, *candidates, *known.accounts.fresh().values())}
    taken, found = known.linked.fresh(), Pool()
    for place, (own, account) in enumerate(everything.items()):
        found.emails[folded(account.email)] += 1
        if own not in taken and known.register.of_account(account.id, account.email) is None:
            found.add(account, known.number(account))
        if place % AT_ONCE == 0:
            await asyncio.sleep(0)
    return found


def suggestions(known: Known, directory: Directory, free: Pool, person: Person, found: Identity) -> tuple[Suggestion, ...]:
    """The best accounts for somebody who was not found, the likeliest first; none for somebody who was."""
    if found.status is Status.MATCHED:
        return ()
    told = {own: Suggestion(free.accounts[own], *reason) for own, reason in scored(known, free, person).items()}
    possible = [one for one in told.values() if fits(known, directory, person, one.account)]
    return tuple(sorted(possible, key=lambda one: (-one.score, one.account.id))[:MOST])


def scored(known: Known, free: Pool, person: Person) -> dict[str, tuple[int, str]]:
    """What speaks most for each account that has something in common with a person."""
    people, name = known.rolls.peek("people"), arranged(person.name)
    enrolled = people.by_id.get(person.id) if people is not None else None
    alike = process.extract(name, free.names, scorer=fuzz.ratio, score_cutoff=LEAST, limit=None) if name else []
    found = {own: (round(score), "same name" if score == 100 else f"name {round(score)}% alike") for _, score, own in alike}
    for kind, value in clues(person.name, enrolled.email if enrolled else None, person.employee_number, name):
        for own in free.clues.get((kind, value), ()):
            found[own] = max(found.get(own, CLUES[kind]), CLUES[kind], key=lambda one: one[0])
    return found


def fits(known: Known, directory: Directory, person: Person, account: Account) -> bool:
    """Whether nothing speaks against it: no other employee number, and not the very name of somebody else in workforce."""
    evidence = Evidence(person, directory, Found(), Rolls(known.rolls.peek("people")))
    number = fold_number(known.number(account))
    if number and number == fold_number(person.employee_number):
        return True  # others may have it too: that is for a human to judge
    return not contradicts(known, evidence, account) and (same(person.name, account.name) or not evidence.bearers(account.name))


def clues(name: str | None, email: str | None, number: str | None, as_spelt: str) -> Iterable[Clue]:
    """What could be the same on both sides, each with its kind."""
    found: Mapping[str, str] = {
        "number": fold_number(number),
        "email": folded(email),
        "mailbox": mailbox(email),
        "joined": next(iter(rotations(name)), ""),
        "ends": ends(name),
        "spelt": as_spelt if " " in as_spelt else "",
    }
    return [(kind, value) for kind, value in found.items() if value]


@lru_cache(maxsize=200_000)
def words(text: str | None) -> tuple[str, ...]:
    """The words of a name without accents and punctuation."""
    apart = unicodedata.normalize("NFKD", folded(text).replace("'", ""))
    plain = (one for one in apart if not unicodedata.combining(one))
    return tuple("".join(one if one.isalnum() else " " for one in plain).split())


def arranged(name: str | None) -> str:
    """A name whose words are in order, so that `Smith, John` is `John Smith`."""
    return " ".join(sorted(words(name)))


def rotations(name: str | None) -> list[str]:
    """A name without blanks, from each of its words on: `Mc Donald`, and `Delacruz Maria` beside `Maria De La Cruz`.

    The first one is the name in its own order.
    """
    family, comma, given = (name or "").partition(",")
    found = words(f"{given} {family}" if comma else name)
    return ["".join((*found[at:], *found[:at])) for at in range(len(found))] if len(found) <= MAX_WORDS else []


def ends(name: str | None) -> str:
    """The first and the last word of a name of several, whatever is between them."""
    found = words(name)
    return " ".join(sorted((found[0], found[-1]))) if len(found) > 1 else ""


def mailbox(email: str | None) -> str:
    """An email before its @."""
    return folded(email).partition("@")[0]


def spelt(email: str | None) -> str:
    """An email before its @ as a name: `john.smith2` is `john smith`."""
    return arranged(DIGITS.sub("", (email or "").partition("@")[0]))
