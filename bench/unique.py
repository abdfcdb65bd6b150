"""Queries of which no two are the same, about a company whose ids were asked for first."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

IDS = """{
  people(first: 100) { nodes { id } } projects(first: 100) { nodes { id } }
  checkIns(first: 100, filter: {submittedBetween: {days: -14}}) { nodes { id } }
}"""
SHAPES = (
    "people(first: {few}) {{ nodes {{ id name checkIns(first: {few}) {{ totalCount nodes {{ id submittedAt }} }} }} }}",
    "project(id: {project}) {{ name people(activeBetween: {window}) {{ id name projects {{ name }} }} }}",
    "person(id: {person}) {{ name assignments(startingBetween: {window}) {{ id }} }}",
    "person(id: {person}) {{ name checkIns(first: {few}) {{ nodes {{ id responses {{ id }} }} }} }}",
    "checkIns(first: {many}, filter: {{submittedBetween: {recent}}}) {{ totalCount nodes {{ id deadline }} }}",
    "assignments(first: {many}, startingBetween: {window}) {{ totalCount nodes {{ id person {{ name timeOff {{ startDay }} }} }} }}",
    "checkIn(id: {check_in}) {{ id responses {{ id person {{ id name }} }} }}",
)


@dataclass(frozen=True)
class Company:
    """The ids that are asked for."""

    people: Sequence[str]
    projects: Sequence[str]
    check_ins: Sequence[str]

    def queries(self, rng: random.Random) -> Iterator[str]:
        """Queries of which no two are the same, for ever."""
        number = 0
        while True:
            number += 1
            yield f"{{ q{number}: {rng.choice(SHAPES).format(**self.values(rng))} }}"

    def values(self, rng: random.Random) -> dict[str, Any]:
        """What a query asks about."""
        first = date.today() - timedelta(days=rng.randrange(700))
        last = first + timedelta(days=rng.randrange(1, 60))
        return {
            "few": rng.randrange(1, 9),
            "many": rng.randrange(1, 101),
            "person": json.dumps(rng.choice(self.people)),
            "project": json.dumps(rng.choice(self.projects)),
            "check_in": json.dumps(rng.choice(self.check_ins)),
            "window": f'{{from: "{first}", to: "{last}"}}',
            "recent": f"{{days: -{rng.randrange(1, 60)}}}",
        }
