"""How the upstreams are treated: how long, how often, how many at once, and when one is left alone."""

from __future__ import annotations

from pydantic import BaseModel, Field

from upstreams.breaker import Rules
from upstreams.policy import Policy


class PolicySettings(BaseModel):
    """The deadline of an operation, and the one policy of both upstreams."""

    deadline: float = Field(
        15.0, gt=0, le=600, description="Seconds for one operation; its header `x-crewgraph-deadline-ms` may shorten it."
    )
    upstream_timeout: float = Field(5.0, gt=0, le=120, description="Seconds for one try of an upstream call, until its last byte.")
    upstream_connect_timeout: float = Field(2.0, gt=0, le=120, description="Seconds of these for a connection.")
    upstream_largest_body: int = Field(10_000_000, ge=1_000, description="Most bytes of one upstream answer, unpacked.")
    upstream_concurrency: int = Field(16, ge=1, le=1024, description="Calls in flight to one upstream.")
    upstream_rate: float | None = Field(
        None, ge=0.001, le=100_000, description="Most calls a second to one upstream; without it, as many as come."
    )
    upstream_burst: int = Field(10, ge=1, description="How many calls may go at once under a rate.")
    upstream_tries: int = Field(3, ge=1, le=10, description="Most tries of one upstream call; 1 turns retries off.")
    upstream_retry_share: float = Field(0.1, ge=0, le=1, description="Retries, as a share of the calls of the last minute.")
    upstream_retry_floor: int = Field(10, ge=0, description="How many retries a minute may have beyond that share.")
    upstream_retry_wait: float = Field(0.1, gt=0, le=60, description="Seconds before the first retry; each next one waits twice as long.")
    upstream_retry_jitter: float = Field(0.4, ge=0, le=60, description="Seconds that a retry waits longer at most, by chance.")
    upstream_retry_longest_wait: float = Field(2.0, gt=0, le=60, description="Seconds that a retry waits at most.")
    upstream_longest_pause: float = Field(300.0, gt=0, le=86_400, description="Seconds for which an upstream may stop all calls.")
    upstream_breaker_window: float = Field(10.0, gt=0, le=3600, description="Seconds of calls by which an upstream is judged.")
    upstream_breaker_share: float = Field(0.5, gt=0, le=1, description="The share of failures among them from which it is left alone.")
    upstream_breaker_least: int = Field(20, ge=1, description="How many calls it takes to judge.")
    upstream_breaker_rest: float = Field(5.0, gt=0, le=3600, description="Seconds that it is left alone before it is tried again.")
    upstream_breaker_probes: int = Field(2, ge=1, description="How many calls must then succeed.")

    def policy(self) -> Policy:
        """How either upstream is treated."""
        return Policy(
            connect=self.upstream_connect_timeout,
            total=self.upstream_timeout,
            largest=self.upstream_largest_body,
            concurrency=self.upstream_concurrency,
            rate=self.upstream_rate,
            burst=self.upstream_burst,
            tries=self.upstream_tries,
            share=self.upstream_retry_share,
            floor=self.upstream_retry_floor,
            wait=self.upstream_retry_wait,
            jitter=self.upstream_retry_jitter,
            longest_wait=self.upstream_retry_longest_wait,
            longest_pause=self.upstream_longest_pause,
            patience=self.deadline,
            breaker=self.breaker(),
        )

    def breaker(self) -> Rules:
        """When either upstream is left alone, and for how long."""
        return Rules(
            window=self.upstream_breaker_window,
            share=self.upstream_breaker_share,
            least=self.upstream_breaker_least,
            rest=self.upstream_breaker_rest,
            probes=self.upstream_breaker_probes,
        )
