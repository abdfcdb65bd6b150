"""The people of a generated company: offices with managers, field workers in groups, and which of them have an account in check-ins.

Field workers have the names of even numbers; odd ones are for managers and for new names after a marriage.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from sandbox.cast import MAILBOXES, Member
from sandbox.draft import Draft
from sandbox.ids import Kind, derive
from sandbox.names import email, full
from sandbox.weeks import WEEKS

OFFICES = ("Structures", "Civil Works", "Electrical", "Mechanical", "Interiors", "Plant and Fleet", "Surveying", "Safety")
REGIONS = ("North", "East", "South", "West")
TITLES = (
    ("Apprentice-1", "#C7F2B8"),
    ("Journeyman", "#53A9FF"),
    ("Foreman", "#F2994A"),
    ("Carpenter", "#9B51E0"),
    ("Electrician", "#FFD166"),
    ("Crane Operator", "#EB5757"),
    ("Welder", "#2D9CDB"),
    ("Surveyor", "#27AE60"),
)
STORY = 300  # people to an office of managers, and to a set of projects


@dataclass
class Staff:
    """The people who are there so far, in the order of arrival."""

    draft: Draft
    rng: Random
    groups: list[str] = field(default_factory=list)
    titles: list[tuple[str, str, str]] = field(default_factory=list)  # id, name, colour
    managers: list[tuple[str, str, str]] = field(default_factory=list)  # name, email, department
    tenure: dict[str, int] = field(default_factory=dict)  # weeks of check-ins by user

    def open(self, people: int) -> None:
        """Titles, groups and managers for so many people; the managers check in too, and their own manager is the first of them."""
        self.titles = [(derive(Kind.TITLE, number, self.draft.records.seed), *title) for number, title in enumerate(TITLES)]
        self.groups = [self.draft.group(f"{REGIONS[n % 4]} {n // 4 + 1}") for n in range(max(4, people // 75))]
        for number in range(max(6, people // 12)):
            story, office = divmod(number // 3, len(OFFICES))
            name, department = full(2 * number + 1), OFFICES[office] + (f" {story + 1}" if story else "")
            self.managers.append((name, email(name), department))
            self._account(name, email(name), 0 if number else None, _properties("Manager", None), department)

    def ordinary(self, number: int, *, plain: bool) -> str:
        """Field worker `number`, whom both systems know alike when `plain`; the others differ now and then, as in life."""
        namesake = number % 200 == 199  # of the worker before
        name, title = full(2 * (number - namesake)), self.rng.choice(self.titles)
        employee = f"E-{number:05d}" if plain else self._employee(number)
        address = email(f"{name} {number}" if namesake else name)
        worker = self._worker(name, employee, title, number, mailbox(number, address))
        if plain or self._chance(0.8):
            known = name if plain or self._chance(0.995) else full(2 * (self.draft.records.people + number) + 1)
            shown = employee if self._chance(0.85) else None
            self._account(known, address, self._manager(number), _properties(title[1], shown))
        return worker

    def member(self, number: int, member: Member) -> str | None:
        """One of the cast; None for those who are no field workers."""
        title = self.titles[number % len(self.titles)]
        if member.user and member.email:
            role = title[1] if member.worker else "Office"
            self._account(member.user, member.email, self._manager(number), _properties(role, member.property))
        if member.worker is None:
            return None
        return self._worker(member.worker, member.number, title, number, MAILBOXES.get(member.worker, member.email))

    def _employee(self, number: int) -> str | None:
        """Now and then there is no employee number, or the one of somebody else is given again."""
        if self._chance(0.04):
            return None
        return f"E-{number - (number % 150 == 149):05d}"

    def _chance(self, share: float) -> bool:
        return self.rng.random() < share

    def _worker(self, name: str, employee: str | None, title: tuple[str, str, str], number: int, address: str | None) -> str:
        home = number * len(self.groups) // max(1, self.draft.records.people) % len(self.groups)
        second = [self.groups[(home + 1) % len(self.groups)]] if number % 10 == 9 else []
        return self.draft.worker(name, employee_number=employee, email=address, job_title=title, groups=[self.groups[home], *second])

    def _manager(self, number: int) -> int:
        return number // 12 % len(self.managers)

    def _account(self, name: str, address: str, manager: int | None, properties: Mapping[str, str], department: str | None = None) -> str:
        boss = self.managers[manager] if manager is not None else (None, None, None)
        user = self.draft.user(
            name, address, department=department or boss[2], manager_name=boss[0], manager_email=boss[1], properties=properties
        )
        self.tenure[user] = WEEKS if self.rng.random() < 0.7 else self.rng.randint(4, WEEKS)
        return user


def mailbox(number: int, address: str) -> str | None:
    """The email by which workforce knows field worker `number`: that of the account, but for one in six none, and now and then another.

    Two in a hundred have the mailbox of their yard, two a private one. The vendor calls emails unique within a company; these are not.
    """
    kind = number % 100
    if kind % 6 == 5:
        return None
    if kind in {20, 21}:
        return f"yard.{number // STORY + 1}@example.com"
    return address.replace("example.com", "example.net") if kind in {30, 31} else address


def _properties(role: str, employee: str | None) -> Mapping[str, str]:
    return {"Role": role} if employee is None else {"Role": role, "Employee number": employee}
