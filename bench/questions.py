"""What every side is asked, and whether they all answer the same.

Two answers are the same when their data are, as JSON: `extensions` are each server's own, and so is the order of a project's people, who
have none in either upstream. All else counts, the order of check-ins too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from bench.company import person, project

SHOWN = 8
"""How many check-ins of each person a walk shows."""
ROWS = "id deadline submittedAt"
WALK = f"query Walk($id: ID!) {{ project(id: $id) {{ people {{ id name checkIns(first: {SHOWN}) {{ nodes {{ {ROWS} }} }} }} }} }}"
RESPONSES = WALK.replace("submittedAt }", "submittedAt responses { id personName } }")
SMALL = "query Small($id: ID!) { project(id: $id) { id name } }"
ENTITIES = f"""query Entities($of: [_Any!]!) {{
  _entities(representations: $of) {{ ... on Person {{ id name checkIns(first: 1) {{ nodes {{ {ROWS} }} }} }} }}
}}"""


class Unequal(Exception):
    """An answer that is not what the others are; the message says where."""


@dataclass(frozen=True)
class Question:
    """A query about so many people."""

    name: str
    people: int
    query: str
    variables: Mapping[str, Any] = field(repr=False, hash=False)

    @property
    def body(self) -> bytes:
        """The request."""
        return json.dumps({"query": self.query, "variables": self.variables}).encode()

    @property
    def label(self) -> str:
        """What tells it from others, fit for the name of a file."""
        return f"{self.name}-{self.people}".replace(" ", "")


def walk(people: int) -> Question:
    """From a project to its people to their check-ins."""
    return Question("walk", people, WALK, {"id": project(people)})


def responses(people: int) -> Question:
    """The same, and on to the responses."""
    return Question("walk + responses", people, RESPONSES, {"id": project(people)})


def small(people: int) -> Question:
    """A project and its name."""
    return Question("small", people, SMALL, {"id": project(people)})


def entities(people: int) -> Question:
    """What a gateway asks about so many people."""
    return Question("_entities", people, ENTITIES, {"of": [{"__typename": "Person", "id": person(number)} for number in range(people)]})


def questions(sizes: Sequence[int]) -> list[Question]:
    """All of them: walks of every size, the small one of the smallest, and entities of the largest."""
    walks = [ask(size) for size in sizes for ask in (walk, responses)]
    return [*walks, small(min(sizes)), entities(max(sizes))]


def meaning(answer: bytes) -> Any:
    """The data of an answer as it is compared. Raises Unequal for one that has errors, or no data."""
    found = json.loads(answer)
    if "errors" in found:
        raise Unequal(f"{len(found['errors'])} errors, the first: {found['errors'][0]}")
    if not all(found["data"].values()):
        raise Unequal(f"nothing was found: {found['data']}")
    people = (found["data"].get("project") or {}).get("people")
    if people is not None:
        people.sort(key=lambda one: one["id"])
    return found["data"]


def digest(answer: bytes) -> str:
    """The hash of what an answer means."""
    return sha256(json.dumps(meaning(answer), sort_keys=True).encode()).hexdigest()


def difference(one: Any, other: Any, path: str = "data") -> str | None:
    """Where two data differ first, if they do."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        pairs = [(f"{path}.{name}", one[name], other[name]) for name in one]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = [(f"{path}[{index}]", *both) for index, both in enumerate(zip(one, other, strict=True))]
    else:
        return None if one == other else f"{path}: {shortly(one)} is not {shortly(other)}"
    return next((found for place, left, right in pairs if (found := difference(left, right, place))), None)


def shortly(value: Any) -> str:
    """A value in a few letters."""
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:60]}..."
