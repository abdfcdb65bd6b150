"""How fast the graph is, and how fast others are at the same: `python -m bench` prints tables and draws a picture.

All sides answer the same queries over the same stub of both upstreams, each in a process of its own on one core; the stub and the client
share another. Their answers are found equal before anything is timed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import median

from bench.arena import Ground, opened
from bench.company import Company
from bench.connection import Failed
from bench.machine import Noise, cores, described, many_files
from bench.measure import QUICK, Pace, Unsettled, bout
from bench.picture import picture
from bench.questions import Question, Unequal, questions, responses, small
from bench.results import Results, Row, load
from bench.sides import IN_FLIGHT, STATES, Side, install, sides
from bench.table import figure, tables

SIZES = (5, 50, 500)
USUAL = ((1_000, 80), (1_000, 400), (10_000, 8))
GROWN = {"none": (), "usual": USUAL, "huge": (*USUAL, (100_000, 8))}
"""How many people other companies have, and how many check-ins each of those who are walked."""
SOME = 50
"""How many of them are walked."""
CHANGED = """\
Crewgraph has its default policy but for {in_flight} calls in flight to one upstream (16 by default), 100,000 calls and 600 seconds for an \
operation, 60 seconds for a call, and lives of an hour for what is remembered. By the book, httpx has up to 100 connections, without its \
limit of five seconds for getting one; Node has as many as it has calls."""


@dataclass(frozen=True)
class Part:
    """Questions about one company, to these sides."""

    company: Company
    asks: Sequence[Question]
    sides: Sequence[Side]
    pace: Pace


def flags() -> argparse.Namespace:
    """What is to be measured."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    there = sides()
    parser.add_argument("--sizes", type=listed, default=list(SIZES), help="People of the projects that are walked, as `5,50,500`.")
    parser.add_argument("--sides", type=lambda text: text.split(","), default=list(there), help=f"Some of {','.join(there)}.")
    parser.add_argument("--runs", type=int, default=5, help="Runs of each side, by turns.")
    parser.add_argument("--in-flight", type=int, default=IN_FLIGHT, help="Calls that Crewgraph has in flight to one upstream.")
    parser.add_argument(
        "--growth", choices=GROWN, default="usual", help="Which other companies are measured too: `huge` has 100,000 people."
    )
    parser.add_argument("--json", type=Path, default=Path("build/bench.json"), help="Where the figures go.")
    parser.add_argument("--picture", type=Path, default=Path("build/bench.svg"), help="Where the picture goes.")
    parser.add_argument("--load", type=Path, help="Measure nothing: print and draw the figures of this file.")
    parser.add_argument("--quick", action="store_true", help="Five people, one run, two sides: whether it works at all.")
    asked = parser.parse_args()
    if asked.quick:
        asked.sizes, asked.sides, asked.runs, asked.growth = [5], ["ours", "book"], 1, "none"
    if unknown := set(asked.sides) - set(there):
        parser.error(f"there is no {', '.join(sorted(unknown))} here, only {', '.join(there)}")
    return asked


def listed(text: str) -> list[int]:
    """Numbers with commas between them."""
    return [int(one) for one in text.split(",")]


def main(asked: argparse.Namespace) -> None:
    """Measure, print and draw."""
    try:
        results = load(asked.load) if asked.load else asyncio.run(compared(asked))
    except (Failed, Unequal, Unsettled) as cause:
        sys.exit(f"{type(cause).__name__}: {cause}")
    base = (results.rows[0].company, results.rows[0].check_ins)
    results.save(asked.json)
    asked.picture.write_text(picture(results.of(*base)), encoding="utf-8")
    sys.stdout.write(tables(results, *base) + "\n")


async def compared(asked: argparse.Namespace) -> Results:
    """Everything that is asked for, measured and told on the way."""
    found = [one for name, one in sides().items() if name in asked.sides]
    if any(one.name in ("apollo", "undici") for one in found):
        install()
    many_files()
    ground, machine, rows = Ground(cores(), Noise(), asked.in_flight), described(), list[Row]()
    os.sched_setaffinity(0, ground.cores.others)
    for part in parts(asked, found):
        async with opened(part.company, ground) as arena:
            for question, state in product(part.asks, STATES):
                rows += told(await bout(arena, part.sides, question, state, part.pace))
    return Results(rows, notes(machine, ground, asked.runs))


def parts(asked: argparse.Namespace, found: Sequence[Side]) -> list[Part]:
    """The company that everything is asked about, and others that show how one answer's cost grows with the company."""
    sizes = asked.sizes
    company = Company(tuple(sizes), max(1_000, sum(sizes)))
    if asked.quick:
        return [Part(company, [responses(min(sizes)), small(min(sizes))], found, QUICK)]
    real, pace = [one for one in found if one.name != "floor"], Pace(asked.runs, longer=0.25, many=1, latencies=(0,))
    grown = [Part(Company((SOME,), people, check_ins), [responses(SOME)], real, pace) for people, check_ins in GROWN[asked.growth]]
    return [Part(company, questions(sizes), found, Pace(asked.runs)), *grown]


def told(rows: Sequence[Row]) -> Sequence[Row]:
    """The same rows, once they have been told."""
    for row in rows:
        figures = f"{figure(row.typical)} ms of CPU, {figure(median(row.wall))} ms on the clock, {row.calls:g} calls"
        sys.stderr.write(f"{row.question}, {row.people} of {row.company:,}, {row.state}, {row.latency} ms a call, {row.side}: {figures}\n")
    return rows


def notes(machine: str, ground: Ground, runs: int) -> list[str]:
    """What is to be said about the figures."""
    alone = ground.cores.servers != ground.cores.others
    cores = "one core for the servers, another for the stub and the client" if alone else "one core for everything"
    return [
        f"Measured on {machine}; {cores}; {runs} runs of each, by turns.",
        ground.noise.told(),
        CHANGED.format(in_flight=ground.in_flight),
    ]


if __name__ == "__main__":
    main(flags())
