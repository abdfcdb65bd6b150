"""Who is who in the whole company, as far as that is decided, and page by page for whoever wants it decided."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass

from loaders.base import Loader, attempted
from loaders.links import Identity, Status
from loaders.names import Ordered
from loaders.request import Loaders, present
from loaders.suggestions import Suggestion, pool
from loaders.suggestions import suggestions as suggest
from loaders.survey import everybody
from resolvers.assignments import MOVED
from resolvers.paging import COMPLETE, Connection, Edge, Page, Read, listed
from upstreams.records import Person


@dataclass(frozen=True)
class Report:
    """How many people there are, and what is remembered of them; `everybody` are they, by name, `complete` whether that is all."""

    people: int
    matched: int
    unmatched: int
    ambiguous: int
    undecided: int
    everybody: Ordered[Person]
    complete: bool


@dataclass(frozen=True)
class Entry:
    """Somebody in the report, and the page's suggestions."""

    person: Person
    suggested: Loader[Person, tuple[Suggestion, ...]]


async def report(loaders: Loaders) -> Report:
    """The counts of what is remembered now. Nobody's identity is decided for them."""
    people, directory = await everybody(loaders), await loaders.directory()
    outcomes = (loaders.known.outcome(one.id) for _, one in people)
    counts = Counter(one.status if one is not None else None for one in outcomes)
    return Report(
        people=len(people),
        matched=counts[Status.MATCHED],
        unmatched=counts[Status.UNMATCHED],
        ambiguous=counts[Status.AMBIGUOUS],
        undecided=counts[None],
        everybody=people,
        complete=directory.complete,
    )


async def entries(report: Report, loaders: Loaders, page: Page, status: Status | None = None) -> Connection[Entry]:
    """Everybody by name; with `status`, those only of whom it is remembered already."""
    found = report.everybody
    if status is not None:
        found = tuple(one for one in found if (known := loaders.known.outcome(one[1].id)) is not None and known.status is status)
    people = listed(found, ["identities", status.value if status else None], page, COMPLETE if report.complete else MOVED)

    async def one() -> Read[Entry]:
        read = await people.page()
        suggested = suggesting(loaders, [edge.node for edge in read.edges])
        edges = tuple(Edge(Entry(edge.node, suggested), edge.place, edge.question) for edge in read.edges)
        return Read(edges, read.after, read.before, read.completeness)

    return Connection(one, people.count)


def suggesting(loaders: Loaders, page: list[Person]) -> Loader[Person, tuple[Suggestion, ...]]:
    """Suggestions for the people of a page, out of the accounts that are free once all their identities are decided."""

    async def suggested(people: list[Person]) -> dict[Person, tuple[Suggestion, ...] | Exception]:
        identities = dict(zip(page, await attempted([loaders.link(one) for one in page]), strict=True))
        free, directory = await pool(loaders), await loaders.directory()
        found: dict[Person, tuple[Suggestion, ...] | Exception] = {}
        for person in people:
            known = identities[person]
            found[person] = known if isinstance(known, Exception) else suggest(loaders.known, directory, free, person, known)
            await asyncio.sleep(0)  # others may run: among many accounts this takes its time
        return found

    return Loader(suggested)


async def identity(entry: Entry, loaders: Loaders) -> Identity:
    """Who the person is in check-ins, decided now unless it is remembered."""
    return await loaders.link(entry.person)


async def suggestions(entry: Entry, loaders: Loaders) -> list[Suggestion]:
    """The accounts that could be the person's, for a human to judge, out of those that this process knows."""
    return list(present(await entry.suggested.load(entry.person)))
