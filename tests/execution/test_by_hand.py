"""Every kind of value and of failure, in every place, by plans and without: the same data, and errors for the same nulls."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Any

import pytest
from graphql import Undefined
from msgspec.structs import replace

from graph.execution.counts import COUNTS
from tests.execution.both import NOBODY, both, same
from tests.execution.things import Bad, Cat, Dog, Flow, Hue, Plain, Pup, Rare, Soon, Thing, Tiny
from tests.execution.world import Said

pytestmark = pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning")  # graphql-core leaves some behind where a sibling fails at once
FULL = Thing(
    text="text", number=7, ratio=0.5, flag=True, hue=Hue.BLUE, day=date(2026, 3, 4), moment="2026-03-04T12:00:00Z", words=["a", None, "b"],
    grid=[[1, 2], None, []], tiny=Tiny(), tinies=[Tiny("one"), None, Tiny("two")], strict=[Tiny()], shelf=[[Tiny()], []], pet=Cat(tiny=Tiny()),
    pets=[Cat(), None, Dog(tiny=Tiny())], named=Dog(), plain=Plain(thing=Thing()), later=Thing("later"), laters=[Thing("l1"), None, Thing("l2")],
    core=Tiny("core"), size=3, fur=Dog(), furs=[Cat(), None, Dog()],
)  # fmt: skip
NEST = replace(FULL, friend=FULL, friends=[FULL, FULL], later=FULL, laters=(FULL, FULL))
ASKED = {
    "sure": "sure", "text": "text shout(times: $times) secret tag", "number": "number", "ratio": "ratio", "flag": "flag", "hue": "hue tint",
    "day": "day born", "moment": "moment since", "words": "words said tags", "grid": "grid square", "size": "size big", "tiny": "tiny { word must }",
    "tinies": "tinies { word must echo }", "strict": "strict { must } nearest: strict { echo }", "core": "core { word echo }",
    "shelf": "shelf { word } rows: shelf { word echo } boxes { must echo }", "friend": "friend { id } close: friend { later { id } } near { id }",
    "friends": "friends { id } close: friends { tiny { word } later { id } } nears { id later { id } }", "pet": "pet { __typename ...P } guest { ...P }",
    "pets": "pets { ...P } guests { ...P }", "named": "named { __typename name ... on Cat { id } } heard { name }", "fur": "fur { name }",
    "furs": "furs { id ...P } coats { __typename name }", "plain": "plain { word thing { id later { id } } }", "firmly": "firmly",
    "later": "later { id sure } far: later { friends { id } later { id } }", "laters": "laters(times: $times) { id text } wide: laters { later { id } }",
}  # fmt: skip
"""What shows each thing that a record holds: as it is, or by a link."""
P = "fragment P on Pet { ... on Cat { id name tiny { word } later { word } } ... on Dog { id name tiny { must } } }"
LINKS = "later { id sure } laters(times: $times) { id text } firmly shout(times: $times) secret resolved"
EVERY = f"""query ($times: Int = 1, $yes: Boolean = true, $no: Boolean = false) {{
  things {{ ...T friend {{ ...T }} friends {{ ...T again: text }} later {{ ...T friends {{ {LINKS} }} }} laters {{ ...T laters {{ ...T }} }} }}
}}
fragment T on Thing {{ __typename id resolved {" ".join(ASKED.values())}
  out: text @skip(if: $yes) in: text @include(if: $yes) ... @include(if: $no) {{ never: text }} ... on Thing @skip(if: $no) {{ always: text }} }}
{P}"""
ODD: list[Any] = [
    None, Bad("bad"), Soon(None), Soon("soon"), Soon(Bad("late")), 7, -0.5, 2**40, float("nan"), "text", "", True, [], [None], [Bad("in")], [[]],
    [Soon(Tiny())], [Soon(Bad("soon"))], {}, {"word": 1}, Hue.RED, Hue, datetime(2026, 3, 4), date(2026, 3, 4), Tiny(), Tiny(must=None), Cat(),
    [Tiny(), Tiny(must=None)], [[Tiny(must=None)], [Tiny()]], Thing(), Thing(sure=None), [Thing(), Thing(sure=Bad("deep"))], [Thing(), Cat()],
    (Dog(), Cat(id=None)), Plain(word=None), Said(name="said"), iter(()), range(2), object(), [Thing(firmly=None)], Thing(firmly=Bad("firm")),
    Thing(later=Thing(firmly=Soon(Bad("far")))), Soon(Thing(sure=None), 3), [Soon(Thing()), Thing(), Soon(None)], Cat(later=Tiny(must=None)),
    Rare(), [Rare(), Thing()], Pup(), [Pup(), Cat()], Flow(), Flow(Thing(), Tiny(), "a", 1), Flow(Bad("flow")), Thing(core=None), Hue.CRIMSON, -3,
    {"id": "thing"}.values(), {Cat(): 1}, b"bytes", datetime.min.time(), Undefined, [Undefined],
]  # fmt: skip
"""What may be anywhere; an iterator can be read only once, so that it comes empty."""


async def test_everything_usual_comes_to_the_same_with_nothing_left_to_graphql_core() -> None:
    came = await same(EVERY, [NEST, NEST])
    assert not came.errors
    first = came.data["things"][0]
    assert (first["in"], first["always"], "out" in first, "never" in first) == ("text", "text", False, False)
    assert first["pets"] == [
        {"id": "cat", "name": "Tom", "tiny": None, "later": None},
        None,
        {"id": "dog", "name": "Rex", "tiny": {"must": "must"}},
    ]
    assert first["laters"][0]["resolved"] == "things.0.laters.0.resolved"
    assert came.shown["CatType"] == {"cat"}


async def test_of_what_is_usual_nothing_is_left_to_graphql_core() -> None:
    """But for what its methods resolve, rows with links in them, and the interface that shows instances of Strawberry's own."""
    plain = " ".join(shown for name, shown in ASKED.items() if name not in ("named", "shelf"))
    usual = f"query ($times: Int = 1) {{ things {{ id {plain} shelf {{ word }} later {{ {plain} friends {{ {plain} }} }} }} }} {P}"
    before = COUNTS["odd"]
    assert not (await same(usual, [NEST] * 3)).errors
    assert COUNTS["odd"] == before


