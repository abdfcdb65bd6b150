"""What can go wrong between a question and an upstream's answer.

    Fault                       anything with a code that a client may be told
    ├── BadInput                the caller's value was refused before any call
    ├── TooExpensive            the caller asked for more than one request may cost
    └── UpstreamError           one upstream could not answer
        ├── Unavailable         refused connection, DNS, TLS, 5xx; or failed so often of late that it is left alone
        ├── TimedOut            no answer in time
        ├── RateLimited         429, or the pause that one asked for, with `retry_after` in seconds where known
        ├── Refused             401, 403, or a 404 on a route that must exist
        ├── Missing             404 on one id: clients turn it into None
        └── BadResponse         an answer that is not what the documents describe

Errors carry data, not prose: no URL, credential or body of an upstream is ever in them.
"""

from __future__ import annotations

from typing import ClassVar


class Fault(Exception):
    """Anything with a stable code that may be shown to a client.

    `own` means that it was one operation's own limit, its calls or its time, that ended the work: another may do better.
    """

    code: ClassVar[str]
    retryable: ClassVar[bool] = False
    own = False


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
    own = True

    def __init__(self, hint: str, *, estimate: int | None = None, limit: int | None = None) -> None:
        super().__init__(hint)
        self.hint, self.estimate, self.limit = hint, estimate, limit


class UpstreamError(Fault):
    """One upstream ("checkins" or "workforce") could not answer one call, which `tries` tries on the wire were made for."""

    def __init__(
        self, upstream: str, *, status: int | None = None, retry_after: float | None = None, reason: str = "", own: bool = False
    ) -> None:
        super().__init__(upstream, status, reason)
        self.upstream, self.status, self.retry_after, self.reason = upstream, status, retry_after, reason
        self.own, self.tries = own, 0


class Unavailable(UpstreamError):
    """The upstream could not be reached, answered 5xx, or is left alone after failures (reason "open")."""

    code = "UPSTREAM_UNAVAILABLE"
    retryable = True


class TimedOut(UpstreamError):
    """The upstream did not answer in time; with the reason "deadline" it was the operation's time that was up."""

    code = "UPSTREAM_TIMEOUT"
    retryable = True


class RateLimited(UpstreamError):
    """The upstream asked for a pause (429), which holds for all calls; `retry_after` is in seconds where it is known."""

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
