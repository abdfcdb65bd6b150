"""The faults that a plan may hold, as frozen values: where each strikes, when, how often, and what it is."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

ITSELF = "itself"
"""Where a link or redirect leads that leads nowhere else."""
NAMES = {"checkins": "check-ins", "workforce": "workforce", None: "both upstreams"}
Upstream = Literal["checkins", "workforce"]
Sendable = Annotated[str, Field(pattern="^[ -~]*$")]
"""What a header can carry."""
FARTHEST = 10**9
"""Seconds from now to a date that every calendar has."""


class Fault(BaseModel):
    """What all faults have in common: calls of one upstream (or both) and route, a share of them, and a time in seconds since the start.

    A route is a path in which `*` stands for anything and `{name}` for one part; without its query.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_by_name=True)

    kind: str
    upstream: Upstream | None = None
    route: str = Field(default="*", min_length=1)
    rate: float = Field(default=1.0, ge=0, le=1)
    begins: float = Field(default=0.0, ge=0, validation_alias="from")
    ends: float | None = Field(default=None, gt=0, validation_alias="until")

    @model_validator(mode="after")
    def lasts(self) -> Fault:
        """Refuse a time that ends before it begins."""
        if self.ends is not None and self.ends <= self.begins:
            raise ValueError("`until` must be later than `from`")
        return self

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The route as a regular expression."""
        parts = re.split(r"(\*|\{\w+\})", self.route)
        return re.compile("".join(".*" if part == "*" else "[^/]+" if part[:1] == "{" else re.escape(part) for part in parts))

    def covers(self, upstream: str, path: str, seconds: float) -> bool:
        """Whether a call of this upstream and path, so many seconds after the start, is one that the fault may strike."""
        if self.upstream not in (None, upstream) or seconds < self.begins or (self.ends is not None and seconds >= self.ends):
            return False
        return self.pattern.fullmatch(path) is not None

    def __str__(self) -> str:
        """The fault in words: who, what, when and how often."""
        own = type(self).model_fields.keys() - Fault.model_fields.keys()
        what = " ".join([self.kind, *(f"{name}={shown(getattr(self, name))}" for name in sorted(own & self.model_fields_set))])
        where = "" if self.route == "*" else f" {self.route}"
        until = f"until second {self.ends:g}" if self.ends is not None else "on"
        share = "all calls" if self.rate == 1 else f"{self.rate:.4g} of the calls"
        return f"{NAMES[self.upstream]}{where}: {what}, from second {self.begins:g} {until}, {share}"


def shown(value: object) -> str:
    """A value of a plan, as TOML would have it or nearly so."""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    if isinstance(value, float):
        return f"{value:g}"
    return str(value).lower() if isinstance(value, bool) else str(value)


class Status(Fault):
    """An HTTP error; `retry_after` is sent as it is, or as the date so many seconds from then; `reset` is for X-Rate-Limit-Reset."""

    kind: Literal["status"] = "status"
    code: int = Field(ge=400, le=599)
    retry_after: int | float | Sendable | None = None
    as_date: bool = False
    reset: int | None = None

    @model_validator(mode="after")
    def dated(self) -> Status:
        """Refuse to make a date of a text, or of what no calendar has."""
        if self.as_date and not (isinstance(self.retry_after, int | float) and abs(self.retry_after) <= FARTHEST):
            raise ValueError(f"`as_date` needs `retry_after` to be a number of seconds, at most {FARTHEST}")
        return self


class Redirect(Fault):
    """A redirect to an address, or to the very same one."""

    kind: Literal["redirect"] = "redirect"
    to: Sendable = ITSELF
    code: int = Field(default=302, ge=300, le=399)


class Latency(Fault):
    """Milliseconds before the answer, and up to `jitter` more."""

    kind: Literal["latency"] = "latency"
    milliseconds: float = Field(ge=0, le=600_000)
    jitter: float = Field(default=0.0, ge=0, le=600_000)


class Hang(Fault):
    """No answer, for as long as the client waits."""

    kind: Literal["hang"] = "hang"


class Body(Fault):
    """Another body: half the JSON, a login page with 200, the right JSON as text/plain or behind a byte order mark, nothing, `null`, a list
    for an object (and an object for a list), or half the bytes that the header promises before the connection closes."""

    kind: Literal["truncated", "html", "content-type", "bom", "empty", "null", "swapped", "disconnect"]


class Huge(Fault):
    """The right JSON followed by so many megabytes of blanks, packed with gzip or not."""

    kind: Literal["huge"] = "huge"
    megabytes: int = Field(default=11, ge=1, le=100)
    gzip: bool = False


class Count(Fault):
    """Another `count` or `possible_pages`: 0, huge, negative or text."""

    kind: Literal["count"] = "count"
    value: Annotated[int, Field(ge=-(2**63), lt=2**64)] | str


class Next(Fault):
    """A `next` that leads to another address, or to the page itself, also on the last page."""

    kind: Literal["next"] = "next"
    to: str = ITSELF


class Records(Fault):
    """Something wrong with each `every`th record: it comes twice, has no id or a null one, values of wrong types (in `fields`, or in all
    but the ids), a status nobody knows, days that are none, or a field that nobody knows."""

    kind: Literal["duplicate", "missing-id", "null-id", "wrong-type", "unknown-status", "bad-date", "extra-field"]
    every: int = Field(default=1, ge=1)
    fields: tuple[str, ...] = Field(default=(), strict=False)


class Shift(Fault):
    """So many rows have been put in at the top since the page before was read: its last ones come again."""

    kind: Literal["shift"] = "shift"
    rows: int = Field(default=1, ge=1, le=100)


AnyFault = Annotated[
    Status | Redirect | Latency | Hang | Body | Huge | Count | Next | Records | Shift,
    Field(discriminator="kind"),
]
ENDING = (Status, Redirect, Hang)
"""Faults after which no other strikes: there is no answer left to spoil."""
