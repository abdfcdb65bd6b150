"""A link that takes many parents at once: what comes of it, and what is lost where it fails as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import strawberry
from graphql import execute, parse
from msgspec import Struct
from strawberry.utils.await_maybe import await_maybe

from graph.declare import link, says, shows
from graph.execution.executor import Compiled
from graph.execution.scopes import KEPT
from tests.execution.things import Bad, Context, Loaders


class Item(Struct, frozen=True):
    """One of a list."""

    id: str


async def items(loaders: Loaders) -> list[Item]:
    """Three of them."""
    return [Item(one) for one in "abc"]


async def name(item: Item, loaders: Loaders) -> str:
    """The name of one."""
    found: str = await loaders.load(f"alone {item.id}")
    return found


async def names(items: Sequence[Item], loaders: Loaders) -> list[Any]:
    """The names of many; one has none."""
    found = await loaders.load_all([f"together {one.id}" for one in items])
    return [Bad("none") if one.endswith("b") else one for one in found]


async def lost(items: Sequence[Item], loaders: Loaders) -> list[Any]:
    """Nothing of any of them."""
    raise Bad("all")


def nothing(items: Sequence[Item], loaders: Loaders) -> None:
    """Each is to be asked for alone."""


@shows(Item, "An item.", keys=("id",), name="Item")
class ItemType:
    """As it is shown."""

    id: strawberry.ID = says("The id.")
    together: str | None = link(name, says="Its name.", together=names)
    lost: str | None = link(name, says="Its name.", together=lost)
    alone: str | None = link(name, says="Its name.", together=nothing)


@strawberry.type
class Query:
    """The root."""

    items: list[ItemType] = link(items, says="All.")


async def asked(field: str) -> tuple[Any, list[Any], Loaders]:
    """What a field comes to for all items, its errors, and what it asked its loader."""
    schema, document, loaders = strawberry.federation.Schema(query=Query), parse(f"{{ items {{ {field} }} }}"), Loaders()
    KEPT.keep(document)
    result: Any = await await_maybe(execute(schema._schema, document, context_value=Context(loaders), executor_class=Compiled))
    return result.data, [(one.message, one.path) for one in result.errors or ()], loaders


async def test_many_are_asked_for_at_once_and_one_that_fails_fails_alone() -> None:
    data, errors, loaders = await asked("together")
    assert data == {"items": [{"together": "together a"}, {"together": None}, {"together": "together c"}]}
    assert errors == [("none", ["items", 1, "together"])]
    assert loaders.waves == [3]


async def test_what_fails_as_a_whole_fails_for_each() -> None:
    data, errors, _ = await asked("lost id")
    assert data == {"items": [{"lost": None, "id": one} for one in "abc"]}
    assert errors == [("all", ["items", number, "lost"]) for number in range(3)]


async def test_where_it_does_not_apply_each_is_asked_for_alone() -> None:
    data, errors, loaders = await asked("alone")
    assert data == {"items": [{"alone": f"alone {one}"} for one in "abc"]}
    assert (errors, loaders.waves) == ([], [3])