@pytest.mark.parametrize("name", ASKED)
async def test_whatever_a_field_holds_comes_to_the_same(name: str) -> None:
    bent = [Thing(**{name: odd}) for odd in ODD]
    thing = f"id later {{ sure }} {ASKED[name]}"
    async with both(f"query ($times: Int) {{ loose {{ {thing} friends {{ {thing} }} others: laters {{ {thing} }} }} }} {P}") as same:
        await same([*bent, *(Thing(friends=[Thing(), one]) for one in bent), *(Thing(laters=[one, None]) for one in bent)])


BELOW = {"pets": "__typename ... on Cat { id later { must } }", "named": "name __typename", "plain": "word thing { id later { id } }"}


@pytest.mark.parametrize("root", ["thing", "things", "loose", "pets", "named", "plain"])
async def test_whatever_a_root_holds_comes_to_the_same(root: str) -> None:
    async with both(f"{{ {root} {{ {BELOW.get(root, 'id sure later { id } friends { id }')} }} }}") as same:
        for odd in ODD:
            await same(odd)
            await same([FULL, odd, Cat()])


@pytest.mark.parametrize(("yes", "no"), [(True, True), (True, False), (False, True), (False, False)])
async def test_each_choice_of_the_conditions_has_plans_of_its_own(yes: bool, no: bool) -> None:
    await same(EVERY, [NEST], {"yes": yes, "no": no})


async def test_a_condition_that_is_null_is_refused_however_often_the_operation_came() -> None:
    async with both("query ($yes: Boolean = true) { loose { id later { text @include(if: $yes) } } }") as same:
        for yes in (False, None, True, None, False):
            came = await same([FULL, FULL], {"yes": yes})
            assert len(came.errors) == (2 if yes is None else 0)


