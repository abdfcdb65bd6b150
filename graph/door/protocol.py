"""HTTP/1.1 as uvicorn speaks it, with what it lacks: a time for a request's head, and a code for what is no HTTP at all."""

from __future__ import annotations

import asyncio
import secrets
from http import HTTPStatus

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from graph.door.body import LATE
from graph.door.guard import HEADERS, LINGER
from graph.http import Refusal, refused

MALFORMED = (400, "BAD_REQUEST", "This is not HTTP/1.1, or its head is too large.")

LARGEST = 65_536
"""The most bytes of a head that is on its way: more than what the guard then refuses with a code of its own."""


class Protocol(H11Protocol):
    """One connection; its `head_seconds` begin with it, or with the first byte of a further request.

    Once it is `deaf`, it has refused a request and only waits for the client to go.
    """

    head_seconds = 10.0
    waiting: asyncio.TimerHandle | None = None
    deaf = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Begin to wait for a request."""
        super().connection_made(transport)
        self.wait()

    def data_received(self, data: bytes) -> None:
        """Go on waiting while the head is not whole."""
        if self.deaf:
            return
        super().data_received(data)
        self.wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self.rest()
        super().connection_lost(exc)

    def wait(self) -> None:
        """Let the time run while a request's head is awaited, and only then."""
        if self.deaf:
            return
        if self.conn.their_state is not h11.IDLE:
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
        if self.conn.trailing_data[0]:
            self.refuse(Refusal(*LATE))
        else:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """What uvicorn calls for a request that cannot be parsed."""
        self.refuse(Refusal(*MALFORMED))

    def refuse(self, refusal: Refusal) -> None:
        """Answer and hang up, or only close where an answer is on its way already."""
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.close()
            return
        request_id = secrets.token_hex(8)
        answer = refused(refusal, request_id)
        kept = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
        headers = [*answer.raw_headers, *kept, (b"x-request-id", request_id.encode()), (b"connection", b"close")]
        reason = HTTPStatus(refusal.status).phrase.encode()
        head = h11.Response(status_code=refusal.status, headers=headers, reason=reason)
        for event in (head, h11.Data(data=bytes(answer.body)), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.hang_up()

    def hang_up(self) -> None:
        """Close in a moment: a connection that closes over unread bytes takes its answer back."""
        self.rest()
        self.deaf = True
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.waiting = self.loop.call_later(LINGER, self.transport.close)
