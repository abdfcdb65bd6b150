"""The socket that the command serves on."""

from __future__ import annotations

import asyncio
import socket
import time
from asyncio import StreamReader, StreamWriter
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import uvloop
from starlette.applications import Starlette

from graph.operating.drain import Drain
from graph.operating.server import LINGER, Server, configured, listening
from tests.servers import running
from tests.waiting import LONG, settled, until

REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


async def test_no_part_of_an_answer_waits_for_the_one_before_it_to_be_acknowledged() -> None:
    """Nagle's algorithm is off for every connection that is accepted: with it, an answer on a connection that is kept takes 40 ms more."""
    delays = asyncio.Queue[int]()

    async def accept(_reader: StreamReader, writer: StreamWriter) -> None:
        delays.put_nowait(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    with listening("127.0.0.1", 0) as listener:
        async with await asyncio.start_server(accept, sock=listener), asyncio.timeout(LONG):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            assert await delays.get()
            writer.close()


async def begun(listener: socket.socket) -> Server:
    """A server of nothing that has begun to serve on this."""
    config = configured(Starlette(), drain := Drain())
    config.load()
    server = Server(config, drain)
    server.lifespan = config.lifespan_class(config)
    await server.startup([listener])
    return server


async def test_whoever_has_knocked_is_let_in_while_turns_of_the_event_loop_are_long() -> None:
    """uvloop takes one connection a turn: all others waited outside, where no overload is seen and nobody is sent away."""
    with listening("127.0.0.1", 0) as listener:
        server = await begun(listener)
        clients = [socket.create_connection(listener.getsockname()) for _ in range(20)]
        before = len(server.server_state.connections)
        await server.on_tick(1)
        after = len(server.server_state.connections)
        for one in clients:
            one.close()
        async with asyncio.timeout(LONG):
            await server.shutdown([listener])
    assert (before, after) == (0, 20)


@dataclass
class Late:
    """Who knocks while a door is being closed: it stands before the server that is, and knocks when it is told to close itself."""

    address: tuple[str, int]
    client: socket.socket | None = None

    def close(self) -> None:
        """Knock, and ask; once."""
        if self.client is None:
            self.client = socket.create_connection(self.address)
            self.client.sendall(REQUEST)

    async def wait_closed(self) -> None:
        """It is closed."""


async def test_whoever_knocks_while_the_door_is_being_closed_is_served() -> None:
    """(faults.md F37) The system makes connections for as long as anybody listens: those of the last moment were reset."""
    with listening("127.0.0.1", 0) as listener:
        server, late = await begun(listener), Late(listener.getsockname())
        server.servers.insert(0, cast(asyncio.Server, late))
        async with asyncio.timeout(LONG):
            await server.shutdown([listener])
    assert late.client is not None
    with late.client as client:
        assert client.recv(1000).startswith(b"HTTP/1.1 404 ")


async def stood_still() -> bytes:
    """The answer to what was asked, on a connection that had been kept, while a server that had closed its door stood still."""
    loop, (bell, rope) = asyncio.get_running_loop(), socket.socketpair()
    with bell, rope, listening("127.0.0.1", 0) as listener:
        server = await begun(listener)
        with socket.create_connection(listener.getsockname()) as client:

            def stand() -> None:
                loop.remove_reader(bell)
                client.sendall(REQUEST)
                time.sleep(1.5 * LINGER)

            await until(lambda: server.server_state.connections)
            ending = asyncio.create_task(server.shutdown([listener]))
            await settled()
            loop.add_reader(bell, stand)
            rope.send(b"!")
            await ending
            return client.recv(1000)


def test_a_request_that_came_while_the_server_stood_still_is_answered() -> None:
    """(faults.md F37) uvloop looks at the time before it reads, so that the moment for which connections are left open was over unseen."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(stood_still()).startswith(b"HTTP/1.1 404 ")


async def test_an_idle_connection_is_closed_after_the_time_that_is_set(tmp_path: Path) -> None:
    async with running("serve", home=tmp_path, CREWGRAPH_SANDBOX_PEOPLE="20", CREWGRAPH_KEEP_ALIVE_SECONDS="1") as address:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
        writer.write(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        async with asyncio.timeout(LONG):
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
            await reader.read()
        writer.close()
