"""A fault plan: what goes wrong, from a TOML file, or a refusal with the place of everything in it that is wrong."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

from sandbox.faults.kinds import AnyFault

HEADER = re.compile(r"\s*\[\[\s*fault\s*\]\]")
WORDS = {
    "union_tag_not_found": "`kind` is missing",
    "extra_forbidden": "there is no such key",
    "missing": "it is missing",
    "tuple_type": "each fault must be a table `[[fault]]`",
}


class BrokenPlan(Exception):
    """A file that is no fault plan; `problems` has a sentence each, with the line or the key and what is expected."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Plan(BaseModel):
    """The faults in the order in which they strike; with the same `seed` the same calls meet the same fate."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_by_name=True)

    seed: int = 1
    faults: tuple[AnyFault, ...] = Field(validation_alias="fault", strict=False)

    @field_validator("faults")
    @classmethod
    def some(cls, faults: tuple[AnyFault, ...]) -> tuple[AnyFault, ...]:
        """Refuse a plan without faults."""
        if not faults:
            raise ValueError("at least one `[[fault]]` is needed")
        return faults

    def __str__(self) -> str:
        """The plan in words, a line a fault."""
        return "\n".join(map(str, self.faults))


def read(path: Path) -> Plan:
    """The plan in a file. Raises BrokenPlan, or OSError when it cannot be opened."""
    content = path.read_bytes()
    try:
        return parse(content.decode(), str(path))
    except UnicodeDecodeError as cause:
        raise BrokenPlan([f"{path} must be TOML in UTF-8."]) from cause


def parse(text: str, name: str) -> Plan:
    """The plan in a text, of which `name` is told in refusals. Raises BrokenPlan."""
    try:
        return Plan.model_validate(tomllib.loads(text))
    except ValidationError as cause:
        lines = [number for number, line in enumerate(text.splitlines(), 1) if HEADER.match(line)]
        raise BrokenPlan([told(error, name, lines) for error in cause.errors(include_input=False, include_url=False)]) from cause
    except (ValueError, RecursionError) as cause:  # not each of them is a TOMLDecodeError: a number may be too long for Python
        raise BrokenPlan([f"{name} is no TOML: {cause}."]) from cause


def told(error: ErrorDetails, name: str, lines: Sequence[int]) -> str:
    """One problem with its place: the line where its fault begins, and the key."""
    place, message = error["loc"], worded(error)
    if len(place) < 2 or not isinstance(place[1], int):
        return f"{name}, {'.'.join(map(str, place)) or 'plan'}: {message}."
    line = f", line {lines[place[1]]}" if place[1] < len(lines) else ""
    key = "".join(f", {part}" for part in place[3:])
    return f"{name}{line}, fault {place[1] + 1}{key}: {message}."


def worded(error: ErrorDetails) -> str:
    """What is expected instead."""
    expected = error.get("ctx", {}).get("expected_tags")
    if expected is not None:
        return f"`kind` must be one of {expected}"
    return WORDS.get(error["type"], error["msg"].removeprefix("Value error, "))
