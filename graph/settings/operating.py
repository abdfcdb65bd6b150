"""How the server is operated: logs, metrics, traces, how much it does at once, and how it ends."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, SecretStr, field_validator

from graph.operating import tracing
from graph.operating.drain import Drain
from graph.operating.options import Operating


class OperatingSettings(BaseModel):
    """What operators may choose."""

    log_format: Literal["json", "console"] | None = Field(
        None, description="How log lines are written: `json` or `console`; without it, `console` on a terminal and `json` elsewhere."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least that is logged.")
    metrics: Literal["off", "guarded", "open"] = Field(
        "guarded",
        description="Who may read `/metrics`: nobody (`off`), whoever has the token or asks from this machine, or everybody (`open`).",
    )
    metrics_token: SecretStr | None = Field(
        None, description="Bearer token for `/metrics`; with it, asking from this machine is not enough."
    )
    opentelemetry: bool = Field(
        False, description="Whether operations and upstream calls are traced, to where the `OTEL_*` variables say; needs `crewgraph[otel]`."
    )
    compiled_execution: bool = Field(
        True, description="Whether repeated and long selections are executed by code made for them; without it, by graphql-core alone."
    )
    most_operations: int = Field(64, ge=1, le=10_000, description="Most operations that a worker runs at once.")
    queue_seconds: float = Field(0.5, ge=0, le=30, description="How long an operation may wait for its turn before it is sent away.")
    quota_points: int = Field(0, ge=0, description="Points that a client may spend a minute, in each worker; 0 for any number.")
    keep_alive_seconds: int = Field(
        75, ge=1, le=3600, description="How long an idle connection is kept; longer than the load balancer in front keeps its own."
    )
    workers: int = Field(1, ge=1, le=64, description="Processes that serve.")
    drain_grace_seconds: float = Field(
        5.0, ge=0, le=300, description="How long all are still served after SIGTERM, while `/health/ready` says no."
    )
    drain_seconds: float = Field(20.0, ge=0, le=300, description="How long operations in flight may then take to finish.")

    @field_validator("opentelemetry")
    @classmethod
    def can_be_traced(cls, wanted: bool) -> bool:
        """Refuse to trace with what is not installed."""
        if wanted and not tracing.installed():
            raise ValueError("needs OpenTelemetry; install crewgraph[otel]")
        if wanted:
            tracing.choose_exporters()
        return wanted

    def drain(self) -> Drain:
        """How one process ends."""
        return Drain(self.drain_grace_seconds, self.drain_seconds)

    def operating(self, drain: Drain) -> Operating:
        """How one process is operated that ends so."""
        return Operating(
            most=self.most_operations,
            patience=self.queue_seconds,
            quota=self.quota_points,
            metrics=self.metrics,
            metrics_token=self.metrics_token.get_secret_value() if self.metrics_token is not None else None,
            drain=drain,
            tracer=tracing.opentelemetry if self.opentelemetry else tracing.Untraced,
        )
