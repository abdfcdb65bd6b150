"""The engine that several servers share a cache through: bytes under a key with an expiry, in Redis or Valkey.

Single flight, freshness and what is worth keeping are the cache's own affair. An engine may lose anything, and neither fails nor
slows a request (faults.md F38): what it cannot answer soon is a miss.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl, urlsplit

from redis.asyncio import Redis as Client
from redis.asyncio.connection import RedisSSLContext, SSLConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.maint_notifications import MaintNotificationsConfig

from upstreams.lane import Bounds, Lane, Notices, Patience
from upstreams.tls import make_client_context

PREFIX = "crewgraph:"
FAILURES = (RedisError, OSError, ValueError, EOFError)
"""What redis-py raises; the last two when a server speaks another protocol."""
LARGEST = 2_000_000
READS = Bounds(waiting=10_000, at_once=16)
WRITES = Bounds(waiting=32_000_000, at_once=1_000_000)
"""In bytes, to which each value adds `EACH` for the work that it is."""
EACH = 10_000
UNMANAGED = MaintNotificationsConfig(enabled=False)
"""Else each connection begins by asking for what only some vendors' servers have."""
SOON = Patience(limit=0.25, pause=5.0)

log = logging.getLogger("crewgraph.engine")


class Engine(Protocol):
    """What a shared cache is kept in; no method raises, whatever the server does."""

    async def get(self, key: str) -> bytes | None:
        """The value, or None when there is none or none can be had soon."""

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep the value for so many seconds, from some time soon, or not at all."""

    async def aclose(self) -> None:
        """End; what was not written is lost."""


class BadAddress(ValueError):
    """An address that no server can be had at; says what is expected and nothing of the address, which may hold a password."""

    def __init__(self) -> None:
        super().__init__("must be a redis:// or rediss:// address, without options other than ssl_*")


def client(url: str, limit: float) -> Client:
    """A client of the server at this address, which tries once; it connects when it is used. Raises BadAddress."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"redis", "rediss"} and parts.hostname and parts.port != 0 and not parts.fragment
        if not usable or not all(name.startswith("ssl_") for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
            raise BadAddress
        found = Client.from_url(
            url,
            protocol=2,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=2 * limit,
            socket_connect_timeout=2 * limit,
            maint_notifications_config=UNMANAGED,
        )
        if parts.scheme == "rediss":
            pool = found.connection_pool
            options = {name: value for name, value in pool.connection_kwargs.items() if name.startswith("ssl_")}
            pool.connection_kwargs["tls"] = SSLConnection(**options).ssl_context if options else _SystemTrust()
            pool.connection_class = _TlsConnection
        return found
    except (ValueError, TypeError, RedisError):
        raise BadAddress from None  # the cause would quote the address


class _SystemTrust(RedisSSLContext):
    """What redis-py asks for a TLS context, without options of its own."""

    __slots__ = ()

    def get(self) -> ssl.SSLContext:
        """Return the context of all connections, made for the first one."""
        if self.context is None:
            self.context = make_client_context(alpn=())
        return self.context


class _TlsConnection(SSLConnection):
    """A connection that shares its TLS context with the others of its pool; redis-py makes one for each, in tens of milliseconds."""

    def __init__(self, *, tls: RedisSSLContext, **options: Any) -> None:
        super().__init__(**options)
        self.ssl_context = tls


class Read(NamedTuple):
    """A key that somebody waits for."""

    key: str
    found: asyncio.Future[bytes | None]


def answer(read: Read, value: bytes | None) -> None:
    """Give the caller the value, unless an answer was given before."""
    if not read.found.done():
        read.found.set_result(value)


class Write(NamedTuple):
    """A value for a key, and its milliseconds to live."""

    key: str
    value: bytes
    life: int


@dataclass
class Counts:
    """Keys found and not found, values stored, batches that failed, and reads and writes given up or never tried."""

    hits: int = 0
    misses: int = 0
    stored: int = 0
    failures: int = 0
    dropped: int = 0


class Redis(Engine):
    """Redis or Valkey, by an address such as `rediss://user:password@host:6379/0`; safe to use from any number of requests.

    Values are the upstreams' personal data, kept as they are: use TLS (`rediss://`) and an ACL user that may only touch `crewgraph:*`.
    Reads that come together are asked together, and the callers' cancellation touches no connection: there are at most two.
    """

    def __init__(self, url: str, *, patience: Patience = SOON, largest: int = LARGEST, writes: Bounds = WRITES) -> None:
        self.client = client(url, patience.limit)
        self.limit, self.largest = patience.limit, largest
        self.counts = Counts()
        self.notices = Notices(log, "the shared cache")
        self.reads = Lane(self.read, READS, patience, failures=FAILURES, failed=self.failed, lost=self.unread)
        self.writes = Lane(self.write, writes, patience, failures=FAILURES, failed=self.failed, lost=self.unwritten)

    async def get(self, key: str) -> bytes | None:
        """The value, or None when there is none, or none could be had within the limit."""
        found: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        if self.reads.take(Read(PREFIX + key, found)):
            await asyncio.wait([found], timeout=self.limit)
        return found.result() if found.done() else None

    async def read(self, batch: list[Read]) -> None:
        """Ask for these keys at once."""
        for read, value in zip(batch, await self.client.mget([read.key for read in batch]), strict=True):
            self.counts.hits += value is not None
            self.counts.misses += value is None
            answer(read, value if isinstance(value, bytes) else None)

    def unread(self, batch: list[Read]) -> None:
        """Nobody will answer these."""
        self.counts.dropped += len(batch)
        for read in batch:
            answer(read, None)

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Queue the value to be kept for so many seconds; it is dropped when it is too large, or too much is queued."""
        write = Write(PREFIX + key, value, int(seconds * 1000))
        if len(value) > self.largest or write.life < 1:
            self.unwritten([write])
        else:
            self.writes.take(write, len(value) + EACH)

    async def write(self, batch: list[Write]) -> None:
        """Store these values at once."""
        async with self.client.pipeline(transaction=False) as pipe:
            for write in batch:
                pipe.set(write.key, write.value, px=write.life)
            await pipe.execute()
        self.counts.stored += len(batch)

    def unwritten(self, batch: list[Write]) -> None:
        """Nobody will store these."""
        self.counts.dropped += len(batch)

    def failed(self, failure: Exception) -> None:
        """Count and tell a batch that failed."""
        self.counts.failures += 1
        self.notices.tell(type(failure).__name__)

    async def aclose(self) -> None:
        """End at once, whatever is on its way."""
        await self.reads.aclose()
        await self.writes.aclose()
        await closed(self.client)


async def closed(client: Client) -> None:
    """Close a client; a server that is gone may make even that fail."""
    with contextlib.suppress(*FAILURES):
        await client.aclose()
