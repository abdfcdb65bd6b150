"""The figures as tables of Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from statistics import median

from bench.results import Results, Row, find
from bench.sides import STATES, State

NONE = "-"
ROUNDTRIPS: tuple[State, State] = ("cold", "known")
Subject = tuple[str, int, str, str]


def tables(results: Results, company: int, check_ins: int) -> str:
    """Everything that was measured in the one company, then how it grows with the company."""
    rows = results.of(company, check_ins)
    parts = [
        ("CPU of the server, milliseconds an operation (median, and all runs lie between); upstream calls", cpu(rows)),
        ("Milliseconds on the clock (median), over upstreams that take 0 and 50 ms a call; memory", clock(rows)),
        ("With warm caches: milliseconds on the clock of one operation after another", slowest(rows)),
        ("CPU as the company grows: milliseconds an operation (median)", growth(results.rows)),
    ]
    shown = [f"{title}\n\n" + "\n".join(lines) for title, lines in ((title, list(found)) for title, found in parts) if len(lines) > 2]
    states = "\n".join(f"- *{state}*: {meaning}" for state, meaning in STATES.items())
    return "\n\n".join([states, *shown, *results.notes])


def subjects(rows: Iterable[Row]) -> list[Subject]:
    """What was asked of whom, in the order in which it was measured."""
    return list(dict.fromkeys((one.question, one.people, one.side, one.title) for one in sorted(rows, key=lambda one: order(one, rows))))


def order(row: Row, rows: Iterable[Row]) -> int:
    """Where a row's question was first asked: its sides stay together."""
    return next(index for index, one in enumerate(rows) if (one.question, one.people) == (row.question, row.people))


def cpu(rows: Sequence[Row]) -> Iterator[str]:
    """CPU in every state, and what of it each upstream call costs."""
    yield "| people | query | server | " + " | ".join(STATES) + " | calls, cold | calls, known | CPU a call, known |"
    yield "|---:|---|---|" + "---:|" * (len(STATES) + 3)
    for question, people, side, title in subjects(rows):
        found = {state: find(rows, side=side, question=question, people=people, state=state) for state in STATES}
        cells = [cell(found[state], lambda one: span(one.cpu)) for state in STATES]
        cells += [cell(found[state], lambda one: f"{one.calls:,.0f}") for state in ROUNDTRIPS]
        cells.append(cell(found["known"], lambda one: figure(one.typical / one.calls) if one.calls >= 1 else NONE))
        yield f"| {people} | {question} | {title} | " + " | ".join(cells) + " |"


def clock(rows: Sequence[Row]) -> Iterator[str]:
    """The clock in every state, and memory."""
    latencies = sorted({one.latency for one in rows})
    columns = [(state, latency) for state in ROUNDTRIPS for latency in latencies] + [("data", 0), ("answer", 0)]
    yield "| people | query | server | " + " | ".join(f"{state}, {latency} ms" for state, latency in columns) + " | MB, known | MB, data |"
    yield "|---:|---|---|" + "---:|" * (len(columns) + 2)
    for question, people, side, title in subjects(rows):
        found = {
            (state, latency): find(rows, side=side, question=question, people=people, state=state, latency=latency)
            for state, latency in columns
        }
        cells = [cell(one, lambda one: figure(median(one.wall))) for one in found.values()]
        cells += [cell(found[state, latencies[0]], lambda one: f"{one.megabytes:.0f}") for state in ("known", "data")]
        yield f"| {people} | {question} | {title} | " + " | ".join(cells) + " |"


def slowest(rows: Sequence[Row]) -> Iterator[str]:
    """How much slower the slowest of a hundred operations is than the median, where there were enough of them."""
    yield "| people | query | server | state | operations | p50 | p99 | p99 / p50 |"
    yield "|---:|---|---|---|---:|---:|---:|---:|"
    for one in rows:
        if one.state in ("data", "answer") and len(one.wall) >= 100:
            low, high = one.within(0.5), one.within(0.99)
            yield (
                f"| {one.people} | {one.question} | {one.title} | {one.state} | {len(one.wall):,} | {figure(low)} | {figure(high)} "
                f"| {high / low:.1f} |"
            )


def growth(rows: Sequence[Row]) -> Iterator[str]:
    """The same question in companies of several sizes."""
    sizes = sorted({(one.company, one.check_ins) for one in rows})
    if len(sizes) < 2:
        return
    asked = {(one.question, one.people) for one in rows if (one.company, one.check_ins) == sizes[-1]}
    yield "| people in the company | check-ins of each | query | server | " + " | ".join(STATES) + " | calls, cold | calls, known |"
    yield "|---:|---:|---|---|" + "---:|" * (len(STATES) + 2)
    for company, check_ins in sizes:
        here = [one for one in rows if (one.company, one.check_ins) == (company, check_ins) and (one.question, one.people) in asked]
        for question, people, side, title in subjects(here):
            found = {state: find(here, side=side, question=question, people=people, state=state) for state in STATES}
            cells = [cell(found[state], lambda one: figure(one.typical)) for state in STATES]
            cells += [cell(found[state], lambda one: f"{one.calls:,.0f}") for state in ROUNDTRIPS]
            yield f"| {company:,} | {check_ins} | {question} of {people} | {title} | " + " | ".join(cells) + " |"


def cell(row: Row | None, show: Callable[[Row], str]) -> str:
    """What a row shows, if there is one."""
    return show(row) if row is not None else NONE


def span(of: Sequence[float]) -> str:
    """The median, and the least and the most."""
    return figure(median(of)) if len(of) == 1 else f"{figure(median(of))} ({figure(min(of))} to {figure(max(of))})"


def figure(of: float) -> str:
    """Three figures, no more."""
    return f"{of:,.0f}" if of >= 100 else f"{of:.1f}" if of >= 10 else f"{of:.2f}" if of >= 1 else f"{of:.3f}"
