"""The public keys that tokens are signed with: from a file, or from a server that is asked seldom and believed when it answers.

A token with a key id that is not known may have been signed with a new key, or be made up: it makes the server be asked again, but
never twice within an interval, and by one call whoever waits. While the server is down, or answers nonsense, the last good keys
serve (faults.md F30, F38).
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

from graph.access.reread import Broken, Reread
from graph.http import Refusal
from upstreams.tls import make_client_context
from upstreams.wire import proxied

LARGEST = 1_000_000
"""The most bytes of a key set."""
SECONDS = 5.0
"""For a whole call to the key server."""
KINDS = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
"""The kind of key that signs by the algorithms that begin so."""
MOST_TRIED = 10
"""How many keys a token without a key id may have been signed with: each costs the time of a signature."""

log = logging.getLogger("crewgraph.access")


class KeySource(Protocol):
    """Where public keys come from; `changes` is how often they were replaced, so that what they proved can be forgotten."""

    @property
    def changes(self) -> int:
        """How often the keys have been replaced."""

    async def find(self, kid: str | None, algorithm: str) -> Sequence[Key]:
        """The keys of this id, or of any id for None, that may sign by this algorithm. Raises Refusal."""

    async def watch(self) -> None:
        """Whatever must go on while the app runs."""

    async def aclose(self) -> None:
        """Let go of whatever is open."""


class KeyFile:
    """The keys of a file."""

    def __init__(self, file: Reread[KeySet]) -> None:
        self.file = file

    @property
    def changes(self) -> int:
        """How often the file has changed."""
        return self.file.changes

    async def find(self, kid: str | None, algorithm: str) -> Sequence[Key]:
        """The keys of this id."""
        return pick(self.file.value, kid, algorithm)

    async def watch(self) -> None:
        """Read the file again whenever it changes."""
        await self.file.watch()

    async def aclose(self) -> None:
        """Nothing is open."""


class KeyServer:
    """The keys at an address; asked at most once in `every` seconds, and again when they are `fresh` seconds old.

    Its certificate may be signed by an authority in `ca_file` (PEM) too. `proxy` is the address of what it is reached through.
    """

    def __init__(
        self,
        url: str,
        every: float = 30.0,
        fresh: float = 600.0,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        ca_file: Path | None = None,
        proxy: str | None = None,
    ) -> None:
        self.url, self.every, self.fresh, self.clock = url, every, fresh, clock
        plain = {"accept": "application/json", "accept-encoding": "identity"}
        transport = transport or (
            proxied(proxy, ca_file) if proxy else httpx.AsyncHTTPTransport(verify=make_client_context(ca_file), trust_env=False)
        )
        self.client = httpx.AsyncClient(transport=transport, timeout=SECONDS, follow_redirects=False, trust_env=False, headers=plain)
        self.keys: KeySet | None = None
        self.changes = 0
        self.fetches = 0
        self.tried = self.good = float("-inf")
        self.asking: asyncio.Task[None] | None = None

    async def find(self, kid: str | None, algorithm: str) -> Sequence[Key]:
        """The keys of this id; the server is asked again for one that is not known. Raises Refusal while there are no keys at all."""
        if self.keys is not None and self.clock() - self.good >= self.fresh:
            self.ask()
        found = pick(self.keys, kid, algorithm)
        if not found and (asking := self.ask()) is not None:
            await asyncio.shield(asking)
            found = pick(self.keys, kid, algorithm)
        if self.keys is None:
            raise Refusal(503, "KEYS_UNAVAILABLE", "The server that proves tokens does not answer.", retry_after=round(self.every))
        return found

    def ask(self) -> asyncio.Task[None] | None:
        """The call that is under way, or a new one unless the last is too short ago."""
        if self.asking is None and self.clock() - self.tried >= self.every:
            self.tried, self.fetches = self.clock(), self.fetches + 1
            self.asking = asyncio.create_task(self.renew())
            self.asking.add_done_callback(self.asked)
        return self.asking

    def asked(self, _done: asyncio.Task[None]) -> None:
        """The call has ended."""
        self.asking = None

    async def renew(self) -> None:
        """Read the keys; whatever goes wrong, the last good ones stay."""
        try:
            async with asyncio.timeout(SECONDS):
                found = parse(await self.fetch())
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, UnicodeDecodeError, Broken) as cause:
            log.warning("the key server cannot be used (%s); the keys that it gave before stay in force", type(cause).__name__)
            return
        same = self.keys is not None and found.as_dict() == self.keys.as_dict()
        self.keys, self.good, self.changes = found, self.clock(), self.changes + (not same)

    async def fetch(self) -> str:
        """What the key server says now, if it is plain and not too long."""
        body = bytearray()
        async with self.client.stream("GET", self.url) as answer:
            if answer.status_code != 200 or "content-encoding" in answer.headers:
                raise Broken([f"answered {answer.status_code}"])
            async for chunk in answer.aiter_raw():
                body += chunk
                if len(body) > LARGEST:
                    raise Broken(["is too long"])
        return body.decode()

    async def watch(self) -> None:
        """Nothing goes on: keys are read when a token needs them."""

    async def aclose(self) -> None:
        """Close the client, and end the call that is under way."""
        if self.asking is not None:
            self.asking.cancel()
            await asyncio.wait([self.asking])
        await self.client.aclose()


def pick(keys: KeySet | None, kid: str | None, algorithm: str) -> Sequence[Key]:
    """The keys of this id that may sign by this algorithm; without an id all that may, each of which can be tried."""
    kind = next(kind for start, kind in KINDS.items() if algorithm.startswith(start))
    fitting = [
        one for one in keys or () if one.key_type == kind and one.get("alg") in (None, algorithm) and one.get("use") in (None, "sig")
    ]
    return [one for one in fitting if kid is None or one.kid == kid][:MOST_TRIED]


def parse(text: str) -> KeySet:
    """The public keys of a JWKS; keys that cannot be used are left out, and secret ones are no keys. Raises Broken without any."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as cause:
        raise Broken(["is not JSON"]) from cause
    listed = raw.get("keys") if isinstance(raw, dict) else None
    found = [key for one in (listed if isinstance(listed, list) else []) if (key := usable(one)) is not None]
    if not found:
        raise Broken(["holds no public key that could be used"])
    return KeySet(found)


def usable(raw: Any) -> Key | None:
    """A public key, if it is one."""
    try:
        return JWKRegistry.import_key(raw) if raw["kty"] in KINDS.values() else None
    except (JoseError, ValueError, TypeError, KeyError):
        return None
