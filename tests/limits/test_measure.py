"""Bounds are measured with their fragments spread out, in steps that grow with their text alone."""

from __future__ import annotations

import pytest
from graphql import parse
from hypothesis import given

from graph.weights.bounds import Bounds
from graph.weights.measure import UNTOLD, Measure, measured, refusals
from tests.limits.expanding import documents, expanded, fields
from tests.limits.hostile import doubling


@given(documents())
def test_a_document_is_as_large_as_with_its_fragments_written_out(text: str) -> None:
    found, whole = measured(parse(text)), expanded(text)
    every = fields(whole)
    assert found.fields == len(every)
    assert found.depth == max(depth for _, depth in every)
    assert found.aliases == sum(node.alias is not None for node, _ in every)
    assert found.roots == sum(depth == 1 for _, depth in every)
    assert measured(whole).fields == found.fields


def test_directives_count_wherever_they_stand() -> None:
    text = "query ($a: Int @x) @x { a @x ... @x { b } ...f @x } fragment f on Query @x { c @x @x }"
    assert measured(parse(text)).directives == 8


def test_the_largest_operation_of_each_kind_counts() -> None:
    found = measured(parse("query a { a { b { c } } } query b { x: d y: e f }"))
    assert found == Measure(depth=3, fields=3, aliases=2, roots=3, directives=0, letters=1)


def test_root_fields_in_fragments_are_root_fields() -> None:
    assert measured(parse("{ a ...f ... { ...g } } fragment f on Query { b ... { c { x } } } fragment g on Query { d }")).roots == 4


@pytest.mark.parametrize("fragments", [24, 1_200])
def test_fragments_that_double_one_another_are_counted_and_never_walked(fragments: int) -> None:
    """The stock limiters walk each path: 24 such fragments are 16,777,216 of them."""
    assert measured(parse(doubling(fragments))).fields == min(2**fragments + 1, UNTOLD)


def test_fragments_that_double_below_fields_are_deep_as_well() -> None:
    found = measured(parse(doubling(24, "a: projects {{ people {{ ...f{0} }} }} b: projects {{ people {{ ...f{0} }} }}")))
    assert (found.depth, found.aliases) == (50, 2**25 - 2)


@pytest.mark.parametrize(
    "text",
    [
        "{ ...a } fragment a on Query { b ...a }",
        "{ ...a } fragment a on Query { ...b } fragment b on Query { c ...a }",
        "{ ...a ...a } " + " ".join(f"fragment {name} on Query {{ {' '.join(f'...{one}' for one in 'abcdefgh')} }}" for name in "abcdefgh"),
    ],
)
def test_fragments_in_a_circle_are_left_to_validation(text: str) -> None:
    assert measured(parse(text)) == Measure()


def test_fragments_that_nobody_defines_count_for_nothing() -> None:
    assert measured(parse("{ a ...b ...c }")).fields == 1


def test_everything_that_is_too_much_is_told_with_its_numbers() -> None:
    limits = Bounds(depth=2, fields=5, aliases=1, roots=2, directives=0)
    found = refusals(parse("{ a: a { b { c } } d: d e @x f }"), limits)
    assert [(error.extensions or {})["code"] for error in found] == [
        "MAX_DEPTH_LIMIT",
        "MAX_FIELDS_LIMIT",
        "MAX_ALIASES_LIMIT",
        "MAX_ROOT_FIELDS_LIMIT",
        "MAX_DIRECTIVES_LIMIT",
    ]
    assert [((error.extensions or {})["found"], (error.extensions or {})["limit"]) for error in found] == [
        (3, 2),
        (6, 5),
        (2, 1),
        (4, 2),
        (1, 0),
    ]
    assert found[0].message == "The document has 3 levels of fields; 2 are allowed."


def test_what_is_just_allowed_is_allowed() -> None:
    assert refusals(parse("{ a: a { b { c } } d: d e @x f }"), Bounds(depth=3, fields=6, aliases=2, roots=4, directives=1)) == []
