"""A body as it comes off the wire, unpacked by and by, so that no more of it is ever in memory than there may be (faults.md F9). Pure."""

from __future__ import annotations

import zlib

from upstreams.errors import BadResponse

OFFERED = "gzip"
"""What upstreams are told that they may pack bodies with."""
PLAIN, PACKED = frozenset({"", "identity"}), frozenset({"gzip", "x-gzip"})
GZIP = 16 + zlib.MAX_WBITS
"""How zlib is told to expect gzip's header and trailer."""


class Body:
    """The bytes of one body, `largest` at most, packed as its Content-Encoding says."""

    def __init__(self, name: str, encoding: str, largest: int) -> None:
        self.name, self.largest = name, largest
        if (encoding := encoding.strip().lower()) not in PLAIN | PACKED:
            raise self.bad("encoding")
        self.unpacker = zlib.decompressobj(GZIP) if encoding in PACKED else None
        self.found = bytearray()

    def add(self, part: bytes) -> None:
        """Take the next bytes. Raises BadResponse as soon as they are too many or cannot be unpacked."""
        self.found += part if self.unpacker is None else self.unpacked(part, self.unpacker)
        if len(self.found) > self.largest:
            raise self.bad("too-large")

    def unpacked(self, part: bytes, unpacker: zlib._Decompress) -> bytes:
        """What these bytes hold, as far as it matters: one byte too many is enough, where a bomb would make millions of it."""
        try:
            found = unpacker.decompress(part, self.largest + 1 - len(self.found))
        except zlib.error as cause:
            raise self.bad("protocol") from cause
        if unpacker.unused_data:
            raise self.bad("protocol")
        return found

    def whole(self) -> bytes:
        """All of it. Raises BadResponse when what was packed has no end."""
        if self.unpacker is not None and not self.unpacker.eof:
            raise self.bad("protocol")
        return bytes(self.found)

    def bad(self, reason: str) -> BadResponse:
        """What is wrong with it."""
        return BadResponse(self.name, status=200, reason=reason)
