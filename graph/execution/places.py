"""Lines and columns of a document, which each error of each field tells: found by looking its lines up, not by reading it again."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from graphql import DocumentNode, SourceLocation

NEWLINE = re.compile(r"\r\n|[\n\r]")


class Lines:
    """The lines of a text, which is read when one is asked for."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def starts(self) -> list[int]:
        """Where each line but the first begins."""
        return [end.end() for end in NEWLINE.finditer(self.text)]

    def place(self, position: int) -> SourceLocation:
        """The line and column of a position, as graphql-core counts them."""
        line = bisect_right(self.starts, position)
        return SourceLocation(line + 1, position + 1 - (self.starts[line - 1] if line else 0))


def lined(document: DocumentNode) -> None:
    """Have errors look lines up: graphql-core reads all of the document before a field, for each error of each value of it."""
    if document.loc is not None:
        vars(document.loc.source)["get_location"] = Lines(document.loc.source.body).place
