"""Connections to one upstream: each its own httpx transport, taken from a free list and given back.

httpcore's one large pool looks through all its connections whenever a request comes or goes, which at 64 calls in flight costs more
than the calls; and it loses a slot for good when a queued request is cancelled. A transport with one connection does neither. How
many there are is bounded by the gate in front, which a call holds until its body is read.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import cast

import httpx

STALE = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)
"""How a connection fails that the upstream closed while nobody used it."""


class Pool(httpx.AsyncBaseTransport):
    """Free transports, the one used last first; `make` makes another when there is none; `busy` counts those in use."""

    def __init__(self, make: Callable[[], httpx.AsyncBaseTransport]) -> None:
        self.make = make
        self.free: list[httpx.AsyncBaseTransport] = []
        self.busy = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The response; one whose used connection has died is asked for once more, at once, on a fresh one (faults.md F6).

        Its transport is free again when it is closed, and gone when the request fails or is cancelled.
        """
        if self.free:
            try:
                return await self.sent(request, self.free.pop())
            except STALE:
                pass  # nothing of an answer came, and every request is a GET
        return await self.sent(request, self.make())

    async def sent(self, request: httpx.Request, transport: httpx.AsyncBaseTransport) -> httpx.Response:
        """The response over this transport."""
        self.busy += 1
        try:
            response = await transport.handle_async_request(request)
        except BaseException:  # a cancelled request too leaves a connection that nobody may use again
            self.busy -= 1
            await transport.aclose()
            raise
        response.stream = Lent(cast(httpx.AsyncByteStream, response.stream), transport, self)
        return response

    async def aclose(self) -> None:
        """Close all that are free."""
        while self.free:
            await self.free.pop().aclose()


class Lent(httpx.AsyncByteStream):
    """A response's body, which gives its transport back when it is closed."""

    def __init__(self, inner: httpx.AsyncByteStream, transport: httpx.AsyncBaseTransport, pool: Pool) -> None:
        self.inner, self.transport, self.pool = inner, transport, pool

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The body's parts."""
        return aiter(self.inner)

    async def aclose(self) -> None:
        """Close the body; a transport whose body cannot be closed is not used again."""
        self.pool.busy -= 1
        try:
            await self.inner.aclose()
        except BaseException:  # cancelled half-way, the connection is in no known state
            await self.transport.aclose()
            raise
        self.pool.free.append(self.transport)


def network() -> Pool:
    """The pool of the network; certificates are checked, and nothing of the environment is believed."""
    trusted = httpx.create_ssl_context(trust_env=False)
    one = httpx.Limits(max_connections=1, max_keepalive_connections=1)
    return Pool(lambda: httpx.AsyncHTTPTransport(verify=trusted, limits=one, trust_env=False))
