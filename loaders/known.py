"""What the process has and remembers: the two clients, the rules, the directory, and who was found to be who."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from loaders.attributions import Attributions
from loaders.directory import Directory, aligned, build
from loaders.held import Ground
from loaders.lasting import link_of, usable
from loaders.links import Identity, Owned, Status
from loaders.mapping import Register
from loaders.memory import Remembered
from loaders.names import folded
from loaders.rolls import Roll, people, users
from loaders.stores import Link, MemoryStore, Store
from loaders.window import Days, chunks
from upstreams.calls import Mode
from upstreams.check_ins import NAME as CHECK_INS
from upstreams.check_ins import CheckIns, Filter
from upstreams.clocks import utc_now
from upstreams.errors import BadResponse
from upstreams.gathering import together
from upstreams.ledger import Ledger
from upstreams.records import Scan
from upstreams.values import bare
from upstreams.workforce import COMPANY, NAME, Starts, Workforce

UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True)
class Rules:
    """How windows and identities are decided; days and seconds.

    `look_back` days is how far back an *active* window asks for beginnings; the directory covers `directory_back` days
    before today and `directory_ahead` from today on; `match_names` allows the proved unique name; not `current_on_any_day` means
    that the upstream's `current` takes no date.
    """

    zone: ZoneInfo = UTC_ZONE
    look_back: int = 730
    directory_back: int = 730
    directory_ahead: int = 180
    search_years: int = 10
    most_searches: int = 25
    employee_number_property: str | None = None
    match_names: bool = True
    people_directory: bool = False
    users_directory: bool = False
    directory_seconds: float = 600
    scan_seconds: float = 60
    identity_seconds: float = 900
    link_seconds: float = 30 * 86_400
    calibration_seconds: float = 3600
    most_attributions: int = 1000
    current_on_any_day: bool = True
    clock: Callable[[], datetime] = utc_now


@dataclass
class Known(Attributions):
    """One for each process: clients, rules, the mapping file, what check-ins showed, and bounded memories.

    Links, calibration and the directories age. `pages` and `counts` are how large scans were, which helps to plan. By person,
    `held` are outcomes that were found to hold.
    """

    workforce: Workforce
    check_ins: CheckIns
    rules: Rules = field(default_factory=Rules)
    register: Register = field(default_factory=Register)
    store: Store = field(default_factory=MemoryStore)
    verdicts: Remembered[str, Identity] = field(init=False)
    links: Remembered[str, Identity] = field(init=False)
    linked: Remembered[str, str] = field(init=False)
    rolls: Remembered[str, Roll] = field(init=False)
    exactness: Remembered[str, bool | None] = field(init=False)
    reaches: Remembered[tuple[str, str], bool] = field(init=False)
    directories: Remembered[str, Directory] = field(init=False)
    scanned: Remembered[Days, Directory] = field(init=False)
    pages: Remembered[Days, int] = field(default_factory=lambda: Remembered(seconds=math.inf, size=100))
    held: Ground[dict[str, Identity]] = field(default_factory=lambda: Ground(dict))
    marked: Ground[object] = field(default_factory=lambda: Ground(object))
    counts: Remembered[Filter, int] = field(default_factory=lambda: Remembered(seconds=math.inf, size=1_000))

    def __post_init__(self) -> None:
        self.number_property = self.rules.employee_number_property
        self.exactness = Remembered(seconds=self.rules.calibration_seconds, size=10)
        self.reaches = Remembered(seconds=self.rules.calibration_seconds, size=10_000)
        self.verdicts = Remembered(seconds=self.rules.identity_seconds, size=200_000)
        self.links = Remembered(seconds=self.rules.link_seconds, size=200_000)
        self.linked = Remembered(seconds=self.rules.link_seconds, size=200_000)
        self.rolls = Remembered(seconds=self.rules.directory_seconds, size=2)
        self.directories = Remembered(seconds=self.rules.directory_seconds, size=1, stale=self.rules.directory_seconds)
        self.scanned = Remembered(seconds=self.rules.scan_seconds, size=10)

    def today(self) -> date:
        """Today in the company's time zone."""
        return self.rules.clock().astimezone(self.rules.zone).date()

    def starts(self, days: Days) -> Starts:
        """The company's question for bookings that start in these days."""
        return Starts(days[0], days[1], self.rules.zone)

    async def directory(self, ledger: Ledger) -> Directory:
        """The workforce directory, scanned anew when it is older than the rules allow; one scan serves all who wait.

        For as long again the old one is given while the new one is read, since a large company takes its time. No operation
        pays for it, nor waits for it beyond its deadline; the one that happens to begin it has it in its trace.
        """
        return await self.directories.get("company", lambda: self.scan_directory(ledger), ledger.waits(NAME))

    def directory_days(self) -> Days:
        """The starting days that the directory covers."""
        today = self.today()
        return today - timedelta(days=self.rules.directory_back - 1), today + timedelta(days=self.rules.directory_ahead)

    def listed(self, days: Days) -> bool:
        """Whether the directory covers these starting days."""
        first, last = self.directory_days()
        return first <= days[0] and days[1] <= last

    async def scan_directory(self, ledger: Ledger) -> Directory:
        """Read every page of the directory's days; once more when the pages moved meanwhile (faults.md F15).

        Its ranges are those of the default window and of what begins after today, so that their pages serve both.
        """
        days, today = self.directory_days(), self.today()
        ranges = [*chunks(today + timedelta(days=1), days[1]), *chunks(days[0], today)]
        found = await self.scanned_all(ranges, days, ledger, Mode.FRESH)
        return found if found.complete else await self.scanned_all(ranges, days, ledger, Mode.NONE)

    async def scanned_all(self, ranges: list[Days], days: Days, ledger: Ledger, mode: Mode) -> Directory:
        """The directory from a company scan of each of these ranges, as old as its oldest page."""
        workforce, now = self.workforce.within(ledger, mode, charged=False), time.monotonic()
        scans = await self.scans(ranges, workforce)
        reads = [workforce.reads(COMPANY, self.starts(one), scan.pages) for one, scan in zip(ranges, scans, strict=True)]
        found = [aligned(scan, times) for scan, times in zip(scans, reads, strict=True)]
        return build(found, days, min((time for times in reads for time in times), default=now))

    async def scans(self, ranges: list[Days], workforce: Workforce) -> list[Scan]:
        """A company scan of each of these ranges, side by side."""
        scans = await together([workforce.scan(COMPANY, self.starts(days)) for days in ranges])
        for days, scan in zip(ranges, scans, strict=True):
            if scan is None:
                raise BadResponse(NAME, reason="no-company")
            self.pages.keep(days, scan.pages)
        return [scan for scan in scans if scan is not None]

    def indexes(self) -> list[Directory]:
        """All that was scanned lately, the directory first."""
        return [*self.directories.fresh().values(), *self.scanned.fresh().values()]

    def life(self, scan: Directory) -> float:
        """For how many seconds a scan is fresh: the directory's, or any other's."""
        return self.rules.scan_seconds if any(one is scan for one in self.scanned.fresh().values()) else self.rules.directory_seconds

    def forget(self, account_id: str) -> None:
        """Drop the link of the account with this bare id, so that it is decided anew."""
        person_id = self.linked.peek(account_id)
        self.breaks[account_id] += 1
        self.drops += 1
        if person_id is not None:
            self.linked.forget(account_id)
            self.unlink(person_id)

    def unlink(self, person_id: str) -> None:
        """Drop what was decided about a person, here and where links outlive the process."""
        link = self.links.peek(person_id)
        self.drops += 1
        if link is not None and link.owned is not None:
            own = bare(link.owned.account.id)
            self.breaks[own] += 1
            if self.linked.peek(own) == person_id:
                self.linked.forget(own)
        self.links.forget(person_id)
        self.verdicts.forget(person_id)
        self.store.drop(person_id)

    def decided(self, person_id: str, found: Identity) -> None:
        """Remember an outcome: a link for long, and beyond this process; anything else for a while."""
        before = self.outcome(person_id)
        self.drops += before is not None and (before.status, before.owned) != (found.status, found.owned)
        if found.status is not Status.MATCHED:
            self.verdicts.keep(person_id, found)
            return
        self.links.keep(person_id, found)
        if (link := link_of(person_id, found, self.number)) is not None:
            self.store.keep(link)

    def mark(self) -> object:
        """The same one as long as whatever is remembered of people and their check-ins would be found to be as it was."""
        rolls = self.rolls.peek("people"), self.rolls.peek("users")
        looked = self.directories.peek("company"), *rolls, self.exactness.peek("filters")
        return self.marked.on(self.rules, self.register, *looked, self.drops, self.check_ins.calls.renewed)

    def backs(self, owned: Owned) -> bool:
        """Whether a link that still holds has this account and this filter; its rows may have been asked for before it broke."""
        person_id = self.linked.peek(bare(owned.account.id))
        link = self.links.peek(person_id) if person_id is not None else None
        return link is not None and link.owned is not None and link.owned.where == owned.where

    def outcome(self, person_id: str) -> Identity | None:
        """What was decided about a person and is remembered."""
        return self.links.peek(person_id) or self.verdicts.peek(person_id)

    async def restore(self) -> None:
        """Take up the links that outlived the last process, as old as they are. Raises BrokenStore."""
        for link, found in usable(await self.store.load()):
            age = (self.rules.clock() - found.decided).total_seconds()
            if 0 <= age < self.rules.link_seconds:
                self.take(link, found, age)
            else:
                self.store.drop(link.person_id)

    def take(self, link: Link, found: Identity, age: float) -> None:
        """Remember a link of this age as if it had been made here."""
        own, name = bare(link.account_id), folded(link.name)
        self.links.keep(link.person_id, found, age=age)
        self.linked.keep(own, link.person_id, age=age)
        self.named.keep(name, (self.named.peek(name) or frozenset()) | {own})
        if link.direct and link.witness is not None:
            self.holders.keep(bare(link.witness), (own, self.breaks[own]))

    async def roll(self, which: Literal["people", "users"], ledger: Ledger) -> Roll | None:
        """One of the optional directories, if it is turned on; like the other one, no operation pays for it. Raises UpstreamError."""
        if not (self.rules.people_directory if which == "people" else self.rules.users_directory):
            return None
        whose = NAME if which == "people" else CHECK_INS
        return await self.rolls.get(which, lambda: self.read_roll(which, ledger), ledger.waits(whose))

    async def read_roll(self, which: Literal["people", "users"], ledger: Ledger) -> Roll:
        """One of them, read now; once more when it could not be read whole, as its pages may have moved meanwhile (faults.md F15)."""
        found = await self.enrolled(which, ledger, Mode.FRESH)
        return found if found.complete else await self.enrolled(which, ledger, Mode.NONE)

    async def enrolled(self, which: Literal["people", "users"], ledger: Ledger, mode: Mode) -> Roll:
        """One of them."""
        if which == "people":
            return await people(self.workforce.within(ledger, mode, charged=False))
        return await users(self.check_ins.within(ledger, mode, charged=False))
