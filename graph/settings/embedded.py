"""The sandbox that is served when no upstream is configured."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field


class EmbeddedSettings(BaseModel):
    """The made-up company."""

    sandbox_people: int = Field(300, ge=1, le=1_000_000, description="People in the embedded sandbox.")
    sandbox_seed: int = Field(1, description="Seed of the embedded sandbox.")
    sandbox_file: Path | None = Field(None, description="Database file of the embedded sandbox; kept and used again.")
