"""Small companies at random, in which names, emails and numbers collide all the time: nobody is shown anything of somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from loaders.mapping import BrokenMapping, Register, parse
from loaders.names import folded
from tests.identity.companies import MODES, Company, Modes, served
from tests.identity.verdicts import Shown, by_email, consistent
from upstreams.values import bare

NAMES = ["Ann Lee", "Joann Lee", "Mary Ann Lee", "Ann O'Neil", "Ann O\u2019Neil"]
EMAILS = ["ann@example.com", "joann@example.com", "office@example.com", None]
NUMBERS = [None, None, "7", "8", "007", "7.0"]
PROPERTY = "No"


@dataclass(frozen=True)
class Worker:
    """A workforce person."""

    id: str
    name: str
    number: str | None


@dataclass(frozen=True)
class User:
    """An account with so many check-ins of each kind; `foreign` ones are answered by themselves and by the account before."""

    id: str
    name: str
    email: str | None
    number: str | None
    submitted: int
    unsubmitted: int
    foreign: int


@dataclass(frozen=True)
class World:
    """A whole company, how its filters match, and how the graph is set up."""

    modes: Modes
    workers: tuple[Worker, ...]
    users: tuple[User, ...]
    mapping: str
    numbers: bool
    match_names: bool

    @property
    def register(self) -> Register:
        """The mapping file, or none when it contradicts itself."""
        try:
            return parse(self.mapping)
        except BrokenMapping:
            return Register()

    def company(self) -> Company:
        """The company as a draft."""
        company = Company()
        for worker in self.workers:
            company.worker(worker.name, worker.id, number=worker.number)
        for index, user in enumerate(self.users):
            properties = {PROPERTY: user.number} if user.number else {}
            company.user(user.name, user.email, user.id, submitted=user.submitted, unsubmitted=user.unsubmitted, properties=properties)
            for extra in range(user.foreign if index else 0):
                company.check_in(user.id, f"{user.id}-both-{extra}", hours=300 + extra, responses=[user.id, self.users[index - 1].id])
        return company


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Any world with these two limits, each of which has tests of its own in the matrix.

    Letters in another case are there only where filters ignore case, and no two accounts have both name and email in common.
    """
    modes = draw(st.sampled_from(MODES))
    names = st.sampled_from([*NAMES, "ANN LEE"] if modes.ignore_case else NAMES)
    emails = st.sampled_from([*EMAILS, "ANN@example.com"] if modes.ignore_case else EMAILS)
    numbers, few = st.sampled_from(NUMBERS), st.integers(0, 2)
    drawn = draw(st.lists(st.tuples(names, numbers), min_size=1, max_size=4))
    kinds = st.tuples(names, emails, numbers, st.integers(0, 3), few, st.sampled_from([0, 0, 0, 1]))
    accounts = draw(st.lists(kinds, max_size=4, unique_by=lambda one: (folded(one[0]), folded(one[1]))))
    workers = tuple(Worker(f"w{index}", *one) for index, one in enumerate(drawn))
    users = tuple(User(f"580:u{index}", *one) for index, one in enumerate(accounts))
    lines = draw(st.lists(st.tuples(st.sampled_from(workers), emails, st.sampled_from([None, *users])), max_size=2))
    rows = [f"{one.id},{email or ''},{account.id if account else ''}" for one, email, account in lines]
    mapping = "\n".join(["person_id,email,checkins_id", *rows])
    return World(modes, workers, users, mapping, draw(st.booleans()), draw(st.sampled_from([True, True, True, False])))


def justified(world: World, worker: Worker, shown: Shown) -> bool:
    """Whether a link says what the world says."""
    entry = world.register.by_person.get(worker.id)
    if shown.method == "MAPPING_FILE":
        return entry is not None and (shown.account is None or fits(world, shown.account, entry.email, entry.checkins_id))
    user = next(one for one in world.users if one.id == shown.account)
    visible = [one for one in world.users if folded(one.name) == folded(worker.name) and not hidden(world, one, user)]
    if entry is not None or folded(user.name) != folded(worker.name):
        return False
    if shown.method == "EMPLOYEE_NUMBER":
        same_number = [one for one in world.workers if value(one.number) == value(worker.number)]
        bearers = [one for one in visible if one.submitted and value(one.number) == value(worker.number)]
        return world.numbers and worker.number is not None and bearers == [user] and same_number == [worker]
    return world.match_names and visible == [user] and not contradicted(world, worker, user) and alone(world, worker)


def hidden(world: World, user: User, other: User) -> bool:
    """Whether nothing shows this account: it has no check-ins, or unsubmitted ones only, which a filter mixes with those of the other."""
    foreign = user.foreign if user != world.users[0] else 0  # there is no account before the first
    if not user.submitted + user.unsubmitted + foreign:
        return True
    within = folded(other.email) in folded(user.email)
    return not user.submitted and world.modes.email == "substring" and bool(other.email) and within and user != other


def fits(world: World, account: str, email: str | None, account_id: str | None) -> bool:
    """Whether a mapping line means this account."""
    user = next((one for one in world.users if one.id == account), None)
    if account_id is not None:
        return bare(account_id) == bare(account)
    return user is not None and folded(user.email) == folded(email)


def alone(world: World, worker: Worker) -> bool:
    """Whether nobody else of workforce has this name."""
    return [one for one in world.workers if folded(one.name) == folded(worker.name)] == [worker]


def contradicted(world: World, worker: Worker, user: User) -> bool:
    """Whether the account shows another number than the worker's, or the number of another worker."""
    if not world.numbers or user.number is None:
        return False
    if worker.number is None:
        return value(user.number) in [value(one.number) for one in world.workers]
    others = [one for one in world.workers if one != worker and one.number == user.number]
    return value(worker.number) != value(user.number) or bool(others)


def value(number: str | None) -> float | None:
    """What a number amounts to, however it is written."""
    return float(number) if number is not None else None


def plain(world: World, worker: Worker) -> bool:
    """Whether worker and account are as unique as can be in a world where everything was submitted and nothing else is known."""
    named = [one for one in world.users if folded(one.name) == folded(worker.name)]
    quiet = not any(one.unsubmitted or one.foreign or one.number for one in world.users) and not world.register.by_person
    emails = [folded(one.email) for one in world.users]
    found = len(named) == 1 and named[0].submitted and emails.count(folded(named[0].email)) == 1
    return bool(quiet and world.match_names and alone(world, worker) and found)


@settings(max_examples=60, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(worlds())
async def test_nobody_is_ever_shown_anything_of_somebody_else(world: World) -> None:
    """(faults.md F31, F32, F35)"""
    company = world.company()
    with TemporaryDirectory() as folder:
        async with served(
            company,
            Path(folder),
            world.modes,
            register=world.register,
            match_names=world.match_names,
            employee_number_property=PROPERTY if world.numbers else None,
        ) as graph:
            people = await consistent(company, graph)
            if not world.register.by_person:
                await by_email(company, graph, people)
    for worker in world.workers:
        shown = people[worker.id]
        assert shown.status != "MATCHED" or justified(world, worker, shown), f"{worker} is linked to {shown.account} by {shown.method}"
        assert shown.status == "MATCHED" or not plain(world, worker), f"{worker} could be linked and is {shown.status}"
