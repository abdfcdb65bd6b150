"""Records that may hold anything at all, and a loader that gives whatever it is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Generator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from msgspec import Struct

from graph.access.rights import Rights
from loaders.base import Loader


class Soon:
    """A value that has to be waited for, any number of times; an error is raised."""

    def __init__(self, value: Any, turns: int = 1) -> None:
        self.value, self.turns = value, turns

    def __await__(self) -> Generator[Any, None, Any]:
        for _ in range(self.turns):
            yield from asyncio.sleep(0).__await__()
        return came(self.value)


def came(value: Any) -> Any:
    """A value; an error is raised."""
    if isinstance(value, Exception):
        raise value
    return value


class Bad(Exception):
    """What goes wrong in the tests."""


class Hue(Enum):
    """Two members, and one that is the same as another."""

    RED = 1
    BLUE = 2
    CRIMSON = 1  # noqa: PIE796 - what the test is about


class Tiny(Struct, frozen=True):
    """Something without a life of its own."""

    word: Any = "tiny"
    must: Any = "must"


class Cat(Struct, frozen=True):
    """One of two kinds of pets."""

    id: Any = "cat"
    name: Any = "Tom"
    tiny: Any = None
    later: Any = None


class Dog(Struct, frozen=True):
    """The other one."""

    id: Any = "dog"
    name: Any = "Rex"
    tiny: Any = None


class Thing(Struct, frozen=True):
    """One of everything."""

    id: Any = "thing"
    text: Any = None
    sure: Any = "sure"
    number: Any = None
    ratio: Any = None
    flag: Any = None
    hue: Any = None
    day: Any = None
    moment: Any = None
    words: Any = None
    grid: Any = None
    tiny: Any = None
    tinies: Any = None
    strict: Any = ()
    shelf: Any = None
    friend: Any = None
    friends: Any = None
    pet: Any = None
    pets: Any = None
    named: Any = None
    plain: Any = None
    later: Any = None
    laters: Any = None
    firmly: Any = "firm"
    core: Any = Tiny()
    size: Any = None
    fur: Any = None
    furs: Any = None


class Rare(Thing, frozen=True):
    """A thing of its own kind, of which nobody has heard."""


class Pup(Dog, frozen=True):
    """A dog that is none of the records that the schema knows."""


class Flow:
    """A list whose items come one by one, any number of times."""

    def __init__(self, *items: Any) -> None:
        self.items = items

    async def __aiter__(self) -> AsyncIterator[Any]:
        for one in self.items:
            yield came(one)


@dataclass
class Plain:
    """A value of a type that asks nobody what its values are."""

    word: Any = "plain"
    thing: Any = None


class Roots(dict[str, Any]):
    """What each root field of one operation holds."""


class Loaders:
    """One loader, which gives whatever it is asked for by identity."""

    def __init__(self) -> None:
        self.waves: list[int] = []
        self.values: dict[int, Any] = {}
        self.loader: Loader[int, Any] = Loader(self.batch)

    async def batch(self, keys: list[int]) -> Mapping[int, Any]:
        """One wave."""
        self.waves.append(len(keys))
        return {key: self.values[key] for key in keys}

    async def load(self, value: Any) -> Any:
        """The value, one wave later."""
        self.values[id(value)] = value
        return await self.loader.load(id(value))

    async def load_all(self, values: list[Any]) -> list[Any]:
        """The same of many, errors among them."""
        self.values.update({id(value): value for value in values})
        return await self.loader.load_all([id(value) for value in values])


@dataclass
class Context:
    """What one execution carries."""

    loaders: Loaders
    rights: Rights = field(default_factory=Rights)
