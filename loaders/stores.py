"""Where links between the two upstreams outlive the process: nowhere, in an SQLite file, or in Redis.

A store is read once, at the start, and written behind the requests' backs. Links are one-to-one within a namespace, which stands for
two upstreams, a company and the credentials' users; a store shows only what was kept under its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from loaders import linkfile
from loaders.linkfile import BrokenStore, Change
from upstreams.engine import FAILURES, PREFIX, client, closed
from upstreams.lane import Notices
from upstreams.values import bare

MOST, AT_ONCE = 100_000, 1_000
"""Changes that may wait, and that are written at once."""
SOON, AGAIN = 0.5, 5.0
"""Seconds from a first change to its writing, and from a failure to the next try."""
LIMIT = 2.0
"""Seconds for one conversation with Redis; no request waits for it."""

log = logging.getLogger("crewgraph.stores")


class Link(msgspec.Struct, frozen=True):
    """A workforce person and a check-ins account that are one, why, and how the account's rows are had (loaders/links.py).

    `decided` is ISO 8601 in UTC; `by_name`, `by_email` and `direct` are the filter of the rows and whether all it finds are theirs,
    `rows` how many there were at least; `number` is the employee number that the account showed, `witness` the id of
    a check-in that was found by the filter and is the account's.
    """

    person_id: str
    account_id: str
    name: str | None
    email: str | None
    method: str
    evidence: str
    decided: str
    by_name: str | None
    by_email: str | None
    direct: bool
    rows: int
    number: str = ""
    witness: str | None = None


class Store(Protocol):
    """Links that outlive whoever found them."""

    async def load(self) -> list[Link]:
        """All links; none when they cannot be had now. Raises BrokenStore when they never can."""

    def keep(self, link: Link) -> None:
        """Remember this link, instead of any other of its person and of its account."""

    def drop(self, person_id: str) -> None:
        """Forget the link of this person."""

    async def aclose(self) -> None:
        """Write what is not written yet, and end."""


class MemoryStore(Store):
    """Keeps links as long as the process."""

    def __init__(self) -> None:
        self.links: dict[str, Link] = {}
        self.people: dict[str, str] = {}

    async def load(self) -> list[Link]:
        """What was kept."""
        return list(self.links.values())

    def keep(self, link: Link) -> None:
        """Remember it in place of others."""
        self.drop(link.person_id)
        self.drop(self.people.get(bare(link.account_id), ""))
        self.links[link.person_id] = link
        self.people[bare(link.account_id)] = link.person_id

    def drop(self, person_id: str) -> None:
        """Forget it."""
        if (link := self.links.pop(person_id, None)) is not None:
            del self.people[bare(link.account_id)]

    async def aclose(self) -> None:
        """Nothing to do."""


class Behind(Store, ABC):
    """A store that a task writes to, some time after the first of several changes and in their order.

    What could not be written waits and is tried again, and once more at the end.
    """

    def __init__(self, what: str, seconds: float) -> None:
        self.seconds = seconds
        self.changes: list[Change] = []
        self.notices = Notices(log, what)
        self.dropped = 0
        self.task: asyncio.Task[None] | None = None
        self.closing = asyncio.Event()

    @abstractmethod
    async def write(self, changes: Sequence[Change]) -> None:
        """Make these changes in this order, all or none."""

    def keep(self, link: Link) -> None:
        """Write it soon; when too much waits, it is dropped and counted."""
        self.change(Change(link.person_id, bare(link.account_id), msgspec.json.encode(link)), MOST)

    def drop(self, person_id: str) -> None:
        """Forget it soon; there is more room for this, because a link that was contradicted must not come back."""
        self.change(Change(person_id), 2 * MOST)

    def change(self, change: Change, most: int) -> None:
        """Queue a change behind all others, unless so many wait."""
        if len(self.changes) >= most:
            self.dropped += 1
            return
        self.changes.append(change)
        if self.task is None and not self.closing.is_set():
            self.task = asyncio.create_task(self.run())

    async def run(self) -> None:
        """Write now and then, until nothing is left or the store is closed."""
        wait = self.seconds
        while self.changes and not await happened(self.closing, wait):
            wait = self.seconds if await self.flush() else AGAIN
        self.task = None

    async def flush(self) -> bool:
        """Write the first that wait; what fails stays in front."""
        taken = self.changes[:AT_ONCE]
        try:
            await self.write(taken)
        except (*FAILURES, BrokenStore) as failure:
            self.notices.tell(failure.reason if isinstance(failure, BrokenStore) else type(failure).__name__)
            return False
        del self.changes[: len(taken)]
        return True

    async def aclose(self) -> None:
        """Write what waits, as far as that can be done."""
        self.closing.set()
        if self.task is not None:
            await asyncio.wait([self.task])
        while self.changes and await self.flush():
            pass


async def happened(event: asyncio.Event, seconds: float) -> bool:
    """Whether an event happens within these seconds."""
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False


class SqliteStore(Behind):
    """Links in a file of mode 0600, which several processes may share; a file that is not ours or broken is left as it is."""

    def __init__(self, path: Path, namespace: str, *, seconds: float = SOON) -> None:
        super().__init__("the link file", seconds)
        self.path, self.namespace = path, namespace

    async def load(self) -> list[Link]:
        """All links of the namespace; the file is made when there is none. Raises BrokenStore."""
        return decoded(await asyncio.to_thread(linkfile.load, self.path, self.namespace))

    async def write(self, changes: Sequence[Change]) -> None:
        """Write in one transaction, beside the event loop."""
        await asyncio.to_thread(linkfile.write, self.path, self.namespace, changes)


SCRIPT = """
local function drop(person)
  local account = redis.call('HGET', KEYS[1], 'account:' .. person)
  if account then redis.call('HDEL', KEYS[1], 'account:' .. person, 'person:' .. account, 'link:' .. person) end
