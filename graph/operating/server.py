"""A uvicorn server that ends in order: nobody who was let in, or has knocked, is sent away unanswered (faults.md F37)."""

from __future__ import annotations

import asyncio
import math
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import parent_process
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from graph.door.protocol import Protocol
from graph.operating import collecting
from graph.operating.drain import Drain

LINGER = 1.0
"""Seconds that connections without a request are left open after the door was closed: their request may be on its way."""
LOOKS = 50
"""How often it is seen in that time whether any are left."""


KEEP_ALIVE_SECONDS = 75
"""For which an idle connection is kept: longer than load balancers keep theirs, AWS's 60 seconds among them, or requests meet its end."""


def configured(app: ASGIApp, drain: Drain, keep_alive: int = KEEP_ALIVE_SECONDS) -> uvicorn.Config:
    """The settings of the server. Nothing is logged but what goes through our own handlers.

    There is no access log, because the addresses of GET requests hold queries, and those may hold emails.
    """
    return uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=keep_alive,
        timeout_graceful_shutdown=math.ceil(drain.limit),
    )


class Server(uvicorn.Server):
    """Serves until SIGTERM, and through the grace after it; SIGINT, or a second signal, ends the grace."""

    def __init__(self, config: uvicorn.Config, drain: Drain) -> None:
        super().__init__(config)
        self.drain, self.answered = drain, 0
        self.listeners: Sequence[socket.socket] = ()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end. A success, so the signal is not raised again afterwards."""
        if self.should_exit:
            self.force_exit = sig == signal.SIGINT
        self.drain.begin(at_once=sig == signal.SIGINT)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve, with all that stays."""
        await super().startup(sockets)
        self.listeners = [one.dup() for one in sockets or ()]  # for those of the event loop close with it
        collecting.settle()

    async def on_tick(self, counter: int) -> bool:
        """Whether to stop serving: after the grace, or when the process that began this one has died.

        uvloop takes one new connection in each turn of the event loop. While operations make turns long, the others would wait outside,
        where nobody who waits for too long is sent away; so whoever has knocked by now is let in.
        """
        await self.admit(accepted)
        before, self.answered = self.answered, self.server_state.total_requests
        collecting.tidy(busy=bool(self.server_state.tasks) or before != self.answered)
        parent = parent_process()
        self.should_exit = self.should_exit or self.drain.over or (parent is not None and not parent.is_alive())
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the door, let in who had knocked, wait for requests that are on their way, then end as uvicorn does.

        The system makes connections while a listener is open anywhere, and resets those that nobody has taken when it is not; so the last
        to be closed are our own, right after a look at who waits there. One that is still being made is lost.
        """
        self.drain.begin(at_once=True)
        for server in self.servers:
            server.close()
        await self.admit(closed)
        await self.left()
        await super().shutdown(sockets)

    async def left(self) -> None:
        """Until no connection is left, of which uvicorn tells nobody, or for as long as they are left open.

        That is counted in looks: what came while the process stood still is read between two of them.
        """
        for _ in range(LOOKS):
            if self.force_exit or not self.server_state.connections:
                break
            await asyncio.sleep(LINGER / LOOKS)

    async def admit(self, taken: Callable[[socket.socket], list[socket.socket]]) -> None:
        """Serve the connections that are taken from the listeners as if the event loop had accepted them."""
        loop = asyncio.get_running_loop()

        def protocol() -> asyncio.Protocol:
            kind = self.config.http_protocol_class
            return kind(config=self.config, server_state=self.server_state, app_state=self.lifespan.state, _loop=loop)  # type: ignore[call-arg]

        async def take(one: socket.socket) -> None:
            one.setblocking(False)
            with suppress(OSError):  # it has left already
                await loop.connect_accepted_socket(protocol, one)

        await asyncio.gather(*(take(one) for listener in self.listeners for one in taken(listener)))


def accepted(listener: socket.socket) -> list[socket.socket]:
    """The connections that the system has made and nobody has taken yet."""
    found = []
    with suppress(OSError):  # there are no more
        while True:
            found.append(listener.accept()[0])
    return found


def closed(listener: socket.socket) -> list[socket.socket]:
    """Those whom the closing of this listener would have reset. Nothing may come between the two: whoever knocks there is lost."""
    found = accepted(listener)
    listener.close()
    return found


def serve(app: ASGIApp, listener: socket.socket, drain: Drain, keep_alive: int = KEEP_ALIVE_SECONDS) -> bool:
    """Serve on a socket until told to stop; whether that began at all."""
    server = Server(configured(app, drain, keep_alive), drain)
    server.run(sockets=[listener])
    return server.started


def listening(host: str, port: int) -> socket.socket:
    """The socket to serve on; several processes can share it. Raises OSError when the address cannot be had.

    It names its protocol, without which asyncio does not turn off Nagle's algorithm: each answer on a connection that is kept would then
    wait 40 ms for the client's acknowledgement of its head.
    """
    host = host.removeprefix("[").removesuffix("]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
    except OSError as cause:
        found.close()
        raise OSError(cause.errno, cause.strerror, authority(host, port)) from cause
    return found


def authority(host: str, port: int) -> str:
    """A host and a port as a URL has them (RFC 3986, 3.2)."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def origin(listener: socket.socket) -> str:
    """The address at which this machine reaches what is served on a socket, also on one that takes requests to all addresses."""
    host, port = listener.getsockname()[:2]
    return f"http://{authority({'0.0.0.0': '127.0.0.1', '::': '::1'}.get(host, host), port)}"  # noqa: S104 - compared, not bound
