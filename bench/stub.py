"""Both upstreams at next to no cost, for a bench: what the sandbox answers is kept as bytes, and given again after a set latency.

    python -m bench.stub COMPANY.sqlite PORT

It is a process of its own. A question that was never asked before goes to the sandbox, in process, so that the contract is the sandbox's;
a figure counts only when there was none, which `/bench/taken` tells, together with how many calls there were since it was last asked.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import cast

import httpx

from sandbox import create_app

TAKEN = b"/bench/taken/"
HEAD_END = b"\r\n\r\n"
KNOCKING = 4096
"""Connections that may wait to be accepted: Node opens as many as it has calls."""


@dataclass
class Stub:
    """What is known by target, and what was asked since that was last told."""

    sandbox: httpx.AsyncClient
    known: dict[bytes, bytes] = field(default_factory=dict)
    latency: float = 0.0
    calls: int = 0
    learnt: int = 0

    async def learn(self, target: bytes) -> bytes:
        """The sandbox's answer, remembered."""
        self.learnt += 1
        answer = await self.sandbox.get(target.decode("ascii"))
        self.known[target] = packed(answer.status_code, answer.content)
        return self.known[target]

    def taken(self, target: bytes) -> bytes:
        """How many calls there were, and how many of them had to be learnt; from now on, answers take the given milliseconds."""
        told = json.dumps({"calls": self.calls, "learnt": self.learnt}).encode()
        self.latency, self.calls, self.learnt = float(target.removeprefix(TAKEN)) / 1000, 0, 0
        return packed(200, told)


class Wire(asyncio.Protocol):
    """One connection; its client waits for an answer before it asks again."""

    def __init__(self, stub: Stub) -> None:
        self.stub = stub
        self.heard = b""
        self.loop = asyncio.get_running_loop()
        self.learning: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody is there."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Answer what was asked; a GET ends with its head."""
        self.heard += data
        if self.heard.endswith(HEAD_END):
            target = self.heard.split(b" ", 2)[1]
            self.heard = b""
            self.asked(target)

    def asked(self, target: bytes) -> None:
        """Answer one request, at once or after the latency."""
        stub = self.stub
        if target.startswith(TAKEN):
            self.answer(stub.taken(target))
            return
        stub.calls += 1
        found = stub.known.get(target)
        if found is None:
            self.learning = self.loop.create_task(self.learn(target))
        elif stub.latency:
            self.loop.call_later(stub.latency, self.answer, found)
        else:
            self.answer(found)

    async def learn(self, target: bytes) -> None:
        """Answer what was not known."""
        self.answer(await self.stub.learn(target))

    def answer(self, content: bytes) -> None:
        """Send an answer, if there is still somebody to hear it."""
        if not self.transport.is_closing():
            self.transport.write(content)


def packed(status: int, content: bytes) -> bytes:
    """A whole HTTP answer."""
    head = f"HTTP/1.1 {status} {httpx.codes.get_reason_phrase(status)}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}"
    return head.encode("ascii") + HEAD_END + content


async def serve(company: Path, port: int) -> None:
    """Serve for ever."""
    address = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(company)), base_url=address) as sandbox:
        stub = Stub(sandbox)
        gc.freeze()
        server = await asyncio.get_running_loop().create_server(lambda: Wire(stub), "127.0.0.1", port, backlog=KNOCKING)
        await server.serve_forever()


def loop() -> Callable[[], asyncio.AbstractEventLoop]:
    """What makes the fastest event loop that is installed."""
    found: Callable[[], asyncio.AbstractEventLoop] = import_module("uvloop" if find_spec("uvloop") else "asyncio").new_event_loop
    return found


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=loop()) as runner:
        runner.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
