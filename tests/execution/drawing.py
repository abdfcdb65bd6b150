"""Operations and records at random, out of the small world: all that may be asked, of values that are now and then not what they should be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from random import Random
from typing import Any

from graphql import DocumentNode, GraphQLInterfaceType, GraphQLObjectType, GraphQLUnionType, get_named_type, is_leaf_type, parse

from tests.execution.things import Bad, Cat, Dog, Flow, Hue, Plain, Pup, Rare, Roots, Soon, Thing, Tiny
from tests.execution.world import SCHEMA, Said

Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType
ROOTS = ["thing", "things", "loose", "pets", "furs", "named", "plain"]
ODD: list[Any] = [
    None, None, None, "", "text", 7, 2**31, -1, 0.5, float("inf"), True, Hue.RED, date(2026, 3, 4), datetime(2026, 3, 4), b"bytes", [], {}, [None],
    Bad("bad"), Bad("worse"), Soon(Bad("late")), Soon(None), Tiny(must=None), Cat(id=None), Rare("rare"), Rare(sure=None), Plain(), Thing(core=None),
]  # fmt: skip
RATES = [0.0, 0.01, 0.04, 0.1]
"""How many values of one execution are odd."""
MOST = 60
"""How many things there are at most."""


def operation(random: Random) -> DocumentNode:
    """Some root fields, and whatever is below them."""
    return parse(
        "{ " + " ".join(field(random, SCHEMA._schema.query_type, name, 4) for name in random.sample(ROOTS, random.randint(1, 3))) + " }"
    )


def field(random: Random, of: Any, name: str, depth: int) -> str:
    """One field of a type, with its arguments and what is asked of its value."""
    declared = of.fields[name]
    arguments = f"(times: {random.choice([0, 1, 1, 2, 3])})" if "times" in declared.args and random.random() < 0.7 else ""
    inner = get_named_type(declared.type)
    return f"{name}{arguments}" if is_leaf_type(inner) else f"{name}{arguments} {selection(random, inner, depth - 1)}"


def selection(random: Random, of: Composite, depth: int) -> str:
    """Some fields of a type or of those that it may be."""
    asked = ["__typename"] if isinstance(of, GraphQLUnionType) else []
    if not isinstance(of, GraphQLUnionType):
        names = [name for name, each in of.fields.items() if depth > 0 or is_leaf_type(get_named_type(each.type))]
        asked += [field(random, of, name, depth) for name in random.sample(names, min(len(names), random.randint(1, 7)))]
    if not isinstance(of, GraphQLObjectType):
        asked += [
            f"... on {one.name} {selection(random, one, depth)}" for one in SCHEMA._schema.get_possible_types(of) if random.random() < 0.7
        ]
    return "{ " + " ".join(asked) + " }"


class Holding:
    """Makes records and what they hold."""

    def __init__(self, random: Random) -> None:
        self.random, self.rate = random, random.choice(RATES)
        self.known: list[Thing] = []

    def bent(self, value: Any) -> Any:
        """A value; at times another one, or one that has to be waited for."""
        drawn = self.random.random()
        if drawn < self.rate:
            return self.random.choice(ODD)
        if drawn < self.rate * 1.5:
            return Soon(value, self.random.randint(1, 3))
        return value

    def some(self, make: Callable[[], Any]) -> Any:
        """Some of them, in a list or what is nearly one."""
        made = [self.bent(make()) for _ in range(self.random.choice([0, 1, 2, 2, 3, 3, 18 if len(self.known) < 60 else 4]))]
        if self.random.random() < self.rate:
            return self.random.choice([Flow(*made), iter(()), dict.fromkeys(range(len(made)))])
        return self.bent(tuple(made) if self.random.random() < 0.3 else made)

    def tiny(self) -> Any:
        """Something."""
        return Tiny(self.bent("word"), self.bent("must"))

    def pet(self) -> Any:
        """A cat or a dog."""
        kind = self.random.choice([Cat, Cat, Dog, Pup if self.rate else Dog])
        more = {"later": self.bent(self.tiny())} if kind is Cat else {}
        return kind(id=self.bent("pet"), name=self.bent("name"), tiny=self.bent(self.tiny()), **more)

    def named(self) -> Any:
        """Whatever has a name."""
        return self.pet() if self.random.random() < 0.8 else Said(name="said")

    def plain(self, depth: int) -> Any:
        """Something plain."""
        return Plain(self.bent("plain"), self.bent(self.thing(depth)))

    def thing(self, depth: int) -> Any:
        """One of everything, or some of it; one that is met again is at times the same."""
        if (self.known and self.random.random() < 0.2) or len(self.known) >= MOST:
            return self.random.choice(self.known)
        made = Thing(**{name: self.bent(value) for name, value in self.parts(depth).items() if self.random.random() < 0.8})
        self.known.append(made)
        return made

    def parts(self, depth: int) -> dict[str, Any]:
        """What a thing holds."""
        plain = {
            "id": f"t{len(self.known)}", "text": "text", "number": 7, "ratio": 0.5, "flag": True, "hue": Hue.BLUE, "day": date(2026, 3, 4),
            "moment": "2026-03-04T12:00:00Z", "words": ["a", self.bent("b")], "grid": [[1, self.bent(2)], None, self.bent([])], "size": 3,
            "tiny": self.tiny(), "tinies": self.some(self.tiny), "strict": self.some(self.tiny), "shelf": self.some(lambda: self.some(self.tiny)),
            "core": self.tiny(), "firmly": "firm", "pet": self.pet(), "pets": self.some(self.pet), "fur": self.pet(), "furs": self.some(self.pet),
            "named": self.named(),
        }  # fmt: skip
        if depth <= 0:
            return plain
        below = {name: self.thing(depth - 1) for name in ("friend", "later")}
        lists = {name: self.some(lambda: self.thing(depth - 1)) for name in ("friends", "laters")}
        return {**plain, **below, **lists, "plain": self.plain(depth - 1)}

    def roots(self) -> Roots:
        """What the root fields hold."""
        things = self.some(lambda: self.thing(2))
        held = {"pets": self.pet, "furs": self.pet, "named": self.named, "plain": lambda: self.plain(1)}
        return Roots(thing=self.thing(3), things=things, loose=things, **{name: self.some(make) for name, make in held.items()})
