"""The fields that every connection has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from loaders import resting
from loaders.request import Loaders
from loaders.resting import Basis
from loaders.rows import Slice
from resolvers.check_ins import Asked
from resolvers.paging import Completeness, Connection, Edge, PageInfo, T


async def nodes(connection: Connection[T]) -> list[T]:
    """The items of the page."""
    return [edge.node for edge in (await connection.page()).edges]


def nodes_at_hand(connections: Sequence[Connection[Any]], loaders: Loaders) -> list[Any] | None:
    """The items of the page of each of these, if they are lists of check-ins and no row must be waited for."""
    asked = [one.about for one in connections if isinstance(one.about, Asked)]
    if len(asked) < len(connections):
        return None
    for one in asked:
        loaders.sliced.setdefault(one.question.rows, one.question)
    found = loaders.slices.at_hand([one.question for one in asked])
    return [list(one.items) if isinstance(one, Slice) else one for one in found] if found is not None else None


def totals_at_hand(connections: Sequence[Connection[Any]], loaders: Loaders) -> list[Any] | None:
    """How many items each of these lists has, if they are lists of check-ins whose pages were read."""
    asked = [one.about for one in connections if isinstance(one.about, Asked)]
    return loaders.totals.at_hand([one.question.rows for one in asked]) if len(asked) == len(connections) else None


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
