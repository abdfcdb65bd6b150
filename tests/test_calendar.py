"""The machine's calendar is read in few places: by the default clocks, and by tests whose names say so.

Everything else takes a clock as a parameter. `tests/calendar_reads.py` finds what reads it at run time, out of sight of these rules.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PRODUCT = ("graph", "resolvers", "loaders", "upstreams", "sandbox")
CLOCKS = {ROOT / "upstreams" / "clocks.py": ["utc_now"], ROOT / "sandbox" / "clocks.py": ["utc_now"]}
"""Where the defaults are, and which functions of theirs read the calendar."""
SAID = "by_the_machines_clock"
READS = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns", "localtime", "gmtime", "ctime", "strftime", "asctime"},
}
SOURCES = sorted(path for folder in (*PRODUCT, "tests") for path in (ROOT / folder).rglob("*.py"))
READERS = (
    "from datetime import datetime as moment\ndef read(): return moment.now()",
    "import datetime\ndef read(): return datetime.date.today()",
    "import time as clock\ndef read(): return clock.gmtime()",
    "from time import time\ndef read(): return time()",
)
OTHERS = (
    "import time\ndef read(): return time.strftime('%Y', given)",
    "import time\ndef read(clock=time.time): return clock()",
    "def read(): return known.today()",
    "from datetime import date\ndef read(): return date.fromisoformat('2026-03-04')",
)


def read_calendar(tree: ast.Module) -> Iterator[str]:
    """Yield the name of the innermost function, or of the module, around each call that reads the machine's calendar."""
    return _calls(tree, "<module>", _imported(tree))


def _imported(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for, where it is of `datetime` or `time`: `datetime.date`, `time.time`, `time`."""
    found = dict[str, str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.asname or one.name: one.name for one in node.names if one.name in ("datetime", "time")}
        elif isinstance(node, ast.ImportFrom) and node.module in ("datetime", "time"):
            found |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    return found


def _calls(node: ast.AST, function: str, names: dict[str, str]) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        inner = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
        if isinstance(child, ast.Call) and _is_read(child, names):
            yield function
        yield from _calls(child, inner, names)


def _is_read(call: ast.Call, names: dict[str, str]) -> bool:
    """Whether a call reads the calendar; what formats or converts a given time takes more arguments."""
    first, _, rest = ast.unparse(call.func).partition(".")
    module, _, name = ".".join([names.get(first, ""), rest]).strip(".").rpartition(".")
    if name not in READS.get(module.rpartition(".")[2], ()):
        return False
    most = {"strftime": 1, "localtime": 0, "gmtime": 0, "ctime": 0, "asctime": 0}.get(name)
    return most is None or len(call.args) <= most


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_default_clocks_and_tests_that_say_so_read_the_calendar(path: Path) -> None:
    found = [name for name in read_calendar(ast.parse(path.read_text(encoding="utf-8"))) if SAID not in name]
    assert found == CLOCKS.get(path, [])


@pytest.mark.parametrize("source", READERS)
def test_a_reader_of_the_calendar_is_seen(source: str) -> None:
    assert list(read_calendar(ast.parse(source))) == ["read"]


@pytest.mark.parametrize("source", OTHERS)
def test_what_does_not_read_the_calendar_is_let_through(source: str) -> None:
    assert list(read_calendar(ast.parse(source))) == []
