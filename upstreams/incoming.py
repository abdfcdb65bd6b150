"""Answers as they come in on one connection, byte by byte and without I/O: the framing is llhttp's, the bounds are ours."""

from __future__ import annotations

import httpx
from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from upstreams.answers import Answer
from upstreams.errors import BadResponse

LARGEST_HEAD = 65_536
"""The most bytes that may come before a body."""
BODILESS = frozenset({204, 304})
"""What has no body, whatever its head says (RFC 9112, 6.3)."""


class Incoming:
    """One answer after another: `begin`, `feed` until it is whole, `answer`.

    `heard` says whether a byte of it has come, `status` is 0 until its head is there, and `keeps` whether the connection is fit for
    another one after it.
    """

    def __init__(self, name: str, largest: int) -> None:
        self.name, self.largest = name, largest
        self.parser = HttpResponseParser(self)
        self.begin()

    def begin(self) -> None:
        """Expect an answer."""
        self.headers: dict[str, str] = {}
        self.parts: list[bytes] = []
        self.status = self.before = self.size = 0
        self.heard = self.whole = self.keeps = False

    def feed(self, data: bytes) -> bool:
        """Whether the answer is whole with these bytes. Raises RemoteProtocolError for what is no HTTP, BadResponse for too much."""
        self.heard = True
        self.before += 0 if self.status else len(data)
        try:
            self.parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as cause:
            self.keeps = False
            if not self.whole:
                raise httpx.RemoteProtocolError("the answer is no HTTP/1.1") from cause
        if self.size > self.largest:
            raise BadResponse(self.name, status=self.status, reason="too-large")
        if not self.status and self.before > LARGEST_HEAD:
            raise httpx.RemoteProtocolError("the head of the answer has no end")
        return self.whole

    def end(self) -> None:
        """No more bytes will come, which is how a body without a length ends.

        Raises ReadError where not a byte has come, and RemoteProtocolError where it is how an answer breaks off.
        """
        if not self.heard:
            raise httpx.ReadError("the connection was closed without an answer")
        framed = "content-length" in self.headers or "chunked" in self.headers.get("transfer-encoding", "").lower()
        if framed or not self.status:
            raise httpx.RemoteProtocolError("the connection was closed before the answer was whole")
        self.whole = True

    @property
    def failure(self) -> bool:
        """Whether a head has come that says all there is to know, whatever follows."""
        return self.status not in {0, 200}

    def answer(self) -> Answer:
        """The answer, its body packed as it came."""
        return Answer(self.status, self.headers, b"".join(self.parts))

    def on_message_begin(self) -> None:
        """Behind a whole answer, nothing that comes can be believed to belong to the next question."""
        if self.whole:
            self.keeps = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field of the head; those behind a body are not wanted."""
        if not self.status:
            field, found = name.lower().decode("latin-1"), value.decode("latin-1")
            self.headers[field] = found if field not in self.headers else f"{self.headers[field]}, {found}"

    def on_headers_complete(self) -> None:
        """The head has ended; one that only says to wait counts for nothing."""
        if self.whole:
            return
        status = self.parser.get_status_code()
        self.status = status if status >= 200 else 0
        self.whole = status in BODILESS
        self.keeps = not self.whole and self.parser.should_keep_alive()

    def on_body(self, part: bytes) -> None:
        """A part of the body."""
        if not self.whole:
            self.parts.append(part)
            self.size += len(part)

    def on_message_complete(self) -> None:
        """The answer is whole, or was one of those that only say to wait."""
        if self.status:
            self.whole = True
        else:
            self.headers = {}
