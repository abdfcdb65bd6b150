"""Header fields are found as Starlette finds them, but at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from graph.door.fields import Fields

NAMES = st.sampled_from([b"accept", b"x-one", b"cookie", b"x-two"])
VALUES = st.binary(max_size=5)
ASKED = st.sampled_from(["accept", "Accept", "X-ONE", "cookie", "x-three"])


@given(st.lists(st.tuples(NAMES, VALUES), max_size=6), ASKED)
def test_fields_are_found_as_starlette_finds_them(raw: list[tuple[bytes, bytes]], name: str) -> None:
    mine, theirs = Fields(raw), Headers(raw=raw)
    assert mine.get(name) == theirs.get(name)
    assert mine.get(name, "none") == theirs.get(name, "none")
    assert mine.getlist(name) == theirs.getlist(name)
    assert (name in mine) is (name in theirs)
    assert (mine[name] == theirs[name]) if name in theirs else True
    assert mine.items() == theirs.items()
