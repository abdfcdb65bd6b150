"""Node, and the packages from npm that some tests run: installed once for each lock file, outside the tree."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.optional import optional

MANIFEST = Path(__file__).with_name("federation")
FILES = ("package.json", "package-lock.json", ".npmrc")
OLDEST = 20
"""The oldest Node that the packages run on."""
INSTALL = ("ci", "--no-audit", "--no-fund", "--ignore-scripts")
REACH = ("view", "graphql", "version", "--fetch-retries=0")
"""A small question, because an installation takes long to find out that it cannot reach anything."""
UNREACHABLE = re.compile(r"code (ENOTFOUND|EAI_AGAIN|ECONN\w+|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|E50\d)")


@dataclass(frozen=True)
class Node:
    """A Node and a folder whose `node_modules` holds the packages."""

    binary: str
    folder: Path

    async def run(self, script: Path, given: object) -> Any:
        """The JSON that a script prints, when it is given this JSON."""
        process = await self.start(script)
        out, err = await process.communicate(json.dumps(given).encode())
        assert process.returncode == 0, err.decode()
        return json.loads(out)

    @asynccontextmanager
    async def serving(self, script: Path, given: object) -> AsyncIterator[str]:
        """The address that a script prints; it serves there until its input ends."""
        process = await self.start(script)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(given).encode() + b"\n")
        address = (await process.stdout.readline()).decode().strip()
        try:
            if address:
                yield address
        finally:
            process.stdin.close()
            _, err = await process.communicate()
        assert address, err.decode()
        assert process.returncode == 0, err.decode()

    async def start(self, script: Path) -> asyncio.subprocess.Process:
        """A script as a process of its own; as text on the command line it finds the packages of the folder that it runs in."""
        code = script.read_text(encoding="utf-8")
        pipe = asyncio.subprocess.PIPE
        environment = {"PATH": os.environ.get("PATH", ""), "NODE_ENV": "production"}
        return await asyncio.create_subprocess_exec(
            self.binary, "--input-type=module", "--eval", code, cwd=self.folder, env=environment, stdin=pipe, stdout=pipe, stderr=pipe
        )


def installed() -> Node:
    """Node with the packages; skips, with the reason, where there is no Node or no registry."""
    binary, npm = shutil.which("node"), shutil.which("npm")
    if binary is None or npm is None:
        optional("Node and npm are not installed")
    if version(binary) < OLDEST:
        optional(f"Node {OLDEST} or newer is not installed")
    folder = cache() / sha256(b"".join((MANIFEST / name).read_bytes() for name in FILES)).hexdigest()[:16]
    if not folder.exists():
        install(npm, folder)
    return Node(binary, folder)


def version(binary: str) -> int:
    """The major version of a Node."""
    said = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.removeprefix("v").partition(".")[0])


def cache() -> Path:
    """Where packages are kept: the user's own cache."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "crewgraph" / "node"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def install(npm: str, folder: Path) -> None:
    """What the lock file names, in this folder; it appears whole or not at all, whoever else installs it at the same time."""
    with TemporaryDirectory(dir=folder.parent) as room:
        draft = Path(room) / "draft"
        draft.mkdir()
        for name in FILES:
            shutil.copy(MANIFEST / name, draft)
        call(npm, *REACH, folder=draft)
        call(npm, *INSTALL, folder=draft)
        try:
            draft.rename(folder)
        except OSError:
            assert folder.exists()


def call(npm: str, *arguments: str, folder: Path) -> None:
    """Run npm; skip when it cannot reach its registry, fail when anything else is wrong."""
    done = subprocess.run([npm, *arguments], cwd=folder, capture_output=True, text=True, timeout=600, check=False)
    if UNREACHABLE.search(done.stderr):
        optional("the npm registry cannot be reached")
    assert done.returncode == 0, done.stderr
