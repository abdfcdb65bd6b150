"""A manifest of trusted documents, as Apollo's and Relay's tools write it: read at start, and refused whole if anything is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from graphql import DocumentNode, GraphQLError, OperationDefinitionNode, OperationType, parse, validate

from graph.door.body import decoded
from graph.door.policy import Trusted
from graph.http import Refusal
from graph.schema import schema

FORMAT, VERSION = "apollo-persisted-query-manifest", 1
SHAPE = f'must be Apollo\'s {{"format": "{FORMAT}", "version": {VERSION}, "operations": [...]}} or Relay\'s {{"<id>": "<text>"}}'
TOLD = 20
"""The most problems that are told of."""


class BrokenManifest(Exception):
    """A manifest that is not taken; `problems` has a sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = [*problems[:TOLD], *([f"and {len(problems) - TOLD} more."] if len(problems) > TOLD else [])]


class Listed(NamedTuple):
    """One operation of a manifest, and where it stands there."""

    place: str
    id: str
    text: str
    name: str | None = None


def read(path: Path) -> Trusted:
    """The documents of a manifest, each of which fits the schema. Raises BrokenManifest and OSError."""
    listed = parsed(path.read_bytes())
    if problems := [problem for one in listed for problem in misfits(one)] + clashes(listed):
        raise BrokenManifest(problems)
    return Trusted({one.id: one.text for one in listed}, frozenset(one.text.strip() for one in listed))


def parsed(content: bytes) -> list[Listed]:
    """What a manifest lists. Raises BrokenManifest with the key of whatever is not as its tool writes it."""
    try:
        raw = decoded(content)
    except Refusal as cause:
        raise BrokenManifest([cause.sentence]) from cause
    if not isinstance(raw, dict):
        raise BrokenManifest([f"The file {SHAPE}."])
    listed = list(apollo(raw) if {"format", "operations"} & raw.keys() else relay(raw))
    if not listed:
        raise BrokenManifest(["The file lists no operation."])
    return listed


def apollo(raw: dict[str, Any]) -> Iterator[Listed]:
    """The operations of a manifest of Apollo's."""
    for name, expected in (("format", FORMAT), ("version", VERSION)):
        if raw.get(name) != expected:
            raise BrokenManifest([f'"{name}" must be {expected}.'])
    if not isinstance(raw.get("operations"), list):
        raise BrokenManifest(['"operations" must be a list.'])
    for index, one in enumerate(raw["operations"]):
        place = f"operations[{index}]"
        given = one if isinstance(one, dict) else {}
        for name in ("id", "body"):
            if not isinstance(given.get(name), str) or not given[name]:
                raise BrokenManifest([f'{place}: "{name}" must be text.'])
        if given.get("type", "query") != "query":
            raise BrokenManifest([f'{place}: "type" must be query; this graph has nothing else.'])
        yield Listed(place, given["id"], given["body"], given.get("name"))


def relay(raw: dict[str, Any]) -> Iterator[Listed]:
    """The operations of a manifest of Relay's."""
    for index, (id, text) in enumerate(raw.items()):  # noqa: A001 - the word of the protocol
        if not id or not isinstance(text, str):
            raise BrokenManifest([f"Entry {index + 1}: the file {SHAPE}."])
        yield Listed(f'"{id}"', id, text)


def misfits(one: Listed) -> Iterator[str]:
    """Why an operation cannot be run on this schema, a sentence each."""
    try:
        document = parse(one.text)
    except GraphQLError as error:
        yield f"{one.place}{called(one.name)}: {error.message}"
        return
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if not operations or any(node.operation is not OperationType.QUERY for node in operations):
        yield f"{one.place}{called(one.name)}: must be a query."
    elif one.name is not None and one.name not in names(operations):
        yield f"{one.place}{called(one.name)}: its body has no operation of that name."
    else:
        yield from (f"{one.place}{called(name_of(one, operations))}: {told}" for told in invalid(document))


def invalid(document: DocumentNode) -> list[str]:
    """What the schema has against a document."""
    return [error.message for error in validate(schema._schema, document)]


def names(operations: Sequence[OperationDefinitionNode]) -> list[str]:
    """What operations are called."""
    return [node.name.value for node in operations if node.name is not None]


def name_of(one: Listed, operations: Sequence[OperationDefinitionNode]) -> str | None:
    """What an operation is called, by the manifest or by itself."""
    return one.name or next(iter(names(operations)), None)


def called(name: str | None) -> str:
    """An operation's name, to be read after its place."""
    return f" ({name})" if name else ""


def clashes(listed: Sequence[Listed]) -> list[str]:
    """Ids that stand for two texts."""
    first = dict[str, str]()
    return [f"{one.place}: its id stands for another text before." for one in listed if first.setdefault(one.id, one.text) != one.text]
