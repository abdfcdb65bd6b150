"""Documents that are asked for again and again: read once, found valid once, and their operations' plans kept with them."""

from __future__ import annotations

from collections.abc import Hashable

from graphql import DocumentNode

from graph.execution.bounded import Bounded
from graph.execution.scopes import KEPT, LEAST, Kept

CHARACTERS = 200_000
"""How long all documents that are kept may be; one that has been read takes some 110 bytes for each character."""
LONGEST = 20_000
"""The longest that is kept."""
SEEN = 10_000
"""How many that were met once are remembered, by a number each."""


class Documents:
    """Valid documents by their text and by what they were held against. One is kept when it comes for the second time."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.found: Bounded[tuple[str, Hashable], DocumentNode] = Bounded(CHARACTERS, kept.drop)
        self.seen: Bounded[int, None] = Bounded(SEEN)

    def find(self, text: str, limits: Hashable) -> DocumentNode | None:
        """The document of a text that was valid under these limits."""
        return self.found.get((text, limits))

    def learn(self, text: str, limits: Hashable, document: DocumentNode) -> None:
        """This one is valid under these limits. Those that never come again cost a number each, for a while."""
        key = text, limits
        if hash(key) not in self.seen.kept:
            self.seen.put(hash(key), None, 1)
        elif len(text) <= LONGEST and key not in self.found.kept:
            self.kept.keep(document)
            self.found.put(key, document, len(text) + LEAST)


DOCUMENTS = Documents(KEPT)
"""Those of this process: of the one schema that it has."""
