"""HTTP/1.1 as uvicorn speaks it over llhttp, with what that lacks: a time and a size for a request's head, and a code for what is no HTTP.

llhttp refuses lines that end otherwise than they must, folded lines, blanks before colons, and bodies that are framed twice. What it lets
through and this does not: no Host or two, versions other than 1.0 and 1.1, targets and encodings that nobody here understands.
"""

from __future__ import annotations

import asyncio
import secrets
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from graph.door.body import LATE, WHOLE
from graph.door.cork import Cork
from graph.door.guard import HEADERS, LINGER
from graph.http import Refusal, refused

MALFORMED = Refusal(400, "BAD_REQUEST", "This is not HTTP/1.1, or its head is too large.")

LARGEST = 65_536
"""The most bytes of a head that is on its way, after those with which it began: more than what the guard then refuses with its own code."""


class Protocol(HttpToolsProtocol):
    """One connection; its `head_seconds` begin with it, or with the first byte of a further request.

    A head is on its way while it is `heading`, of which `size` bytes came after those with which it began; `fresh` is whether that was
    in the bytes that came last. Once it is `deaf`, it has found a request that it refuses, hears no more, and only waits for the answers
    before that, and for the client to go.
    """

    head_seconds = 10.0
    waiting: asyncio.TimerHandle | None = None
    refusal: Refusal | None = None
    deaf = False
    heading = False
    fresh = False
    size = 0

    @property
    def answering(self) -> bool:
        """Whether the answer to a request, of which the head has come, is not whole."""
        return self.cycle is not None and not self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Begin to wait for a request."""
        super().connection_made(transport)
        self.wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self.rest()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, and go on waiting while a head is not whole."""
        if self.deaf:
            return
        self._unset_keepalive_if_required()
        self.fresh = False
        try:
            self.read(data)
        except httptools.HttpParserError:
            self.refuse(MALFORMED)
            return
        self.size = self.size + len(data) if self.heading and not self.fresh else 0
        if self.size > LARGEST:
            self.refuse(MALFORMED)
        else:
            self.wait()

    def read(self, data: bytes) -> None:
        """Parse what came. A request for another protocol is one for this, as HTTP has it, but llhttp leaves its body alone.

        So it is parsed once more without that wish.
        """
        while True:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as wish:
                data = self.plain() + data[wish.args[0] :]
                self.parser = httptools.HttpRequestParser(self)
                self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
            else:
                return

    def plain(self) -> bytes:
        """The head that was read last, without the wish for another protocol."""
        kept = (b"%b: %b\r\n" % one for one in self.headers if one[0] != b"upgrade")
        version = self.parser.get_http_version().encode()
        return b"%b %b HTTP/%b\r\n%b\r\n" % (self.parser.get_method(), self.url, version, b"".join(kept))

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self.heading = self.fresh = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field of a head; those that follow a body are not for anybody here."""
        if self.heading:
            name = name.lower()
            self.expect_100_continue = self.expect_100_continue or (name == b"expect" and value.lower() == b"100-continue")
            self.headers.append((name, value.rstrip(b" \t")))

    def on_headers_complete(self) -> None:
        """The head is whole. Raises ValueError for what llhttp takes and should not."""
        if self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT":
            return
        self.heading = False
        if problem(self.parser, self.headers):
            raise ValueError
        super().on_headers_complete()
        path, _, query = self.url.partition(b"?")  # an address of another host is no path of ours
        self.scope |= {"path": unquote(path.decode("ascii")), "raw_path": path, "query_string": query}
        if self.scope["method"] != "HEAD":  # its answer is nothing but a head
            self.cycle.transport = Cork(self.transport)  # type: ignore[assignment] # as much of a transport as a cycle needs

    def on_message_complete(self) -> None:
        """A request is whole."""
        if not self.heading:
            super().on_message_complete()
            self.scope[WHOLE] = True  # type: ignore[literal-required]

    def on_response_complete(self) -> None:
        """An answer is whole: the next one, or the refusal of what came after it."""
        last = not self.pipeline
        super().on_response_complete()
        if self.refusal is not None and last and not self.transport.is_closing():
            self.hang_up(self.refusal)
        elif self.heading:
            self.wait()

    def wait(self) -> None:
        """Let the time run while a request's head is awaited, and only then."""
        if self.answering:
            self.rest()
        elif self.waiting is None:
            self.waiting = self.loop.call_later(self.head_seconds, self.late)

    def rest(self) -> None:
        """Stop the time."""
        if self.waiting is not None:
            self.waiting.cancel()
            self.waiting = None

    def late(self) -> None:
        """The head did not arrive in time; a client that sent nothing at all is owed no answer."""
        if self.heading:
            self.refuse(Refusal(*LATE))
        else:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """What uvicorn calls for a request that cannot be parsed."""
        self.refuse(MALFORMED)

    def refuse(self, refusal: Refusal) -> None:
        """Answer and hang up, once the requests before are answered; only close where the answer to this one is on its way already."""
        self.rest()
        self.deaf = True
        broken = self.answering and self.cycle.more_body  # it is the body of the last request that cannot be read
        if broken and self.pipeline:
            self.pipeline.popleft()
            self.refusal = refusal
        elif broken and self.cycle.response_started:
            self.transport.close()
        elif self.answering and not broken:
            self.refusal = refusal
        else:
            self.hang_up(refusal)

    def hang_up(self, refusal: Refusal) -> None:
        """Answer, and close in a moment: a connection that closes over unread bytes takes its answer back."""
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self._unset_keepalive_if_required()
        self.transport.write(written(refusal))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.waiting = self.loop.call_later(LINGER, self.transport.close)


def problem(parser: Any, headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether a head is one that only llhttp takes."""
    version, hosts = parser.get_http_version(), [value for name, value in headers if name == b"host"]
    encodings = [value.lower() for name, value in headers if name == b"transfer-encoding"]
    if version not in ("1.0", "1.1") or parser.get_method() == b"CONNECT":
        return True
    return len(hosts) > 1 or (not hosts and version == "1.1") or encodings not in ([], [b"chunked"])


def written(refusal: Refusal) -> bytes:
    """A refusal as an answer on the wire, after which the server hangs up."""
    request_id = secrets.token_hex(8)
    answer = refused(refusal, request_id)
    kept = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    headers = [*answer.raw_headers, *kept, (b"x-request-id", request_id.encode()), (b"connection", b"close")]
    first = f"HTTP/1.1 {refusal.status} {HTTPStatus(refusal.status).phrase}\r\n".encode()
    return first + b"".join(b"%b: %b\r\n" % one for one in headers) + b"\r\n" + bytes(answer.body)
