"""The head of an answer goes out with what follows it, and is never left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from graph.door.cork import Cork
from graph.door.policy import Door
from tests.door.knocking import street
from tests.waiting import LONG


class Wire(asyncio.Transport):
    """Notes what is written at once."""

    def __init__(self) -> None:
        super().__init__()
        self.writes, self.closed = list[bytes](), False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.writes.append(bytes(data))

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        self.writes.append(b"".join(list_of_data))

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


def corked(*written: bytes) -> tuple[Cork, Wire]:
    """A cork on which this was written."""
    wire = Wire()
    cork = Cork(wire)
    for one in written:
        cork.write(one)
    return cork, wire


def test_a_head_waits_for_what_follows_and_nothing_else_waits() -> None:
    assert corked(b"head")[1].writes == []
    assert corked(b"head", b"body")[1].writes == [b"headbody"]
    assert corked(b"head", b"", b"more", b"end")[1].writes == [b"head", b"more", b"end"]


def test_a_client_that_waits_for_leave_to_send_its_body_has_it_at_once() -> None:
    leave = b"HTTP/1.1 100 Continue\r\n\r\n"
    assert corked(leave)[1].writes == [leave]
    assert corked(leave, b"head", b"body")[1].writes == [leave, b"headbody"]


def test_an_answer_that_breaks_off_has_its_head_before_its_end() -> None:
    for written, expected in (((b"head",), [b"head"]), ((), []), ((b"head", b"body"), [b"headbody"])):
        cork, wire = corked(*written)
        cork.close()
        assert (wire.writes, cork.is_closing()) == (expected, True)


async def test_an_answer_that_is_a_head_alone_comes_and_the_connection_goes_on(company: Path) -> None:
    async with street(company, Door()) as one:
        reader, writer = await one.open()
        async with asyncio.timeout(LONG):
            for _ in range(2):
                writer.write(b"HEAD /graphql HTTP/1.1\r\nHost: graph\r\n\r\n")
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 405 ")
        writer.close()
