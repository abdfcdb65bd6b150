"""API keys: long random texts, of which a file keeps the hashes, and whom they are of.

A key in the file is a TOML table `[[key]]` with `name`, `hash` (`sha256:` and 64 digits), `scopes`, and optionally `email` and
`expires`, the last day on which it is good. One round of SHA-256 is enough: a key has 256 random bits and cannot be guessed.
"""

from __future__ import annotations

import hmac
import json
import secrets
import shutil
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import tomlkit
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
    """Take the key of this name out of its file, whose other lines stay as they are; whether there was one. Raises Broken and OSError.

    The file is replaced in one step, so that no server reads half of it.
    """
    text = path.read_text(encoding="utf-8")
    parse(text)
    document = tomlkit.parse(text)
    tables = document.get("key", [])
    place = next((number for number, one in enumerate(tables) if one["name"] == name), None)
    if place is None:
        return False
    del tables[place]
    replaced = path.with_name(f"{path.name}.new")
    replaced.touch(mode=0o600)
    replaced.write_text(tomlkit.dumps(document), encoding="utf-8")
    shutil.copymode(path, replaced)
    replaced.replace(path)
    return True
