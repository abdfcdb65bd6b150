"""The loaders of one request as attributes: each is made when it is first asked for, since most requests need few of them.

None of them keeps alive what it is an attribute of, so that all go at once with their request, and the garbage collector need not come.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Mapping
from functools import partial
from typing import Generic, ParamSpec, TypeVar
from weakref import WeakMethod, ref

from loaders.base import Interrupted, Loader, each, unknown

P = ParamSpec("P")
R = TypeVar("R")

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
        found = ref(source)
        made: Loader[K, V] = Loader(partial(of, found, self.batch), partial(of, found, self.known), prompt=self.prompt)
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


def of(found: ref[S], answer: Callable[[S, list[K]], R], keys: list[K]) -> R:
    """The answer to these keys. Raises Interrupted when the request has gone that they are asked for."""
    if (source := found()) is None:
        raise Interrupted
    return answer(source, keys)


def weakly(method: Callable[P, R]) -> Callable[P, R]:
    """A method of something that it does not keep alive; without it, Interrupted is raised."""
    found = WeakMethod(method)

    def call(*args: P.args, **named: P.kwargs) -> R:
        if (bound := found()) is None:
            raise Interrupted
        return bound(*args, **named)

    return call
