"""Who may knock, and what one operation may cost."""

from __future__ import annotations

from pydantic import BaseModel, Field


class DoorSettings(BaseModel):
    """What clients may send."""

    most_calls: int = Field(500, ge=1, description="Most upstream calls that one operation may make.")
    trace: bool = Field(True, description="Whether a client may ask for a trace with the header `x-crewgraph-trace: 1`.")
    cors_origins: list[str] = Field(
        [], description='Web origins whose pages may ask from a browser, as JSON, such as `["https://app.example.com"]`.'
    )
