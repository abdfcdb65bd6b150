"""Who is let in: how callers are told apart and, where a gateway stands in front, the secret that only the gateway knows."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address

from starlette.datastructures import URL
from starlette.requests import Request

from graph.access.refusals import RefusalLog
from graph.access.rights import Caller
from graph.access.who import Anybody, Who
from graph.http import Refusal

NAMES = frozenset({"localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"})
FORWARDING = frozenset({b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip"})
"""Headers that a proxy adds: it asks for somebody else, who may be anywhere."""
LOCAL_ONLY = (
    "This graph is asked from its own machine only, and through no proxy. To serve others, set CREWGRAPH_AUTH or CREWGRAPH_GATEWAY_SECRET, "
    "or CREWGRAPH_OPEN_TO_ALL=true to let everybody see everything."
)


@dataclass(frozen=True)
class Gateway:
    """A header and the secret that it must hold: then only a gateway that knows it can ask."""

    header: str
    secret: str = field(repr=False)

    def check(self, request: Request) -> None:
        """Raises Refusal for a request that did not come through the gateway; how far a guess is right takes no longer."""
        given = request.headers.getlist(self.header)
        if len(given) != 1 or not hmac.compare_digest(given[0].encode(), self.secret.encode()):
            raise Refusal(403, "GATEWAY_ONLY", "This graph is asked through its gateway only.")


@dataclass(frozen=True)
class Access:
    """`who` tells callers apart, `gateway` is who may pass requests on, if not everybody; `audited` operations are written down.

    A `local` graph is for this machine only: a page of elsewhere whose name was made to lead here is refused too.
    """

    who: Who = field(default_factory=Anybody)
    gateway: Gateway | None = None
    audited: bool = False
    local: bool = False
    refusals: RefusalLog = field(default_factory=RefusalLog)

    @property
    def scoped(self) -> bool:
        """Whether callers are told apart, and what they may see by their scopes."""
        return not isinstance(self.who, Anybody)

    @property
    def guarded(self) -> bool:
        """Whether one caller may see what another may not."""
        return self.gateway is not None or self.scoped

    def enter(self, request: Request) -> None:
        """Raises Refusal for a request that must have come through the gateway, or from this machine, and did not."""
        if self.gateway is not None:
            self.gateway.check(request)
        if self.local and not is_from_this_machine(request):
            raise Refusal(403, "LOCAL_ONLY", LOCAL_ONLY)

    async def caller(self, request: Request) -> Caller:
        """Whoever sent a request. Raises Refusal."""
        return await self.who.caller(request)

    @asynccontextmanager
    async def alive(self) -> AsyncIterator[None]:
        """What goes on as long as the app runs."""
        watch = asyncio.create_task(self.who.watch())
        try:
            yield
        finally:
            watch.cancel()
            await asyncio.wait([watch])
            await self.who.aclose()


def is_from_this_machine(request: Request) -> bool:
    """Whether a client on this machine sent a request itself: to a loopback address, by a name of this machine, and through no proxy.

    A proxy that adds no header cannot be told from a client: in front of one, tell callers apart.
    """
    if request.client is None or not loopback(request.client.host) or any(name in FORWARDING for name, _ in request.scope["headers"]):
        return False
    return local(request.headers.get("host"), request.scope.get("server"))


@lru_cache(maxsize=256)
def local(host: str | None, server: tuple[str, int] | None) -> bool:
    """Whether a request with this Host, or without one to this server, was sent to a name of this machine."""
    named = [(b"host", host.encode("latin-1"))] if host is not None else []
    return loopback(URL(scope={"path": "/", "headers": named, "server": server}).hostname or "")


def loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() in NAMES
