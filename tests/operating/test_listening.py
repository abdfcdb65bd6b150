"""The socket that the command serves on."""

from __future__ import annotations

import asyncio
import socket
from asyncio import StreamReader, StreamWriter

from graph.operating.server import listening
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
