"""Finds the tests that read the machine's calendar, and fails those whose name does not say so. Not on by default, as it is slow.

    python -m pytest -p tests.calendar_reads tests/questions

A test must not depend on the day on which it runs: it passes a clock in (`tests.graphs.noon`, `tests.clocks.Clock`) and pins the
processes that it starts (`tests.servers` does). Where the machine's calendar is the point, or cannot be helped, the test has
`by_the_machines_clock` in its name, and the gate runs it on other days too (`.ci/shifted`).

While a test runs with its fixtures, this profiles the calls that product and test code make of what tells the date in C, and looks at
the commands that are started: those that are pinned to no day read the machine's calendar out of sight. A name that says so must be
true as well. What a fixture of a module reads counts for the first test that asks for it.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
SAID = "by_the_machines_clock"
METHODS = frozenset({"now", "utcnow", "today"})
FUNCTIONS = frozenset({time.time, time.time_ns, time.localtime, time.gmtime, time.ctime, time.strftime})
OURS = tuple(f"{ROOT / folder}/" for folder in ("graph", "resolvers", "loaders", "upstreams", "sandbox", "bench", "tests"))
HARMLESS = frozenset({"graph/operating/lines.py", "upstreams/caller.py"})
"""The time of a log line, and the stamp on a shared answer, which is only compared with others of the same clock."""
PINNED = "CREWGRAPH_SANDBOX_TODAY"


class CalendarReads:
    """What is read of the calendar between `start` and `stop`, in any thread, as sentences."""

    def __init__(self) -> None:
        self.found: set[str] = set()
        self.watching = False
        sys.addaudithook(self.audit)

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Watch for so long."""
        self.watching = True
        threading.setprofile(self.profile)
        sys.setprofile(self.profile)
        try:
            yield
        finally:
            sys.setprofile(None)
            threading.setprofile(None)
            self.watching = False

    def profile(self, frame: FrameType, event: str, called: Any) -> None:
        """See a call of something written in C."""
        if event != "c_call" or not is_calendar(called):
            return
        path = frame.f_code.co_filename
        if path.startswith(OURS) and (place := path.removeprefix(f"{ROOT}/")) not in HARMLESS:
            self.found.add(f"{called.__name__}() in {place}:{frame.f_lineno}")

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """See a process that is started."""
        if self.watching and event == "subprocess.Popen":
            _, words, _, env = arguments
            given = [str(word) for word in words]
            if not is_pinned(given, {str(name): str(value) for name, value in (env or {}).items()}):
                self.found.add(f"a process: {' '.join([Path(given[0]).name, *given[1:]])[:120]}")


def is_calendar(called: Any) -> bool:
    """Whether something written in C tells the date."""
    name = called.__name__
    if name in METHODS:
        return isinstance(called.__self__, type) and issubclass(called.__self__, date)
    return called in FUNCTIONS if name in {"time", "time_ns", "localtime", "gmtime", "ctime", "strftime"} else False


def is_pinned(words: Sequence[str], env: dict[str, str]) -> bool:
    """Whether a command reads no calendar: it is pinned to a day, or has nothing to do with one."""
    if Path(words[0]).name != "crewgraph":
        return Path(words[0]).name != Path(sys.executable).name or words[1:3] != ["-m", "bench"]
    match words[1:]:
        case ["serve" | "sandbox", *_] if "--port" not in words:
            return True  # tests start it for the sentence with which it ends
        case ["sandbox", *_]:
            return "--today" in words
        case ["serve", *_] | ["people", "match", *_] | ["explain", *_]:
            return PINNED in env and "CREWGRAPH_CHECKINS_URL" not in env and "--checkins-url" not in words
        case ["keys", *_]:
            return "--days" not in words
    return True


reads = CalendarReads()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Watch the fixtures."""
    reads.found.clear()
    with reads.watch():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Watch the test, and judge its name."""
    with reads.watch():
        result = yield
    if reads.found and SAID not in item.name:
        pytest.fail("it reads the machine's calendar, and its name does not say so: " + "; ".join(sorted(reads.found)), pytrace=False)
    if SAID in item.name and not reads.found:
        pytest.fail("its name says that it reads the machine's calendar, and it does not", pytrace=False)
    return result
