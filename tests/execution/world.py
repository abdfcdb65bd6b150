"""A small schema with everything that values can be, over records that may hold anything at all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import date
from typing import Annotated, Any, NewType

import strawberry
from strawberry.schema.config import StrawberryConfig

from graph.access.scopes import EMAILS
from graph.declare import chooses, link, says, shows
from graph.scalars import scalar_map
from graph.schema import Schema
from tests.execution.things import Bad, Cat, Context, Dog, Hue, Loaders, Roots, Soon, Thing, Tiny, came
from upstreams import records

MOST = 3
"""How many times anything is shown at most, however often it was asked for."""


def loaded(name: str) -> Callable[[Any, Loaders], Awaitable[Any]]:
    """Loads what an attribute holds."""

    async def load(thing: Any, loaders: Loaders) -> Any:
        found = await loaders.load(getattr(thing, name))
        return await found if isinstance(found, Soon) else found

    return load


def shown(name: str) -> Callable[[Any], Awaitable[Any]]:
    """Waits for what an attribute holds, if it must."""

    async def show(thing: Any) -> Any:
        found = came(getattr(thing, name))
        return await found if isinstance(found, Soon) else found

    return show


def handy(name: str) -> Callable[..., list[Any] | None]:
    """What `shown` gives for many at once, unless one of them must be waited for. Raises Bad for a seven, which is no thing of its own."""

    def at_hand(things: list[Any], _loaders: Loaders) -> list[Any] | None:
        found = [getattr(thing, name) for thing in things]
        if 7 in found:
            raise Bad("seven")
        return None if any(isinstance(one, Soon) for one in found) else found

    return at_hand


def joined(name: str) -> Callable[..., Coroutine[Any, Any, list[Any]] | None]:
    """What `loaded` gives for many together, unless there is a seven among them."""

    async def load(things: list[Any], loaders: Loaders) -> list[Any]:
        found = await loaders.load_all([getattr(thing, name) for thing in things])
        return await asyncio.gather(*map(waited, found), return_exceptions=True)

    def together(things: list[Any], loaders: Loaders) -> Coroutine[Any, Any, list[Any]] | None:
        return None if 7 in [getattr(thing, name) for thing in things] else load(things, loaders)

    return together


async def waited(value: Any) -> Any:
    """A value that has come. Raises it if it is an error."""
    return came(await value if isinstance(value, Soon) else value)


async def many(thing: Thing, loaders: Loaders, times: int = 1) -> Any:
    """A list that is loaded, so many times over."""
    found = await loaders.load(thing.laters)
    return list(found) * times if isinstance(found, list | tuple) else found


def loud(thing: Thing, loaders: Loaders, times: int = 1) -> Any:
    """What is there at once."""
    found = came(thing.text)
    return found * times if isinstance(found, str) else found


def rooted(name: str) -> Callable[[Loaders], Awaitable[Any]]:
    """What the test has put there: for this field, or for all."""

    async def root(loaders: Loaders) -> Any:
        found = loaders.values[0]
        return found.get(name) if isinstance(found, Roots) else found

    return root


def often(
    _context: Any, times: Annotated[int | None, strawberry.argument(description="How often.")] = strawberry.UNSET
) -> Mapping[str, Any]:
    """So many times, but not too many. Raises Bad for none."""
    if times is None or times is strawberry.UNSET:
        return {}
    if times == 0:
        raise Bad("not so few")
    return {"times": min(times, MOST)}


def sized(value: int) -> int | None:
    """As large as it is; nothing is shown as null. Raises Bad for what is less than nothing."""
    if value < 0:
        raise Bad("so little")
    return value or None


HueType = chooses(Hue, "Hue", "A hue.", {Hue.RED: "Red.", Hue.BLUE: "Blue."})
Size = NewType("Size", int)
SCALARS = {**scalar_map(), Size: strawberry.scalar(name="Size", serialize=sized, parse_value=int)}


@strawberry.interface(name="Named")
class Named:
    """What has a name."""

    name: str | None = says("The name.")


@strawberry.interface(name="Furry")
class Furry:
    """What has an id, too, and is always a record."""

    id: strawberry.ID = says("The id.")
    name: str | None = says("The name.")


@shows(Tiny, "Something.", name="Tiny")
class TinyType:
    """As it is shown."""

    word: str | None = says("A word.")
    must: str = says("A word.")
    echo: str | None = link(loaded("word"), says="The word, later.")


@shows(Cat, "A cat.", keys=("id",), name="Cat")
class CatType(Furry, Named):
    """As it is shown."""

    id: strawberry.ID = says("The id.")
    name: str | None = says("The name.")
    tiny: TinyType | None = says("Something.")
    later: TinyType | None = link(loaded("later"), says="Something.")


@shows(Dog, "A dog.", keys=("id",), name="Dog")
class DogType(Furry, Named):
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
    size: Size | None = says("How large.")
    fur: Furry | None = says("Whatever has fur.")
    furs: list[Furry | None] | None = says("Whatever has fur.")
    tint: HueType | None = link(loaded("hue"), says="The hue.")  # type: ignore[valid-type]
    born: date | None = link(loaded("day"), says="The day.", together=joined("day"))
    since: records.Moment | None = link(shown("moment"), says="The moment.")
    big: Size | None = link(loaded("size"), says="How large.")
    said: list[str | None] | None = link(loaded("words"), says="The words.", together=joined("words"))
    square: list[list[int] | None] | None = link(loaded("grid"), says="The numbers.")
    boxes: list[list[TinyType]] | None = link(loaded("shelf"), says="Some in rows.")
    core: TinyType = link(loaded("core"), says="Surely there.", together=joined("core"))
    guest: Pet | None = link(loaded("pet"), says="The pet.", together=joined("pet"))
    guests: list[Pet | None] | None = link(loaded("pets"), says="The pets.")
    heard: Named | None = link(loaded("named"), says="Whatever has a name.", together=joined("named"))
    coats: list[Furry | None] | None = link(loaded("furs"), says="Whatever has fur.")
    near: ThingType | None = link(shown("friend"), says="Another.", at_hand=handy("friend"))
    nears: list[ThingType] | None = link(shown("friends"), says="Others.", at_hand=handy("friends"))
    tag: str | None = link(shown("text"), says="The text.", at_hand=handy("text"))
    tags: list[str | None] | None = link(shown("words"), says="The words.", at_hand=handy("words"))
    later: ThingType | None = link(loaded("later"), says="Loaded.", together=joined("later"))
    laters: list[ThingType | None] | None = link(many, often, says="Loaded.")
    firmly: str = link(shown("firmly"), says="Surely there.")
    shout: str | None = link(loud, often, says="The text.")
    secret: str | None = link(loud, says="The text, for some.", needs=EMAILS)

    @strawberry.field
    async def resolved(self, info: strawberry.Info[Context, Any], times: int = 1) -> str | None:
        """Resolved by Strawberry."""
        return ".".join(map(str, info.path.as_list())) * min(times, MOST)


@strawberry.type
class Query:
    """The root."""

    thing: ThingType | None = link(rooted("thing"), says="Whatever it is.")
    things: list[ThingType] | None = link(rooted("things"), says="Whatever they are.")
    loose: list[ThingType | None] | None = link(rooted("loose"), says="Whatever they are.")
    pets: list[Pet | None] | None = link(rooted("pets"), says="Whatever they are.")
    named: list[Named] | None = link(rooted("named"), says="Whatever they are.")
    furs: list[Furry | None] | None = link(rooted("furs"), says="Whatever they are.")
    plain: list[PlainType] | None = link(rooted("plain"), says="Whatever they are.")


SCHEMA = Schema(query=Query, types=[Said, CatType, DogType], config=StrawberryConfig(scalar_map=SCALARS))
