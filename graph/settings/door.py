"""Who may knock, and what one operation may cost."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, field_validator

from graph.door.manifest import BrokenManifest, read
from graph.door.policy import Door, Trusted
from graph.settings.origins import normalize_origins
from graph.settings.problems import PREFIX, Unusable
from graph.settings.texts import TextList


class DoorSettings(BaseModel):
    """What clients may send."""

    most_calls: int = Field(500, ge=1, description="Most upstream calls that one operation may make.")
    trace: bool = Field(True, description="Whether a client may ask for a trace with the header `x-crewgraph-trace: 1`.")
    cors_origins: TextList = Field(
        [],
        description="Web origins whose pages may ask from a browser, such as `https://app.example.com,https://b.example.com`; `*` for all.",
    )
    largest_body: int = Field(1_000_000, ge=1_000, description="Most bytes of a request's body.")
    body_seconds: float = Field(10, gt=0, description="How long a request's body may take to arrive.")
    body_idle_seconds: float = Field(5, gt=0, description="How long a request's body may pause.")
    hsts_seconds: int = Field(
        0, ge=0, description="How long browsers shall insist on HTTPS (Strict-Transport-Security); 0 for not at all, as behind plain HTTP."
    )
    persisted_queries: bool = Field(True, description="Whether clients may send a query once and its hash from then on.")
    trusted_documents: Path | None = Field(
        None, description="Manifest of the operations that clients run, as Apollo's or Relay's tool writes it."
    )
    untrusted_documents: Literal["refuse", "run"] = Field(
        "refuse", description="What happens to operations that the manifest does not list; with `run` it only exempts those that it lists."
    )

    @field_validator("cors_origins")
    @classmethod
    def spell_origins_as_browsers(cls, given: list[str]) -> list[str]:
        """Refuse what could never match, and normalize the rest."""
        return normalize_origins(given)

    def door(self) -> Door:
        """What the front door lets in. Raises Unusable when the manifest cannot be used."""
        return Door(
            largest_body=self.largest_body,
            body_seconds=self.body_seconds,
            idle_seconds=self.body_idle_seconds,
            hsts=self.hsts_seconds,
            persisted=self.persisted_queries,
            trusted=self.trusted(),
            others=self.untrusted_documents == "run",
        )

    def trusted(self) -> Trusted | None:
        """The documents of the manifest, if there is one. Raises Unusable with a sentence for each that is wrong."""
        if self.trusted_documents is None:
            return None
        try:
            return read(self.trusted_documents)
        except OSError as cause:
            raise Unusable([f"{PREFIX}TRUSTED_DOCUMENTS: {self.trusted_documents} cannot be read."]) from cause
        except BrokenManifest as cause:
            raise Unusable([f"{PREFIX}TRUSTED_DOCUMENTS: {self.trusted_documents}: {problem}" for problem in cause.problems]) from cause
