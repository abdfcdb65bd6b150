"""The work of `crewgraph people match`: everybody's identity, decided side by side, and suggestions for those who were not found."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from graph.app import Upstreams, knowing, quiet
from graph.errors import sentence
from graph.settings import Settings
from loaders.known import Known
from loaders.links import Identity, Owned, Status
from loaders.mapping import Register
from loaders.proofs import identified
from loaders.request import Loaders
from loaders.suggestions import Suggestion, pool, suggestions
from loaders.survey import everybody, survey
from upstreams.errors import Fault
from upstreams.gathering import together
from upstreams.ledger import Ledger
from upstreams.records import Person

INTERRUPTED = 130


class Stopped(Exception):
    """The work ended before its end, with this exit status."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True)
class Look:
    """How many days' check-ins are looked at for accounts to suggest, and how many of them are read one by one at most."""

    days: int
    most: int


@dataclass(frozen=True)
class Row:
    """Somebody, and who they are in check-ins, or the `code` of why that could not be decided.

    `held` means that it is remembered of all check-ins of theirs that they are theirs.
    """

    person: Person
    identity: Identity | None = None
    code: str = ""
    held: bool = False
    suggestions: tuple[Suggestion, ...] = ()

    @property
    def status(self) -> str:
        """The status of the identity, or ERROR."""
        return self.identity.status.value if self.identity is not None else "ERROR"

    @property
    def open(self) -> bool:
        """Whether it was decided that it cannot be decided."""
        return self.identity is not None and self.identity.status is not Status.MATCHED

    @property
    def owned(self) -> Owned | None:
        """The linked account."""
        return self.identity.owned if self.identity is not None else None


@dataclass(frozen=True)
class Matched:
    """Everybody, by name; `shared` are the folded emails that several accounts have, `notes` what should be known of the survey."""

    rows: tuple[Row, ...]
    shared: frozenset[str]
    notes: tuple[str, ...]
    calls: int
    seconds: float


@dataclass(frozen=True)
class Work:
    """What the work is done with, and by how many at once: twice as many as calls, so that there is always one to make."""

    known: Known
    bar: Progress
    ledger: Ledger
    workers: int

    def loaders(self) -> Loaders:
        """Loaders for one person, or one question: nothing of theirs is kept longer than it is needed."""
        return Loaders(self.known, self.ledger)


def run(settings: Settings, upstreams: Upstreams, look: Look) -> Matched:
    """Everybody, with a progress bar. Raises Stopped, after what was decided was kept, and Unusable."""
    quiet()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        try:
            return asyncio.run(opened(settings, upstreams, look, bar))
        except KeyboardInterrupt:
            kept = "" if settings.sandboxed else " The links made so far are kept."
            raise Stopped(f"stopped.{kept}", INTERRUPTED) from None
        except Fault as fault:
            raise Stopped(f"{sentence(fault)} ({fault.code})", 1) from fault


async def opened(settings: Settings, upstreams: Upstreams, look: Look, bar: Progress) -> Matched:
    """The work, over clients and memories that end with it."""
    async with knowing(upstreams, settings.rules(), settings.mapping() or Register(), settings.limits()) as known:
        return await matched(Work(known, bar, Ledger(), 2 * settings.upstream_concurrency), look)


async def matched(work: Work, look: Look) -> Matched:
    """Everybody decided; links that what was read later speaks against are decided once more."""
    began, known = time.monotonic(), work.known
    people = [person for _, person in await everybody(work.loaders())]
    rows = await decided(work, people, "Deciding who is who")
    notes = await surveyed(work, list(rows.values()), look) if look.days and any(row.open for row in rows.values()) else ()
    lost = [row.person for row in rows.values() if row.owned is not None and known.links.peek(row.person.id) is None]
    if lost:
        rows |= await decided(work, lost, "Deciding some anew")
    free, directory = await pool(work.loaders()), await known.directory(work.ledger)
    found = [
        replace(row, suggestions=suggestions(known, directory, free, row.person, row.identity)) if row.identity is not None else row
        for row in rows.values()
    ]
    shared = frozenset(email for email, count in free.emails.items() if count > 1)
    return Matched(tuple(found), shared, notes, work.ledger.spent + work.ledger.own, time.monotonic() - began)


async def decided(work: Work, people: Sequence[Person], what: str) -> dict[str, Row]:
    """Each of these people's row, by id."""
    task, waiting = work.bar.add_task(what, total=len(people)), iter(people)

    async def worker() -> list[Row]:
        return [await row(work.loaders(), one, lambda: work.bar.advance(task)) for one in waiting]

    found = {one.person.id: one for rows in await together([worker() for _ in range(work.workers)]) for one in rows}
    return {one.id: found[one.id] for one in people}


async def row(loaders: Loaders, person: Person, done: Callable[[], None]) -> Row:
    """One person's row; what an upstream fails to tell of them is theirs alone."""
    try:
        found = await identified(loaders, person)
    except Fault as fault:
        return Row(person, code=fault.code)
    finally:
        done()
    return Row(person, found, held=held(loaders, found.owned))


def held(loaders: Loaders, owned: Owned | None) -> bool:
    """Whether the rows of an account are all attributed: those that its proof has read are, at no further cost."""
    if owned is None or not owned.direct:
        return True
    head = loaders.heads.get(owned.where)
    if head is None:
        return False
    loaders.known.hold(head.items, owned.account.id)
    return not head.more


async def surveyed(work: Work, rows: Sequence[Row], look: Look) -> tuple[str, ...]:
    """Meet those who checked in lately and are nobody yet; what could not be looked at, in sentences."""
    task = work.bar.add_task("Looking at check-ins", total=None)
    linked = [row.owned for row in rows if row.owned is not None and not row.held]
    try:
        seen = await survey(
            work.loaders(), look.days, look.most, linked, lambda done, total: work.bar.update(task, completed=done, total=total)
        )
    except Fault as fault:
        return (f"The check-ins of the last {look.days} days could not be looked at ({fault.code}), so suggestions may be missing.",)
    cut = (
        f"Of {seen.unknown} check-ins whose owner was not known, {seen.read} were read: "
        "suggestions may be missing. Raise --most-details to read more."
    )
    lost = f"{seen.failed} check-ins could not be read, so suggestions may be missing."
    return (*([cut] if seen.read < seen.unknown else []), *([lost] if seen.failed else []))
