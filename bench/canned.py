"""A few canned answers of the upstreams over sockets: what is answered is ready, and it reads no more of a request than its path.

It looks at its connections every two milliseconds. Were it to wait for them, each request would wake it, for which the kernel charges
whoever sent the request: on a virtual machine more than the whole call, and nothing of the kind happens to who asks another machine.
"""

from __future__ import annotations

import asyncio
import selectors
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from bench.processes import serving


def row(number: int) -> dict[str, Any]:
    """A check-in as lists show it."""
    minute, second = number // 60 % 60, number % 60
    return {
        "api_id": f"580:c9b26b5e-f9b5-4b5f-8525-{number:012}",
        "deadline_date": f"2025-04-{1 + number % 28:02}T12:00:00+01:00",
        "submission_date": f"2025-04-11T12:{minute:02}:{second:02}.405628+01:00",
        "overdue": False,
        "on_vacation": False,
        "is_adhoc": number % 3 == 0,
    }


def detail(number: int) -> dict[str, Any]:
    """The same with its responses."""
    response = {
        "api_id": f"580:62a8f61c-88ba-40b6-816a-{number:012}",
        "response_date": "2025-04-11T12:06:01.046509+01:00",
        "person_name": "Michael Test",
        "person_api_id": "580:f88ab8b9-4e41-4025-ad77-519006ba855f",
        "person_email": "mtest@test.com",
        "person_department": "Research and Development",
        "person_properties": [{"name": "Site", "value": "North"}],
    }
    return {**row(number), "responses": [response]}


def rows(count: int) -> dict[str, Any]:
    """A page of a list."""
    return {"count": count, "next": None, "previous": None, "results": [row(number) for number in range(count)]}


def booking(number: int) -> dict[str, Any]:
    """An assignment of a project."""
    day = f"6/{1 + number % 28}/24"
    return {
        "id": f"6bf79bbe-2038-423f-8fee-{number:012}",
        "person_id": f"ce7da5a6-c908-4506-a251-{number:012}",
        "person_name": f"Aaron Kelly {number}",
        "assignment_status": {"abbreviation": "COMP", "color": "#FFFB23", "id": "c80148f1-1f29-4595-b552-08fbf16fdb30", "name": "Complete"},
        "start_day": day,
        "end_day": "6/29/24",
        "project_name": "Airport Concourse",
        "project_number": "112233",
        "project_id": "446e7813-02f0-4629-b2b7-81dd942a8941",
        "category_name": None,
        "category_id": None,
        "start_time": "7:30 AM",
        "end_time": "3:30 PM",
        "work_days": {str(one): 0 < one < 6 for one in range(7)},
        "created_at": day,
        "updated_at": None,
    }


ANSWERS = {
    "/api/v2/checkins/1/": detail(1),
    "/api/v2/checkins/": rows(10),
    "/api/v2/users/": rows(35),  # as long as a full page, whatever it is
    "/v2/companies/c/projects/p/assignments": [booking(number) for number in range(12)],
}
"""A detail of 0.5 kB, a list of 2 kB, one of 7 kB, and a project of 7 kB."""


def messages(chunked: bool) -> dict[bytes, bytes]:
    """The whole answers, head and all, by path."""
    return {path.encode(): message(msgspec.json.encode(content), chunked=chunked) for path, content in ANSWERS.items()}


def message(body: bytes, *, chunked: bool) -> bytes:
    """One answer, with a head as real servers send it."""
    framing = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % len(body)
    sent = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if chunked else body
    fields = b"Server: nginx\r\nDate: Sat, 12 Apr 2025 09:00:00 GMT\r\nContent-Type: application/json\r\nVary: Accept, Cookie"
    return b"HTTP/1.1 200 OK\r\n%b\r\nX-Frame-Options: DENY\r\n%b\r\n\r\n%b" % (fields, framing, sent)


class Stub(asyncio.Protocol):
    """One connection; a path that begins with `/chunked` is answered in chunks."""

    whole, pieces = messages(chunked=False), messages(chunked=True)
    transport: Any
    kept = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that has come whole."""
        *requests, self.kept = (self.kept + data).split(b"\r\n\r\n")
        for request in requests:
            path = request.split(b" ", 2)[1].partition(b"?")[0]
            shown, pieces = path.removeprefix(b"/chunked"), path.startswith(b"/chunked")
            self.transport.write((self.pieces if pieces else self.whole).get(shown, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))


class Seldom(selectors.DefaultSelector):
    """Looks seldom, and never waits for anything."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What has happened meanwhile."""
        time.sleep(0.002)
        return super().select(0)


def serve(port: int) -> None:
    """Serve for ever."""

    async def forever() -> None:
        server = await asyncio.get_running_loop().create_server(Stub, "127.0.0.1", port)
        await server.serve_forever()

    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(Seldom())) as runner:
        runner.run(forever())


@asynccontextmanager
async def stubbed() -> AsyncIterator[str]:
    """The address of a stub in a process of its own."""
    async with serving(program=(sys.executable, "-m", "bench.canned"), home=Path.cwd()) as stub:
        yield stub.address


if __name__ == "__main__":
    serve(int(sys.argv[-1]))
