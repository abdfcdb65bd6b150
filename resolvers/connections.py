"""The fields that every connection has."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import Any

from loaders import resting
from loaders.request import Loaders
from loaders.resting import Basis
from loaders.rows import Question, Slice
from resolvers.check_ins import Asked
from resolvers.paging import Completeness, Connection, Edge, PageInfo, T


async def nodes(connection: Connection[T]) -> list[T]:
    """The items of the page."""
    return [edge.node for edge in (await connection.page()).edges]


def nodes_at_hand(connections: Sequence[Connection[Any]], loaders: Loaders) -> list[Any] | None:
    """The items of the page of each of these, if they are lists of check-ins and no row must be waited for."""
    questions = asked(connections)
    found = loaders.slices.at_hand(sliced(questions, loaders)) if questions is not None else None
    return listed(found) if found is not None else None


def nodes_together(connections: Sequence[Connection[Any]], loaders: Loaders) -> Coroutine[Any, Any, list[Any]] | None:
    """The same of check-ins, when all rows have come."""
    questions = asked(connections)

    async def found(questions: list[Question]) -> list[Any]:
        return listed(await loaders.slices.load_all(sliced(questions, loaders)))

    return found(questions) if questions is not None else None


def asked(connections: Sequence[Connection[Any]]) -> list[Question] | None:
    """What these ask for, if they are all lists of check-ins."""
    found = [one.about.question for one in connections if isinstance(one.about, Asked)]
    return found if len(found) == len(connections) else None


def sliced(questions: list[Question], loaders: Loaders) -> list[Question]:
    """The same, written down as the pages that totals may come with."""
    for one in questions:
        loaders.sliced.setdefault(one.rows, one)
    return questions


def listed(found: Sequence[Slice | Exception | None]) -> list[Any]:
    """The items of each page that could be read."""
    return [list(one.items) if isinstance(one, Slice) else one for one in found]


def totals_at_hand(connections: Sequence[Connection[Any]], loaders: Loaders) -> list[Any] | None:
    """How many items each of these lists has, if they are lists of check-ins whose pages were read."""
    questions = asked(connections)
    return loaders.totals.at_hand([one.rows for one in questions]) if questions is not None else None


def totals_together(connections: Sequence[Connection[Any]], loaders: Loaders) -> Coroutine[Any, Any, list[Any]] | None:
    """The same, when they have come."""
    questions = asked(connections)
    return loaders.totals.load_all([one.rows for one in questions]) if questions is not None else None


def rests(connections: Sequence[Connection[Any]], loaders: Loaders) -> list[Basis | None]:
    """What the page and the total of each of these rest on."""
    return resting.slices(loaders, [one.about.question for one in connections if isinstance(one.about, Asked)])


async def edges(connection: Connection[T]) -> list[Edge[T]]:
    """The items of the page with their cursors."""
    return list((await connection.page()).edges)


async def page_info(connection: Connection[T]) -> PageInfo:
    """Where the page lies in the list."""
    return (await connection.page()).info


async def completeness(connection: Connection[T]) -> Completeness:
    """Whether the page holds everything that the upstream has."""
    return (await connection.page()).completeness


async def total_count(connection: Connection[T]) -> int | None:
    """How many items the whole list has, where that can be known."""
    return await connection.count()
