"""The source of one function as it is written: lines, blocks, and the names that they use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from graph.declare import Shown
from graph.execution.shapes import Apart

MOST_LINES = 2_000
MOST_INDENT = 15
"""How long a function may be, and how deep its blocks: Python takes 20."""
Many = Callable[[Sequence[Any], Any], list[Any]]
"""Completes values of one type, in order, given the request's context. Raises whatever it does where one of them is unusual."""


class Odd(Exception):
    """A value that graphql-core has something to say about."""


class Writer:
    """Writes the body of a loop over values; whatever text comes from an operation is written as a literal."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {"Odd": Odd}
        self.lines: list[str] = []
        self.indent = 2
        self.notes: dict[Shown, str] = {}

    def bind(self, value: Any) -> str:
        """A name for a value that the code uses."""
        name = f"c{len(self.names)}"
        self.names[name] = value
        return name

    def local(self) -> str:
        """A new name for a variable."""
        return f"v{len(self.lines)}_{self.indent}"

    def put(self, line: str) -> None:
        """Write one statement. Raises Apart when it becomes too much."""
        if len(self.lines) >= MOST_LINES or self.indent > MOST_INDENT:
            raise Apart
        self.lines.append("    " * self.indent + line)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Statements under a head."""
        self.put(f"{head}:")
        self.indent += 1
        try:
            yield
        finally:
            self.indent -= 1

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Statements that are taken back when they turn out to be Apart."""
        lines, notes = len(self.lines), dict(self.notes)
        try:
            yield
        except Apart:
            del self.lines[lines:]
            self.notes = notes
            raise

    def noted(self, shown: Shown) -> str:
        """The name of the list of entities of one type that are in the answer."""
        return self.notes.setdefault(shown, f"n{len(self.notes)}")

    def function(self, value: str, result: str) -> Many:
        """The function whose loop reads `value` and gives `result`; entities are noted once all values are found to be usual."""
        before = [f"    {name} = []" for name in self.notes.values()]
        after = [f"    if {name}: {self.bind(shown.note)}(context, {name})" for shown, name in self.notes.items()]
        head = ["def many(values, context):", "    made = []", *before, f"    for {value} in values:"]
        source = "\n".join([*head, *self.lines, f"        made.append({result})", *after, "    return made"])
        exec(compile(source, "<plan>", "exec"), self.names)  # noqa: S102 - the names in it are Python's own and this class's
        found: Many = self.names["many"]
        return found
