"""Documents that are asked for again and again: read once, found valid once, and their operations' plans kept with them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

from graphql import DocumentNode

from graph.execution.scopes import KEPT, Kept

MOST = 1_000
CHARACTERS = 500_000
"""How many documents are kept, and how long they may be in all: a document read takes some hundred times the memory of its text."""
LONGEST = 20_000
"""The longest that is kept."""
SEEN = 10_000
"""How many that were met once are remembered, by a number each."""


class Documents:
    """Valid documents by their text and by what they were held against. One is kept when it comes for the second time."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.found: OrderedDict[tuple[str, Hashable], DocumentNode] = OrderedDict()
        self.seen: OrderedDict[int, None] = OrderedDict()
        self.characters = 0

    def find(self, text: str, limits: Hashable) -> DocumentNode | None:
        """The document of a text that was valid under these limits."""
        key = text, limits
        if (document := self.found.get(key)) is not None:
            self.found.move_to_end(key)
        return document

    def learn(self, text: str, limits: Hashable, document: DocumentNode) -> None:
        """This one is valid under these limits."""
        key = text, limits
        if len(text) > LONGEST or key in self.found or not self.again(hash(key)):
            return
        self.found[key] = document
        self.characters += len(text)
        self.kept.keep(document)
        while len(self.found) > MOST or self.characters > CHARACTERS:
            self.forget()

    def again(self, number: int) -> bool:
        """Whether a document has been met before; those that never come again cost a number each, for a while."""
        if number in self.seen:
            del self.seen[number]
            return True
        self.seen[number] = None
        if len(self.seen) > SEEN:
            self.seen.popitem(last=False)
        return False

    def forget(self) -> None:
        """Forget the one that nobody has asked for the longest."""
        (text, _), document = self.found.popitem(last=False)
        self.characters -= len(text)
        self.kept.drop(document)


DOCUMENTS = Documents(KEPT)
"""Those of this process: of the one schema that it has."""
