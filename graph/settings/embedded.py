"""The sandbox that is served when no upstream is configured, and the day that it is pinned to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from graph.settings.identity import IdentitySettings
from loaders.known import UTC_ZONE, Rules

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
"""The days that a company can be pinned to: its records reach some years around its day, and all of them must be dates."""


class EmbeddedSettings(IdentitySettings):
    """The made-up company."""

    sandbox_people: int = Field(300, ge=1, le=1_000_000, description="People in the embedded sandbox.")
    sandbox_seed: int = Field(1, description="Seed of the embedded sandbox.")
    sandbox_file: Path | None = Field(None, description="Database file of the embedded sandbox; kept and used again.")
    sandbox_today: date | None = Field(
        None,
        description="Day that the embedded sandbox and its graph take for today, such as `2026-11-24`; without it, the real one.",
    )

    @field_validator("sandbox_today", mode="before")
    @classmethod
    def day_is_iso(cls, given: object) -> date | None:
        """Read the day; pydantic alone would take numbers of seconds too."""
        return given if given is None or isinstance(given, date) else parse_day(str(given))

    @property
    def pinned_day(self) -> date | None:
        """The day that the sandbox is pinned to; None over real upstreams, which live in the present."""
        return self.sandbox_today if self.sandboxed else None

    def rules(self) -> Rules:
        """Return how windows and identities are decided, by the clock of a pinned sandbox where one is served."""
        rules = super().rules()
        return rules if self.pinned_day is None else replace(rules, clock=stopped_clock(self.pinned_day, rules.zone))


def parse_day(text: str) -> date:
    """Return the day that an ISO 8601 date names. Raises ValueError with a sentence about what it must be."""
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) else None
    except ValueError:
        day = None
    if day is None or not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"must be a day from {FIRST_DAY} to {LAST_DAY}, such as 2026-11-24")
    return day


def stopped_clock(day: date, zone: ZoneInfo = UTC_ZONE) -> Callable[[], datetime]:
    """Return a clock that always shows noon of `day` in `zone`, told in UTC."""
    noon = datetime.combine(day, time(12), zone).astimezone(UTC)
    return lambda: noon
