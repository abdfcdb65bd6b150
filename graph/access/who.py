"""How callers are told apart: what every way of doing so offers, the token that a request carries, and how it is refused."""

from __future__ import annotations

from typing import Protocol

from starlette.requests import Request

from graph.access.rights import ANYBODY, Caller
from graph.http import Refusal

LONGEST = 16_384
"""The most bytes of a token or key, unless a setting says otherwise: Entra names up to 200 groups in one."""


class Who(Protocol):
    """A way to tell callers apart."""

    async def caller(self, request: Request) -> Caller:
        """Whoever sent a request. Raises Refusal."""

    async def watch(self) -> None:
        """Whatever must go on while the app runs; it is cancelled at the end."""

    async def aclose(self) -> None:
        """Let go of whatever is open."""


class Anybody:
    """Nobody is told from anybody else, and everybody may see everything."""

    async def caller(self, _request: Request) -> Caller:
        """Anybody."""
        return ANYBODY

    async def watch(self) -> None:
        """Nothing goes on."""

    async def aclose(self) -> None:
        """Nothing is open."""


class NotAuthenticated(Refusal):
    """A request whose caller is not known (RFC 6750, 3.1); what is wrong with its token is for the operator, not for the client.

    `reason` is a word of this program's, and `claim` the name of a claim: neither holds anything that the token says.
    """

    def __init__(self, reason: str, sentence: str = "The token is not valid.", *, claim: str = "") -> None:
        error = f', error="invalid_token", error_description="{sentence[:-1]}"' if reason != "missing" else ""
        super().__init__(401, "NOT_AUTHENTICATED", sentence, {"WWW-Authenticate": f'Bearer realm="crewgraph"{error}'})
        self.reason, self.claim = reason, claim


def expired() -> NotAuthenticated:
    """The one thing that a client is told of its token, since it can help itself."""
    return NotAuthenticated("expired", "The token has expired.", claim="exp")


def token(request: Request, header: str | None = None, longest: int = LONGEST) -> str:
    """The one token of a request, as Bearer or by itself in a header of that name; an empty header is none. Raises NotAuthenticated."""
    ways = f"`Authorization: Bearer` or as `{header}`" if header else "`Authorization: Bearer`"
    authorizations = [value for value in request.headers.getlist("authorization") if value.strip().lower() not in ("", "bearer")]
    alone = [value for value in request.headers.getlist(header) if value.strip()] if header else []
    if not authorizations and not alone:
        raise NotAuthenticated("missing", f"Send a {'key' if header else 'token'} as {ways}.")
    if len(authorizations) + len(alone) > 1:
        raise NotAuthenticated("several", f"Send one {'key' if header else 'token'}, as {ways}.")
    found = alone[0].strip() if alone else bearer(authorizations[0])
    if len(found) > longest:
        raise NotAuthenticated(
            "too-long", f"The token has {len(found)} bytes; this server takes {longest}, which CREWGRAPH_MAX_TOKEN_BYTES sets."
        )
    if not found or not found.isascii() or not found.isprintable() or " " in found:
        raise NotAuthenticated("malformed")
    return found


def bearer(value: str) -> str:
    """The token of an Authorization header; empty for any other scheme."""
    scheme, _, found = value.strip().partition(" ")
    return found.strip() if scheme.lower() == "bearer" else ""
