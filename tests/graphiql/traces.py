"""Traces as the server tells them, of a walk that begins with a scan, asks for people one by one and fails once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SCAN = "/v2/companies/{company}/assignments/current"
LIST = "/api/v2/checkins/"
DETAIL = "/api/v2/checkins/{api_id}/"
AT_ONCE = 16

Json = dict[str, Any]


def call(route: str, wave: int, start: float, duration: float, **rest: object) -> Json:
    """One call, from the network and well unless ``rest`` says otherwise."""
    upstream = "checkins" if route.startswith("/api/") else "workforce"
    usual: Json = {"keys": 1, "waited": 0.0, "source": "network", "attempt": 1, "outcome": "ok"}
    return {"upstream": upstream, "route": route, "wave": wave, "start": start, "duration": duration, **usual, **rest}


def queued(route: str, wave: int, start: float, number: int) -> list[Json]:
    """Calls asked for together, of which 16 at a time are sent and take 22 to 28 ms each."""
    calls, free = [], [0.0] * AT_ONCE
    for place in range(number):
        lane = free.index(min(free))
        waited, free[lane] = free[lane], free[lane] + 22 + place % 7
        calls.append(call(route, wave, start, free[lane], waited=waited))
    return calls


def walk() -> Json:
    """Four waves: three pages of a scan, 41 lists of which one fails and is asked again, 42 rows remembered, ten details."""
    scan = [call(SCAN, 1, 1.2, 38.4, keys=40), call(SCAN, 2, 40.1, 31.0, keys=40, waited=0.3), call(SCAN, 2, 40.2, 35.5, keys=21)]
    lists = [*queued(LIST, 3, 77.0, 40), call(LIST, 3, 77.4, 24.0, outcome="UPSTREAM_TIMEOUT"), call(LIST, 3, 101.9, 19.5, attempt=2)]
    memory = [call(DETAIL, 4, 156.0 + place / 100, 0.1, source="cache") for place in range(42)]
    details = [*queued(DETAIL, 4, 156.4, 9), call(DETAIL, 4, 156.5, 18.0, source="joined")]
    return told(scan + lists + memory + details, waves=4, milliseconds=191.6, plans=plans(), identities=identities())


def plans() -> list[Json]:
    """A scan instead of a call for each person, and lists because nothing was cheaper."""
    scan = {"plan": "assignments", "keys": 40, "wave": 1, "chosen": "scan", "calls": 3}
    lists = {"plan": "check-ins", "keys": 40, "wave": 3, "chosen": "list each", "calls": 40}
    return [
        {**scan, "alternatives": [{"choice": "one call each", "calls": 40}]},
        {**lists, "alternatives": [{"choice": "window scan", "calls": 112}]},
    ]


def identities() -> list[Json]:
    """38 matched by name, most of them before, one ambiguous and one unmatched."""
    matched: list[Json] = [
        {"person": f"8fd8{place:04x}", "status": "MATCHED", "method": "UNIQUE_NAME", "remembered": place > 5} for place in range(38)
    ]
    return [
        *matched,
        {"person": "8fd8a001", "status": "AMBIGUOUS", "method": None, "remembered": False},
        {"person": "8fd8a002", "status": "UNMATCHED", "method": None, "remembered": False},
    ]


def told(calls: list[Json], **rest: object) -> Json:
    """A trace of these calls, with whatever ``rest`` says of it."""
    budget = {"limit": 500, "spent": sum(one["source"] == "network" for one in calls), "least": 42, "likely": 141}
    usual: Json = {"milliseconds": 100.0, "waves": 1, "omitted": 0, "plans": [], "identities": [], "budget": budget}
    return {**usual, "calls": calls, **rest}


def answer(trace: Mapping[str, Any] | None, **extensions: object) -> Json:
    """What the server answers, with the trace among the extensions."""
    told = extensions if trace is None else {"trace": trace, **extensions}
    return {"data": {"projects": {"nodes": [{"id": "p1"}]}}, **({"extensions": told} if told else {})}