end
for at = 1, #ARGV, 3 do
  local person, account, link = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  drop(person)
  if link ~= '' then
    local other = redis.call('HGET', KEYS[1], 'person:' .. account)
    if other then drop(other) end
    redis.call('HSET', KEYS[1], 'account:' .. person, account, 'person:' .. account, person, 'link:' .. person, link)
  end
end
"""
"""Changes by threes in ARGV, in one step, so that processes that write at the same time cannot break one-to-one."""
LINK = b"link:"


class RedisStore(Behind):
    """Links in one hash of Redis or Valkey, `crewgraph:links:` and the namespace; what it cannot give is decided anew.

    Processes see each other's links when they start. Names and emails are kept as they are: use TLS and an ACL user of its own.
    """

    def __init__(self, url: str, namespace: str, *, seconds: float = SOON, limit: float = LIMIT) -> None:
        super().__init__("the link server", seconds)
        self.client = client(url, limit)
        self.key, self.limit = f"{PREFIX}links:{namespace}", limit

    async def load(self) -> list[Link]:
        """All links of the namespace; none when the server does not give them."""
        try:
            async with asyncio.timeout(self.limit):
                kept = await self.client.hgetall(self.key)
        except FAILURES as failure:
            self.notices.tell(type(failure).__name__)
            return []
        return decoded(value for field, value in kept.items() if isinstance(field, bytes) and field.startswith(LINK))

    async def write(self, changes: Sequence[Change]) -> None:
        """Write in one step."""
        arguments = [text for change in changes for text in change]
        async with asyncio.timeout(self.limit):
            await self.client.eval(SCRIPT, 1, self.key, *arguments)

    async def aclose(self) -> None:
        """Write what waits, and disconnect."""
        await super().aclose()
        await closed(self.client)


def decoded(texts: Iterable[bytes | str]) -> list[Link]:
    """The links among these texts; what something else wrote is left out."""
    links = []
    for text in texts:
        with contextlib.suppress(msgspec.DecodeError):
            links.append(msgspec.json.decode(text, type=Link))
    return links
