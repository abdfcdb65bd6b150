"""Names, emails and numbers as keys: what counts as exactly equal, and nothing looser (faults.md F34)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol, TypeVar

APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼ＇`´"), "'")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
FOLDED, SHORT = 16_384, 200
"""How many values are remembered as they were folded, the names of people met, which are compared again and again; and how long they may
be, since clients send names too."""
NUMBER = re.compile(r"0*([0-9]+?)(?:\.0*)?")
"""A number in digits; the group is what is left of it without zeros in front and without a fraction of none."""
STRAIGHT, CURLY = "'", "’"


def folded(value: str | None) -> str:
    """The value for exact comparison: NFKC, case folded, apostrophes and blanks made one; None is empty, and empty equals nothing."""
    if value is None:
        return ""
    return remembered(value) if len(value) <= SHORT else fold(value)


def fold(value: str) -> str:
    """The same, anew."""
    plain = unicodedata.normalize("NFKC", value.translate(APOSTROPHES)).casefold()
    return " ".join(unicodedata.normalize("NFKC", plain).translate(APOSTROPHES).split())


remembered = lru_cache(FOLDED)(fold)


def fold_number(value: str | None) -> str:
    """An employee number for comparison: what imports and spreadsheets do to one in digits, `00123` or `123.0`, makes no difference."""
    found = NUMBER.fullmatch(folded(value))
    return found[1] if found else folded(value)


def same(one: str | None, other: str | None) -> bool:
    """Whether both are the same non-empty key."""
    return bool(folded(one)) and folded(one) == folded(other)


def addresses(value: str | None) -> bool:
    """Whether this could be a whole email: it has parts then, by which a filter that matches parts gives itself away."""
    return ADDRESS.fullmatch(value or "") is not None


def spellings(name: str) -> tuple[str, ...]:
    """The spellings of one name that a byte-exact filter could hold: as given, composed or decomposed, with either apostrophe."""
    composed = " ".join(unicodedata.normalize("NFC", name).split())
    straight = composed.translate(APOSTROPHES)
    written = (composed, straight, straight.replace(STRAIGHT, CURLY))
    return tuple(dict.fromkeys((name, *written, *(unicodedata.normalize("NFD", one) for one in written))))


def shortened(value: str) -> tuple[str, ...]:
    """Parts of a value that an exact filter does not find: without its last, its first character, and its first word alone."""
    word = value.split("@")[0].split(" ")[0]
    parts = (value[:-1].strip(), value[1:].strip(), word)
    return tuple(dict.fromkeys(part for part in parts if len(part) > 1 and part != value))


class Named(Protocol):
    """Anything with a name and an id."""

    @property
    def id(self) -> str:
        """The id."""

    @property
    def name(self) -> str | None:
        """The name, if it is known."""


N = TypeVar("N", bound=Named)
Ordered = tuple[tuple[tuple[str, str], N], ...]
"""Things behind the keys that they are ordered by: folded name, then id."""


def alphabetical(things: Iterable[N]) -> Ordered[N]:
    """The things by name, then by id, each behind that key."""
    return tuple(sorted((((folded(thing.name), thing.id), thing) for thing in things), key=lambda one: one[0]))
