"""How callers are told apart: what every way of doing so offers, the token that a request carries, and how it is refused."""

from __future__ import annotations

from typing import Protocol

from starlette.requests import Request

from graph.access.rights import ANYBODY, Caller
from graph.http import Refusal

LONGEST = 8192
"""The most characters of a token or key."""


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


def unknown(*, expired: bool = False, given: bool = True) -> Refusal:
    """A request whose caller is not known, without a hint of why: its token is missing, expired or invalid (RFC 6750, 3.1)."""
    sentence = "The token has expired." if expired else "The token is not valid." if given else "Send a token as `Authorization: Bearer`."
    reason = f', error="invalid_token", error_description="{sentence[:-1]}"' if given else ""
    return Refusal(401, "NOT_AUTHENTICATED", sentence, {"WWW-Authenticate": f'Bearer realm="crewgraph"{reason}'})


def token(request: Request, header: str | None = None) -> str:
    """The one token of a request, as Bearer or by itself in a header of that name. Raises Refusal."""
    bearers, alone = request.headers.getlist("authorization"), request.headers.getlist(header) if header else []
    if not bearers and not alone:
        raise unknown(given=False)
    if len(bearers) + len(alone) > 1:
        raise unknown()
    found = alone[0].strip() if alone else bearer(bearers[0])
    if not found or len(found) > LONGEST or not found.isascii() or not found.isprintable() or " " in found:
        raise unknown()
    return found


def bearer(value: str) -> str:
    """The token of an Authorization header; empty for any other scheme."""
    scheme, _, found = value.strip().partition(" ")
    return found.strip() if scheme.lower() == "bearer" else ""
