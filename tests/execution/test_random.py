"""Operations at random over records that hold anything: by plans and without, the same data, and errors for the same nulls."""

from __future__ import annotations

from random import Random

import pytest
from graphql import parse, validate
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.execution.both import both
from tests.execution.drawing import Holding, operation
from tests.execution.varying import varied
from tests.execution.world import SCHEMA
from tests.fuzz.words import examples

pytestmark = pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning")  # graphql-core leaves some behind where a sibling fails at once


@examples(60)
@given(st.integers(0, 2**32))
async def test_operations_at_random_come_to_the_same(seed: int) -> None:
    """As many as FUZZ_EXAMPLES says, drawn anew; without it a few, and always the same."""
    random = Random(seed)
    written = varied(operation(random), random)
    assume(not validate(SCHEMA._schema, parse(written.text)))
    async with both(written.text) as same:
        for given in written.given:
            await same(Holding(random).roots(), given)
