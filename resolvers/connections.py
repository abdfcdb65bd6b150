"""The fields that every connection has."""

from __future__ import annotations

from resolvers.paging import Completeness, Connection, Edge, PageInfo, T


async def nodes(connection: Connection[T]) -> list[T]:
    """The items of the page."""
    return [edge.node for edge in (await connection.page()).edges]


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
