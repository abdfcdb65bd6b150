"""The mapping file: a human's word on who is who, a CSV of `person_id,email` and optionally `checkins_id` (faults.md F33, F36)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from loaders.names import folded
from upstreams.values import bare

LONGEST_EMAIL = 320
COLUMNS = ("person_id", "email", "checkins_id")
DELIMITERS = ",;\t"
"""What may stand between two cells: Excel writes semicolons where the comma is the decimal mark, and tabs as "Unicode Text"."""


class BrokenMapping(Exception):
    """A mapping file that cannot be believed; `problems` has one line of text each, with line numbers, without emails."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Entry:
    """One line: the workforce person, and the check-ins email or id or both."""

    person_id: str
    email: str | None
    checkins_id: str | None
    line: int


@dataclass(frozen=True)
class Register:
    """The file's entries by workforce person id, by check-ins id without prefix, and by folded email."""

    by_person: Mapping[str, Entry] = field(default_factory=dict)
    by_account: Mapping[str, Entry] = field(default_factory=dict)
    by_email: Mapping[str, Entry] = field(default_factory=dict)

    def of_account(self, account_id: str, email: str | None) -> Entry | None:
        """The entry that names this check-ins account: by id, else by an email whose entry names no other id."""
        entry = self.by_account.get(bare(account_id)) or self.by_email.get(folded(email))
        if entry is None or (entry.checkins_id is not None and bare(entry.checkins_id) != bare(account_id)):
            return None
        return entry


def parse(text: str) -> Register:
    """The mapping that a CSV text holds, with commas, semicolons or tabs. Raises BrokenMapping with every problem and its line."""
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True, delimiter=find_delimiter(text))
    try:
        header = parse_header(next(rows, []))
        problems = header_problems(header)
        lines = [] if problems else [(rows.line_num, row) for row in rows if any(cell.strip() for cell in row)]
    except csv.Error as cause:
        raise BrokenMapping([f"line {rows.line_num}: not CSV: {cause}"]) from cause
    entries = [entry(header, row, line) for line, row in lines]
    problems += [one for one in entries if isinstance(one, str)]
    good = [one for one in entries if isinstance(one, Entry)]
    problems += contradictions(good)
    if problems:
        raise BrokenMapping(problems)
    return index(good)


def find_delimiter(text: str) -> str:
    """The delimiter that the first line has most of; a comma where it has none."""
    first = text.partition("\n")[0]
    return max(DELIMITERS, key=first.count)


def parse_header(row: list[str]) -> list[str]:
    """The names of the columns in small letters, without the empty columns that Excel may leave at the end."""
    names = [name.strip().casefold() for name in row]
    while names and not names[-1]:
        names.pop()
    return names


def header_problems(header: list[str]) -> list[str]:
    """What is wrong with the first line."""
    if header[:2] == list(COLUMNS[:2]) and header[2:] in ([], [COLUMNS[2]]):
        return []
    return ["line 1: the header must be `person_id,email` or `person_id,email,checkins_id`, with commas, semicolons or tabs in between"]


def entry(header: list[str], row: list[str], line: int) -> Entry | str:
    """The entry of one line, or what is wrong with it; cells behind the last named column must be empty."""
    cells = [cell.strip() for cell in row]
    if len(cells) < len(header) or any(cells[len(header) :]):
        return f"line {line}: columns: {len(row)}, but the header has {len(header)}"
    person_id, email, checkins_id = [*cells[: len(header)], ""][:3]
    if not person_id:
        return f"line {line}: person_id is empty"
    if not email and not checkins_id:
        return f"line {line}: email is empty, and no checkins_id is given"
    if email and ("@" not in email or " " in email or not email.isprintable() or len(email) > LONGEST_EMAIL):
        return f"line {line}: email is not an email address"
    if checkins_id and not bare(checkins_id):
        return f"line {line}: checkins_id is a prefix without an id"
    return Entry(person_id, email or None, checkins_id or None, line)


def contradictions(entries: list[Entry]) -> list[str]:
    """Every line that says otherwise than an earlier one: links are one-to-one."""
    people = repeats((one.person_id, one.line) for one in entries)
    accounts = repeats((bare(one.checkins_id), one.line) for one in entries if one.checkins_id)
    emails = repeats((folded(one.email), one.line) for one in entries if one.email and not one.checkins_id)
    return [
        *(f"line {line}: person_id is already on line {earlier}" for line, earlier in people),
        *(f"line {line}: checkins_id is already on line {earlier}" for line, earlier in accounts),
        *(f"line {line}: email is already on line {earlier}; give checkins_id to tell shared mailboxes apart" for line, earlier in emails),
        *shared(entries),
    ]


def repeats(keys: Iterable[tuple[str, int]]) -> Iterator[tuple[int, int]]:
    """Each line whose key stands on an earlier line, with that line."""
    seen: dict[str, int] = {}
    for key, line in keys:
        if key in seen:
            yield line, seen[key]
        else:
            seen[key] = line


def shared(entries: list[Entry]) -> Iterator[str]:
    """Lines that claim a whole mailbox of which another line claims one account."""
    whole = {folded(one.email): one.line for one in entries if one.email and not one.checkins_id}
    for one in entries:
        if one.checkins_id and (line := whole.get(folded(one.email))) is not None:
            yield f"line {line}: email is also on line {one.line} with a checkins_id; give checkins_id on both"


def index(entries: list[Entry]) -> Register:
    """The entries by each of their keys; an email that several accounts share is no key (faults.md F35)."""
    emails: dict[str, list[Entry]] = {}
    for one in entries:
        if one.email:
            emails.setdefault(folded(one.email), []).append(one)
    return Register(
        {one.person_id: one for one in entries},
        {bare(one.checkins_id): one for one in entries if one.checkins_id},
        {email: ones[0] for email, ones in emails.items() if len(ones) == 1},
    )
