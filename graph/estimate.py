"""What an operation will cost in upstream calls, before any is made: from its selection and from what is known already.

`least` counts what surely must be asked and is not remembered, `likely` what is to be expected; both follow the walk from parents to
children and count equal calls once. What the server needs for itself, directories and the calibration of filters, no operation pays for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import Any

from graph.costs import PAGED, RULES, through
from graph.forecast import Cost, Estimate, Many, Step, View
from graph.selection import Asked
from loaders.known import Known
from loaders.request import Wants
from upstreams.calls import Mode

DIRECTORY = frozenset(
    {"Query.projects", "Query.people", "Query.identityReport", "Person.employeeNumber", "Person.jobTitle", "Assignment.conflictingTimeOff"}
)
"""Fields that only the directory answers."""
IDENTITIES = frozenset(
    {
        "Query.reports",
        "Project.checkInSummary",
        "Person.identity",
        "Person.email",
        "Person.department",
        "Person.properties",
        "Person.checkIns",
        "Person.lastCheckIn",
        "Person.overdueCheckIns",
        "Response.person",
        "CheckIn.people",
        "IdentityReportEntry.identity",
        "IdentityReportEntry.suggestions",
    }
)
"""Fields that need the directory unless identities are remembered."""
NUMBERS = frozenset({"number", "employeeNumber"})


def estimate(asked: Asked, known: Known, mode: Mode = Mode.USUAL, asks: Wants | None = None) -> Estimate:
    """The cost of an operation over what is known now; nothing is asked. What it `asks` is found out unless it is known."""
    asks = asks or wants(asked)
    alone = all(one.coordinate in PAGED or one.coordinate not in RULES for one in asked.everything()) and not asks.directory
    view = View(known, asks, mode, alone)
    return Estimate(settled(priced(view, asked)), asks)


Priced = list[tuple[str, Cost, int]]
"""Costs with the path of their field and the wave in which their last calls are made."""


def priced(view: View, asked: Asked) -> Priced:
    """Every field's costs, parents before children."""
    found: Priced = []
    waiting = [(one, Many("query", sure=True), "", 0) for one in reversed(asked.fields)]
    while waiting:
        one, parents, path, wave = waiting.pop()
        place = f"{path}.{one.name}" if path else one.name
        costs, values = RULES.get(one.coordinate, through)(view, one, parents.of(one.type))
        for cost in costs:
            wave += cost.waves
            found.append((place, cost, wave))
        waiting.extend((below, values, place, wave) for below in reversed(one.fields))
    return found


def settled(priced: Priced) -> tuple[Step, ...]:
    """The steps that pay: equal calls are the first's, and free for all if any way to ask for them is."""
    if all(need.free or not need.likely for _, cost, _ in priced for need in cost.needs):
        return ()
    least, likely = Counter[Hashable](), Counter[Hashable]()
    free = {need.key for _, cost, _ in priced for need in cost.needs if need.free}
    for need in (need for _, cost, _ in priced for need in cost.needs):
        least[need.key] = 0 if need.key in free else max(least[need.key], need.least)
        likely[need.key] = max(likely[need.key], 0 if need.free else need.likely)
    steps = []
    for path, cost, wave in priced:
        new = {need.key for need in cost.needs if need.key in likely}
        counts = sum(least.pop(key) for key in new), sum(likely.pop(key) for key in new)
        steps.append(Step(path, cost.calls, *counts, wave, cost.instead))
    return tuple(step for step in steps if step.likely)


def wants(asked: Asked) -> Wants:
    """What the loaders should know of the operation before its first call."""
    named = [one for one in asked.everything() if one.type]
    coordinates = {one.coordinate for one in named}
    today = any(one.coordinate in ("Person.timeOff", "Person.onLeave") and not one.arguments for one in named)
    return Wants(
        directory=today or bool(coordinates & DIRECTORY) or any(by_directory(one) for one in named),
        identities=bool(coordinates & IDENTITIES) or any(by_email(one) for one in named),
    )


def by_directory(asked: Asked) -> bool:
    """Whether a root's arguments need the directory: a number, or which assignments clash."""
    if asked.coordinate in ("Query.project", "Query.person"):
        return bool(NUMBERS & {*asked.arguments})
    if asked.coordinate == "Query._entities":
        return any(listed_key(one) for one in representations(asked))
    return asked.coordinate == "Query.assignments" and "conflicting" in asked.arguments


def by_email(asked: Asked) -> bool:
    """Whether somebody is asked for by an email, whose workforce person must be found."""
    if asked.coordinate == "Query._entities":
        return any(one.get("__typename") == "Person" and "email" in one and "id" not in one for one in representations(asked))
    return asked.coordinate == "Query.person" and "email" in asked.arguments


def representations(asked: Asked) -> list[Mapping[str, Any]]:
    """What a gateway asks for, as far as it can be read."""
    found = asked.arguments.get("representations", [])
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, Mapping)]


def listed_key(representation: Mapping[str, Any]) -> bool:
    """Whether only the directory has this entity by this key."""
    name = representation.get("__typename")
    numbered = name in ("Person", "Project") and NUMBERS & {*representation} and not {"id", "email"} & {*representation}
    return name == "Assignment" or bool(numbered)
