"""Which tests prove which row of faults.md: `python -m tests.faults.rows` prints the table."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

TESTS = Path(__file__).parent.parent
ROWS = [f"F{number}" for number in range(1, 41)]
"""Every row of faults.md."""

SPAN = re.compile(r"\bF(\d+)-F?(\d+)\b")
ONE = re.compile(r"\bF(\d+)\b")
NAMED = re.compile(r"_f(\d+)(?=_|$)")


def rows(text: str) -> set[str]:
    """The rows that some words name, "F8-F10" being three."""
    spans = {number for first, last in SPAN.findall(text) for number in range(int(first), int(last) + 1)}
    return {f"F{number}" for number in spans | {int(one) for one in ONE.findall(text)}} & set(ROWS)


def tests(path: Path) -> Iterator[tuple[str, set[str]]]:
    """Each test of a file, and the rows that its name, its docstring, its first comments or its module's docstring name."""
    source = path.read_text()
    module, lines = ast.parse(source), source.splitlines()
    every = rows(ast.get_docstring(module) or "")
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            said = [ast.get_docstring(node) or "", *comments(lines[node.lineno : node.end_lineno])]
            yield node.name, every | rows(" ".join(said)) | {f"F{number}" for number in NAMED.findall(node.name)} & set(ROWS)


def comments(lines: list[str]) -> Iterator[str]:
    """The lines that are comments."""
    return (line for line in map(str.strip, lines) if line.startswith("#"))


def table(folder: Path = TESTS) -> Mapping[str, list[str]]:
    """The names of the tests behind each row, as `file::test`."""
    found: dict[str, list[str]] = {row: [] for row in ROWS}
    for path in sorted(folder.rglob("test_*.py")):
        for name, named in tests(path):
            for row in named:
                found[row].append(f"{path.relative_to(folder.parent)}::{name}")
    return found


def main() -> None:
    """Print the table as Markdown."""
    for row, names in table().items():
        print(f"| {row} | {'<br>'.join(names)} |")  # noqa: T201 - what it is for


if __name__ == "__main__":
    main()
