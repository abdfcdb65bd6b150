"""What check-ins showed: whose they are, and which accounts there are. It does not age, because a check-in's owner never changes."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from loaders.memory import Remembered
from loaders.names import fold_number, folded, same
from upstreams.records import Account, CheckIn
from upstreams.values import bare


@dataclass(kw_only=True)
class Attributions(ABC):
    """Bounded memories of check-ins and accounts, by ids without prefix.

    `owners` are shown by details, `holders` by an exact filter: these are as good as the link whose filter it was, so they end with
    it (`breaks` counts). `drops` counts how often what was believed of somebody was dropped or contradicted: nothing that was answered
    before holds for certain. `days` is how many check-ins of each day of submission have a known owner, which helps to plan.
    """

    number_property: str | None = None
    owners: Remembered[str, Account] = field(default_factory=lambda: Remembered(seconds=math.inf, size=500_000))
    accounts: Remembered[str, Account] = field(default_factory=lambda: Remembered(seconds=math.inf, size=100_000))
    named: Remembered[str, frozenset[str]] = field(default_factory=lambda: Remembered(seconds=math.inf, size=100_000))
    answered: Remembered[str, str] = field(default_factory=lambda: Remembered(seconds=math.inf, size=100_000))
    holders: Remembered[str, tuple[str, int]] = field(default_factory=lambda: Remembered(seconds=math.inf, size=500_000))
    breaks: Counter[str] = field(default_factory=Counter)
    days: Counter[date] = field(default_factory=Counter)
    drops: int = 0

    @abstractmethod
    def forget(self, account_id: str) -> None:
        """Drop the link of the account with this bare id, so that it is decided anew."""

    def note(self, check_in: CheckIn) -> None:
        """Remember who answered this check-in, and who therefore owns it."""
        met: dict[str, Account] = {}
        for response in check_in.responses or ():
            self.answered.keep(response.id, check_in.id)
            if response.account is not None:
                met[bare(response.account.id)] = self.meet(response.account)
        account = owner(check_in)
        if account is None:
            return
        key, own = bare(check_in.id), bare(account.id)
        if self.owners.peek(key) is not met[own]:  # as it is, for most of those that are read again
            self.attribute(check_in, own)
            self.owners.keep(key, met[own])

    def hold(self, rows: Iterable[CheckIn], account_id: str, stamp: int | None = None) -> None:
        """Remember that an exact filter by an account's name and email gave these rows.

        `stamp` is how often its link had broken when they were asked for, if no link that holds says that it has not since.
        """
        own = bare(account_id)
        held = own, self.breaks[own] if stamp is None else stamp
        for row in rows:
            key = bare(row.id)
            if self.holders.peek(key) != held:
                self.attribute(row, own)
                self.holders.keep(key, held)

    def attribute(self, row: CheckIn, own: str) -> None:
        """Count a row whose owner was not known before, or was believed to be another."""
        before = self.owner_id(row.id)
        self.drops += before is not None and before != own
        if row.submitted is not None and before is None:
            self.days[date.fromisoformat(row.submitted[:10])] += 1

    def owner_id(self, check_in_id: str) -> str | None:
        """The bare id of the account that owns a check-in, if a detail showed it, or the filter of a link that still holds.

        None where the two disagree: somebody else may have answered for the owner (upstreams.md 3).
        """
        key = bare(check_in_id)
        account, held = self.owners.peek(key), self.holders.peek(key)
        own = bare(account.id) if account is not None else None
        holder = held[0] if held is not None and self.breaks.get(held[0], 0) == held[1] else None
        return own or holder if own is None or holder is None or own == holder else None

    def attributed(self, first: date, last: date) -> int:
        """How many check-ins submitted on these days have a known owner."""
        return sum(self.days[first + timedelta(days=ahead)] for ahead in range((last - first).days + 1))

    def meet(self, account: Account) -> Account:
        """The account as it is remembered; one that shows a new name or email, or a namesake met for the first time, costs links."""
        own = bare(account.id)
        before = self.accounts.peek(own)
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
        shown = [folded(one.value) for one in account.properties if same(one.name, self.number_property)]
        return shown[0] if len({fold_number(one) for one in shown}) == 1 else ""

    def alone(self, account: Account) -> bool:
        """Whether no other account of the same name and email was met: filters cannot tell such twins apart."""
        others = (self.accounts.peek(other) for other in self.namesakes(account) - {bare(account.id)})
        return all(other is None or card(other) != card(account) for other in others)


def card(account: Account) -> tuple[str, str]:
    """Name and email as they are compared."""
    return folded(account.name), folded(account.email)


def owner(check_in: CheckIn) -> Account | None:
    """The one account behind all responses; None when there is none or they disagree: no guess (upstreams.md 3)."""
    found: Account | None = None
    for one in check_in.responses or ():
        if one.account is None or (found is not None and bare(found.id) != bare(one.account.id)):
            return None
        found = one.account
    return found if not check_in.dropped else None
