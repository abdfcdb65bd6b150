"""Connections: slices of a list behind opaque cursors, read only when a field of theirs is asked for."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Generic, TypeVar

from loaders.names import N, Ordered
from upstreams.errors import BadInput

T = TypeVar("T")
MOST = 100
"""The most items of one page."""
LONGEST_CURSOR = 1000


@dataclass(frozen=True)
class Page:
    """The page that a client asks for: `first` from 1 to 100, `after` a cursor of the same list."""

    first: int
    after: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.first <= MOST:
            raise BadInput("first", f"must be from 1 to {MOST}")
        if self.after is not None and not 0 < len(self.after) <= LONGEST_CURSOR:
            raise BadInput("after", "is not a cursor of this list")


@dataclass(frozen=True)
class Edge(Generic[T]):
    """An item, its place in its list, and what list that is."""

    node: T
    place: Any
    question: object

    @cached_property
    def cursor(self) -> str:
        """The cursor that continues after the item; made for those only who ask for it."""
        return cursor(self.question, self.place)


@dataclass(frozen=True)
class PageInfo:
    """Where a page lies in its list."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True)
class Completeness:
    """Whether a list holds everything that the upstream has; `reason` says why not."""

    complete: bool
    reason: str | None = None


@dataclass(frozen=True)
class Read(Generic[T]):
    """One page as it was read: its items, whether there are more of them after it and before it, and whether these are all."""

    edges: tuple[Edge[T], ...]
    after: bool
    before: bool
    completeness: Completeness

    @property
    def info(self) -> PageInfo:
        """Where the page lies."""
        ends = (self.edges[0].cursor, self.edges[-1].cursor) if self.edges else (None, None)
        return PageInfo(self.after, self.before, *ends)


@dataclass(frozen=True)
class Connection(Generic[T]):
    """A list not read yet: `page` reads the page that was asked for, `count` says how many items there are in all.

    `about` is what it asks, where many such lists may be read at once.
    """

    page: Callable[[], Awaitable[Read[T]]]
    count: Callable[[], Awaitable[int | None]]
    about: object = None


COMPLETE = Completeness(complete=True)


def read(placed: Iterable[tuple[Any, T]], question: object, page: Page, *, more: bool, completeness: Completeness = COMPLETE) -> Read[T]:
    """A page from items with their places."""
    edges = tuple(Edge(item, place, question) for place, item in placed)
    return Read(edges, more, page.after is not None, completeness)


def cursor(question: object, place: Any) -> str:
    """An opaque cursor: the place, sealed to the list that it belongs to."""
    return urlsafe_b64encode(json.dumps([place, seal(question, place)]).encode()).decode().rstrip("=")


def seal(question: object, place: Any) -> str:
    """What ties a place to its list, so that a cursor of another list or a made-up one is noticed."""
    return sha256(f"crewgraph cursor {question!r} {json.dumps(place)}".encode()).hexdigest()[:12]


def place(question: object, after: str | None) -> Any:
    """The place in a cursor of this list, or None without one. Raises BadInput for any other text."""
    if after is None:
        return None
    try:
        found, sealed = json.loads(urlsafe_b64decode(after + "=" * (-len(after) % 4)))
    except (ValueError, TypeError, RecursionError) as cause:
        raise BadInput("after", "is not a cursor of this list") from cause
    if sealed != seal(question, found):
        raise BadInput("after", "is not a cursor of this list")
    return found


def listed(ordered: Ordered[N], question: object, page: Page, completeness: Completeness) -> Connection[N]:
    """A connection over a list in memory, by name, whose cursors stay good when the list changes."""
    last = key(place(question, page.after))
    start = bisect_right(ordered, last, key=lambda one: one[0]) if last is not None else 0

    async def one() -> Read[N]:
        shown = ordered[start : start + page.first]
        return read(shown, question, page, more=start + len(shown) < len(ordered), completeness=completeness)

    async def count() -> int:
        return len(ordered)

    return Connection(one, count)


def key(found: object) -> tuple[str, str] | None:
    """The place in a cursor as a key of such a list."""
    if found is None:
        return None
    if not isinstance(found, list) or [type(part) for part in found] != [str, str]:
        raise BadInput("after", "is not a cursor of this list")
    return found[0], found[1]
