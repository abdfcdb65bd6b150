"""What a document may be, and what one was found to weigh."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import Literal

CostMode = Literal["off", "measure", "enforce"]
"""Whether costs are not looked at, told in each answer, or also held against the most."""


@dataclass(frozen=True)
class Bounds:
    """The most that a document may have of each, fragments counted as often as they are spread, and what it may ask of the schema.

    `tokens` are counted as the document is read, comments among them; `roots` are fields of the query type, and `letters` those of an
    alias, which an answer repeats as often as it has values.
    `values` are those of an answer, fields of fields and items of lists among them, by the sizes that the schema assumes; `errors` are
    those that it tells one by one.
    What `waives` lets a document read the schema as it likes.
    """

    depth: int = 20
    fields: int = 2_000
    aliases: int = 50
    roots: int = 50
    directives: int = 50
    letters: int = 128
    tokens: int = 10_000
    introspection: bool = True
    suggestions: bool = True
    mode: CostMode = "enforce"
    cost: int = 50_000
    values: int = 100_000
    errors: int = 1_000
    waives: bool = False

    @property
    def mute(self) -> bool:
        """Whether errors suggest no names; a schema that may not be read is not told in pieces either."""
        return not (self.suggestions and self.introspection)

    @property
    def waived(self) -> Bounds:
        """The same for a listed document, which its owner has looked at: of any size, at no higher cost than others."""
        most = sys.maxsize
        return replace(
            self,
            depth=most,
            fields=most,
            aliases=most,
            roots=most,
            directives=most,
            letters=most,
            tokens=most,
            introspection=True,
            waives=True,
        )


@dataclass
class Weighing:
    """Of one operation, before it runs: its cost in points, for how many seconds its answer keeps at the most, and if it is personal."""

    cost: int = 0
    seconds: float = 0.0
    personal: bool = True
