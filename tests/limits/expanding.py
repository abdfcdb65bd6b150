"""Documents made at random, and what they are with every fragment written out where it is spread: what measuring is compared with."""

from __future__ import annotations

from graphql import DocumentNode, FieldNode, FragmentDefinitionNode, FragmentSpreadNode, SelectionNode, SelectionSetNode, parse
from hypothesis import strategies as st

FIELDS = (
    "id",
    "name",
    "alias: name",
    "name @include(if: true)",
    "name @skip(if: true)",
    "projects { id %s }",
    "projects @skip(if: $no) { id people { %s } }",
    "checkIns(first: $first) { totalCount nodes { people { %s } } }",
    "checkIns(first: 7) { ...page edges { node { people { %s } } } }",
    "overdueCheckIns(first: 3) { people { %s } }",
    "overdueCheckIns { people { %s } }",
    "... { %s }",
    "... on Person @include(if: $yes) { %s }",
)
"""What may be asked of a person, with a place for more that may be asked of people or of projects' names."""
HEAD = "query ($yes: Boolean!, $no: Boolean!, $first: Int!) { people(first: 4) { nodes { id ...f0 } } ...roots }"
TAIL = 'fragment roots on Query { person(id: "1") { id ...f0 } } fragment page on CheckInConnection { nodes { id responses { id } } }'
VARIABLES = {"yes": True, "no": False, "first": 5}


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A document whose fragments spread those after them, any number of times."""
    count = draw(st.integers(1, 5))
    parts = [HEAD, TAIL]
    for at in range(count):
        lines = draw(
            st.lists(
                st.tuples(st.sampled_from(FIELDS), st.lists(st.integers(at + 1, count - 1), max_size=2) if at + 1 < count else st.just([])),
                max_size=4,
            )
        )
        parts.append(f"fragment f{at} on Person {{ id {' '.join(filled(line, spreads) for line, spreads in lines)} }}")
    return " ".join(parts)


def filled(line: str, spreads: list[int]) -> str:
    """A line with these fragments in its place; a list of projects takes none that are about people."""
    more = " ".join(f"...f{one}" for one in spreads)
    return line % ("name" if line.startswith("projects {") else f"id {more}") if "%s" in line else f"{line} {more}"


def expanded(text: str) -> DocumentNode:
    """The document with each spread as an inline fragment, and no fragments."""
    document = parse(text)
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}

    def written(selections: SelectionSetNode) -> str:
        return "{ " + " ".join(one(node) for node in selections.selections) + " }"

    def one(node: SelectionNode) -> str:
        if isinstance(node, FragmentSpreadNode):
            fragment = fragments[node.name.value]
            return f"... on {fragment.type_condition.name.value} {written(fragment.selection_set)}"
        inner = getattr(node, "selection_set", None)
        assert node.loc is not None
        if inner is None:
            return text[node.loc.start : node.loc.end]
        return f"{text[node.loc.start : inner.loc.start]} {written(inner)}"

    operation = document.definitions[0]
    assert operation.loc is not None
    selections: SelectionSetNode = operation.selection_set  # type: ignore[attr-defined]
    assert selections.loc is not None
    return parse(text[: selections.loc.start] + written(selections))


def fields(document: DocumentNode) -> list[tuple[FieldNode, int]]:
    """Every field of a document without fragments, with its depth."""
    found: list[tuple[FieldNode, int]] = []

    def visit(selections: SelectionSetNode, depth: int) -> None:
        for node in selections.selections:
            if isinstance(node, FieldNode):
                found.append((node, depth))
            if (inner := getattr(node, "selection_set", None)) is not None:
                visit(inner, depth + isinstance(node, FieldNode))

    visit(document.definitions[0].selection_set, 1)  # type: ignore[attr-defined]
    return found
