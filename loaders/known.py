"""What the process has and remembers: the two clients, the rules, the directory, and who was found to be who."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from loaders.directory import Directory, build
from loaders.links import Identity
from loaders.mapping import Register
from loaders.memory import Remembered
from loaders.names import folded, same
from loaders.window import Days, Window, chunks
from upstreams.calls import Mode
from upstreams.check_ins import CheckIns
from upstreams.errors import BadResponse
from upstreams.gathering import together
from upstreams.ledger import Ledger
from upstreams.records import Account, CheckIn, Scan
from upstreams.values import bare
from upstreams.workforce import COMPANY, NAME, Starts, Workforce


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


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
    directory_seconds: float = 600
    identity_seconds: float = 900
    calibration_seconds: float = 3600
    most_attributions: int = 1000
    current_on_any_day: bool = True
    clock: Callable[[], datetime] = now


@dataclass
class Known:
    """One for each process: clients, rules, the mapping file, and bounded memories.

    What check-ins showed (`owners`, `accounts`, `named`, `answered`) does not age, because a check-in's owner never changes;
    links, calibration and the directory do.
    """

    workforce: Workforce
    check_ins: CheckIns
    rules: Rules = field(default_factory=Rules)
    register: Register = field(default_factory=Register)
    owners: Remembered[str, Account] = field(default_factory=lambda: Remembered(seconds=math.inf, size=500_000))
    accounts: Remembered[str, Account] = field(default_factory=lambda: Remembered(seconds=math.inf, size=100_000))
    named: Remembered[str, frozenset[str]] = field(default_factory=lambda: Remembered(seconds=math.inf, size=100_000))
    answered: Remembered[str, str] = field(default_factory=lambda: Remembered(seconds=math.inf, size=100_000))
    identities: Remembered[str, Identity] = field(init=False)
    linked: Remembered[str, str] = field(init=False)
    exactness: Remembered[str, bool | None] = field(init=False)
    directories: Remembered[str, Directory] = field(init=False)

    def __post_init__(self) -> None:
        self.exactness = Remembered(seconds=self.rules.calibration_seconds, size=10)
        self.identities = Remembered(seconds=self.rules.identity_seconds, size=200_000)
        self.linked = Remembered(seconds=self.rules.identity_seconds, size=200_000)
        self.directories = Remembered(seconds=self.rules.directory_seconds, size=1)

    def today(self) -> date:
        """Today in the company's time zone."""
        return self.rules.clock().astimezone(self.rules.zone).date()

    def starts(self, days: Days) -> Starts:
        """The company's question for bookings that start in these days."""
        return Starts(days[0], days[1], self.rules.zone)

    async def directory(self, ledger: Ledger) -> Directory:
        """The workforce directory, scanned anew when it is older than the rules allow; one scan serves all who wait.

        No operation pays for it; the one that happens to begin it has it in its trace.
        """
        return await self.directories.get("company", lambda: self.scan_directory(ledger))

    def directory_window(self) -> Window:
        """The starting days that the directory covers."""
        today = self.today()
        return Window("starting", today - timedelta(days=self.rules.directory_back), today + timedelta(days=self.rules.directory_ahead))

    async def scan_directory(self, ledger: Ledger) -> Directory:
        """Read every page of the directory's window; once more when the pages moved meanwhile (faults.md F15)."""
        window, today = self.directory_window(), self.today()
        ranges = [*chunks(today, window.last), *chunks(window.first, today - timedelta(days=1))]
        found = build(await self.scans(ranges, ledger, Mode.FRESH))
        return found if found.complete else build(await self.scans(ranges, ledger, Mode.NONE))

    async def scans(self, ranges: list[Days], ledger: Ledger, mode: Mode) -> list[Scan]:
        """A company scan of each of these ranges, side by side."""
        workforce = self.workforce.within(ledger, mode, charged=False)
        scans = await together([workforce.scan(COMPANY, self.starts(days)) for days in ranges])
        if any(scan is None for scan in scans):
            raise BadResponse(NAME, reason="no-company")
        return [scan for scan in scans if scan is not None]

    def note(self, check_in: CheckIn) -> None:
        """Remember who answered this check-in, and who therefore owns it."""
        for response in check_in.responses or ():
            self.answered.keep(response.id, check_in.id)
            if response.account is not None:
                self.meet(response.account)
        if (account := owner(check_in)) is not None:
            self.owners.keep(bare(check_in.id), self.meet(account))

    def meet(self, account: Account) -> Account:
        """The account as it is remembered; one that shows a new name or email, or a namesake met for the first time, costs links."""
        own, before = bare(account.id), self.accounts.peek(bare(account.id))
        if before == account:
            return before
        self.accounts.keep(own, account)
        if before is not None and (card(before), self.number(before)) != (card(account), self.number(account)):
            self.forget(own)
        namesakes = self.namesakes(account)
        if own not in namesakes and folded(account.name):
            self.named.keep(folded(account.name), namesakes | {own})
            for other in namesakes:
                self.forget(other)
        return account

    def namesakes(self, account: Account) -> frozenset[str]:
        """The bare ids of all accounts met under this name that have not shown another one since."""
        met = {key: self.accounts.peek(key) for key in self.named.peek(folded(account.name)) or ()}
        return frozenset(key for key, one in met.items() if one is None or folded(one.name) == folded(account.name))

    def number(self, account: Account) -> str:
        """The employee number that an account's configured property shows, folded; empty when it shows none or several."""
        shown = {folded(one.value) for one in account.properties if same(one.name, self.rules.employee_number_property)}
        return shown.pop() if len(shown) == 1 else ""

    def alone(self, account: Account) -> bool:
        """Whether no other account of the same name and email was met: filters cannot tell such twins apart."""
        others = (self.accounts.peek(other) for other in self.namesakes(account) - {bare(account.id)})
        return all(other is None or card(other) != card(account) for other in others)

    def forget(self, account_id: str) -> None:
        """Drop the link of the account with this bare id, so that it is decided anew."""
        person_id = self.linked.peek(account_id)
        if person_id is not None:
            self.linked.forget(account_id)
            self.identities.forget(person_id)


def card(account: Account) -> tuple[str, str]:
    """Name and email as they are compared."""
    return folded(account.name), folded(account.email)


def owner(check_in: CheckIn) -> Account | None:
    """The one account behind all responses; None when there is none or they disagree: no guess (upstreams.md 3)."""
    accounts = {bare(one.account.id): one.account for one in check_in.responses or () if one.account is not None}
    if check_in.dropped or len(accounts) != 1 or any(one.account is None for one in check_in.responses or ()):
        return None
    return next(iter(accounts.values()))
