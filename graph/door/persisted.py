"""Documents that clients taught the server, by the SHA-256 of their text: bounded in process, shared where an engine is."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import sha256

from upstreams.engine import Engine

KEY = "document:"
HASH = re.compile(r"[0-9a-f]{64}")
"""No engine is asked for anything else, whatever a client sends."""
SECONDS = 7 * 86_400
"""How long the engine keeps a document after it was taught."""


def digest(text: str) -> str:
    """The SHA-256 of a document in UTF-8, as lower-case hexadecimal digits."""
    return sha256(text.encode()).hexdigest()


@dataclass
class Persisted:
    """The least recently used documents make room when there are more than `entries`, or more than `size` characters in all."""

    engine: Engine | None = None
    entries: int = 2_000
    size: int = 8_000_000
    kept: OrderedDict[str, str] = field(default_factory=OrderedDict)
    held: int = 0

    async def get(self, key: str) -> str | None:
        """The document of this digest, if it is known here or to the engine, which is not believed unproved."""
        if (found := self.kept.get(key)) is not None:
            self.kept.move_to_end(key)
            return found
        value = await self.engine.get(KEY + key) if self.engine is not None and HASH.fullmatch(key) else None
        if value is None or sha256(value).hexdigest() != key:
            return None
        self.keep(key, value.decode())
        return value.decode()

    async def put(self, text: str) -> None:
        """Keep a document under its digest, and tell the engine if it is new."""
        key = digest(text)
        if key in self.kept:
            return
        self.keep(key, text)
        if self.engine is not None:
            await self.engine.put(KEY + key, text.encode(), SECONDS)

    def keep(self, key: str, text: str) -> None:
        """Keep a document here; one that is larger than all the room is not kept."""
        if len(text) > self.size:
            return
        self.kept[key] = text
        self.held += len(text)
        while len(self.kept) > self.entries or self.held > self.size:
            self.held -= len(self.kept.popitem(last=False)[1])
