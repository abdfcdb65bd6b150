"""Real Redis or Valkey servers, which can be killed and come back, and servers that are something else."""

from __future__ import annotations

import asyncio
import os
import shutil
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError

from tests.optional import optional
from tests.servers import reserved
from tests.waiting import LONG

PASSWORD = "hush-hush"


class Server:
    """A server on a port of its own, with a password; what it holds dies with it.

    With a `certificate` (and its key, in one PEM file) it speaks TLS alone.
    """

    def __init__(self, folder: Path, port: int, certificate: Path | None = None) -> None:
        self.folder, self.port, self.certificate = folder, port, certificate
        self.process: Process | None = None

    @property
    def url(self) -> str:
        """Its address, with the password."""
        return f"{'rediss' if self.certificate else 'redis'}://:{PASSWORD}@127.0.0.1:{self.port}/0"

    def client(self) -> Redis:
        """Another client of it."""
        return Redis.from_url(f"{self.url}?ssl_cert_reqs=none" if self.certificate else self.url)

    async def start(self) -> None:
        """Start it on its port, and wait until it answers."""
        options = {"port": self.port, "bind": "127.0.0.1", "save": "", "dir": self.folder, "requirepass": PASSWORD}
        if self.certificate:
            shown = {"tls-cert-file": self.certificate, "tls-key-file": self.certificate, "tls-ca-cert-file": self.certificate}
            options |= {"port": 0, "tls-port": self.port, "tls-auth-clients": "no", **shown}
        flags = [text for name, value in options.items() for text in (f"--{name}", str(value))]
        env = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}  # its jemalloc and libfaketime lock each other
        self.process = await asyncio.create_subprocess_exec(binary(), *flags, env=env, stdout=DEVNULL, stderr=DEVNULL)
        async with asyncio.timeout(LONG), self.client() as client:
            while not await answers(client):
                await asyncio.sleep(0.02)

    async def kill(self) -> None:
        """SIGKILL."""
        if self.process is not None:
            self.process.kill()
            await self.process.wait()
            self.process = None


def binary() -> str:
    """The server's program; skips where there is none."""
    return shutil.which("redis-server") or shutil.which("valkey-server") or optional("neither redis-server nor valkey-server is installed")


async def answers(client: Redis) -> bool:
    """Whether a server is there."""
    try:
        return bool(await client.ping())
    except (RedisError, OSError):
        return False


@asynccontextmanager
async def serving(folder: Path, certificate: Path | None = None) -> AsyncIterator[Server]:
    """A running server."""
    with reserved() as port:
        server = Server(folder, port, certificate)
        try:
            await server.start()
            yield server
        finally:
            await server.kill()


@asynccontextmanager
async def saying(said: bytes | None, port: int = 0) -> AsyncIterator[str]:
    """The address of something that is no Redis: it accepts, and says this to whatever it hears, or nothing ever."""
    writers: list[asyncio.StreamWriter] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        while await reader.read(65536):
            if said is not None:
                writer.write(said)

    listener = await asyncio.start_server(handle, "127.0.0.1", port)
    try:
        yield f"redis://:{PASSWORD}@127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    finally:
        listener.close()
        for writer in writers:
            writer.close()
        await listener.wait_closed()


@asynccontextmanager
async def slowed(server: Server, seconds: float) -> AsyncIterator[str]:
    """The address of a server whose every answer to a read takes so much longer."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", server.port)
        try:
            while asked := await reader.read(65536):
                back.write(asked)
                await asyncio.sleep(seconds if b"MGET" in asked else 0)
                writer.write(await there.read(65536))
        finally:
            back.close()
            writer.close()

    listener = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield server.url.replace(str(server.port), str(listener.sockets[0].getsockname()[1]))
    finally:
        listener.close()
        await listener.wait_closed()
