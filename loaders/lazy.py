"""The loaders of one request as attributes: each is made when it is first asked for, since most requests need few of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Mapping
from functools import partial
from typing import Generic, TypeVar

from loaders.base import Loader, each, unknown

S = TypeVar("S")
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Lazy(Generic[S, K, V]):
    """A loader whose batches are answered for what it is an attribute of."""

    def __init__(
        self,
        batch: Callable[[S, list[K]], Awaitable[Mapping[K, V | Exception]]],
        known: Callable[[S, list[K]], Mapping[K, V | Exception | None] | None] = unknown,
        *,
        prompt: bool = False,
    ) -> None:
        self.batch, self.known, self.prompt, self.name = batch, known, prompt, ""

    def __set_name__(self, _owner: type, name: str) -> None:
        self.name = name

    def __get__(self, source: S, _owner: type) -> Loader[K, V]:
        made: Loader[K, V] = Loader(partial(self.batch, source), partial(self.known, source), prompt=self.prompt)
        vars(source)[self.name] = made
        return made


def singly(
    answer: Callable[[S, K], Awaitable[V]],
    known: Callable[[S, list[K]], Mapping[K, V | Exception | None] | None] = unknown,
    *,
    prompt: bool = False,
) -> Lazy[S, K, V]:
    """A loader that answers key by key, side by side."""

    def batch(source: S, keys: list[K]) -> Awaitable[Mapping[K, V | Exception]]:
        return each(partial(answer, source))(keys)

    return Lazy(batch, known, prompt=prompt)
