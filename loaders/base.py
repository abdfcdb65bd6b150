"""The one loader class: aiodataloader says when a wave is over; what comes of its keys is given out here, so that three holes are closed.

- Whoever waits has a future of their own, so that one who is cancelled takes nobody else along: graphql-core 3.3 cancels siblings when
  a non-null field fails (faults.md F23).
- A batch that is cancelled or interrupted is an error per key, and never a hang (faults.md F24).
- A batch answers with a mapping, so too few, too many or unordered answers cannot reach the wrong key; a missing one is None.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeAlias, TypeVar

from aiodataloader import DataLoader

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Answers: TypeAlias = Mapping[K, V | Exception | None]


class Interrupted(Exception):
    """A batch was cancelled before it answered."""


def unknown(*_asked: object) -> None:
    """Everything must be waited for."""


class Loader(Generic[K, V]):
    """Batches and remembers keys within one request; it costs nothing before the first, which must come inside the running loop.

    `batch` takes the distinct keys of one wave and gives a mapping from key to value or exception. A wave is everything that is asked
    for until the loop has turned three times, so that it does not matter which of those who wake together asks first. `known` gives the
    answers to some keys if none of them must be waited for, else None; one that is `prompt` gives them also to those who ask for one.
    """

    def __init__(
        self,
        batch: Callable[[list[K]], Awaitable[Mapping[K, V | Exception]]],
        known: Callable[[list[K]], Mapping[K, V | Exception | None] | None] = unknown,
        *,
        prompt: bool = False,
    ) -> None:
        self.batch, self.known, self.prompt, self.loop = batch, known, prompt, asyncio.get_running_loop()
        self.answers: dict[K, V | Exception | None] = {}
        self.waiting: dict[K, list[asyncio.Future[Answers[K, V]]]] = {}
        self.wave: list[K] = []

    def at_hand(self, keys: Sequence[K]) -> list[V | Exception | None] | None:
        """The answers to all of these keys, errors among them; None if one must be waited for, since a wave is to stay together."""
        answers = self.answers
        missing = list(dict.fromkeys(key for key in keys if key not in answers))
        if missing:
            found = None if self.waiting else self.known(missing)
            if found is None:
                return None
            answers.update(found)
        return [answers[key] for key in keys]

    async def load(self, key: K) -> V | None:
        """The value of `key`. Raises its error."""
        there = key in self.answers or (self.prompt and self.at_hand([key]) is not None)
        answer = self.answers[key] if there else (await self.asked([key]))[key]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def load_all(self, keys: Sequence[K]) -> list[V | Exception | None]:
        """The answers to all of these keys, errors among them, when all have come."""
        missing = dict.fromkeys(key for key in keys if key not in self.answers)
        waits = [[key] for key in missing if key in self.waiting]
        new = [key for key in missing if key not in self.waiting]
        answers, came = self.answers, dict[K, V | Exception | None]()
        for part, future in [(part, self.asked(part)) for part in ([*waits, new] if new else waits)]:
            found = await future
            came.update((key, found[key]) for key in part)
        return [came[key] if key in came else answers[key] for key in keys]

    def asked(self, keys: list[K]) -> asyncio.Future[Answers[K, V]]:
        """What will be the answers to `keys`, of which none or all are waited for: an error, too, is only raised by who waits for it."""
        future: asyncio.Future[Answers[K, V]] = self.loop.create_future()
        first = keys[0]
        if first in self.waiting:
            self.waiting[first].append(future)
        else:
            self.waiting.update({key: [] for key in keys})
            self.waiting[first].append(future)
            if not self.wave:  # all that aiodataloader does for a key is done here, so that it is asked once a wave
                DataLoader(self.run, cache=False).load("wave")
            self.wave.extend(keys)
        return future

    async def run(self, waves: list[str]) -> list[None]:
        """Answer one wave, which aiodataloader need not know of. Answers are remembered, unless the batch failed as a whole."""
        keys, self.wave = self.wave, []
        found: Answers[K, V]
        try:
            answers = await self.batch(keys)
            found = {key: answers.get(key) for key in keys}
            self.answers.update(found)
        except asyncio.CancelledError:
            self.answers.update(found := {key: Interrupted() for key in keys})
        except Exception as error:  # whatever it is, each who waits is to have it
            found = dict.fromkeys(keys, error)
        for key in keys:
            for future in self.waiting.pop(key):
                if not future.done():
                    future.set_result(found)
        return [None] * len(waves)


async def attempted(work: Iterable[Coroutine[Any, Any, V]]) -> list[V | Exception]:
    """What each of these gives, side by side, and an error for those that fail."""
    return [settled(one) for one in await asyncio.gather(*work, return_exceptions=True)]


def each(answer: Callable[[K], Awaitable[V]]) -> Callable[[list[K]], Awaitable[Mapping[K, V | Exception]]]:
    """A batch function that answers key by key, side by side; how many really run at once is the upstream's gate."""

    async def batch(keys: list[K]) -> Mapping[K, V | Exception]:
        results = await asyncio.gather(*(answer(key) for key in keys), return_exceptions=True)
        return {key: settled(result) for key, result in zip(keys, results, strict=True)}

    return batch


def settled(result: V | BaseException) -> V | Exception:
    """A value or an ordinary exception."""
    if isinstance(result, asyncio.CancelledError):
        return Interrupted()
    if isinstance(result, BaseException) and not isinstance(result, Exception):
        raise result
    return result
