"""What a request can be given at once: identities and pages of check-ins that rest on remembered answers alone, all of a wave or none.

Where anything must be waited for, proved, doubted or read further, nothing is given: the loaders then find it out in their own way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from loaders.accounts import Source
from loaders.base import Loader
from loaders.evidence import holding
from loaders.known import Known
from loaders.links import Identity
from loaders.plans import Head
from loaders.rows import Question, Rows, Slice, cut
from loaders.wave import first, remembered
from upstreams import check_ins
from upstreams.check_ins import Filter
from upstreams.records import CheckIn, Listing, Person
from upstreams.values import bare


class Hand(Source, Protocol):
    """Where these come from: the loaders of one request."""

    heads: dict[Filter, Listing]
    sliced: dict[Rows, Question]
    handed: set[Question]
    began: float

    @property
    def listing(self) -> Loader[Head[Filter], Listing]:
        """Pages of rows."""

    @property
    def slices(self) -> Loader[Question, Slice]:
        """Pages of rows whose owner is known."""

    @property
    def identity(self) -> Loader[Person, Identity]:
        """Who workforce people are in check-ins."""

    @property
    def check_in(self) -> Loader[str, CheckIn | None]:
        """Check-ins with their responses."""


def listings(source: Source, keys: Sequence[Head[Filter]]) -> Mapping[Head[Filter], Listing | Exception] | None:
    """Pages of rows, each of another filter, as they would be read one by one."""
    if len({key.where for key in keys}) < len(keys):
        return None
    calls = [remembered(source, key) for key in keys]
    found = source.check_ins.calls.at_hand([check_ins.rows(call.where, call.limit, call.offset) for call in calls])
    return {key: first(page, key.limit) for key, page in zip(keys, found, strict=True)} if found is not None else None


def slices(source: Hand, questions: Sequence[Question]) -> Mapping[Question, Slice | Exception] | None:
    """First pages of people's check-ins, of whose rows every one that is known is theirs."""
    if any(one.offset or one.rows.sifted or one.rows.where in source.heads for one in questions):
        return None
    pages = source.listing.at_hand([head(source, one) for one in questions])
    if pages is None:
        return None
    found: dict[Question, Slice | Exception] = {}
    for question, page in zip(questions, pages, strict=True):
        if not isinstance(page, Listing) or not enough(question, page) or not told(source.known, question.rows, page):
            return None
        short = page.count is not None and not page.more and page.taken < page.count
        found[question] = cut(question, list(zip(page.items, page.places, strict=True)), [page], not (page.dropped or short))
    for question, page in zip(questions, pages, strict=True):
        if isinstance(page, Listing):
            learnt(source, question.rows, page)
    source.handed.update(questions)
    return found


def head(source: Source, question: Question) -> Head[Filter]:
    """The first page of what is asked for."""
    return Head(question.rows.where, min(question.first, source.check_ins.page_size), 0)


def enough(question: Question, page: Listing) -> bool:
    """Whether the page is read, and no further one would be."""
    return not page.repeats and (not page.more or len(page.items) >= question.first)


def told(known: Known, rows: Rows, page: Listing) -> bool:
    """Whether it is known of some row whose it is, and of none that it is somebody else's; nobody asks of rows that are anybody's."""
    if rows.owned is None:
        return True
    owners = {own for row in page.items if (own := known.owner_id(row.id)) is not None}
    return owners == {bare(rows.owned.account.id)}


def learnt(source: Hand, rows: Rows, page: Listing) -> None:
    """Keep what reading the page would have kept."""
    source.heads[rows.where] = page
    if rows.owned is not None and source.known.backs(rows.owned):
        source.known.hold(page.items, rows.owned.account.id)


def totals(source: Hand, keys: Sequence[Rows]) -> Mapping[Rows, int | Exception | None] | None:
    """The totals that pages of the same rows came with."""
    if any(key.sifted or key not in source.sliced for key in keys):
        return None
    found = source.slices.at_hand([source.sliced[key] for key in keys])
    if found is None or not all(isinstance(one, Slice) for one in found):
        return None
    return {key: one.total for key, one in zip(keys, found, strict=True) if isinstance(one, Slice)}


def identities(source: Source, people: Sequence[Person]) -> Mapping[Person, Identity | Exception] | None:
    """Who these people are, as it is remembered and nothing contradicts."""
    known, found = source.known, dict[Person, Identity | Exception]()
    if not rolled(known):
        return None
    still, exact = holding(known), known.exactness.peek("filters")
    for person in people:
        outcome = known.outcome(person.id)
        if outcome is None or not still(person.id, outcome):
            return None
        if outcome.owned is not None and outcome.owned.direct and not exact:
            return None
        found[person] = outcome
    for person, link in found.items():
        if isinstance(link, Identity):
            method = link.method.value if link.method is not None else None
            source.ledger.identified(person.id, link.status.value, method, remembered=True)
    return found


def rolled(known: Known) -> bool:
    """Whether the optional directories that are turned on have been read lately."""
    rules = known.rules
    turned_on = {"people": rules.people_directory, "users": rules.users_directory}
    return all(known.rolls.peek(which) is not None for which, on in turned_on.items() if on)
