"""What values that are at hand rest on: when the oldest answer in them was read, and until when they hold, on the monotonic clock.

Only what was read by the time the request began counts: whatever the request was given of it is then the very answer that is remembered.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from loaders.evidence import TAKEN
from loaders.hand import Hand, head
from loaders.links import Identity
from loaders.rows import Question
from loaders.wave import remembered
from upstreams import check_ins
from upstreams.calls import Call
from upstreams.errors import BadInput
from upstreams.ledger import Ledger
from upstreams.records import CheckIn, Person


class Basis(NamedTuple):
    """When the oldest answer was read, until when all holds, and what was found out of somebody: a status and a method."""

    read: float = math.inf
    until: float = math.inf
    found: tuple[str, str | None] | None = None


NOTHING = Basis()
"""What rests on the parent alone."""


def nothing(parents: Sequence[object], _loaders: object) -> list[Basis | None]:
    """Values that rest on their parents alone."""
    return [NOTHING] * len(parents)


def links(people: Sequence[Person], source: Hand) -> list[Basis | None]:
    """Who these people are: as long as that is remembered, on the ground on which it was."""
    return [link(source, person) for person in people]


def link(source: Hand, person: Person) -> Basis | None:
    """Who somebody is; nothing of an account that may be free by now, or of what is not decided."""
    known, found = source.known, source.known.outcome(person.id)
    if found is None or found is not source.identity.answers.get(person) or found.reason == TAKEN:
        return None
    left = max(known.links.left(person.id), known.verdicts.left(person.id))
    return Basis(until=source.check_ins.calls.now() + left, found=said(found))


def said(found: Identity) -> tuple[str, str | None]:
    """An outcome as it is written down."""
    return found.status.value, found.method.value if found.method is not None else None


def slices(source: Hand, questions: Iterable[Question]) -> list[Basis | None]:
    """The first pages of these rows, where each was all that was read."""
    return [page(source, one) for one in questions]


def page(source: Hand, question: Question) -> Basis | None:
    """One first page."""
    if question not in source.handed:
        return None
    call = remembered(source, head(source, question))
    return answer(source, check_ins.rows(call.where, call.limit, call.offset))


def details(source: Hand, ids: Iterable[str]) -> list[Basis | None]:
    """These check-ins with their responses, where all of each could be read."""
    return [detail(source, one) for one in ids]


def detail(source: Hand, check_in_id: str) -> Basis | None:
    """One of them."""
    found = source.check_in.answers.get(check_in_id)
    if not isinstance(found, CheckIn) or found.dropped:
        return None
    try:
        return answer(source, check_ins.detail(check_in_id))
    except BadInput:
        return None


def answer(source: Hand, call: Call) -> Basis | None:
    """One remembered answer."""
    times = source.check_ins.calls.lasting(call)
    return Basis(*times) if times is not None and times[0] <= source.began else None


def together(bases: Iterable[Basis]) -> Basis:
    """What several values rest on, of which one at the most was found out of somebody."""
    found = list(bases)
    who = next((one.found for one in found if one.found is not None), None)
    return Basis(min(one.read for one in found), min(one.until for one in found), who)


def shown(ledger: Ledger, upstream: str, now: float, bases: Sequence[tuple[str, Basis]]) -> None:
    """Write down that values which rest on this went into an answer, each with the id of whom it is about."""
    read, until = min([one.read for _, one in bases]), min([one.until for _, one in bases])
    if read < math.inf:
        ledger.aged(upstream, max(now - read, 0.0), until - read)
    for about, one in bases:
        if one.found is not None:
            ledger.identified(about, *one.found, remembered=True)
