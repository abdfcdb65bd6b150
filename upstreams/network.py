"""The network's way to one upstream: GET alone, in HTTP/1.1, over connections that are kept.

A general client does for each request what one upstream needs once or never: it parses the address, merges headers, and looks for
cookies, redirects, proxies and pools, which costs several times what the call itself does (`bench/wire.py` has the figures). So this is
asyncio's sockets and TLS, llhttp for the framing, and aiohappyeyeballs for names with several addresses. Redirects, cookies, proxies,
netrc and the rest of the environment are not there at all, so that credentials go to no other address (upstreams.md 33).
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

import httpx
from aiohappyeyeballs import start_connection

from upstreams.addresses import Addresses, Found
from upstreams.answers import Answer
from upstreams.connection import Connection
from upstreams.incoming import Incoming
from upstreams.policy import Policy
from upstreams.tls import make_client_context
from upstreams.unpacking import Body

IDLE = 15.0
"""Seconds after which an unused connection is closed: long before a load balancer forgets it without a word."""
HEAD_START = 0.25
"""Seconds that an address is tried alone before the next one of the same name is tried beside it (RFC 8305)."""
LINE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+: [\t\x20-\x7e\x80-\xff]*")
"""A header that can be sent: none that ends its line."""
STALE = (httpx.RemoteProtocolError, httpx.ReadError)
"""How a kept connection fails that the upstream has closed."""


class Network:
    """Connections to the upstream at `base`, the one used last first; `open` are all of them, `free` those that nobody uses, for `idle`
    seconds at most or twice as many.

    They are never more than calls in flight, which are bounded by the gate in front.
    """

    def __init__(self, name: str, base: str, headers: httpx.Headers, policy: Policy, ca_file: Path | None = None) -> None:
        self.name, self.base, self.headers, self.policy, self.ca_file = name, base, headers, policy, ca_file
        self.idle = IDLE
        self.open: set[Connection] = set()
        self.free: list[Connection] = []
        self.sweeping: asyncio.TimerHandle | None = None

    async def get(self, target: str, headers: Mapping[str, str]) -> Answer:
        """The answer to a GET of a path and query in ASCII, its body unpacked; within the time of one try (faults.md F5).

        A kept connection that turns out to be dead is replaced by a fresh one at once (faults.md F6). Raises httpx.TransportError and
        httpx.InvalidURL, and BadResponse for a body that is too large or cannot be unpacked.
        """
        request, until = self.request(target, headers), asyncio.get_running_loop().time() + self.policy.total
        if self.free:
            kept = self.free.pop()
            try:
                return self.unpacked(await kept.ask(request, until))
            except STALE:
                if kept.incoming.heard:
                    raise
        fresh = await self.connected(until)
        return self.unpacked(await fresh.ask(request, until))

    def unpacked(self, answer: Answer) -> Answer:
        """The answer with its body as it was before it was packed. Raises BadResponse."""
        if answer.status != 200 or "content-encoding" not in answer.headers:
            return answer
        body = Body(self.name, answer.headers["content-encoding"], self.policy.largest)
        body.add(answer.body)
        return Answer(answer.status, answer.headers, body.whole())

    def request(self, target: str, headers: Mapping[str, str]) -> bytes:
        """The bytes of a request. Raises LocalProtocolError for a header that cannot be sent."""
        before, after = self.around
        return f"{before}{target}{after}{lines(headers.items()) if headers else ''}\r\n".encode("latin-1")

    @cached_property
    def address(self) -> httpx.URL:
        """The base address. Raises InvalidURL and UnsupportedProtocol for one that is none."""
        address = httpx.URL(self.base)
        if address.scheme not in {"http", "https"} or not address.host:
            raise httpx.UnsupportedProtocol("upstreams have http and https addresses")
        return address

    @cached_property
    def around(self) -> tuple[str, str]:
        """What all requests have before their target and after it."""
        own = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in self.headers.raw]
        host = [] if "host" in self.headers else [("Host", self.address.netloc.decode())]
        return f"GET {self.address.raw_path.decode().rstrip('/')}", f" HTTP/1.1\r\n{lines(host + own)}"

    async def connected(self, until: float) -> Connection:
        """A fresh connection. Raises ConnectTimeout and ConnectError."""
        limit = min(until, asyncio.get_running_loop().time() + self.policy.connect)
        try:
            async with asyncio.timeout_at(limit):
                return await self.connect()
        except TimeoutError as cause:
            self.addresses.forget()
            raise httpx.ConnectTimeout("connecting took too long") from cause
        except (OSError, OverflowError, RuntimeError, UnicodeError) as cause:  # the latter: no such port, uvloop's own, no such name
            self.addresses.forget()
            raise httpx.ConnectError("no connection can be made") from cause

    async def connect(self) -> Connection:
        """The same, for as long as it takes."""
        connection = Connection(self, Incoming(self.name, self.policy.largest))
        await self.reach(connection, await self.addresses.all())
        self.open.add(connection)
        return connection

    async def reach(self, connection: Connection, found: Found) -> None:
        """Open a connection: to the only address there is, which costs half as much, or to that of several which answers first."""
        loop, (family, *_, first) = asyncio.get_running_loop(), found[0]
        tls, server = (self.tls, self.host) if self.secure else (None, None)
        if len(found) == 1 and family == socket.AF_INET:
            host, port = first[:2]
            await loop.create_connection(lambda: connection, str(host), int(port), ssl=tls, server_hostname=server)
            return
        opened = await start_connection(found, happy_eyeballs_delay=HEAD_START)
        try:
            await loop.create_connection(lambda: connection, sock=opened, ssl=tls, server_hostname=server)
        except BaseException:  # a cancelled one too leaves a socket
            opened.close()
            raise

    @cached_property
    def addresses(self) -> Addresses:
        """Where the upstream is."""
        return Addresses(self.look)

    async def look(self) -> Found:
        """The same, looked up. Raises OSError, OverflowError and UnicodeError."""
        port = self.address.port or (443 if self.secure else 80)
        return await asyncio.get_running_loop().getaddrinfo(self.host, port, type=socket.SOCK_STREAM)

    @property
    def secure(self) -> bool:
        """Whether it is spoken to by TLS."""
        return self.address.scheme == "https"

    @property
    def host(self) -> str:
        """The name that is looked up, and that its certificate must have."""
        return self.address.raw_host.decode()

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """The context of all connections, made for the first one."""
        return make_client_context(self.ca_file)

    def back(self, connection: Connection) -> None:
        """Keep a connection that may be used again."""
        connection.since = connection.loop.time()
        self.free.append(connection)
        if self.sweeping is None:
            self.sweeping = connection.loop.call_later(self.idle, self.sweep)

    def gone(self, connection: Connection) -> None:
        """Forget a connection that may not."""
        self.open.discard(connection)
        if connection in self.free:
            self.free.remove(connection)

    def sweep(self) -> None:
        """Close what nobody has used for a while, and look again later."""
        loop = asyncio.get_running_loop()
        for connection in [one for one in self.free if one.since <= loop.time() - self.idle]:
            connection.close()
        self.sweeping = loop.call_later(self.idle, self.sweep) if self.free else None

    async def aclose(self) -> None:
        """Close all connections; whoever waits for an answer gets an error."""
        if self.sweeping is not None:
            self.sweeping.cancel()
        self.addresses.close()
        for connection in tuple(self.open):
            connection.fail(httpx.ReadError("the client is closed"))
        await asyncio.sleep(0)  # transports are closed in the event loop's next turn


def lines(headers: Iterable[tuple[str, str]]) -> str:
    """Headers as they are sent. Raises LocalProtocolError for one that cannot be."""
    found = [f"{name}: {value}" for name, value in headers]
    if not all(LINE.fullmatch(line) for line in found):
        raise httpx.LocalProtocolError("a header cannot be sent as it is configured")
    return "".join([f"{line}\r\n" for line in found])
