"""What clients write at random: values that mean something in the company, and values that mean nothing anywhere."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from graphql import ObjectFieldNode, ValueNode
from graphql.language import NameNode
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes

from tests.graphs import TODAY
from tests.sharing.firms import CREW

WANTED = "FUZZ_EXAMPLES"
"""The environment variable that asks for so many examples of each test, drawn anew every time; without it they are few and the same."""

NAMES = (*CREW, "Tim Twin", "Only Here")
EMAILS = (*(f"{number}@example.com" for number in range(len(CREW))), "tim@example.com", "tim2@example.com", "only@example.com")
PROJECTS, PEOPLE, ACCOUNTS = ("bridge", "tower"), ("w0", "w2", "w7", "twin-1"), ("t1", "only")
CHECK_INS = ("a0-0", "a1-next", "t1-1", "only-0")
IDS = (*PROJECTS, *PEOPLE, *ACCOUNTS, *CHECK_INS, "everybody")
NUMBERS = ("B-1", "T-1", "E-0", "E-7", "7")
GARBAGE = ("", " ", "../w0", "w0%2f..", "w0\r\nX: y", "\x00", "\u202e", "🙂", "null", "-1", "9" * 400, "%00", "?a=b", "#", "*")
KINDS = ("Person", "Project", "CheckIn", "Assignment", "Response", "TimeOff", "Nobody")
KEYS = ("id", "email", "employeeNumber", "number")

texts = st.sampled_from([*IDS, *NAMES, *EMAILS, *NUMBERS]) | st.sampled_from(GARBAGE) | st.text(max_size=20)
near = st.dates(TODAY - timedelta(days=60), TODAY + timedelta(days=60))
days = st.one_of(near, near, near, st.dates())
dates = st.one_of(days.map(str), st.sampled_from(["2026-02-30", "yesterday", "20260304", "٢٠٢٦-٠٣-٠٤"]))
counts = st.one_of(*[st.integers(1, 30)] * 5, st.integers(-1, 101), st.integers(-(2**31), 2**31 - 1))
ids = st.one_of(*[st.sampled_from(IDS)] * 3, texts)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts | dates,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)
"""Any JSON."""
references = st.one_of(
    st.fixed_dictionaries({"__typename": st.sampled_from(KINDS)}, optional=dict.fromkeys(KEYS, ids | anything)),
    st.builds(lambda kind, id: {"__typename": kind, "id": id}, st.sampled_from(KINDS), ids),  # noqa: A006 - the name of the key
    anything,
)
"""What a gateway may ask `_entities` for."""


def literal(value: Any) -> ValueNode:
    """A JSON value as a document has it; a key that is no name is left out."""
    if isinstance(value, Mapping):
        return nodes.Object([ObjectFieldNode(name=NameNode(value=key), value=literal(one)) for key, one in value.items() if named(key)])
    if isinstance(value, list):
        return nodes.List([literal(one) for one in value])
    if isinstance(value, bool):
        return nodes.Boolean(value)
    if isinstance(value, int):
        return nodes.Int(value)
    if isinstance(value, float):
        return nodes.Float(value)
    return nodes.Null if value is None else nodes.String(value)


def named(text: str) -> bool:
    """Whether a text is a name in GraphQL."""
    return text.isascii() and text.isidentifier()


SCALARS: dict[str, st.SearchStrategy[ValueNode]] = {
    "_Any": references.map(literal),
    "Date": days.map(str).map(literal),
    "ID": ids.map(literal),
    "Int": counts.map(literal),
    "String": texts.map(literal),
}


def examples(few: int) -> settings:
    """So many examples, and what fails is shown as it is, in as little time; or as many as are wanted."""
    if wanted := os.environ.get(WANTED):
        return settings(max_examples=int(wanted))
    return settings(max_examples=few, derandomize=True, database=None, phases=[Phase.generate])
