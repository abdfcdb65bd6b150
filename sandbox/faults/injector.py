"""The middleware that lets a plan's faults strike the calls of the sandbox, in a server or in this process alike."""

from __future__ import annotations

import asyncio

from starlette.datastructures import URL
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.faults.answers import Answer, before, changed, shifted
from sandbox.faults.kinds import ENDING, Fault, Hang, Latency, Shift
from sandbox.faults.rehearsal import Rehearsal, chance

UPSTREAMS = {"api": "checkins", "v2": "workforce"}
"""Whose a path is, by its first part."""


class Injector:
    """The app, with the faults that a rehearsal lets strike.

    An answer that breaks off ends the app before its last message: a server then closes the connection.
    """

    def __init__(self, app: ASGIApp, rehearsal: Rehearsal) -> None:
        self.app, self.rehearsal = app, rehearsal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        struck = self.struck(scope) if scope["type"] == "http" else []
        if not struck:
            await self.app(scope, receive, send)
        elif await self.outwaited(struck, receive):
            await deliver(await self.spoiled(struck, scope, receive), send)

    def struck(self, scope: Scope) -> list[Fault]:
        """The faults that strike a call; none where no upstream is called."""
        path, query = (scope[name].decode("latin-1") for name in ("raw_path", "query_string"))
        upstream = UPSTREAMS.get(path.split("/")[1])
        return self.rehearsal.strikes(upstream, path, query) if upstream is not None else []

    async def outwaited(self, struck: list[Fault], receive: Receive) -> bool:
        """Whether the client is still there after the faults that let it wait."""
        for fault in struck:
            if isinstance(fault, Latency | Hang):
                self.rehearsal.note(fault)
                if await gone(receive, self.pause(fault)):
                    return False
        return True

    def pause(self, fault: Latency | Hang) -> float | None:
        """The seconds that a fault lets its client wait; None for ever."""
        if isinstance(fault, Hang):
            return None
        drawn = chance(self.rehearsal.plan.seed, -1, str(self.rehearsal.injected.total()))
        return (fault.milliseconds + drawn * fault.jitter) / 1000

    async def spoiled(self, struck: list[Fault], scope: Scope, receive: Receive) -> Answer:
        """The answer that the faults leave; the app is not asked where they leave nothing of it."""
        url, wall = str(URL(scope=scope)), self.rehearsal.wall
        answer = Answer() if isinstance(struck[-1], ENDING) else await caught(self.app, scope, receive)
        for fault in struck:
            if isinstance(fault, Latency):
                continue
            new = await self.moved(fault, answer, scope, receive) if isinstance(fault, Shift) else changed(fault, answer, url, wall)
            if new != answer:
                self.rehearsal.note(fault)
            answer = new
        return answer

    async def moved(self, fault: Shift, answer: Answer, scope: Scope, receive: Receive) -> Answer:
        """A later page, with rows of the one before it."""
        query = before(scope["query_string"].decode("latin-1"))
        if query is None or answer.status != 200:
            return answer
        return shifted(fault, answer, await caught(self.app, {**scope, "query_string": query.encode()}, receive))


async def gone(receive: Receive, seconds: float | None) -> bool:
    """Whether the client leaves within so many seconds; cancelled with it, where it waits in this process."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return False
    return True


async def caught(app: ASGIApp, scope: Scope, receive: Receive) -> Answer:
    """The answer that the app gives."""
    messages = list[Message]()

    async def keep(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, keep)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in messages[0]["headers"] if name != b"content-length"}
    return Answer(messages[0]["status"], headers, b"".join(message.get("body", b"") for message in messages[1:]))


async def deliver(answer: Answer, send: Send) -> None:
    """Send an answer, or as much of it as is to be sent."""
    headers = {**answer.headers, "content-length": str(len(answer.body))}
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": answer.body[: answer.sent], "more_body": answer.sent is not None})
