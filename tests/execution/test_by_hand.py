"""Every kind of value and of failure, in every place, by plans and without: the same data, and errors for the same nulls."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from graph.execution.counts import COUNTS
from tests.execution.both import NOBODY, both, same
from tests.execution.world import Bad, Cat, Dog, Hue, Plain, Said, Soon, Thing, Tiny

pytestmark = pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning")  # graphql-core leaves some behind where a sibling fails at once
FULL = Thing(
    text="text", number=7, ratio=0.5, flag=True, hue=Hue.BLUE, day=date(2026, 3, 4), moment="2026-03-04T12:00:00Z", words=["a", None, "b"],
    grid=[[1, 2], None, []], tiny=Tiny(), tinies=[Tiny("one"), None, Tiny("two")], strict=[Tiny()], shelf=[[Tiny()], []], pet=Cat(tiny=Tiny()),
    pets=[Cat(), None, Dog(tiny=Tiny())], named=Dog(), plain=Plain(thing=Thing()), later=Thing("later"), laters=[Thing("l1"), None, Thing("l2")],
)  # fmt: skip
NEST = replace(FULL, friend=FULL, friends=[FULL, FULL], later=FULL, laters=(FULL, FULL))
PLAIN = (
    """id text sure number ratio flag hue day moment words grid tiny { word must } tinies { word must } strict { must } shelf { word }"""
)
PETS = "pet { __typename ...P } pets { ...P } named { __typename name ... on Cat { id } }"
LINKS = "later { id sure } laters(times: $times) { id text } firmly shout(times: $times) secret resolved"
EVERY = f"""query ($times: Int = 1, $yes: Boolean = true, $no: Boolean = false) {{
  things {{ ...T friend {{ ...T }} friends {{ ...T again: text }} later {{ ...T friends {{ {LINKS} }} }} laters {{ ...T laters {{ ...T }} }} }}
}}
fragment T on Thing {{ __typename {PLAIN} {PETS} {LINKS} plain {{ word thing {{ id later {{ id }} }} }}
  out: text @skip(if: $yes) in: text @include(if: $yes) ... @include(if: $no) {{ never: text }} ... on Thing @skip(if: $no) {{ always: text }} }}
fragment P on Pet {{ ... on Cat {{ id name tiny {{ word }} later {{ word }} }} ... on Dog {{ id name tiny {{ must }} }} }}"""
FIELDS = [name for name in Thing.__struct_fields__ if name != "id"]
ODD: list[Any] = [
    None, Bad("bad"), Soon(None), Soon("soon"), Soon(Bad("late")), 7, -0.5, 2**40, float("nan"), "text", "", True, [], [None], [Bad("in")], [[]],
    [Soon(Tiny())], [Soon(Bad("soon"))], {}, {"word": 1}, Hue.RED, Hue, datetime(2026, 3, 4), date(2026, 3, 4), Tiny(), Tiny(must=None), Cat(),
    [Tiny(), Tiny(must=None)], [[Tiny(must=None)], [Tiny()]], Thing(), Thing(sure=None), [Thing(), Thing(sure=Bad("deep"))], [Thing(), Cat()],
    (Dog(), Cat(id=None)), Plain(word=None), Said(name="said"), iter(()), range(2), object(), [Thing(firmly=None)], Thing(firmly=Bad("firm")),
    Thing(later=Thing(firmly=Soon(Bad("far")))), Soon(Thing(sure=None), 3), [Soon(Thing()), Thing(), Soon(None)], Cat(later=Tiny(must=None)),
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


@pytest.mark.parametrize("name", FIELDS)
async def test_whatever_a_field_holds_comes_to_the_same(name: str) -> None:
    bent = [Thing(**{name: odd}) for odd in ODD]
    async with both(EVERY.replace("things", "loose")) as same:
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
