"""The socket that the command serves on."""

from __future__ import annotations

import asyncio
import socket
from asyncio import StreamReader, StreamWriter

from starlette.applications import Starlette

from graph.operating.drain import Drain
from graph.operating.server import Server, configured, listening
from tests.waiting import LONG


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


async def test_whoever_has_knocked_is_let_in_while_turns_of_the_event_loop_are_long() -> None:
    """uvloop takes one connection a turn: all others waited outside, where no overload is seen and nobody is sent away."""
    config = configured(Starlette(), drain := Drain())
    config.load()
    server = Server(config, drain)
    server.lifespan = config.lifespan_class(config)
    with listening("127.0.0.1", 0) as listener:
        await server.startup([listener])
        clients = [socket.create_connection(listener.getsockname()) for _ in range(20)]
        before = len(server.server_state.connections)
        await server.on_tick(1)
        after = len(server.server_state.connections)
        for one in clients:
            one.close()
        async with asyncio.timeout(LONG):
            await server.shutdown([listener])
    assert (before, after) == (0, 20)
