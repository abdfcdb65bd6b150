"""How one upstream is treated: the numbers alone, each a setting, with the defaults of the settings."""

from __future__ import annotations

from dataclasses import dataclass, field

from upstreams.breaker import Rules


@dataclass(frozen=True)
class Policy:
    """One call is at most `tries` tries on the wire; seconds, unless said otherwise.

    A try ends after `total`, of which `connect` may go into a connection, and when a body exceeds `largest` bytes, unpacked. At most
    `concurrency` tries are on the wire, and begin at `rate` a second (None is as fast as they come), `burst` of them at once. Retries
    are at most a `share` of the calls of the last `window`, and `floor` more; they wait `wait` doubled each time, and up to `jitter`
    more, never over `longest_wait`. A pause that an upstream asks for is cut to `longest_pause`; nobody waits for one over `patience`.
    """

    connect: float = 2.0
    total: float = 5.0
    largest: int = 10_000_000
    concurrency: int = 16
    rate: float | None = None
    burst: int = 10
    tries: int = 3
    share: float = 0.1
    floor: int = 10
    window: float = 60.0
    wait: float = 0.1
    longest_wait: float = 2.0
    jitter: float = 0.4
    longest_pause: float = 300.0
    patience: float = 15.0
    breaker: Rules = field(default_factory=Rules)

    def backoff(self, number: int) -> float:
        """The longest wait, jitter included, after try `number`, the first being 1."""
        return min(self.wait * 2.0 ** min(number - 1, 60) + self.jitter, self.longest_wait)
