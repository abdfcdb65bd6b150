"""API keys: long random texts, of which a file keeps the hashes, and whom they are of.

A key in the file is a TOML table `[[key]]` with `name`, `hash` (`sha256:` and 64 digits), `scopes`, and optionally `email` and
`expires`, the last day on which it is good. One round of SHA-256 is enough: a key has 256 random bits and cannot be guessed.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from starlette.requests import Request

from graph.access.reread import Broken, Reread
from graph.access.rights import Caller
from graph.access.scopes import SCOPES
from graph.access.who import NotAuthenticated, expired, token
from upstreams.clocks import utc_now

PREFIX, HASHED = "cg_", "sha256:"
FIELDS = frozenset({"name", "hash", "scopes", "email", "expires"})


@dataclass(frozen=True)
class Key:
    """One line of the file."""

    hash: str
    caller: Caller
    expires: date | None = None


class Keys:
    """Callers by the keys of a file; a new key is good at once, a revoked one for a second at most."""

    def __init__(self, file: Reread[tuple[Key, ...]], clock: Callable[[], datetime] = utc_now) -> None:
        self.file, self.clock = file, clock

    async def caller(self, request: Request) -> Caller:
        """Whose key a request carries. Raises Refusal."""
        own = hashed(token(request, "x-api-key"))
        found = find_key(self.file.value, own) or find_key(self.file.read_change() or (), own)
        if found is None:
            raise NotAuthenticated("unknown-key")
        if found.expires is not None and found.expires < self.clock().date():
            raise expired()
        return found.caller

    async def watch(self) -> None:
        """Read the file again whenever it changes."""
        await self.file.watch()

    async def aclose(self) -> None:
        """Nothing is open."""


def find_key(keys: Iterable[Key], own: str) -> Key | None:
    """The key with this hash; all are compared, so that the time tells nothing."""
    found = None
    for key in keys:
        if hmac.compare_digest(key.hash, own):
            found = key
    return found


def hashed(key: str) -> str:
    """What the file keeps of a key."""
    return HASHED + sha256(key.encode()).hexdigest()


def parse(text: str) -> tuple[Key, ...]:
    """The keys of a file. Raises Broken with everything that is wrong, by the number of the key."""
    try:
        tables = tomllib.loads(text).get("key", [])
    except (ValueError, RecursionError) as cause:
        raise Broken(["is not TOML"]) from cause
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise Broken(["must hold its keys as [[key]] tables"])
    problems = [f"key {number}: {problem}" for number, one in enumerate(tables, 1) for problem in wrong(one)]
    for name in ("name", "hash"):
        problems += [f"key {number}: has the {name} of another key" for number in repeated([one.get(name) for one in tables])]
    if problems:
        raise Broken(problems)
    return tuple(made(one) for one in tables)


def wrong(table: dict[str, Any]) -> Iterable[str]:
    """What is wrong with one key."""
    name, digest, scopes, email = (table.get(one) for one in ("name", "hash", "scopes", "email"))
    if unknown_fields := sorted(table.keys() - FIELDS):
        yield f"has a field that is not known: {', '.join(unknown_fields)}"
    if not isinstance(name, str) or not name.strip():
        yield "must have a name"
    if not isinstance(digest, str) or len(digest) != 71 or not digest.startswith(HASHED) or set(digest[7:]) - set("0123456789abcdef"):
        yield "must have a hash, sha256: and 64 hexadecimal digits"
    if not isinstance(scopes, list) or not all(one in SCOPES for one in scopes if isinstance(one, str)) or not all_text(scopes):
        yield f"must have scopes, a list of some of: {', '.join(SCOPES)}"
    if email is not None and not (isinstance(email, str) and "@" in email):
        yield "has an email that is none"
    if not isinstance(table.get("expires", date.max), date):
        yield "must expire on a day, such as 2027-12-31"


def all_text(values: list[object]) -> bool:
    """Whether all of these are text."""
    return all(isinstance(one, str) for one in values)


def repeated(values: list[object]) -> list[int]:
    """The numbers, from 1, of those that came before."""
    return [number for number, one in enumerate(values, 1) if one is not None and one in values[: number - 1]]


def made(table: dict[str, Any]) -> Key:
    """A key from its table."""
    expires = table.get("expires")
    caller = Caller(table["name"], "api-key", frozenset(table["scopes"]), table.get("email"))
    return Key(table["hash"], caller, expires.date() if isinstance(expires, datetime) else expires)


def new(key: Key) -> tuple[str, str]:
    """A new secret for a key, and the lines of the file that take it."""
    secret = PREFIX + secrets.token_urlsafe(32)
    return secret, written(replace(key, hash=hashed(secret)))


def written(key: Key) -> str:
    """A key as the file has it; JSON's strings and lists are TOML's too."""
    caller = key.caller
    lines = ["[[key]]", f"name = {quoted(caller.name)}", f"hash = {quoted(key.hash)}", f"scopes = {quoted(sorted(caller.scopes))}"]
    lines += [f"email = {quoted(caller.email)}"] if caller.email is not None else []
    lines += [f"expires = {key.expires.isoformat()}"] if key.expires is not None else []
    return "\n".join(lines) + "\n"


def quoted(value: object) -> str:
    """A value as JSON."""
    return json.dumps(value, ensure_ascii=False)


def add(path: Path, lines: str) -> None:
    """Add a key to the end of its file, which is made for its owner alone. Raises Broken when the file would be; OSError."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    gap = "\n" * bool(before) + "\n" * (bool(before) and not before.endswith("\n"))
    parse(before + gap + lines)
    path.touch(mode=0o600, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(gap + lines)


def remove(path: Path, name: str) -> bool:
    """Take the key of this name out of its file, with the comment right above it; whether there was one. Raises Broken and OSError.

    All other lines stay as they are, and the file is replaced in one step, so that no server reads half of it.
    """
    path = path.resolve()
    text = path.read_text(encoding="utf-8")
    names = [key.caller.name for key in parse(text)]
    if name not in names:
        return False
    place = names.index(name)
    left = without_table(text, place)
    if [key.caller.name for key in parse(left)] != names[:place] + names[place + 1 :]:
        raise Broken(["must hold its keys as [[key]] tables, each on lines of its own"])
    before = path.stat()
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
        file.write(left)
        file.flush()
        os.fsync(file.fileno())
        os.fchmod(file.fileno(), before.st_mode & 0o777)
        if os.getuid() == 0:
            os.fchown(file.fileno(), before.st_uid, before.st_gid)  # or the server could not read what root has written
    Path(file.name).replace(path)
    return True


def without_table(text: str, place: int) -> str:
    """The text without the table of this place and the comment lines right above it."""
    lines = text.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if line.strip().startswith("[[key]]")]
    for index, number in enumerate(starts):
        while number and lines[number - 1].lstrip().startswith("#") and number > (starts[index - 1] if index else 0):
            number -= 1
        starts[index] = number
    ends = [*starts[1:], len(lines)]
    return "".join(lines[: starts[place]] + lines[ends[place] :]) if place < len(starts) else text