async def test_variables_are_read_anew_each_time() -> None:
    async with both("query ($times: Int) { things { laters(times: $times) { id } shout(times: $times) } }") as same:
        for times, many in ((1, 1), (2, 2), (None, 1), (3, 3)):
            came = await same([Thing(text="a", laters=[FULL])], {"times": times})
            assert came.data == {"things": [{"laters": [{"id": "thing"}] * many, "shout": "a" * many}]}
        assert (await same([FULL], {"times": 0})).errors
        assert not (await same([FULL], {})).errors


async def test_several_roots_with_introspection_between_them() -> None:
    about = (
        "kind name fields { name type { kind name ofType { name } } args { name defaultValue } } enumValues { name } possibleTypes { name }"
    )
    await same(
        f'{{ thing {{ id later {{ id }} }} __typename __schema {{ types {{ {about} }} }} other: things {{ id }} __type(name: "Pet") {{ {about} }} }}',
        FULL,
    )


async def test_what_is_nested_deeper_than_code_can_be() -> None:
    tree = Thing()
    for depth in range(40):
        tree = Thing(f"{depth}", friend=tree, friends=[tree, Thing(friend=Thing(sure=None))] if depth % 4 else [tree], firmly="firm")
    await same(f"{{ things {{ {'id friend { ' * 38} id firmly {'} ' * 38} {'friends { id ' * 6} friend {{ sure }} {'} ' * 6} }} }}", [tree])


async def test_arguments_that_are_refused_fail_each_field_by_itself() -> None:
    came = await same(EVERY, [NEST, FULL], {"times": 0})
    assert {error.message for error in came.errors} == {"not so few"}


async def test_what_a_caller_may_not_see_fails_each_field_by_itself() -> None:
    came = await same(EVERY, [NEST, FULL], caller=NOBODY)
    assert len(came.errors) > 10
    assert came.context.rights.refused


async def test_a_type_with_an_attribute_that_its_values_lack_fails_like_without() -> None:
    class Half:
        """It has nothing."""

    await same("{ plain { word thing { id } } }", [Plain(), Half()])


@pytest.mark.parametrize("item", [Rare(), Soon(Thing()), Soon(Cat()), Thing(tiny=Soon(Tiny())), None])
async def test_what_follows_an_item_that_made_its_list_null(item: Any) -> None:
    came = await same(
        "{ loose { friends { id tiny { word } later { id } } } }", [Thing(friends=[Cat(), item, Thing(later=Thing())]), Thing()]
    )
    assert came.data["loose"] == [{"friends": None}, {"friends": None}]
    assert came.places == [("loose", 0, "friends", 0)]


async def test_one_operation_twice_at_the_same_time() -> None:
    async with both("{ things { id later { id laters { id } } } }") as same:
        await same([FULL])
        bad = Thing(later=Soon(Thing("slow", laters=[Thing(id=None)]), 9))
        one, other = await asyncio.gather(same([bad, NEST]), same([NEST, FULL]))
        assert (len(one.errors), len(other.errors)) == (1, 0)


async def test_siblings_of_a_failure_go_on_and_what_they_share_is_not_cancelled() -> None:
    """graphql-core cancels them (faults.md F23)."""
    shared = Thing("shared")
    broken = Thing("broken", later=shared, firmly=Soon(Bad("broken")))
    came = await same("{ loose { id firmly later { id } } }", [broken, Thing("sound", later=shared)] * 10)
    assert came.data["loose"][:2] == [None, {"id": "sound", "firmly": "firm", "later": {"id": "shared"}}]
    assert came.context.loaders.waves == [1]


async def test_all_that_is_on_one_level_is_loaded_in_one_wave() -> None:
    tree = [Thing(f"{a}", laters=[Thing(f"{a}-{b}", laters=[Thing(f"{a}-{b}-{c}") for c in range(3)]) for b in range(3)]) for a in range(3)]
    came = await same("{ things { laters { laters { id later { id } } } } }", tree)
    assert came.context.loaders.waves == [3, 9, 1]


async def test_a_fault_of_the_compiler_is_counted_and_nobody_else_notices() -> None:
    before = COUNTS["fault"]
    await same("{ things { " + " ".join(f"a{number}: text" for number in range(2_500)) + " } }", [FULL])
    assert COUNTS["fault"] == before, "what is too long is no fault"
