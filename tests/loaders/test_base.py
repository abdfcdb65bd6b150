"""The loader class closes the holes of aiodataloader and graphql-core 3.3."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from aiodataloader import DataLoader
from graphql import GraphQLField, GraphQLInt, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, execute, parse

from loaders.base import Interrupted, Loader, each
from tests.waiting import LONG, settled


class Plain(DataLoader[int, int]):
    """aiodataloader as it comes."""

    async def batch_load_fn(self, keys: list[int]) -> list[int]:
        await settled()
        return keys


async def tens(keys: list[int]) -> Mapping[int, int | Exception]:
    await settled()
    return {key: key * 10 for key in keys}


def siblings(load: Any) -> GraphQLSchema:
    """A query type with two branches: one awaits a key beside a non-null field that fails, the other awaits the same key."""

    async def shared(*_: Any) -> Any:
        return await load(1)

    async def failing(*_: Any) -> Any:
        await asyncio.sleep(0)
        raise ValueError

    async def late(*_: Any) -> Any:
        return {}

    number = GraphQLField(GraphQLNonNull(GraphQLInt), resolve=shared)
    broken = GraphQLObjectType("Broken", {"number": number, "fails": GraphQLField(GraphQLNonNull(GraphQLInt), resolve=failing)})
    sound = GraphQLObjectType("Sound", {"number": number})
    return GraphQLSchema(
        GraphQLObjectType("Query", {"broken": GraphQLField(broken, resolve=late), "sound": GraphQLField(sound, resolve=late)})
    )


QUERY = parse("{ broken { number fails } sound { number } }")


async def test_graphql_core_cancels_a_future_that_siblings_share() -> None:
    """The bug that shielding is for (F23): with a stock loader the whole operation raises CancelledError."""
    loader = Plain()
    with pytest.raises(asyncio.CancelledError):
        await execute(siblings(loader.load), QUERY)  # type: ignore[misc]


async def test_a_failing_sibling_costs_only_its_own_branch() -> None:
    """F23."""
    loader = Loader(tens)
    result = await execute(siblings(loader.load), QUERY)  # type: ignore[misc]
    assert result.data == {"broken": None, "sound": {"number": 10}}
    assert [error.path for error in result.errors or ()] == [["broken", "fails"]]


async def test_keys_of_one_wave_go_in_one_batch_each_once() -> None:
    waves: list[list[int]] = []

    async def batch(keys: list[int]) -> Mapping[int, int | Exception]:
        waves.append(keys)
        return await tens(keys)

    loader = Loader(batch)
    assert await asyncio.gather(*(loader.load(key) for key in (1, 2, 1, 3))) == [10, 20, 10, 30]
    assert await loader.load(2) == 20
    assert waves == [[1, 2, 3]]


async def test_an_answer_reaches_its_own_key_whatever_the_order_and_a_missing_one_is_none() -> None:
    """F24."""

    async def batch(keys: list[int]) -> Mapping[int, int | Exception]:
        return {9: 90, 2: 20, 1: 10, 4: LookupError()}

    loader = Loader(batch)
    one, two, three = await asyncio.gather(loader.load(1), loader.load(2), loader.load(3))
    assert (one, two, three) == (10, 20, None)
    with pytest.raises(LookupError):
        await loader.load(4)


async def test_a_batch_that_is_cancelled_is_an_error_and_no_hang() -> None:
    """F24: stock aiodataloader leaves its waiters waiting for ever."""

    async def batch(keys: list[int]) -> Mapping[int, int | Exception]:
        raise asyncio.CancelledError

    async with asyncio.timeout(LONG):
        with pytest.raises(Interrupted):
            await Loader(batch).load(1)


async def test_a_waiter_that_leaves_takes_nobody_with_it() -> None:
    loader = Loader(tens)
    leaving = asyncio.ensure_future(loader.load(1))
    staying = asyncio.ensure_future(loader.load(1))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == 10


async def test_one_failing_key_fails_alone() -> None:
    async def answer(key: int) -> int:
        if key == 2:
            raise LookupError
        return key

    loader = Loader(each(answer))
    results = await asyncio.gather(*(loader.load(key) for key in (1, 2, 3)), return_exceptions=True)
    assert (results[0], type(results[1]), results[2]) == (1, LookupError, 3)


async def test_many_keys_are_asked_for_with_those_of_the_same_wave_and_each_is_answered_once() -> None:
    waves: list[list[int]] = []

    async def batch(keys: list[int]) -> Mapping[int, int | Exception]:
        waves.append(keys)
        return {key: LookupError() if key == 3 else key * 10 for key in keys if key != 5}

    loader = Loader(batch)
    assert await loader.load(9) == 90
    one, many, others, late = await asyncio.gather(
        loader.load(1), loader.load_all([1, 2, 3, 2, 9, 5]), loader.load_all([4, 3]), loader.load(2)
    )
    assert (one, late) == (10, 20)
    assert many[:2] + many[3:] == [10, 20, 20, 90, None]
    assert isinstance(many[2], LookupError)
    assert others == [40, many[2]]
    assert await loader.load_all([4, 1]) == [40, 10]
    assert await loader.load_all([]) == []
    assert waves == [[9], [1, 2, 3, 5, 4]]


async def test_a_batch_that_fails_as_a_whole_is_an_error_of_each_of_many_keys_and_asked_again() -> None:
    errors = [LookupError("down")]

    async def batch(keys: list[int]) -> Mapping[int, int | Exception]:
        if errors:
            raise errors.pop()
        return await tens(keys)

    loader = Loader(batch)
    first = await loader.load_all([1, 2])
    assert [type(one) for one in first] == [LookupError, LookupError]
    assert await loader.load_all([1, 2]) == [10, 20]


async def test_whoever_leaves_while_many_keys_are_waited_for_takes_nobody_with_them() -> None:
    loader = Loader(tens)
    leaving = asyncio.ensure_future(loader.load_all([1, 2]))
    staying = asyncio.ensure_future(loader.load_all([2, 1]))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == [20, 10]
