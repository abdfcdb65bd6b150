"""All rules in one walk find what they find one by one in graphql-core's way, in the same order, and leave nothing behind."""

from __future__ import annotations

import gc
import re
import weakref
from collections.abc import Sequence
from typing import Any

import pytest
from graphql import (
    BREAK,
    SKIP,
    ASTValidationRule,
    FieldNode,
    GraphQLError,
    Node,
    ValidationContext,
    ValidationRule,
    parse,
    specified_rules,
    validate,
)
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from graph.schema import schema
from graph.weights.checked import MOST_ERRORS, Sparing, Unshown
from graph.weights.rules import together

SCHEMA = schema._schema
RULES: tuple[type[ASTValidationRule], ...] = (Sparing, Unshown, *specified_rules)
FAULTY = (
    "{ none }",
    "{ people(first: 1, none: 2) { totalCount } }",
    "{ people { totalCount } people(first: 2) { totalCount } }",
    "{ _entities { __typename } }",
    "{ people }",
    "{ people { totalCount { id } } }",
    "{ __typename } { __typename }",
    "query a { __typename } query a { __typename }",
    "query ($a: Int, $a: Int) { people(first: $a) { totalCount } }",
    "query ($a: Int) { __typename }",
    "query ($a: None) { people(first: $a) { totalCount } }",
    "query ($a: Person) { people(first: $a) { totalCount } }",
    "query ($a: String) { people(first: $a) { totalCount } }",
    'query ($a: Int = "a") { people(first: $a) { totalCount } }',
    "{ people(first: $a) { totalCount } }",
    '{ people(first: "a") { totalCount } }',
    "{ people(first: 1, first: 2) { totalCount } }",
    '{ assignments(activeBetween: {from: "2026-01-01", from: "2026-01-01", none: 1}) { totalCount } }',
    "{ ...a }",
    "{ __typename } fragment a on Query { __typename }",
    "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
    "{ ...a } fragment a on Query { __typename } fragment a on Query { __typename }",
    "{ ...a } fragment a on None { __typename }",
    "{ ...a } fragment a on Int { __typename }",
    "{ ... on Person { id } }",
    "{ __typename @none }",
    "{ __typename @skip }",
    "{ __typename @skip(if: true) @skip(if: true) }",
    "query @skip(if: true) { __typename }",
    "mutation { __typename }",
    "subscription { a b }",
    "type A { a: Int }",
    "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
    "{ a: __schema { b: types { c: name } } }",
    f"{{ {' '.join(f'a{at}: __schema {{ __typename }}' for at in range(20))} }}",
)
"""Documents with something wrong in them, some with several things."""
NAMES = ("id", "name", "first", "people", "nodes", "totalCount", "none", "Person", "Query", "Int", "DateRange", "a", "b", "skip", "include")
"""What the names in them are changed to."""
NAME = re.compile(r"[A-Za-z_]\w*")


def found(rules: Sequence[type[ASTValidationRule]], text: str, most: int | None = None) -> list[Any]:
    """What these rules find in a document."""
    return [error.formatted for error in validate(SCHEMA, parse(text), rules, most)]


@pytest.mark.parametrize("text", FAULTY)
@pytest.mark.parametrize("most", [None, MOST_ERRORS, 1])
def test_rules_find_together_what_they_find_alone(text: str, most: int | None) -> None:
    assert found((together(*RULES),), text, most) == found(RULES, text, most) != []


def test_each_rule_about_what_can_be_asked_has_a_document_that_breaks_it() -> None:
    quiet = {rule.__name__ for rule in RULES if not any(found((rule,), text) for text in FAULTY)}
    assert all("Stream" in name or "Subscription" in name for name in quiet)  # of which the schema has none


@given(
    texts=st.lists(st.sampled_from(FAULTY), min_size=1, max_size=2),
    changes=st.lists(st.tuples(st.integers(0, 20), st.sampled_from(NAMES)), min_size=1, max_size=3),
)
@settings(max_examples=500)
def test_rules_find_together_what_they_find_alone_in_whatever_can_be_read(texts: list[str], changes: list[tuple[int, str]]) -> None:
    changed = " ".join(texts)
    for number, name in changes:
        places = list(NAME.finditer(changed))
        place = places[number % len(places)]
        changed = f"{changed[: place.start()]}{name}{changed[place.end() :]}"
    try:
        parse(changed)
    except GraphQLError:
        reject()
    assert found((together(*RULES),), changed) == found(RULES, changed)


def hearing(heard: list[str], name: str, wishes: dict[str, Any]) -> type[ValidationRule]:
    """A rule that writes down which fields it hears of, and answers with these wishes."""

    class Hearing(ValidationRule):
        def enter_field(self, node: FieldNode, *_: Any) -> Any:
            heard.append(f"{name} enters {node.name.value}")
            return wishes.get(f"enters {node.name.value}")

        def leave(self, node: Node, *_: Any) -> Any:
            if isinstance(node, FieldNode):
                heard.append(f"{name} leaves {node.name.value}")
                return wishes.get(f"leaves {node.name.value}")
            return None

    return Hearing


@pytest.mark.parametrize("wish", [SKIP, False, BREAK, True, None])
@pytest.mark.parametrize("moment", ["enters people", "enters nodes", "leaves nodes", "leaves people"])
def test_a_rule_that_wants_to_hear_no_more_hears_no_more_and_all_others_go_on(wish: Any, moment: str) -> None:
    text = "{ people { nodes { id name } totalCount } __typename }"
    alone, joined = [], []  # type: list[str], list[str]
    validate(SCHEMA, parse(text), [hearing(alone, "first", {moment: wish}), hearing(alone, "second", {})])
    validate(SCHEMA, parse(text), [together(hearing(joined, "first", {moment: wish}), hearing(joined, "second", {}))])
    assert joined == alone
    assert sum(line.startswith("second") for line in joined) == 12


def test_the_rules_of_a_document_are_gone_when_it_has_been_read() -> None:
    """Nothing but the garbage collector would free them otherwise, which stops everybody."""
    alive = list[weakref.ref[ValidationRule]]()

    class Known(ValidationRule):
        def __init__(self, context: ValidationContext) -> None:
            super().__init__(context)
            alive.append(weakref.ref(self))

    gc.disable()
    try:
        assert validate(SCHEMA, parse("{ __typename }"), [together(Known, *RULES)]) == []
        assert [one() for one in alive] == [None]
    finally:
        gc.enable()
