"""How an upstream is reached: over the network, or through any transport of httpx, which is what a proxy takes, and what tests pass."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, cast

import httpx

from upstreams.answers import Answer
from upstreams.dialect import Dialect
from upstreams.network import IDLE, Network
from upstreams.policy import Policy
from upstreams.tls import make_client_context
from upstreams.unpacking import OFFERED, Body

SILENT_CLOSE = "Server disconnected without sending a response."
"""What httpcore says of a connection that was closed before any answer: it has no class for it."""


class Wire(Protocol):
    """Whatever answers a GET."""

    async def get(self, target: str, headers: Mapping[str, str]) -> Answer:
        """The answer to a path and query in ASCII, whatever its status; a good one's body is whole and unpacked.

        Raises httpx.RequestError, httpx.InvalidURL and TimeoutError where there is none, BadResponse for a body that is too large or
        cannot be unpacked.
        """

    async def aclose(self) -> None:
        """Let go of all connections."""


def wire(dialect: Dialect, transport: httpx.AsyncBaseTransport | None = None) -> Wire:
    """The way to an upstream, with its credentials; without a transport it is the network, or the proxy in front of it."""
    headers = httpx.Headers({"Accept": "application/json", "User-Agent": "crewgraph"})
    for more in (dialect.extra_headers, dialect.credentials.headers(), {"Accept-Encoding": OFFERED}):
        headers.update(more)
    base = dialect.base_url.rstrip("/")
    if transport is None:
        if dialect.proxy is None:
            return Network(dialect.name, base, headers, dialect.policy, dialect.ca_file)
        transport = proxied(dialect.proxy, dialect.ca_file)
    return Through(transport, dialect.name, base, headers, dialect.policy)


def proxied(proxy: str, ca_file: Path | None = None) -> httpx.AsyncHTTPTransport:
    """The way through a proxy: of an upstream with TLS it learns the host alone, whose certificate is checked as ever.

    The authorities in `ca_file` are the upstream's; a proxy that is itself reached by TLS must be trusted by the system.

    httpx speaks to it, at several times the cost of a call. As many connections as calls: their number is the gate's matter.
    """
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=IDLE)
    between = httpx.Proxy(proxy, ssl_context=make_client_context() if httpx.URL(proxy).scheme == "https" else None)
    return httpx.AsyncHTTPTransport(verify=make_client_context(ca_file), trust_env=False, limits=limits, proxy=between)


class Through:
    """A transport of httpx, without the client that would follow redirects, keep cookies and log addresses."""

    def __init__(self, transport: httpx.AsyncBaseTransport, name: str, base: str, headers: httpx.Headers, policy: Policy) -> None:
        self.transport, self.name, self.base, self.headers, self.policy = transport, name, base, headers, policy
        self.extensions = {"timeout": {"connect": policy.connect}}

    async def get(self, target: str, headers: Mapping[str, str]) -> Answer:
        """The answer, within the time of one try (faults.md F5)."""
        sent = httpx.Headers(self.headers)
        sent.update(headers)
        request = httpx.Request("GET", f"{self.base}{target}", headers=sent, extensions=self.extensions)
        async with asyncio.timeout(self.policy.total):
            response = await self.send(request)
            stream = cast(httpx.AsyncByteStream, response.stream)
            try:
                body = await self.body(response.headers, stream) if response.status_code == 200 else b""
                return Answer(response.status_code, response.headers, body)
            finally:
                await stream.aclose()

    async def send(self, request: httpx.Request) -> httpx.Response:
        """The answer's head. Raises ReadError, as the network does, where the connection is closed before a byte of it comes."""
        try:
            return await self.transport.handle_async_request(request)
        except httpx.RemoteProtocolError as cause:
            if str(cause) == SILENT_CLOSE:
                raise httpx.ReadError("the connection was closed without an answer") from cause
            raise

    async def body(self, headers: httpx.Headers, stream: httpx.AsyncByteStream) -> bytes:
        """The body, read no further than the policy's largest: a small one may unpack into a huge one (faults.md F9)."""
        body = Body(self.name, headers.get("content-encoding", ""), self.policy.largest)
        async for part in stream:
            body.add(part)
        return body.whole()

    async def aclose(self) -> None:
        """Close the transport."""
        await self.transport.aclose()
