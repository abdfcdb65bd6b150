"""A small schema with everything that values can be, over records that may hold anything at all."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Annotated, Any

import strawberry
from msgspec import Struct
from strawberry.schema.config import StrawberryConfig

from graph.access.rights import Rights
from graph.access.scopes import EMAILS
from graph.declare import chooses, link, says, shows
from graph.scalars import scalar_map
from graph.schema import Schema
from loaders.base import Loader
from upstreams import records


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


@dataclass
class Plain:
    """A value of a type that asks nobody what its values are."""

    word: Any = "plain"
    thing: Any = None


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


@dataclass
class Context:
    """What one execution carries."""

    loaders: Loaders
    rights: Rights = field(default_factory=Rights)


async def one(thing: Any, loaders: Loaders) -> Any:
    """What is loaded."""
    found = await loaders.load(thing.later)
    return await found if isinstance(found, Soon) else found


async def many(thing: Thing, loaders: Loaders, times: int = 1) -> Any:
    """A list that is loaded, so many times over."""
    found = await loaders.load(thing.laters)
    return list(found) * times if isinstance(found, list | tuple) else found


async def surely(thing: Thing) -> Any:
    """What may not be null, and rarely waits."""
    found = came(thing.firmly)
    return await found if isinstance(found, Soon) else found


def loud(thing: Thing, loaders: Loaders, times: int = 1) -> Any:
    """What is there at once."""
    found = came(thing.text)
    return found * times if isinstance(found, str) else found


async def everything(loaders: Loaders) -> Any:
    """What the test has put there."""
    return loaders.values[0]


def often(
    _context: Any, times: Annotated[int | None, strawberry.argument(description="How often.")] = strawberry.UNSET
) -> Mapping[str, Any]:
    """So many times. Raises ValueError for none."""
    if times is not strawberry.UNSET and times == 0:
        raise Bad("not so few")
    return {} if times is strawberry.UNSET else {"times": times}


HueType = chooses(Hue, "Hue", "A hue.", {Hue.RED: "Red.", Hue.BLUE: "Blue."})


@strawberry.interface(name="Named")
class Named:
    """What has a name."""

    name: str | None = says("The name.")


@shows(Tiny, "Something.", name="Tiny")
class TinyType:
    """As it is shown."""

    word: str | None = says("A word.")
    must: str = says("A word.")


@shows(Cat, "A cat.", keys=("id",), name="Cat")
class CatType(Named):
    """As it is shown."""

    id: strawberry.ID = says("The id.")
    name: str | None = says("The name.")
    tiny: TinyType | None = says("Something.")
    later: TinyType | None = link(one, says="Something.")


@shows(Dog, "A dog.", keys=("id",), name="Dog")
class DogType(Named):
    """As it is shown."""

    id: strawberry.ID = says("The id.")
    name: str | None = says("The name.")
    tiny: TinyType | None = says("Something.")


Pet = Annotated[CatType | DogType, strawberry.union("Pet")]


@strawberry.type(name="Plain")
class PlainType:
    """As it is shown."""

    word: str = says("A word.")
    thing: ThingType | None = says("Something.")


@strawberry.type
class Said(Named):
    """An instance of Strawberry's own."""

    volume: int = 1


@shows(Thing, "A thing.", keys=("id",), name="Thing")
class ThingType:
    """As it is shown."""

    id: strawberry.ID = says("The id.")
    text: str | None = says("A text.")
    sure: str = says("A text.")
    number: int | None = says("A number.")
    ratio: float | None = says("A number.")
    flag: bool | None = says("A flag.")
    hue: HueType | None = says("A hue.")  # type: ignore[valid-type]
    day: date | None = says("A day.")
    moment: records.Moment | None = says("A moment.")
    words: list[str | None] | None = says("Words.")
    grid: list[list[int] | None] | None = says("Numbers.")
    tiny: TinyType | None = says("Something.")
    tinies: list[TinyType | None] | None = says("Some.")
    strict: list[TinyType] = says("Some.")
    shelf: list[list[TinyType]] | None = says("Some in rows.")
    friend: ThingType | None = says("Another.")
    friends: list[ThingType] | None = says("Others.")
    pet: Pet | None = says("A pet.")
    pets: list[Pet | None] | None = says("Pets.")
    named: Named | None = says("Whatever has a name.")
    plain: PlainType | None = says("Something plain.")
    later: ThingType | None = link(one, says="Loaded.")
    laters: list[ThingType | None] | None = link(many, often, says="Loaded.")
    firmly: str = link(surely, says="Surely there.")
    shout: str | None = link(loud, often, says="The text.")
    secret: str | None = link(loud, says="The text, for some.", needs=EMAILS)

    @strawberry.field
    async def resolved(self, info: strawberry.Info[Context, Any], times: int = 1) -> str | None:
        """Resolved by Strawberry."""
        return ".".join(map(str, info.path.as_list())) * times


@strawberry.type
class Query:
    """The root."""

    thing: ThingType | None = link(everything, says="Whatever it is.")
    things: list[ThingType] | None = link(everything, says="Whatever they are.")
    loose: list[ThingType | None] | None = link(everything, says="Whatever they are.")
    pets: list[Pet | None] | None = link(everything, says="Whatever they are.")
    named: list[Named] | None = link(everything, says="Whatever they are.")
    plain: list[PlainType] | None = link(everything, says="Whatever they are.")


SCHEMA = Schema(query=Query, types=[Said, CatType, DogType], config=StrawberryConfig(scalar_map=scalar_map()))
