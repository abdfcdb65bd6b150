"""Companies that change at random while links last: restarts, renamings, emails that pass on. Nobody is ever shown another's check-ins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from loaders.names import folded
from loaders.stores import SqliteStore
from tests.graphs import TODAY
from tests.identity.companies import EXACT, MODES, Company, Modes, Served, sandboxed, served
from tests.identity.verdicts import PEOPLE, Shown, everybody, harmless

NAMES = ["Ann Lee", "Joann Lee", "Ann Jones"]
EMAILS = ["ann@example.com", "joann@example.com", "lee@example.com", None]
FIRST = PEOPLE.replace("checkIns(first: 100)", "checkIns(first: 1)")
WEEK = PEOPLE.replace(
    "checkIns(first: 100)", f'checkIns(first: 100, submittedBetween: {{from: "{TODAY - timedelta(days=6)}", to: "{TODAY}"}})'
)
KINDS = ["renamed", "new email", "swapped", "succeeded", "succeeded", "hired", "joined", "worker", "check-in", "check-in", "filters"]
OLDEST = 160
"""Hours since the first check-in was due; each later one is due ten hours later."""


@dataclass(frozen=True)
class Human:
    """A worker or an account; an account's check-ins are counted by the moments at which they were handed in."""

    name: str
    email: str | None
    handed_in: tuple[int, ...] = ()


@dataclass(frozen=True)
class State:
    """A company at a moment; ids are places."""

    workers: tuple[Human, ...]
    users: tuple[Human, ...]
    modes: Modes = EXACT

    @property
    def possible(self) -> bool:
        """Whether no two accounts have both name and email in common, which no filter could tell apart."""
        return len({(folded(one.name), folded(one.email)) for one in self.users}) == len(self.users)

    def company(self) -> Company:
        """It as a draft."""
        company = Company()
        for place, one in enumerate(self.workers):
            company.worker(one.name, f"w{place}", email=one.email)
        for place, one in enumerate(self.users):
            company.user(one.name, one.email, f"580:u{place}", submitted=0)
            for moment in one.handed_in:
                company.check_in(f"580:u{place}", f"u{place}-{moment}", hours=OLDEST - 10 * moment)
        return company


@dataclass(frozen=True)
class Life:
    """A process: the states of the company that it sees, and what it is asked in each."""

    steps: tuple[tuple[State, str], ...]
    rules: Mapping[str, Any] = field(default_factory=dict)


HUMANS = st.builds(Human, st.sampled_from(NAMES), st.sampled_from(EMAILS))


def handed(one: Human, moment: int) -> Human:
    """Them with one more check-in."""
    return replace(one, handed_in=(*one.handed_in, moment))


def changed(draw: st.DrawFn, state: State, moment: int) -> State:
    """The company after something has happened, which happens a lot to emails."""
    kind = draw(st.sampled_from(KINDS))
    users, place = list(state.users), draw(st.integers(0, len(state.users) - 1))
    other = draw(st.integers(0, len(users) - 1))
    if kind == "renamed":
        users[place] = replace(users[place], name=draw(st.sampled_from(NAMES)))
    if kind == "new email":
        users[place] = replace(users[place], email=draw(st.sampled_from(EMAILS)))
    if kind == "swapped":
        users[place], users[other] = replace(users[place], email=users[other].email), replace(users[other], email=users[place].email)
    if kind == "succeeded" and len(users) < 4:  # somebody of the same name gets the email, and checks in
        users.append(replace(users[place], handed_in=(moment,)))
        users[place] = replace(users[place], email=f"{moment}@example.com")
    if kind == "joined" and len(users) < 4:
        users.append(handed(draw(HUMANS), moment))
    if kind == "check-in":
        users[place] = handed(users[place], moment)
    workers = [*state.workers, draw(HUMANS)] if kind == "hired" and len(state.workers) < 4 else list(state.workers)
    if kind == "worker":
        workers[draw(st.integers(0, len(workers) - 1))] = draw(HUMANS)
    modes = draw(st.sampled_from(MODES)) if kind == "filters" else state.modes
    found = State(tuple(workers), tuple(users), modes)
    return found if found.possible else state


@st.composite
def histories(draw: st.DrawFn) -> list[Life]:
    """Up to three processes after each other over one link file; most companies begin with exact filters, where counts prove links."""
    users = draw(st.lists(HUMANS, min_size=1, max_size=3, unique_by=lambda one: (folded(one.name), folded(one.email))))
    modes = draw(st.sampled_from([EXACT, EXACT, EXACT, *MODES]))
    workers = tuple(draw(st.lists(HUMANS, min_size=1, max_size=3)))
    state, moment, lives = State(workers, tuple(handed(handed(one, 0), 1) for one in users), modes), 2, []
    for _ in range(draw(st.integers(1, 3))):
        steps = []
        for _ in range(draw(st.integers(1, 4))):
            steps.append((state, draw(st.sampled_from([PEOPLE, FIRST, WEEK, "detail"]))))
            for _ in range(draw(st.integers(1, 3))):
                state, moment = changed(draw, state, moment), moment + 1
        rules = {"people_directory": draw(st.booleans()), "users_directory": draw(st.booleans())}
        lives.append(
            Life(
                tuple(steps),
                {**rules, "identity_seconds": draw(st.sampled_from([0, 900])), "directory_seconds": draw(st.sampled_from([0, 600]))},
            )
        )
    return lives


async def asked(graph: Served, company: Company, question: str) -> dict[str, Shown]:
    """What is shown of everybody, or nothing where a detail is read, which teaches the process.

    The answer in which a rename is met may still show the account as that of the one who was linked before; the next one does not.
    """
    if question == "detail":
        row = max(one for rows in company.rows.values() for one in rows)
        await graph.ask("query ($id: ID!) { checkIn(id: $id) { responses { personName } } }", id=row)
        return {}
    for _ in range(2):
        people = await everybody(graph, question)
        harmless(company, people)
    linked = [one.account for one in people.values() if one.account and one.rows is not None]
    assert len(linked) == len(set(linked)), f"an account is shown as two people's: {linked}"
    return people


@settings(max_examples=60, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(histories())
async def test_nobody_is_shown_anything_of_somebody_else_at_any_moment_of_any_history(lives: list[Life]) -> None:
    with TemporaryDirectory() as folder:
        companies = Path(folder) / "companies"
        companies.mkdir()
        for life in lives:
            store = partial(SqliteStore, Path(folder) / "links.db", "acme", seconds=0)
            first = life.steps[0][0]
            async with served(first.company(), companies, first.modes, store=store, **life.rules) as graph:
                for state, question in life.steps:
                    company = state.company()
                    graph.switch.inner = sandboxed(company, companies, state.modes)
                    await asked(graph, company, question)
