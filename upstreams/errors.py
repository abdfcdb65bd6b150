"""What can go wrong between a question and an upstream's answer.

    Fault                       anything with a code that a client may be told
    ├── BadInput                the caller's value was refused before any call
    ├── TooExpensive            the caller asked for more than one request may cost
    └── UpstreamError           one upstream could not answer
        ├── Unavailable         refused connection, DNS, TLS, 5xx
        ├── TimedOut            no answer in time
        ├── RateLimited         429, with `retry_after` in seconds where known
        ├── Refused             401, 403, or a 404 on a route that must exist
        ├── Missing             404 on one id: clients turn it into None
        └── BadResponse         an answer that is not what the documents describe

Errors carry data, not prose: no URL, credential or body of an upstream is ever in them.
"""

from __future__ import annotations

from typing import ClassVar


class Fault(Exception):
    """Anything with a stable code that may be shown to a client."""

    code: ClassVar[str]
    retryable: ClassVar[bool] = False


class BadInput(Fault):
    """A caller's value that was refused before any upstream call: `argument` names it, `problem` says why."""

    code = "BAD_USER_INPUT"

    def __init__(self, argument: str, problem: str) -> None:
        super().__init__(argument, problem)
        self.argument, self.problem = argument, problem


class TooExpensive(Fault):
    """More was asked than one request may cost; `hint` says how to ask for less.

    `estimate` is how many upstream calls it would come to at least, `limit` how many it may make, where calls are what is too many.
    """

    code = "QUERY_TOO_EXPENSIVE"

    def __init__(self, hint: str, *, estimate: int | None = None, limit: int | None = None) -> None:
        super().__init__(hint)
        self.hint, self.estimate, self.limit = hint, estimate, limit


class UpstreamError(Fault):
    """One upstream ("checkins" or "workforce") could not answer one call."""

    def __init__(self, upstream: str, *, status: int | None = None, retry_after: float | None = None, reason: str = "") -> None:
        super().__init__(upstream, status, reason)
        self.upstream, self.status, self.retry_after, self.reason = upstream, status, retry_after, reason


class Unavailable(UpstreamError):
    """The upstream could not be reached, or answered 5xx."""

    code = "UPSTREAM_UNAVAILABLE"
    retryable = True


class TimedOut(UpstreamError):
    """The upstream did not answer in time."""

    code = "UPSTREAM_TIMEOUT"
    retryable = True


class RateLimited(UpstreamError):
    """The upstream asked for a pause (429); `retry_after` is in seconds where it said how long."""

    code = "UPSTREAM_RATE_LIMITED"
    retryable = True


class Refused(UpstreamError):
    """The upstream refused our credentials: 401, 403, or 404 on a route that must exist (upstreams.md 38)."""

    code = "UPSTREAM_AUTH"


class Missing(UpstreamError):
    """The upstream does not know one id (404)."""

    code = "UPSTREAM_NOT_FOUND"


class BadResponse(UpstreamError):
    """The upstream answered something that its document does not describe; `reason` is a short token."""

    code = "UPSTREAM_BAD_RESPONSE"
