"""One connection to an upstream: a request goes out as bytes, and its answer comes back whole, or an error does."""

from __future__ import annotations

import asyncio
from typing import Protocol, cast

import httpx

from upstreams.answers import Answer
from upstreams.errors import BadResponse
from upstreams.incoming import Incoming

SHORT, MOMENT = 65_536, 0.5
"""How many bytes of a failure are read, and for how many seconds, lest its connection be lost: its status says all that it says."""


class Home(Protocol):
    """Where connections belong."""

    def back(self, connection: Connection) -> None:
        """This one may be used again."""

    def gone(self, connection: Connection) -> None:
        """This one may not."""


class Connection(asyncio.Protocol):
    """One question at a time: it goes home once an answer is whole, and is closed whenever anything else happens.

    `since` is when it went home, `until` when an answer is late, on the event loop's clock. The alarm that one question sets serves
    those after it, which have as much time each, and is set again when it rings too early: nearly every one of their own would be
    cancelled.
    """

    transport: asyncio.Transport
    since = until = 0.0

    def __init__(self, home: Home, incoming: Incoming) -> None:
        self.home, self.incoming, self.loop = home, incoming, asyncio.get_running_loop()
        self.waiter: asyncio.Future[Answer] | None = None
        self.alarm: asyncio.TimerHandle | None = None

    async def ask(self, request: bytes, until: float) -> Answer:
        """The answer, if it is whole by then, on the event loop's clock. Raises httpx.TransportError and BadResponse."""
        self.incoming.begin()
        if self.transport.is_closing():
            raise httpx.ReadError("the connection is closed")
        waiter: asyncio.Future[Answer] = self.loop.create_future()
        self.waiter, self.until = waiter, until
        if self.alarm is None or self.alarm.when() > until:
            self.ring(until)
        self.transport.write(request)
        try:
            return await waiter
        finally:
            if self.waiter is waiter:  # whoever asked has left, and what still comes is for nobody
                self.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Bytes of the answer, or bytes that nobody asked for."""
        if self.waiter is None:
            self.close()
            return
        try:
            if self.incoming.feed(data):
                self.done()
            elif self.incoming.failure:
                self.hurry()
        except (httpx.RemoteProtocolError, BadResponse) as error:
            self.fail(error)

    def connection_lost(self, cause: Exception | None) -> None:
        """It is closed, by whomever, which may be how the answer ends."""
        self.silence()
        self.home.gone(self)
        if cause is not None:
            self.fail(httpx.ReadError("the connection broke"), cause)
        elif self.waiter is not None:
            try:
                self.incoming.end()
                self.done()
            except httpx.TransportError as error:
                self.fail(error)

    def hurry(self) -> None:
        """Wait but a moment for the rest of a failure."""
        soon = self.loop.time() + MOMENT
        if soon < self.until:
            self.until = soon
            self.ring(soon)
        if self.incoming.size > SHORT:
            self.done()

    def rung(self) -> None:
        """The time may be up, or another question is waited for by now."""
        self.alarm = None
        if self.waiter is None:
            return
        if self.loop.time() < self.until:
            self.ring(self.until)
        else:
            self.fail(httpx.ReadTimeout("the answer took too long"))

    def done(self) -> None:
        """Give what has come to whoever asked, and be free for the next."""
        waiter = self.waiter
        if self.incoming.whole and self.incoming.keeps and not self.transport.is_closing():
            self.waiter = None
            self.home.back(self)
        else:
            self.close()
        if waiter is not None and not waiter.done():
            waiter.set_result(self.incoming.answer())

    def fail(self, error: Exception, cause: Exception | None = None) -> None:
        """Give an error instead, unless a failure is there already."""
        waiter = self.waiter
        self.close()
        if waiter is None or waiter.done():
            return
        if self.incoming.failure:
            waiter.set_result(self.incoming.answer())
        else:
            error.__cause__ = cause
            waiter.set_exception(error)

    def close(self) -> None:
        """Let nobody wait for it or use it again."""
        self.waiter = None
        self.silence()
        self.home.gone(self)
        self.transport.abort()

    def ring(self, at: float) -> None:
        """Have the alarm ring then."""
        self.silence()
        self.alarm = self.loop.call_at(at, self.rung)

    def silence(self) -> None:
        """No alarm will ring."""
        if self.alarm is not None:
            self.alarm.cancel()
            self.alarm = None
