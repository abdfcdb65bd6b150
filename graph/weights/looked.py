"""What is found out about an operation by looking at it, remembered for those that come again with the same variables, scopes and email."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from graphql import DocumentNode

from graph.access.rights import Caller
from graph.execution.bounded import Bounded
from graph.execution.scopes import KEPT, LEAST, operations
from graph.selection import Asked
from loaders.request import Wants

CHARACTERS = 200_000
"""How long the documents and the variables of all that is remembered may be, but for long variables."""
LONG = 500
"""From so many bytes on variables are long."""
LONG_CHARACTERS, LONGEST = 1_000_000, 50_000
"""How long all those with long variables may be, which a gateway has, and the most bytes of variables with which anything is remembered:
what they were read as is kept with them, and takes some eight times as much."""


@dataclass(frozen=True)
class Looked:
    """How many values an answer has, what it costs in points, what its caller may see of it, what its loaders should know of that,
    how long it keeps, and if it is personal."""

    values: int
    cost: int
    permitted: Asked
    wants: Wants
    seconds: float
    personal: bool


Examined = tuple[int, str | None, bytes, frozenset[str], str | None]
"""What a look is kept by: the document's identity, the operation, its variables, and the scopes and email of its caller."""


class Looks:
    """The looks that have been had at operations of documents that are kept."""

    def __init__(self) -> None:
        self.found: Bounded[Examined, tuple[DocumentNode, Looked]] = Bounded(CHARACTERS)
        self.long: Bounded[Examined, tuple[DocumentNode, Looked]] = Bounded(LONG_CHARACTERS)

    def at(self, document: DocumentNode, name: str | None, variables: Any, caller: Caller, look: Callable[[], Looked]) -> Looked:
        """A look at an operation; `look` has it where it is not remembered. The document is remembered with it, for its identity."""
        given = msgspec.json.encode(variables) if any(id(one) in KEPT.operations for one in operations(document)) else None
        if given is None or len(given) > LONGEST:
            return look()
        key, kept = (id(document), name, given, caller.scopes, caller.email), self.found if len(given) < LONG else self.long
        if (found := kept.get(key)) is None:
            found = document, look()
            kept.put(key, found, (document.loc.end if document.loc is not None else LONGEST) + len(given) + LEAST)
        return found[1]


LOOKS = Looks()
