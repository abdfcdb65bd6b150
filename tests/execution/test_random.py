"""Operations at random over records that hold anything: by plans and without, the same data, and errors for the same nulls."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from graphql import build_schema
from hypothesis import given
from hypothesis import strategies as st
from hypothesis_graphql import queries

from tests.execution.both import same
from tests.execution.world import SCHEMA, Bad, Cat, Dog, Hue, Plain, Said, Soon, Thing, Tiny
from tests.fuzz.words import examples

pytestmark = pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning")  # graphql-core leaves some behind where a sibling fails at once

documents = queries(build_schema(SCHEMA.as_str(), assume_valid_sdl=True), fields=["thing", "things", "loose", "pets", "named", "plain"])
leaves = st.sampled_from(
    [
        None,
        None,
        "",
        "text",
        7,
        2**31,
        -1,
        0.5,
        float("inf"),
        True,
        False,
        Hue.RED,
        Hue.BLUE,
        date(2026, 3, 4),
        datetime(2026, 3, 4),
        b"bytes",
    ]
)
errors = st.builds(Bad, st.sampled_from(["bad", "worse"]))
usual: dict[str, st.SearchStrategy[Any]] = {
    "id": st.sampled_from("abc"),
    "text": st.text(max_size=3),
    "number": st.integers(-9, 9),
    "ratio": st.floats(allow_nan=False, allow_infinity=False),
    "flag": st.booleans(),
    "hue": st.sampled_from(Hue),
    "day": st.dates(),
    "words": st.lists(st.none() | st.just("word"), max_size=3),
    "grid": st.lists(st.none() | st.lists(st.integers(0, 9), max_size=2), max_size=2),
}


def bent(value: st.SearchStrategy[Any], odd: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly a value, at times anything else."""
    return st.integers(0, 11).flatmap(lambda chance: odd if chance == 0 else value)


def listed(value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Some."""
    return st.lists(value, max_size=3) | st.lists(value, max_size=3).map(tuple)


def world(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Records whose parts are records, and now and then something else."""
    odd = st.one_of(leaves, errors, inner, st.builds(Soon, inner, st.integers(1, 3)))
    tiny = bent(st.builds(Tiny, bent(st.just("word"), odd), bent(st.just("must"), odd)), odd)
    cat = st.builds(
        Cat, bent(st.sampled_from("cd"), odd), bent(st.just("Tom"), odd), bent(st.none() | tiny, odd), bent(st.none() | tiny, odd)
    )
    pet = bent(cat | st.builds(Dog, bent(st.sampled_from("de"), odd), st.just("Rex"), bent(st.none() | tiny, odd)), odd)
    named = bent(pet | st.builds(Said, name=st.none() | st.just("said")), odd)
    known = st.one_of(st.none(), st.none(), inner)
    parts = {
        **{name: bent(value, odd) for name, value in usual.items()},
        **{name: bent(st.none() | listed(tiny), odd) for name in ("tinies", "strict")},
        "tiny": st.none() | tiny,
        "shelf": bent(st.none() | listed(listed(tiny)), odd),
        "pet": st.none() | pet,
        "pets": bent(st.none() | listed(pet), odd),
        "named": st.none() | named,
        "plain": bent(st.none() | st.builds(Plain, bent(st.just("word"), odd), known), odd),
        **{name: bent(known, odd) for name in ("friend", "later")},
        **{name: bent(st.none() | listed(known), odd) for name in ("friends", "laters")},
        "firmly": bent(st.just("firm"), odd),
    }
    return st.fixed_dictionaries({}, optional=parts).map(lambda given: Thing(**given))


values = st.recursive(st.just(Thing()), world, max_leaves=6)


@examples(60)
@given(documents, st.one_of(values, listed(bent(values, leaves | errors))))
async def test_operations_at_random_come_to_the_same(document: str, value: Any) -> None:
    """As many as FUZZ_EXAMPLES says, drawn anew; without it a few, and always the same."""
    await same(document, value)
