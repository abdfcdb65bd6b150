"""What a query costs, in a terminal: the estimate as a tree that follows the query, and the run as a waterfall."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from graph.explain import Explained, identities
from graph.forecast import Estimate, Step

WIDTH = 40
"""How many columns the whole time of a run has."""


@dataclass(frozen=True)
class Bar:
    """Calls of one wave to one route that were answered from one source, with their first beginning and last end in milliseconds."""

    wave: int
    route: str
    source: str
    calls: int
    start: float
    end: float


def show(found: Explained) -> None:
    """Print it all."""
    console = Console()
    console.print(tree(found.estimate))
    console.print(verdict(found), points(found), sep="\n")
    if found.trace is not None:
        console.print(*outcome(found.trace), budget(found.trace["budget"], found.errors or {}), sep="\n")


def tree(estimate: Estimate) -> RenderableType:
    """The fields that cost calls, in the order of the query."""
    if not estimate.steps:
        return Text("No call is expected: everything is known, or is answered from the directory.")
    root = Tree("query")
    places: dict[str, Tree] = {"": root}
    for step in estimate.steps:
        place(places, step.path).add(told(step))
    return root


def place(places: dict[str, Tree], path: str) -> Tree:
    """The branch of a field, grown where it is missing."""
    if path not in places:
        above, _, name = path.rpartition(".")
        places[path] = place(places, above).add(Text(name, "bold"))
    return places[path]


def told(step: Step) -> Text:
    """A step in words."""
    instead = f", instead of {step.instead}" if step.instead else ""
    return Text.assemble((f"{step.calls}: ", "cyan"), (spread(step.least, step.likely), "yellow"), f", wave {step.wave}{instead}")


def spread(least: int, likely: int) -> str:
    """A number of calls."""
    return f"{likely} {'call' if likely == 1 else 'calls'}" if least == likely else f"at least {least}, likely {likely} calls"


def verdict(found: Explained) -> Text:
    """What it comes to against the budget."""
    estimate, limit = found.estimate, found.limit
    waves = f"{estimate.waves} {'wave' if estimate.waves == 1 else 'waves'}"
    total = f"{spread(estimate.least, estimate.likely).capitalize()} in {waves}; an operation may make {limit}: "
    if estimate.least > limit:
        return Text.assemble(total, ("it is refused.", "bold red"))
    if estimate.likely > limit:
        return Text.assemble(total, ("it may be refused on its way.", "bold yellow"))
    return Text.assemble(total, ("it fits.", "bold green"), directory(estimate))


def points(found: Explained) -> Text:
    """What it costs in points, and whether that is too much."""
    limits = found.documents
    total = f"{found.points} {'point' if found.points == 1 else 'points'}; an operation may cost {limits.cost}"
    if found.points <= limits.cost:
        return Text.assemble(f"{total}: ", ("it fits.", "bold green"))
    if limits.mode == "enforce":
        return Text.assemble(f"{total}: ", ("it is refused.", "bold red"))
    return Text(f"{total}, which is not enforced.")


def directory(estimate: Estimate) -> str:
    """What the server may do for itself."""
    needed = estimate.wants.directory or estimate.wants.identities
    return " The directory, which it needs, is nobody's cost." if needed else ""


def outcome(trace: Mapping[str, Any]) -> Iterable[RenderableType]:
    """What a run came to: its calls, its plans, and who was found to be who."""
    yield Group(
        Text(f"\nIt took {trace['milliseconds']} ms, in waves that wait for one another:"),
        waterfall(bars(trace["calls"]), trace["milliseconds"]),
    )
    if trace["plans"]:
        yield plans(trace["plans"])
    if trace["identities"]:
        yield people(identities(trace))


def bars(calls: Iterable[Mapping[str, Any]]) -> list[Bar]:
    """The calls by wave, route and source, in the order in which they began."""
    groups: dict[tuple[int, str, str], list[Mapping[str, Any]]] = {}
    for call in calls:
        groups.setdefault((call["wave"], f"{call['upstream']} {call['route']}", call["source"]), []).append(call)
    found = [
        Bar(*kind, len(ones), min(one["start"] for one in ones), max(one["start"] + one["duration"] for one in ones))
        for kind, ones in groups.items()
    ]
    return sorted(found, key=lambda bar: (bar.wave, bar.start))


def waterfall(bars: Iterable[Bar], whole: float) -> Table:
    """The bars against the time of the run."""
    table = headed("wave", "calls", "route", "from", "ms", "when")
    for bar in bars:
        table.add_row(str(bar.wave), str(bar.calls), bar.route, bar.source, f"{bar.start:.0f}-{bar.end:.0f}", drawn(bar, whole))
    return table


def drawn(bar: Bar, whole: float) -> Text:
    """A bar, never empty."""
    scale = WIDTH / max(whole, bar.end, 0.1)
    before = min(int(bar.start * scale), WIDTH - 1)
    return Text(" " * before + "█" * max(round(bar.end * scale) - before, 1), "green" if bar.source == "network" else "blue")


def plans(chosen: Iterable[Mapping[str, Any]]) -> Table:
    """The plans that were chosen, with what the alternatives would have cost."""
    table = headed("plan", "keys", "chosen", "calls", "alternatives")
    for plan in chosen:
        others = ", ".join(f"{one['choice']}: {one['calls']}" for one in plan["alternatives"])
        table.add_row(plan["plan"], str(plan["keys"]), plan["chosen"] or "nothing", str(plan["calls"]), others)
    return table


def people(counts: Iterable[Mapping[str, Any]]) -> Table:
    """How many identities there are of each kind."""
    table = headed("identities", "people", "method", "known before")
    for one in counts:
        table.add_row(one["status"], str(one["people"]), one["method"] or "", "yes" if one["remembered"] else "no")
    return table


def headed(*columns: str) -> Table:
    """An empty table."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(
            column, justify="right" if column in ("wave", "calls", "keys", "people", "ms") else "left", no_wrap=column == "when"
        )
    return table


def budget(spent: Mapping[str, Any], errors: Mapping[str, int]) -> Text:
    """What was paid, and what went wrong."""
    wrong = "".join(f" {code}: {many}." for code, many in sorted(errors.items()))
    expected = f"at least {spent['least']}, likely {spent['likely']}"
    return Text(f"Paid {spent['spent']} of {spent['limit']} calls ({expected}); {spent['own']} more were the server's own.{wrong}")
