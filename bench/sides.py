"""Who is compared: how each is started, and by which settings it is brought into each state.

Crewgraph runs with the policy that it has by default, but for what `OURS` changes. By-the-book Strawberry has httpx's own limit of 100
connections, without its limit of five seconds for getting one. Apollo Server has Node's fetch, or `request` of undici, which costs less;
neither limits how many connections there are.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from graph.settings import PREFIX

State = Literal["cold", "known", "data", "answer"]
STATES: Mapping[State, str] = {
    "cold": "a server that has just started and remembers nothing",
    "known": "a warm process that remembers no data; who is who is known, or taken on trust",
    "data": "all data remembered",
    "answer": "the whole answer remembered",
}
HOUR = "3600"
IN_FLIGHT = 1_024
OURS = {
    "CHECKINS_URL": "{upstream}",
    "WORKFORCE_URL": "{upstream}",
    "WORKFORCE_COMPANY": "sandbox",
    "UPSTREAM_CONCURRENCY": "{in_flight}",
    "UPSTREAM_TIMEOUT": "60",
    "DEADLINE": "600",
    "MOST_CALLS": "100000",
    "DIRECTORY_SECONDS": HOUR,
    "DRAIN_GRACE_SECONDS": "0",
    "LINK_FILE": "{home}/links.sqlite",
}
"""What a bench must change: the addresses, limits that a walk over 500 people would meet, and lives that would end in the middle of it."""
LIVES = {f"CACHE_{kind}_SECONDS": HOUR for kind in ("BOOKINGS", "PAGES", "ROWS", "DETAILS")}
APOLLO = Path(__file__).with_name("apollo")
UVICORN = (sys.executable, "-m", "uvicorn", "--port", "{port}", "--log-level", "warning", "--no-access-log")


@dataclass(frozen=True)
class Side:
    """One of those compared: its command, and the environment that it needs in each state that it knows."""

    name: str
    title: str
    words: tuple[str, ...]
    states: Mapping[State, Mapping[str, str]]


def sides() -> dict[str, Side]:
    """Those that can be compared here, by name."""
    stock = ours("stock", "Crewgraph, stock execution", COMPILED_EXECUTION="false")
    found = [ours("ours", "Crewgraph"), stock, book(), *apollo(), floor()]
    return {one.name: one for one in found}


def ours(name: str, title: str, **more: str) -> Side:
    """Crewgraph, with further settings."""
    single: dict[str, str] = {**OURS, "ANSWER_SECONDS": "0"}
    states: dict[State, dict[str, str]] = {
        "cold": single,
        "known": {**single, "CACHE": "false"},
        "data": {**single, **LIVES},
        "answer": {**OURS, **LIVES, "ANSWER_SECONDS": HOUR},
    }
    command = str(Path(sys.executable).with_name("crewgraph"))
    prefixed = {state: {f"{PREFIX}{key}": value for key, value in (given | more).items()} for state, given in states.items()}
    return Side(name, title, (command, "serve", "--port", "{port}"), prefixed)


def book() -> Side:
    """By the book."""
    given = {"UPSTREAM": "{upstream}"}
    return Side("book", "Strawberry by the book", (*UVICORN, "bench.book.app:app"), {"cold": given, "known": given})


def apollo() -> list[Side]:
    """Apollo Server, where there is Node and npm."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return []
    remembered: Mapping[State, dict[str, str]] = {
        "cold": {},
        "known": {},
        "data": {"REMEMBER": "records"},
        "answer": {"REMEMBER": "answers"},
    }

    def with_client(name: str, client: str) -> Side:
        given = {"UPSTREAM": "{upstream}", "PORT": "{port}", "NODE_ENV": "production", "CLIENT": client}
        states = {state: {**given, **more} for state, more in remembered.items()}
        return Side(name, f"Apollo Server 5, {client}", (node, str(APOLLO / "server.mjs")), states)

    return [with_client("apollo", "fetch"), with_client("undici", "undici")]


def floor() -> Side:
    """The same bytes from a bare app."""
    return Side("floor", "bare Starlette, same bytes", (*UVICORN, "bench.floor:app"), {"answer": {"ANSWER": "{answer}"}})


def install() -> None:
    """Apollo Server and what it needs, as `package.json` names it, unless that was done before. Raises CalledProcessError."""
    done, wanted = APOLLO / "node_modules" / ".installed", (APOLLO / "package.json").read_text()
    if done.exists() and done.read_text() == wanted:
        return
    words = ("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
    subprocess.run(words, cwd=APOLLO, check=True)  # noqa: S603 - our own words
    done.write_text(wanted)
